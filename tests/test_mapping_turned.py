"""Funds whose sources stand in columns and whose amounts stand in rows are read as any other funds."""

from decimal import Decimal

import pytest
from handmade import grid_of, read_form, region_of

from pipeline.checks import check
from pipeline.mapping.lexicon import Lexicon, standard
from pipeline.mapping.skeleton import analyse
from pipeline.mapping.tables import find_tables

INDICATORS = """
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
产出指标 | 数量指标 | 新建公厕 | ≥12座 | 12座 | 50 | 50
效益指标 | 社会效益指标 | 群众满意度 | ≥90% | 88% | 40 | 39
总分 | « | « | « | « | 100 | 98.6
"""
FORM = f"""
项目名称 | 公厕改造 | « | « | « | « | «
资金来源（万元） | 合计 | 一般公共预算 | 上年结转 | 自有资金 | 其他资金 | «
年初预算数 | 120 | 100 | | 20 | 0 | «
全年预算数 | 130 | 100 | 10 | 20 | 0 | «
全年执行数 | 124.8 | 98 | 10 | 16.8 | 0 | «
预算执行率 | 96% | 98% | 100% | 84% | - | «
说明 | | | | 尾款未付 | | «
分值 | 10 | « | « | « | « | «
得分 | 9.6 | « | « | « | « | «
{INDICATORS.strip()}
"""
NESTED = """
项目资金 | 资金来源 | 总额 | 其中 | « | «
^ | ^ | ^ | 财政资金 | 自筹资金 | 其他
^ | 年初预算数 | 50 | 40 | 6 | 4
^ | 全年预算数 | 50 | 40 | 6 | 4
^ | 全年执行数 | 45 | 36 | 6 | 3
"""
ORDINARY = """
款源 | 计划甲 | 计划乙 | 支用 | 比率 | 满额 | 所得
全部 | 90 | 95 | 85.5 | 90% | 10 | 9
镇里 | 60 | 60 | 54 | 90% | - | -
厂里 | 30 | 35 | 31.5 | 90% | - | -
"""


def rows_of(text: str, lexicon: Lexicon) -> tuple[bool, list[str], list[list[str | None]]]:
    """Whether the first table stands turned, its columns' headers, its rows' texts."""
    table = find_tables(grid_of(text), lexicon)[0]
    texts = [[cell.text if cell else None for cell in row] for row in table.rows]
    return table.turned, [leaf.text for leaf in table.leaves], texts


def test_each_source_of_a_turned_table_is_a_line_of_funds() -> None:
    """Labels are the columns' headers, amounts come from the rows; the unit of money stands in the corner."""
    form = read_form(FORM, "项目支出绩效自评表").form
    assert [(line.source, line.label) for line in form.funds] == [
        ("total", "合计"),
        ("fiscal", "一般公共预算"),
        ("carryover", "上年结转"),
        ("own", "自有资金"),
        ("other", "其他资金"),
    ]
    assert [line.initial_budget for line in form.funds] == [Decimal(120), Decimal(100), None, Decimal(20), Decimal(0)]
    assert [line.executed for line in form.funds] == [*map(Decimal, ("124.8", "98", "10", "16.8", "0"))]
    assert [line.execution_rate for line in form.funds] == [*map(Decimal, ("96", "98", "100", "84")), None]
    assert (form.amount_unit, len(form.indicators), form.total_score) == ("万元", 2, Decimal("98.6"))


def test_points_merged_over_all_sources_are_the_totals() -> None:
    """They count once: only the first line has them, and no number is left over."""
    found = read_form(FORM, "项目支出绩效自评表")
    assert [(line.weight, line.score) for line in found.form.funds] == [
        (Decimal(10), Decimal("9.6")),
        *[(None, None)] * 4,
    ]
    report = check(found.extraction)
    assert [finding.rule for finding in report.findings if finding.severity == "error"] == []
    assert {"fund_parts_sum", "execution_rate", "budget_score", "scores_sum"} <= {held.rule for held in report.held}


