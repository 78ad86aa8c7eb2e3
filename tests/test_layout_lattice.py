"""Ruling lines become cells: merged both ways, however the lines are drawn; texts by baseline and place."""

from itertools import pairwise
from pathlib import Path

import pymupdf
from drawn import Draw, fill, laid, spans, table, texts, write

from pipeline.layout.lattice import Axes, axes_of, lattice, lines_of, merge, pieces_of
from pipeline.layout.marks import PageMarks, Piece, Rule, TextRun
from schemas.evidence import BBox, PageSpan
from schemas.layout import Grid

XS = (50.0, 150.0, 250.0, 350.0)
YS = (100.0, 130.0, 160.0, 190.0)


def rule(page: pymupdf.Page, x0: float, y0: float, x1: float, y1: float) -> None:
    """A ruling line drawn as a hairline stroke."""
    page.draw_line((x0, y0), (x1, y1), width=0.5)


def only(folder: Path, draw: Draw) -> Grid:
    """The one grid of a drawn page."""
    (grid,) = laid(folder, draw).grids
    return grid


def test_cells_merged_both_ways_keep_their_place_and_spans(tmp_path: Path) -> None:
    """A cell over two rows, a cell over two columns, and their ids by their top left."""

    def draw(page: pymupdf.Page) -> None:
        for y in (100, 190):
            rule(page, 50, y, 350, y)
        for x in (50, 150, 350):
            rule(page, x, 100, x, 190)
        rule(page, 150, 130, 350, 130)
        rule(page, 50, 160, 350, 160)
        rule(page, 250, 130, 250, 190)
        fill(page, XS, YS, {(0, 0): "产出指标", (0, 1): "年度指标值", (1, 1): "甲", (1, 2): "乙", (2, 0): "丙"})

    grid = only(tmp_path, draw)
    assert (grid.row_count, grid.col_count) == (3, 3)
    assert spans(grid) == {
        "产出指标": (0, 0, 2, 1),
        "年度指标值": (0, 1, 1, 2),
        "甲": (1, 1, 1, 1),
        "乙": (1, 2, 1, 1),
        "丙": (2, 0, 1, 1),
    }
    assert [cell.cell_id for cell in grid.cells] == [
        "p1t1r0c0",
        "p1t1r0c1",
        "p1t1r1c1",
        "p1t1r1c2",
        "p1t1r2c0",
        "p1t1r2c1",
        "p1t1r2c2",
    ]
    assert not any(cell.doubts for cell in grid.cells)


def test_double_lines_and_lines_in_pieces_are_one_line(tmp_path: Path) -> None:
    """A line drawn twice a point apart adds no column, a line drawn cell by cell leaves no gap."""

    def draw(page: pymupdf.Page) -> None:
        for y in YS:
            for x0, x1 in pairwise(XS):
                rule(page, x0 + 0.5, y, x1 - 0.5, y)
        for x in XS:
            for y0, y1 in pairwise(YS):
                rule(page, x, y0, x, y1)
                rule(page, x + 1.2, y0, x + 1.2, y1)
        fill(page, XS, YS, {(0, 0): "甲", (2, 2): "乙"})

    assert spans(only(tmp_path, draw)) == {"甲": (0, 0, 1, 1), "乙": (2, 2, 1, 1)}


def test_a_wide_double_line_makes_no_column_with_a_cell(tmp_path: Path) -> None:
    """The sliver between two lines three points apart is no cell."""

    def draw(page: pymupdf.Page) -> None:
        table(page, XS, YS, {(0, 0): "甲", (0, 1): "乙"})
        rule(page, 153, 100, 153, 190)

    grid = only(tmp_path, draw)
    assert texts(grid)[0] == ["甲", "乙", ""]
    assert len(grid.cells) == 9


def test_filled_bars_and_dashes_rule_like_strokes(tmp_path: Path) -> None:
    """A browser's bars, an office program's strokes and dashes of short pieces are all lines."""

    def draw(page: pymupdf.Page) -> None:
        for y in YS:
            page.draw_rect((50, y - 0.4, 350, y + 0.4), fill=(0, 0, 0), color=None)
        for x in XS[:3]:
            page.draw_rect((x - 0.4, 100, x + 0.4, 190), fill=(0, 0, 0), color=None)
        for step in range(30):
            rule(page, 350, 100 + step * 3, 350, 101.5 + step * 3)
        fill(page, XS, YS, {(1, 1): "甲", (2, 2): "乙"})

    assert spans(only(tmp_path, draw)) == {"甲": (1, 1, 1, 1), "乙": (2, 2, 1, 1)}


