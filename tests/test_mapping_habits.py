"""Habits of published forms that no family of the lexicon has: goals side by side, points in columns of their own."""

from decimal import Decimal

import pytest
from handmade import read_form

from pipeline.checks import check
from schemas.form import Extra

THREE = """
部门名称 | « | 津澜区档案馆 | « | «
部门年度资金（万元） | | 年初预算数 | 全年预算数 | 全年执行数
^ | 资金总额 | 20.00 | 20.00 | 20.00
年度绩效目标 | « | 实际完成情况 | 偏差原因分析及改进措施 | «
接收进馆档案3.2万卷，提供查档服务6000人次。 | « | 接收进馆档案3.35万卷。 | 无 | «
一级指标 | 指标名称 | 指标值 | 实际完成值 | 分值
产出指标 | 接收进馆档案 | ≥3.2万卷 | 3.35万卷 | 100
"""

ADJUSTED = """
项目名称 | « | 总分馆制 | «
年度资金 | | 全年预算数 | 全年执行数
^ | 资金总额 | 20.00 | 20.00
绩效目标 | 年初绩效目标 | 全年（调整）绩效目标 | 全年目标实际完成情况
^ | 新建社区分馆12个。 | 未调整 | 已建成12个。
一级指标 | 指标名称 | 指标值 | 分值
产出指标 | 社区分馆 | 12个 | 100
"""

POINTS = """
项目名称 | « | 池塘改造 | « | « | « | « | « | «
一级指标 | 权重 | 二级指标 | 权重 | 三级指标 | 权重 | 目标值 | 完成值 | 得分
决策 | 10 | 项目立项 | 4 | 立项依据充分性 | 2 | 充分 | 充分 | 2
^ | ^ | ^ | ^ | 立项程序规范性 | 2 | 规范 | 规范 | 2
^ | ^ | 绩效目标 | 6 | 目标明确性 | 6 | 明确 | 较明确 | 5
产出 | 90 | 产出数量 | 90 | 改造面积 | 90 | ≥1400亩 | 1420亩 | {score}
总计 | « | « | « | « | 100 | | | {total}
"""

SCORED = """
单位 | « | 某县退役军人事务局 | «
序号 | 一级指标 | 三级指标 | 指标分值 | 指标解释 | 自评得分
1 | 投入 | 数据真实性 | 40 | 基础数据真实（40分） | 40
2 | 过程 | 预算执行 | 60 | 得分=预算执行率×60分 | 58
合计 | « | « | 100 | | 98
"""


def test_goals_of_three_columns_without_a_label_beside_them_are_goals_and_no_indicators() -> None:
    """Their headers are known of indicators as well; one row of sentences under them is none."""
    form = read_form(THREE, "部门整体支出绩效自评表").form

    assert form.expected_goal == "接收进馆档案3.2万卷，提供查档服务6000人次。"
    assert form.actual_achievement == "接收进馆档案3.35万卷。"
    assert form.extras == (Extra(label="偏差原因分析及改进措施", text="无"),)
    assert [row.name for row in form.indicators] == ["接收进馆档案"]


def test_of_two_goals_the_one_of_the_years_beginning_is_the_goal() -> None:
    """What was adjusted is kept under its label, however short it is."""
    form = read_form(ADJUSTED, "项目支出绩效自评表").form

    assert (form.expected_goal, form.actual_achievement) == ("新建社区分馆12个。", "已建成12个。")
    assert form.extras == (Extra(label="全年（调整）绩效目标", text="未调整"),)


def test_points_of_levels_in_columns_of_their_own_are_level_1s_and_an_extra() -> None:
    """Three columns have one header: which is which follows from what they are merged with; sums prove it."""
    found = read_form(POINTS.format(score=85, total=94), "项目绩效自评表")

    assert [row.level1_weight for row in found.form.indicators] == [10, 10, 10, 90]
    assert [row.weight for row in found.form.indicators] == [Decimal(2), Decimal(2), Decimal(6), Decimal(90)]
    assert [[extra.text for extra in row.extras] for row in found.form.indicators] == [["4"], ["4"], ["6"], ["90"]]
    assert "level1_weight" in {held.rule for held in check(found.extraction).held}
    assert not any(finding.severity == "error" for finding in check(found.extraction).findings)


def test_points_beside_a_level_that_do_not_add_up_are_a_finding() -> None:
    """They are read as what they are, not dropped."""
    wrong = POINTS.replace("产出 | 90 | 产出数量", "产出 | 80 | 产出数量")
    found = read_form(wrong.format(score=85, total=94), "自评表")

    assert [row.level1_weight for row in found.form.indicators] == [10, 10, 10, 80]
    assert [finding.rule for finding in check(found.extraction).findings if finding.severity == "error"] == [
        "level1_weight"
    ]


@pytest.mark.parametrize("label", ["单位：", "填报单位：", "单位负责人："])
def test_a_place_to_sign_that_begins_with_the_unit_is_a_note(label: str) -> None:
    """Whatever its words could ask for, the next place to sign stands in its value's place."""
    form = read_form(SCORED + f"{label} | « | 联系人： | « | 填报日期： | «", "部门整体支出绩效自评表").form

    assert (form.total_score, form.implementing_unit) == (Decimal(98), "某县退役军人事务局")


