"""What the line above a table says of all its rows is read: a table for each level, points of a section."""

from pathlib import Path

import pytest
from handmade import grid_of, line_of, read_region

from pipeline.checks import check
from pipeline.headed import headed
from pipeline.mapping.lexicon import Lexicon, standard
from pipeline.read import read
from pipeline.segment import segment
from schemas.evidence import LineSpan
from schemas.extraction import Extraction
from schemas.form import SelfEvaluation
from schemas.layout import Document, Grid, Line, Page, Region

FUNDS = """
资金来源 | 年初预算数 | 全年预算数 | 全年执行数 | 执行率 | 得分
年度资金总额 | 50.00 | 50.00 | 40.00 | 80% | 8
"""
OUTPUT = """
二级指标 | 三级指标 | 指标值 | 实际值 | 分值 | 得分
数量指标 | 甲 | ≥5个 | 5个 | 30 | 30
质量指标 | 乙 | 100% | 100% | 20 | 20
产出指标小计 | « | « | « | 50 | 50
"""
BENEFIT = """
二级指标 | 三级指标 | 指标值 | 实际值 | 分值 | 得分
社会效益指标 | 丙 | ≥1次 | 1次 | 40 | 40
效益指标小计 | « | « | « | 40 | 40
"""
TOTAL = "总分 | 100 | 自评总得分 | 98 | 自评等级 | 优"


def page(*parts: str) -> Region:
    """The one form of a page with these lines and tables, one below the other."""
    lines: list[Line] = []
    grids: list[Grid] = []
    top = 40.0
    for part in parts:
        if "|" in part:
            grid = grid_of(part, table=len(grids) + 1, top=top)
            grids.append(grid.model_copy(update={"top_line": len(lines) + 1}))
            top += 20.0 * grid.row_count + 4
        else:
            lines.append(line_of(len(lines) + 1, part, y=top))
            top += 14
    document = Document(
        path="a.pdf",
        sha256="0" * 64,
        media_type="application/pdf",
        pages=(Page(number=1, width=595, height=842),),
        lines=tuple(lines),
        grids=tuple(grids),
    )
    (found,) = segment(document, standard())
    return found


def extracted(found: Region) -> Extraction:
    """A form as hedui reads it without a model."""
    return read_region(found).extraction


def levels(form: SelfEvaluation) -> list[tuple[str | None, str, str | None]]:
    """Level 1 with its points, and the indicator's name."""
    return [(row.level1, str(row.level1_weight), row.name) for row in form.indicators]


WHOLE = (
    "项目支出绩效自评表",
    "项目名称：道路养护",
    "二、预算执行情况（10分）　　单位：万元",
    FUNDS,
    "三、绩效指标",
    "产出指标（50分）",
    OUTPUT,
    "效益指标（40分）",
    BENEFIT,
    TOTAL,
)


def test_the_level_above_each_table_is_the_level_of_its_rows() -> None:
    """Its points come with it; the place of both is the line."""
    found = extracted(page(*WHOLE))
    assert levels(found.form) == [("产出指标", "50", "甲"), ("产出指标", "50", "乙"), ("效益指标", "40", "丙")]
    place = found.evidence["/indicators/2/level1_weight"]
    assert (place.cell_text, place.text) == ("效益指标（40分）", "40")


def test_points_in_the_heading_over_the_budget_are_its_weight() -> None:
    """The unit of money in the same line is read as well; each number is claimed once."""
    found = extracted(page(*WHOLE))
    assert (str(found.form.funds[0].weight), found.form.amount_unit) == ("10", "万元")
    assert [finding.rule for finding in check(found).findings if finding.severity == "error"] == []


def test_points_of_a_title_over_the_budget_are_not_its_weight() -> None:
    """项目支出绩效自评表（100分） in the table's own first row tells of the whole form."""
    table = f"{{}} | « | « | « | « | «\n{FUNDS.strip()}\n{OUTPUT.strip()}"
    title = extracted(page(table.format("项目支出绩效自评表（100分）"))).form
    section = extracted(page(table.format("预算执行情况（10分）"))).form
    assert [title.funds[0].weight, str(section.funds[0].weight)] == [None, "10"]