def test_a_missing_outer_frame_is_where_the_inner_lines_end(tmp_path: Path) -> None:
    """Open left and right: the first and the last column are there all the same."""

    def draw(page: pymupdf.Page) -> None:
        for y in YS:
            rule(page, 50, y, 350, y)
        for x in XS[1:3]:
            rule(page, x, 100, x, 190)
        fill(page, XS, YS, {(0, 0): "左", (0, 1): "中", (0, 2): "右"})

    grid = only(tmp_path, draw)
    assert texts(grid)[0] == ["左", "中", "右"]
    assert grid.bbox is not None
    assert (round(grid.bbox.x0), round(grid.bbox.x1)) == (50, 350)


def test_a_table_open_at_the_pages_end_keeps_its_last_row(tmp_path: Path) -> None:
    """The row that goes on over the page has no bottom line."""

    def draw(page: pymupdf.Page) -> None:
        for y in YS[:3]:
            rule(page, 50, y, 350, y)
        for x in XS:
            rule(page, x, 100, x, 190)
        fill(page, XS, YS, {(2, 0): "末行", (2, 2): "53.00"})

    assert texts(only(tmp_path, draw))[2] == ["末行", "", "53.00"]


def test_two_tables_of_a_page_are_two_grids_and_a_lone_line_is_none(tmp_path: Path) -> None:
    """From top to bottom; an underline under a title belongs to no table."""

    def draw(page: pymupdf.Page) -> None:
        rule(page, 50, 60, 350, 60)
        table(page, XS, YS, {(0, 0): "上"})
        table(page, (50, 200, 350), (300, 330, 360), {(0, 0): "下"})

    grids = laid(tmp_path, draw).grids
    assert [(grid.grid_id, grid.row_count, grid.col_count) for grid in grids] == [("p1t1", 3, 3), ("p1t2", 2, 2)]
    assert [grid.cells[0].text for grid in grids] == ["上", "下"]


def test_a_page_without_vertical_lines_has_no_grid(tmp_path: Path) -> None:
    """Lines across alone are no table; the text stays as lines."""

    def draw(page: pymupdf.Page) -> None:
        for y in YS:
            rule(page, 50, y, 350, y)
        write(page, 55, 115, "甲")

    found = laid(tmp_path, draw)
    assert found.grids == ()
    assert [line.text for line in found.lines] == ["甲"]


def test_a_number_wrapped_in_its_cell_is_one_number_and_a_label_one_character_a_line_is_one_word(
    tmp_path: Path,
) -> None:
    """130.9 / 3 is 130.93; 满意 / 度指 / 标 is 满意度指标."""

    def draw(page: pymupdf.Page) -> None:
        table(page, XS, (100, 170, 200), {(0, 0): "满意⏎度指⏎标", (0, 1): "130.9⏎3", (0, 2): "数⏎量⏎指⏎标"})

    cells = only(tmp_path, draw).rows()[0]
    assert [cell.text for cell in cells] == ["满意度指标", "130.93", "数量指标"]
    assert cells[1].lines == ("130.9", "3")


def test_a_space_inside_a_printed_line_is_kept(tmp_path: Path) -> None:
    """Also where the page has a gap instead of a space character."""

    def draw(page: pymupdf.Page) -> None:
        table(page, XS, YS, {(0, 0): "全区 12街"})
        write(page, 153, 113, "11月")
        write(page, 190, 113, "30日")

    assert texts(only(tmp_path, draw))[0] == ["全区 12街", "11月 30日", ""]


def test_a_line_drawn_across_columns_as_one_run_is_cut_where_the_rules_are(tmp_path: Path) -> None:
    """One run of characters over three cells gives each its own."""

    def draw(page: pymupdf.Page) -> None:
        table(page, (50, 90, 160, 240), (100, 130))
        write(page, 55, 115, "10    9.99    8")

    assert texts(only(tmp_path, draw)) == [["10", "9.99", "8"]]


def test_evidence_of_a_cell_is_the_cell_on_its_page(tmp_path: Path) -> None:
    """The span is the merged cell's rectangle."""
    grid = only(tmp_path, lambda page: table(page, XS, YS, {(1, 2): "甲"}))
    cell = next(cell for cell in grid.cells if cell.text)
    (span,) = cell.spans
    assert isinstance(span, PageSpan)
    assert span.page == 1
    assert [round(edge) for edge in span.bbox] == [250, 130, 350, 160]


