"""What a label is once its brackets, ordinals, points and unit are taken off, and what these say."""

from decimal import Decimal

import pytest

from pipeline.mapping.labels import CellKind, core, kind, label_points, labelled_value, money_unit, without_points
from pipeline.mapping.lexicon import Lexicon, standard
from schemas.reading import Role, Section


@pytest.mark.parametrize(
    ("label", "bare"),
    [
        ("其中：当年财政拨款", "当年财政拨款"),
        ("其中: 1.当年财政拨款", "当年财政拨款"),
        ("1.上年结转", "上年结转"),
        ("①上年结转", "上年结转"),
        ("一、项目名称", "项目名称"),
        ("（一）预算执行", "预算执行"),
        ("年度资金总额：", "年度资金总额"),
        ("全年预算数（A）", "全年预算数"),
        ("全年执行数B", "全年执行数"),
        ("执行率（B/A×100%）", "执行率"),
        ("项目资金\n（万元）", "项目资金"),
        ("得分（20分*执行率）", "得分"),
        ("【主管部门】单位", "单位"),
        ("　项目 名称 ", "项目名称"),
        ("1.5倍", "1.5倍"),
        ("", ""),
        ("全年（调整）绩效目标", "全年调整绩效目标"),
        ("预算数（调整后）（万元）", "预算数调整后"),
        ("得分（复核）", "得分复核"),
    ],
)
def test_core_is_the_word_a_lexicon_knows(label: str, bare: str) -> None:
    """Ornament goes, the word stays; a decimal is no ordinal."""
    assert core(label) == bare


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        ("项目资金（万元）", "万元"),
        ("项目资金(元)", "元"),
        ("预算执行情况（万元）（20分）", "万元"),
        ("单位：万元", "万元"),
        ("金额单位:千元", "千元"),
        ("（单位：亿元）", "亿元"),
        ("项目资金（人民币万元）", "万元"),
        ("单位名称：北京市多元教育局", None),
        ("收入（含多元化经营）", None),
        ("主管部门（单位）", None),
        ("年初预算数", None),
    ],
)
def test_a_unit_of_money_is_a_word_of_its_own(label: str, unit: str | None) -> None:
    """元 inside a name is no unit."""
    assert money_unit(label) == unit


@pytest.mark.parametrize(
    ("label", "points", "name"),
    [
        ("产出指标(50分)", "50", "产出指标"),
        ("产出指标（50）", "50", "产出指标"),
        ("效益指标 （30 分）", "30", "效益指标"),
        ("产出指标50分", "50", "产出指标"),
        ("满意度指标（7.5分）", "7.5", "满意度指标"),
        ("得分（20分*执行率）", "20", "得分"),
        ("产出指标", None, "产出指标"),
        ("3分钟响应", None, "3分钟响应"),
        ("执行率（%）", None, "执行率（%）"),
    ],
)
def test_points_of_a_label(label: str, points: str | None, name: str) -> None:
    """Minutes are no points."""
    assert label_points(label) == (Decimal(points) if points else None)
    assert without_points(label) == name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "blank"),
        ("—", "blank"),
        ("3,616.90", "number"),
        ("100.00%", "number"),
        ("≥53.00(人)", "quantity"),
        ("53人", "quantity"),
        ("其中：财政拨款", "text"),
        ("2.项目实施内容", "text"),
        ("1、年初预算", "text"),
        ("无", "text"),
    ],
)
def test_the_kind_of_a_cell(text: str, found: CellKind) -> None:
    """A label with an ordinal is words, not a quantity."""
    assert kind(text) == found


@pytest.mark.parametrize(
    ("text", "label", "value"),
    [
        ("项目名称：道路养护", "项目名称", "道路养护"),
        ("实施单位(盖章): 某局", "实施单位(盖章)", "某局"),
        ("填报日期：2024：1", "填报日期", "2024：1"),
    ],
)
def test_label_and_value_in_one_cell(text: str, label: str, value: str) -> None:
    """Cut at the first colon."""
    assert labelled_value(text) == (label, value)


@pytest.mark.parametrize(
    "text", ["项目名称：", "项目名称", "（编码：7）道路", "完成了全部的工作任务包括以下几项：一", "a：b"]
)
def test_no_label_in_front_of_a_value(text: str) -> None:
    """A final colon, a colon inside brackets and a sentence are no label with its value."""
    assert labelled_value(text) is None


@pytest.mark.parametrize(
    ("section", "label", "role"),
    [
        ("field", "项目名称", "project_name"),
        ("fund_column", "分数", "weight"),
        ("fund_column", "全年预算数A", "adjusted_budget"),
        ("fund_row", "其中：当年财政拨款", "fiscal"),
        ("fund_row", "上年结转资金", "carryover"),
        ("indicator_column", "实际完成值", "actual"),
        ("total_row", "评分等级", "grade"),
        ("goal", "年度总体目标完成情况综述", "actual_achievement"),
        ("indicator_column", "项目名称", None),
    ],
)
def test_the_lexicon_knows_a_word_by_its_section(section: Section, label: str, role: Role | None) -> None:
    """One role a word and section."""
    assert standard().role(section, label) == role


def test_a_lexicon_without_a_word_still_knows_the_others() -> None:
    """`without` takes a word out of every section, `empty` knows none."""
    less = standard().without(["得分"])
    assert less.role("fund_column", "得分") is None
    assert less.role("indicator_column", "得分") is None
    assert less.role("indicator_column", "分值") == "weight"
    assert Lexicon.empty().knows("field", ["项目名称"]) == 0
    assert Lexicon.empty().words() == frozenset()
