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
        ("indicator_column", "部门评分", None),
        ("indicator_column", "最终得分", None),
        ("indicator_column", "评定得分", None),
        ("indicator_column", "单位自评得分", "score"),
        ("indicator_column", "扣分", None),
        ("indicator_column", "偏差", None),
        ("indicator_column", "扣分原因说明", "deviation_note"),
        ("indicator_column", "年初值", None),
        ("indicator_column", "实施数", None),
        ("indicator_column", "申报值", None),
        ("indicator_column", "考核值", None),
        ("indicator_column", "绩效标准值", None),
        ("indicator_column", "总体目标值", None),
        ("indicator_column", "总体完成值", None),
        ("indicator_column", "实际目标值", None),
        ("indicator_column", "计划完成数值", None),
        ("indicator_column", "年度计划数", "target"),
        ("indicator_column", "实际完成值（1-6月）", None),
        ("indicator_column", "实际完成值（1-12月）", "actual"),
        ("indicator_column", "实际完成值（累计）", None),
        ("indicator_column", "得分（主管部门评价）", None),
        ("fund_column", "累计支出数", None),
        ("fund_column", "累计支出率", None),
        ("fund_column", "预算支出数", None),
        ("fund_column", "项目支出数", None),
        ("fund_column", "其中：财政资金执行数", None),
        ("fund_column", "财政预算数", None),
        ("fund_column", "预算调整", None),
        ("fund_column", "调整下达数", None),
        ("fund_column", "预算安排数（调整后）", "adjusted_budget"),
        ("fund_column", "评价得分", None),
        ("fund_column", "部门得分", None),
        ("fund_row", "财政合计", None),
        ("fund_row", "省本级", None),
        ("fund_row", "结余资金", None),
        ("fund_row", "项目总投入", None),
        ("fund_row", "债券资金", None),
        ("field", "主管部门代码", None),
        ("field", "实施单位编码", None),
        ("field", "主管部门及代码", "supervising_department"),
        ("field", "部门编码", None),
        ("field", "编码", None),
        ("field", "评价机构", None),
        ("field", "业务主管科室", None),
        ("field", "填报年度", None),
        ("field", "评价总分", None),
        ("total_row", "总分值", None),
    ],
)
def test_a_label_made_of_known_parts_all_through_is_known_and_another_is_not(
    section: Section, label: str, role: Role | None
) -> None:
    """A word that no part has makes the whole label unknown: it may be last year's, or somebody else's."""
    assert standard().role(section, label) == role


@pytest.mark.parametrize(
    ("section", "header", "role"),
    [
        ("indicator_column", "上年 / 实际完成值", "extra"),
        ("indicator_column", "上年及以前年度累计 / 完成值", None),
        ("indicator_column", "自评情况 / 得分", "score"),
        ("indicator_column", "复核 / 得分", "extra"),
        ("indicator_column", "第三方评价 / 得分", None),
        ("fund_column", "其中：财政资金 / 全年预算数", None),
        ("fund_column", "预算执行情况 / 全年预算数", "adjusted_budget"),
    ],
)
def test_a_header_under_one_of_another_time_or_judge_is_not_this_forms(
    section: Section, header: str, role: Role | None
) -> None:
    """实际完成值 is known, but not below 上年."""
    assert standard().column(section, header) == role


@pytest.mark.parametrize(
    ("section", "header", "year", "role"),
    [
        ("indicator_column", "2024年完成值", 2024, "actual"),
        ("indicator_column", "2024年度目标值", 2024, "target"),
        ("indicator_column", "2023年完成值", 2024, "extra"),
        ("indicator_column", "2025年目标值", 2024, None),
        ("indicator_column", "2024年完成值", None, None),
        ("indicator_column", "2024年 / 实际完成值", 2024, "actual"),
        ("indicator_column", "2023年 / 实际完成值", 2024, "extra"),
        ("indicator_column", "2024年", 2024, None),
        ("fund_column", "2024年年初预算数（万元）", 2024, "initial_budget"),
        ("fund_column", "2024年预算数", 2024, "adjusted_budget"),
        ("fund_column", "2023年预算数", 2024, "extra"),
        ("fund_row", "其中：2024年财政拨款", 2024, "fiscal"),
    ],
)
def test_a_year_before_a_label_is_the_forms_own_or_another(
    section: Section, header: str, year: int | None, role: Role | None
) -> None:
    """Last year's value is no actual; where the form does not say its year, nobody knows."""
    assert standard().of_year(year).column(section, header) == role


@pytest.mark.parametrize(
    ("header", "told"),
    [("完成率（%）", True), ("复核得分", True), ("上年完成率", False), ("评分标准", False), ("备注", False)],
)
def test_headers_of_results_that_are_no_field_are_told_from_others(header: str, told: bool) -> None:  # noqa: FBT001 - a table's column
    """A form whose results stand below such a header has results."""
    assert standard().tells_results(header) == told


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
