"""Labels that no list holds are known if known parts make them up, and only then."""

import pytest

from pipeline.mapping.lexicon import Lexicon, standard
from schemas.reading import Role, Section


@pytest.mark.parametrize(
    ("section", "label", "role"),
    [
        ("fund_column", "本年累计支付金额（万元）", "executed"),
        ("fund_column", "年中调整后预算数", None),
        ("fund_column", "调整后预算金额（B）", "adjusted_budget"),
        ("fund_column", "期初批复预算数", "initial_budget"),
        ("fund_column", "资金支付进度", "execution_rate"),
        ("fund_column", "上年预算数", "extra"),
        ("fund_column", "上年度执行数", "extra"),
        ("fund_column", "实际到位资金", "extra"),
        ("fund_row", "经费总计", "total"),
        ("fund_row", "其中：中央专项补助", "central"),
        ("fund_row", "省级配套资金", "local"),
        ("fund_row", "市级配套资金", None),
        ("fund_row", "国有资本经营预算资金", "fiscal"),
        ("fund_row", "单位自筹经费", "own"),
        ("indicator_column", "年末实现值", "actual"),
        ("indicator_column", "预期目标值", "target"),
        ("indicator_column", "目标完成率", "extra"),
        ("indicator_column", "专家组评分", "extra"),
        ("indicator_column", "主管部门评分", None),
        ("indicator_column", "考核指标", None),
        ("indicator_column", "未达标原因分析及下一步整改措施", "deviation_note"),
        ("field", "业务主管单位", "supervising_department"),
        ("field", "资金用款单位", "implementing_unit"),
        ("field", "年度履职目标", "expected_goal"),
        ("field", "总体目标实现情况概述", "actual_achievement"),
        ("field", "绩效指标完成情况", None),
    ],
)
def test_a_label_made_of_known_parts_all_through_is_known_and_another_is_not(
    section: Section, label: str, role: Role | None
) -> None:
    """A word that no part has makes the whole label unknown: it may be last year's, or somebody else's."""
    assert standard().role(section, label) == role


def test_a_listed_word_keeps_its_role_whatever_its_parts_say() -> None:
    """Lists hold what published forms mean by a word."""
    assert standard().role("field", "年度总体目标") == "section"
    assert standard().role("field", "预算单位") == "implementing_unit"


def test_words_that_are_taken_out_are_not_known_by_their_parts_either() -> None:
    """Leaving a family's words out would measure nothing if they came back by another way."""
    lexicon = standard().without(["资金支付进度（%）", "分值"])

    assert lexicon.role("fund_column", "资金支付进度") is None
    assert lexicon.role("fund_column", "分值") is None
    assert lexicon.role("fund_column", "预算支付进度") == "execution_rate"
    assert Lexicon.empty().role("fund_column", "资金支付进度") is None


def test_known_words_of_a_document_are_those_in_lists_and_those_by_parts() -> None:
    """Numbers and unknown words are none."""
    printed = ["资金支付进度", "执行率", "产出指标", "道路养护", "98.7%"]

    assert standard().known(printed) == {"资金支付进度", "执行率", "产出指标"}


def test_two_lexicons_have_one_fingerprint_only_if_they_know_the_same() -> None:
    """What was finished under another lexicon is not done."""
    whole = standard()
    prints = {whole.fingerprint(), whole.without(["资金支付进度"]).fingerprint(), Lexicon.empty().fingerprint()}

    assert len(prints) == 3
    assert whole.without([]).fingerprint() == whole.fingerprint()


def test_a_label_as_long_as_a_sentence_is_not_looked_at_by_its_parts() -> None:
    """It is none, and one made up to be read in many ways would cost time without end."""
    assert standard().role("indicator_column", "年度" * 10 + "完成值") == "actual"
    assert standard().role("indicator_column", "年度" * 11 + "完成值") is None
    assert standard().role("goal", "绩效目标" * 100_000 + "甲") is None