def test_hidden_text_in_a_cell_is_reported_and_gives_no_character(tmp_path: Path) -> None:
    """White text beside a number neither joins it nor goes unseen."""

    def draw(page: pymupdf.Page) -> None:
        table(page, XS, YS, {(0, 0): "53.00"})
        write(page, 100, 113, "9", color=(1, 1, 1))
        write(page, 153, 113, "8", fontsize=1)

    cells = only(tmp_path, draw).rows()[0]
    assert [(cell.text, cell.hidden_text) for cell in cells] == [("53.00", True), ("", True), ("", False)]


def test_walls_that_form_no_rectangle_leave_a_doubt(tmp_path: Path) -> None:
    """An L of open squares is cut along a row, and the cell says that its end is not certain."""

    def draw(page: pymupdf.Page) -> None:
        for y in (100, 160):
            rule(page, 50, y, 250, y)
        for x in (50, 250):
            rule(page, x, 100, x, 160)
        rule(page, 150, 130, 150, 160)
        rule(page, 150, 130, 250, 130)
        fill(page, (50, 150, 250), (100, 130, 160), {(0, 0): "甲", (1, 1): "乙"})

    cells = {cell.text: cell for cell in only(tmp_path, draw).cells if cell.text}
    assert cells["甲"].doubts == ("cut",)
    assert cells["乙"].doubts == ()


def run(text: str, x0: float, baseline: float, *, width: float = 5.0, top: float = 8.0) -> TextRun:
    """A run of equally wide characters of size 10 whose box begins `top` above its baseline."""
    starts = [x0 + n * width for n in range(len(text))]
    ends = [start + width for start in starts]
    bbox = BBox(x0, baseline - top, x0 + len(text) * width, baseline + 2)
    return TextRun(text, starts, ends, bbox, baseline, 10.0, upright=True, hidden=False)


def frame(*rows: float) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """The rules of a table of one column."""
    return (
        tuple(Rule(y, 0.0, 100.0) for y in rows),
        (Rule(0.0, rows[0], rows[-1]), Rule(100.0, rows[0], rows[-1])),
    )


def test_a_font_with_glyph_boxes_over_the_line_keeps_its_row_and_its_order() -> None:
    """The box of `.` begins far above its neighbours': by box top 56.13 falls apart, by baseline it does not."""
    across, down = frame(0.0, 20.0, 40.0)
    runs = (
        run("56", 10, 34, top=30),
        run(".", 20, 34, top=3),
        run("13", 25, 34.3, top=22),
        run("上", 10, 14, top=8, width=10),
    )
    (grid,), outside = lattice(PageMarks(1, 200.0, 200.0, runs, across, down))
    assert [cell.text for cell in grid.cells] == ["上", "56.13"]
    assert outside == ()


def test_a_character_stands_in_the_column_of_its_middle() -> None:
    """A glyph box that reaches a little over the rule does not change cells."""
    axes = Axes((0.0, 50.0, 100.0), (0.0, 20.0))
    bbox = BBox(40.0, 5.0, 56.0, 17.0)
    wide = TextRun("98", (40.0, 48.5), (52.0, 56.0), bbox, 15.0, 10.0, upright=True, hidden=False)
    assert [(place, piece.text) for place, piece in pieces_of(wide, axes)] == [((0, 0), "9"), ((0, 1), "8")]


def piece(text: str, x0: float, x1: float, baseline: float, *, upright: bool = True) -> Piece:
    """A piece of size 10."""
    return Piece(text, x0, x1, baseline, 10.0, upright, hidden=False)


def test_lines_of_a_cell_go_by_baseline_then_from_left_to_right() -> None:
    """Whatever the order of the page's content; a raised piece within 0.4 of the size stays on its line."""
    pieces = [piece("区)", 0, 15, 40), piece("个村居", 0, 30, 28), piece("00", 15, 25, 15.5), piece("355.", 0, 15, 16)]
    assert lines_of(pieces) == ("355.00", "个村居", "区)")


def test_turned_text_keeps_the_order_of_the_page() -> None:
    """Characters of a label set from top to bottom come as they were written."""
    pieces = [piece("产", 0, 10, 50, upright=False), piece("出", 0, 10, 40, upright=False)]
    assert lines_of(pieces) == ("产", "出")