def test_points_under_a_source_in_the_middle_are_those_of_nobody_for_certain() -> None:
    """Without lines a score centred over all sources stands under one of them: the total's is told as missing."""
    alone = FORM.replace("分值 | 10 | « | « | « | « | «", "分值 | | | 10 | | | «")
    assert read_form(FORM).extraction.missing == ()
    assert read_form(alone).extraction.missing == ("/funds/0/weight",)


def test_evidence_of_a_turned_amount_is_its_own_cell() -> None:
    """Row 4, column 3 of the page's table, not of the turned one."""
    found = read_form(FORM)
    cell = next(cell for cell in found.region.grid.cells if cell.cell_id == "p1t1r4c3")
    assert found.extraction.evidence["/funds/3/executed"].cell_text == "16.8"
    assert found.extraction.evidence["/funds/2/executed"].spans == cell.spans


def test_a_row_that_is_no_amount_goes_to_the_extras_of_its_source() -> None:
    """A text under one source, beside a label that is known to be none of the amounts."""
    found = read_form(FORM).form
    assert [[(extra.label, extra.text) for extra in line.extras] for line in found.funds] == [
        [], [], [], [("说明", "尾款未付")], [],
    ]  # fmt: skip


def test_a_text_beside_an_unknown_label_ends_the_amounts() -> None:
    """It may be anything; what stands above it is read."""
    _, headers, _ = rows_of(FORM.replace("说明", "结余说明"), standard())
    assert headers == ["资金来源（万元）", "年初预算数", "全年预算数", "全年执行数", "预算执行率"]


def test_sources_under_a_common_header_and_a_label_beside_them_are_turned_as_well() -> None:
    """其中 stands over three sources; the block's own label is none of its columns."""
    turned, headers, rows = rows_of(NESTED, standard())
    assert (turned, headers) == (True, ["资金来源", "年初预算数", "全年预算数", "全年执行数"])
    assert rows == [
        ["总额", "50", "50", "45"],
        ["财政资金", "40", "40", "36"],
        ["自筹资金", "6", "6", "6"],
        ["其他", "4", "4", "3"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "款源 | 全部 | 镇里 | 厂里\n计划 | 90 | 60 | 30\n支用 | 81 | 51 | 30\n比率 | 90% | 85% | 100%",
        "款源 | 全部 | 镇里 | 厂里\n计划 | 90 | 60 | 30\n支用 | 81 | 51 | 30",
        "款源 | 镇里 | 厂里 | 村里\n计划 | 90 | 60 | 30\n支用 | 81 | 51 | 30\n比率 | 0.9 | 0.85 | 1",
    ],
    ids=["percent", "total", "rate"],
)
def test_without_a_known_word_the_numbers_tell_that_a_table_is_turned(text: str) -> None:
    """A row of shares, a column that is the sum of the others, a row that is the quotient of two."""
    turned, headers, rows = rows_of(text, Lexicon.empty())
    assert (turned, headers[:3]) == (True, ["款源", "计划", "支用"])
    assert [row[1] for row in rows] == [text.splitlines()[1].split(" | ")[at] for at in (1, 2, 3)]


@pytest.mark.parametrize(
    "text",
    [ORDINARY, ORDINARY.replace("%", ""), "款源 | 计划 | 支用\n全部 | 10 | 10\n镇里 | 10 | 10"],
    ids=["percent", "bare", "equal"],
)
def test_funds_as_everybody_prints_them_are_not_turned(text: str) -> None:
    """Also without a known word; where both ways are possible the usual one is taken."""
    turned, headers, _ = rows_of(text, Lexicon.empty())
    assert (turned, headers) == (False, text.strip().splitlines()[0].split(" | "))


def test_an_unfilled_copy_of_a_turned_form_has_its_layout() -> None:
    """One confirmation serves both."""
    blank = "\n".join(
        row if "来源" in row or number > 8 else " | ".join([row.split(" | ")[0], *[""] * 5, "«"])
        for number, row in enumerate(FORM.strip().splitlines())
    ).replace("项目名称 |  |  |  |  |  | «", "项目名称 | 公厕 | « | « | « | « | «")
    filled = FORM.replace("\n说明 | | | | 尾款未付 | | «", "").replace("10 | « | « | « | « | «", "10 | | | | | «")
    filled = filled.replace("9.6 | « | « | « | « | «", "9.6 | | | | | «")
    blank = blank.replace("\n说明 |  |  |  |  |  | «", "")
    keys = {analyse(region_of(text), standard()).key for text in (filled, blank)}
    assert len(keys) == 1