@pytest.mark.parametrize(
    ("value", "unit", "amounts"), [("某县退役军人事务局", "某县退役军人事务局", None), ("万元", None, "万元")]
)
def test_a_label_that_says_unit_asks_for_who_reports_or_for_money(
    value: str, unit: str | None, amounts: str | None
) -> None:
    """What stands beside it tells."""
    form = read_form(SCORED.replace("某县退役军人事务局", value), "部门整体支出绩效自评表").form

    assert (form.implementing_unit, form.amount_unit, form.project_name) == (unit, amounts, None)


PAIRED = """
项目名称 | « | 农技推广 | « | « | « | « | «
预算安排情况（调整后） | « | 资金到位情况 | « | 资金执行情况 | « | 预算执行进度 | «
预算数： | 84.00 | 到位数： | 84.00 | 执行数： | {spent} | 97.33% | «
其中：财政资金： | 60.00 | 其中：财政资金： | 60.00 | 其中：财政资金： | 57.76 | ^ | «
其他： | 24.00 | 其他： | 24.00 | {last}： | 24.00 | ^ | «
一级指标 | 二级指标 | 三级指标 | « | 预期指标值 | « | 实际完成值 | 自评得分
产出指标 | 数量指标 | 培训人员 | « | ≥260人次 | « | 283人次 | 12.5
五、存在问题、原因及下一步整改措施 | « | « | « | « | « | « | «
{said} | « | « | « | « | « | « | «
"""


@pytest.mark.parametrize("said", ["秋季连阴雨造成玉米减产约8%，下一步将增加田间学校课时。", "无"])
def test_amounts_beside_labels_of_their_own_are_funds_line_by_line(said: str) -> None:
    """Each label of a line stands three times; the first line names the amounts, and is the total."""
    form = read_form(PAIRED.format(spent="81.76", last="其他", said=said), "项目支出绩效自评表").form

    lines = [(line.source, line.label, line.adjusted_budget, line.executed) for line in form.funds]
    assert lines == [
        ("total", "预算数", Decimal("84.00"), Decimal("81.76")),
        ("fiscal", "其中：财政资金", Decimal("60.00"), Decimal("57.76")),
        ("other", "其他", Decimal("24.00"), Decimal("24.00")),
    ]
    assert [line.execution_rate for line in form.funds] == [Decimal("97.33"), None, None]
    assert [line.extras for line in form.funds] == [
        (Extra(label="资金到位情况", text=amount),) for amount in ("84.00", "60.00", "24.00")
    ]
    assert form.extras == (Extra(label="五、存在问题、原因及下一步整改措施", text=said),)


def test_amounts_beside_labels_that_differ_in_a_line_are_not_taken_for_one_line() -> None:
    """Then nobody knows which source an amount is of: it waits for a person."""
    found = read_form(PAIRED.format(spent="81.76", last="结余", said="无"), "项目支出绩效自评表")

    assert [line.label for line in found.form.funds] == ["预算数", "其中：财政资金"]
    assert "numbers_conserved" in {finding.rule for finding in check(found.extraction).findings}


ONE_LINE = """
项目名称 | « | 河堤防治 | « | « | « | « | «
项目资金来源（调整后预算） | 合计（万元） | 中央（万元） | 省、地（万元） | 本级（万元） | {other} | 执行数 | 执行率
^ | 186.00 | 60.00 | 46.00 | 80.00 | {amount} | {spent} | 99.12%
一级指标 | 三级指标 | « | 分值 | 年初指标值 | 年终完成值 | 自评分 | 复核分
产出指标 | 防治面积 | « | 100 | 20 | 20 | 98 |
自评总分 | « | « | 100 | « | « | 98 | «
"""


@pytest.mark.parametrize("other", ["其他（万元）", "民间认捐（万元）"])
def test_sources_over_one_line_of_amounts_are_funds_and_what_stands_behind_is_the_totals(other: str) -> None:
    """Those that add up to the first are its parts, also where a word is not known; a blank is none."""
    form = read_form(ONE_LINE.format(other=other, amount="—", spent="184.37"), "项目支出绩效自评表").form

    lines = [(line.source, line.label, line.adjusted_budget) for line in form.funds]
    assert lines[:4] == [
        ("total", "合计（万元）", Decimal("186.00")),
        ("central", "中央（万元）", Decimal("60.00")),
        ("local", "省、地（万元）", Decimal("46.00")),
        ("fiscal", "本级（万元）", Decimal("80.00")),
    ]
    assert lines[4:] == [("other", other, None)] * (other == "其他（万元）")
    assert [(line.executed, line.execution_rate) for line in form.funds[:2]] == [
        (Decimal("184.37"), Decimal("99.12")),
        (None, None),
    ]


@pytest.mark.parametrize(("other", "sources"), [("其他（万元）", 5), ("民间认捐（万元）", 4)])
def test_amounts_that_do_not_add_up_are_sources_only_by_known_words(other: str, sources: int) -> None:
    """A wrong sum is the report's own; an amount under a word that nobody knows waits for a person."""
    found = read_form(ONE_LINE.format(other=other, amount="1.00", spent="184.37"), "项目支出绩效自评表")

    assert len(found.form.funds) == sources
    failed = {finding.rule for finding in check(found.extraction).findings if finding.severity == "error"}
    assert ("fund_parts_sum" in failed) == (sources == 5)
    assert all(slot.state != "agreed" for slot in found.template.slots if slot.text == "民间认捐（万元）")