def test_rules_that_touch_are_one_and_rules_apart_are_two() -> None:
    """A gap of up to 3 points is closed; positions within 2 points are one."""
    assert merge([Rule(10.0, 0.0, 50.0), Rule(10.5, 52.0, 90.0), Rule(10.0, 100.0, 120.0)]) == [
        Rule(10.0, 0.0, 90.0),
        Rule(10.0, 100.0, 120.0),
    ]
    assert axes_of([Rule(0.0, 0.0, 99.0), Rule(20.0, 0.0, 99.0)], [Rule(0.0, 0.0, 20.0), Rule(1.0, 0.0, 20.0)]) == Axes(
        (0.0, 99.0), (0.0, 20.0)
    )


def test_letters_set_apart_are_one_word() -> None:
    """A label spread over its cell has no spaces; one wide gap between numbers is one."""
    axes = Axes((0.0, 200.0), (0.0, 20.0))
    spread = ("项目名称", (5.0, 45.0, 85.0, 125.0), (15.0, 55.0, 95.0, 135.0))
    apart = ("1020", (5.0, 10.0, 40.0, 45.0), (10.0, 15.0, 45.0, 50.0))
    for (text, starts, ends), printed in ((spread, "项目名称"), (apart, "10 20")):
        bbox = BBox(starts[0], 5.0, ends[-1], 17.0)
        found = pieces_of(TextRun(text, starts, ends, bbox, 15.0, 10.0, upright=True, hidden=False), axes)
        assert lines_of([own for _, own in found]) == (printed,)


def test_a_text_that_runs_over_the_foot_of_its_table_belongs_to_its_cell(tmp_path: Path) -> None:
    """At the foot of a page only, in its own column, line after line; a note below the table stays outside."""

    def draw(page: pymupdf.Page) -> None:
        table(page, (50, 100, 350), (760, 790), {(0, 0): "产出⏎指标"})
        write(page, 53, 797, "（50")
        write(page, 53, 809, "分）")
        write(page, 53, 830, "注：本表由单位填写，一式两份。")

    found = laid(tmp_path, draw)
    assert texts(found.grids[0]) == [["产出指标（50分）", ""]]
    span = found.grids[0].cells[0].spans[0]
    assert isinstance(span, PageSpan)
    assert span.bbox.y1 > 809  # the place holds the whole text
    assert [line.text for line in found.lines] == ["注：本表由单位填写，一式两份。"]


def test_a_raised_mark_behind_a_number_is_no_digit_in_front_of_it(tmp_path: Path) -> None:
    """It stands where it is printed, and the cell is in doubt; behind a letter it is part of the unit."""

    def draw(page: pymupdf.Page) -> None:
        table(page, XS, YS, {(0, 0): "615.90", (0, 1): "5000m"})
        write(page, XS[0] + 3 + 6 * 10, 109, "1", fontsize=6)
        write(page, XS[1] + 3 + 5 * 10, 109, "2", fontsize=6)

    first, second = only(tmp_path, draw).rows()[0][:2]
    assert (first.text, first.doubts) == ("615.901", ("cut",))
    assert (second.text, second.doubts) == ("5000m2", ())


def test_a_text_that_runs_through_a_rule_leaves_both_cells_in_doubt(tmp_path: Path) -> None:
    """Nobody knows which cell its number belongs to."""

    def draw(page: pymupdf.Page) -> None:
        table(page, XS, YS)
        write(page, 55, 113, "完成计划任务并达到95.00%以上")

    first, second, third = only(tmp_path, draw).rows()[0]
    assert f"{first.text}{second.text}" == "完成计划任务并达到95.00%以上"
    assert (first.doubts, second.doubts, third.doubts) == (("cut",), ("cut",), ())


def test_two_numbers_on_two_lines_of_a_cell_are_joined_in_doubt_only_where_there_was_room(tmp_path: Path) -> None:
    """A wrapped number fills its line first."""

    def draw(page: pymupdf.Page) -> None:
        table(page, (50, 115, 200, 350), (100, 150, 180), {(0, 0): "130.93⏎4", (0, 1): "12⏎13"})

    full, two, _ = only(tmp_path, draw).rows()[0]
    assert (full.text, full.doubts) == ("130.934", ())
    assert (two.text, two.doubts) == ("1213", ("join",))