def test_labels_among_the_totals_are_labels() -> None:
    """总分, 自评总得分 and 自评等级 beside their values in one row: none of them is a value."""
    form = extracted(page(*WHOLE)).form
    assert (str(form.total_weight), str(form.total_score), form.grade) == ("100", "98", "优")
    assert [(extra.label, extra.text) for extra in form.extras] == [
        ("产出指标小计 分值", "50"),
        ("产出指标小计 得分", "50"),
        ("效益指标小计 分值", "40"),
        ("效益指标小计 得分", "40"),
    ]


def test_lines_that_became_rows_are_no_text_outside() -> None:
    """What was read is not told once more as text that may be a value; other headings stay lines."""
    found = page(*WHOLE)
    assert found.outside == ()
    assert [line.text for line in found.heading] == ["项目支出绩效自评表", "三、绩效指标"]


@pytest.mark.parametrize(
    "line", ["绩效指标表", "产出指标：完成情况良好", "单位：万元", "产出类各项指标完成情况的说明如下"]
)
def test_other_lines_above_a_table_stay_lines(line: str) -> None:
    """A heading that names no level, a sentence and a unit give no row."""
    grids = [grid_of(OUTPUT), grid_of(BENEFIT, table=2, top=300)]
    found = headed(grids[0], grids[:1], [[line_of(1, line)]], standard())
    assert (found.grid, found.used) == (grids[0], frozenset())


@pytest.mark.parametrize("line", ["二、自评得分9分", "项目支出绩效自评表（100分）"])
def test_a_score_in_a_sentence_and_a_title_are_no_points_of_a_section(line: str) -> None:
    """Only points in brackets behind a heading are what a table's rows share."""
    grid = grid_of(FUNDS)
    assert headed(grid, [grid], [[line_of(1, line)]], standard()).used == frozenset()


def test_levels_that_nobody_knows_need_their_points_and_a_divided_table() -> None:
    """Without a single known word the points and the same header below each line are enough; once is not."""
    two = page("履职效能（50分）", OUTPUT, "社会效应（40分）", BENEFIT)
    assert [cell.text for cell in two.grid.cells if cell.cell_id.startswith("l")] == [
        "履职效能（50分）",
        "社会效应（40分）",
    ]
    one = grid_of(OUTPUT)
    over = headed(one, [one], [[line_of(1, "履职效能（50分）")]], Lexicon.empty())
    assert [cell.row for cell in over.grid.cells if cell.cell_id == "l1.1"] == [0]


def test_a_label_beside_the_table_goes_on_beside_the_new_row() -> None:
    """绩效指标 stands beside one row more; the level stands over the columns behind it."""
    grid = grid_of(
        """
        绩效指标 | 二级指标 | 三级指标 | 指标值 | 实际值 | 分值
        ^ | 数量指标 | 甲 | 5个 | 5个 | 50
        ^ | 质量指标 | 乙 | 5个 | 5个 | 40
        """,
    )
    found = headed(grid, [grid], [[line_of(1, "产出指标")]], standard()).grid
    places = {cell.text: (cell.row, cell.col, cell.row_span, cell.col_span) for cell in found.cells}
    assert (places["绩效指标"], places["产出指标"], places["甲"]) == ((0, 0, 4, 1), (1, 1, 1, 5), (2, 2, 1, 1))


def test_a_web_page_with_a_table_a_level_is_read(tmp_path: Path) -> None:
    """Lines are numbered where there are no pages: the place of a level is a span of its line."""
    body = "".join(
        f"<p>{part}</p>"
        if "|" not in part
        else "<table>"
        + "".join(
            "<tr>" + "".join(f"<td>{cell.strip()}</td>" for cell in row.split("|")) + "</tr>"
            for row in part.strip().splitlines()
            if "«" not in row
        )
        + "</table>"
        for part in WHOLE
    )
    path = tmp_path / "made.html"
    path.write_text(f"<html><meta charset=utf-8>{body}</html>", encoding="utf-8")
    (found,) = segment(read(path, "made.html", standard(), None), standard())
    told = extracted(found)
    assert levels(told.form) == [("产出指标", "50", "甲"), ("产出指标", "50", "乙"), ("效益指标", "40", "丙")]
    assert told.evidence["/indicators/0/level1"].spans == (LineSpan(line=5, start=0, end=9),)