BEHIND = f"""
项目名称 | 危房改造 | « | « | « | « | «
资金投入情况（万元） | | 合计 | 中央财政资金 | 地方财政资金 | 分值 | 得分
^ | 全年预算数（A） | 2860.00 | 2000.00 | 860.00 | 10 | 9.49
^ | 全年执行数（B） | 2714.35 | 1925.00 | 789.35 | {{points}}
^ | 预算执行率（B/A） | 94.91% | 96.25% | 91.78% | {{points}}
{INDICATORS.strip().replace("98.6", "98.49")}
"""


@pytest.mark.parametrize("points", ["^ | ^", " | "])
def test_points_in_columns_behind_the_sources_are_the_totals(points: str) -> None:
    """分值 and 得分 beside the sources are none of them: their one number is of all, and no other source lacks one."""
    extraction = read_form(BEHIND.format(points=points), "转移支付区域绩效自评表").extraction
    form = extraction.form
    assert [pointer for pointer in extraction.missing if pointer.startswith("/funds")] == []
    assert [(line.source, line.label) for line in form.funds] == [
        ("total", "合计"),
        ("central", "中央财政资金"),
        ("local", "地方财政资金"),
    ]
    total = form.funds[0]
    assert (total.weight, total.score, total.execution_rate) == (Decimal(10), Decimal("9.49"), Decimal("94.91"))
    assert not any(line.extras for line in form.funds)


@pytest.mark.parametrize("budget", ["全年预算数", "年度预算数"])
def test_a_header_that_may_be_a_source_does_not_turn_a_table(budget: str) -> None:
    """All was spent: by its numbers alone either side could be the sum of the other."""
    is_turned, headers, _ = rows_of(
        f"""
资金来源 | {budget} | 支出数
甲渠道 | 10 | 10
乙渠道 | 5 | 5
""",
        standard(),
    )
    assert (is_turned, headers) == (False, ["资金来源", budget, "支出数"])


def test_points_behind_sources_are_of_the_total_wherever_it_stands() -> None:
    """合计 may be the last source."""
    grid = BEHIND.format(points="^ | ^").replace(
        "| 合计 | 中央财政资金 | 地方财政资金 |", "| 中央财政资金 | 地方财政资金 | 合计 |"
    )
    grid = grid.replace("2860.00 | 2000.00 | 860.00", "2000.00 | 860.00 | 2860.00")
    grid = grid.replace("2714.35 | 1925.00 | 789.35", "1925.00 | 789.35 | 2714.35")
    grid = grid.replace("94.91% | 96.25% | 91.78%", "96.25% | 91.78% | 94.91%")
    funds = read_form(grid, "转移支付区域绩效自评表").form.funds
    assert [(line.source, line.weight, line.score) for line in funds] == [
        ("central", None, None),
        ("local", None, None),
        ("total", Decimal(10), Decimal("9.49")),
    ]


def test_names_beside_their_labels_over_amounts_beside_theirs_are_no_sources() -> None:
    """Known labels of amounts in the first column turn no row of labels and names into sources."""
    grid = """
项目名称 | 道路养护 | 主管部门 | 交通局
上年预算数 | 45.00 | 上年执行数 | 44.00
本年预算数 | 50.00 | 本年执行数 | 40.00
预算执行率 | 80.00% | 自评得分 | 93
一级指标 | 三级指标 | 分值 | 得分
产出指标 | 修路条数 | 60 | 53
效益指标 | 通行率 | 40 | 40
总分 | « | 100 | 93
"""
    form = read_form(grid, "项目支出绩效自评表").form
    assert (form.project_name, form.supervising_department) == ("道路养护", "交通局")
    assert [(line.adjusted_budget, line.executed) for line in form.funds] == [(Decimal("50.00"), Decimal("40.00"))]
