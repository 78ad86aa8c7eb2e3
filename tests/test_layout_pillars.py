"""Tables with lines between columns only: rows, merged labels and nested headings come from lines' ends and texts."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pymupdf
from drawn import laid, spans, table, texts, write

XS = (50.0, 100.0, 160.0, 250.0, 320.0, 380.0)
ROWS = (
    ("道路长度", "12公里", "20", "20"),
    ("桥梁数量", "3座", "20", "18"),
    ("完工时间", "30天", "10", "10"),
    ("受益人口", "900人", "50", "50"),
)


def centred(page: pymupdf.Page, left: float, right: float, y: float, text: str) -> None:
    """A text whose lines (⏎ begins a new one) have their middle half way between two sides, the first baseline at y."""
    for number, line in enumerate(text.split("⏎")):
        wide = sum(10.0 if ord(character) > 255 else 5.0 for character in line)
        write(page, (left + right - wide) / 2, y + 13 * number, line)


def row(page: pymupdf.Page, y: float, cells: Sequence[str], xs: Sequence[float] = XS) -> None:
    """Centred texts between lines."""
    for (left, right), text in zip(pairwise(xs), cells, strict=True):
        if text:
            centred(page, left, right, y, text)


def upright(page: pymupdf.Page, top: float, foot: float, *xs: float) -> None:
    """Vertical lines."""
    for x in xs:
        page.draw_line((x, top), (x, foot), width=0.5)


def form(page: pymupdf.Page, *, levels_at: Sequence[float], sides: bool = True) -> None:
    """A name over four rows under headings, lines between columns alone; the levels' baselines are given."""
    upright(page, 100, 124, 160)
    upright(page, 124, 244, *XS[1:-1])
    if sides:
        upright(page, 100, 244, XS[0], XS[-1])
    centred(page, 50, 160, 116, "项目名称")
    centred(page, 160, 380, 116, "道路养护")
    row(page, 140, ("一级", "指标名称", "完成值", "分值", "得分"))
    for number, cells in enumerate(ROWS):
        row(page, 164 + 24 * number, ("", *cells))
    for y, level in zip(levels_at, ("产出", "效益"), strict=True):
        centred(page, 50, 100, y, level)


FORM = [
    ["项目名称", "道路养护"],
    ["一级", "指标名称", "完成值", "分值", "得分"],
    ["产出", *ROWS[0]],
    [*ROWS[1]],
    [*ROWS[2]],
    ["效益", *ROWS[3]],
]


def test_rows_between_vertical_lines_are_found_by_their_texts(tmp_path: Path) -> None:
    """Levels in the middle of their rows: 产出 over three, 效益 over one; where the lines begin the name's row ends."""
    (grid,) = laid(tmp_path, lambda page: form(page, levels_at=(188, 236))).grids
    assert texts(grid) == FORM
    assert spans(grid)["产出"][2:] == (3, 1)
    assert spans(grid)["效益"][2:] == (1, 1)
    assert not any(cell.doubts for cell in grid.cells)


def test_labels_printed_at_their_first_row_reach_down_to_the_next(tmp_path: Path) -> None:
    """A label over two lines beside its first row tells that texts stand at the top of their cells."""

    def draw(page: pymupdf.Page) -> None:
        upright(page, 100, 260, *XS)
        row(page, 116, ("一级", "指标名称", "完成值", "分值", "得分"))
        row(page, 140, ("产出⏎指标", "道路长度⏎（主线）", "12公里", "20", "20"))
        row(page, 176, ("", "桥梁数量", "3座", "20", "18"))
        row(page, 200, ("", "完工时间⏎（全线）", "30天", "10", "10"))
        row(page, 236, ("效益", "受益人口", "900人", "50", "50"))

    (grid,) = laid(tmp_path, draw).grids
    assert spans(grid)["产出指标"] == (1, 0, 3, 1)
    assert spans(grid)["效益"] == (4, 0, 1, 1)


def test_sides_that_are_not_drawn_lie_beyond_the_outermost_texts(tmp_path: Path) -> None:
    """Without a frame the first column and the last one are read as well."""
    (grid,) = laid(tmp_path, lambda page: form(page, levels_at=(188, 236), sides=False)).grids
    assert texts(grid) == FORM


def test_a_heading_beside_two_rows_of_headings_is_one_cell(tmp_path: Path) -> None:
    """Where a line begins lower than its neighbours, headings are nested: 指标值 over two, the others beside both."""

    def draw(page: pymupdf.Page) -> None:
        upright(page, 100, 196, 50, 130, 290, 350)
        upright(page, 124, 196, 210)
        centred(page, 50, 130, 128, "指标名称")
        centred(page, 130, 290, 116, "指标值")
        centred(page, 130, 210, 140, "年初")
        centred(page, 210, 290, 140, "完成")
        centred(page, 290, 350, 128, "得分")
        row(page, 164, ("道路长度", "12公里", "13公里", "20"), (50, 130, 210, 290, 350))
        row(page, 188, ("桥梁数量", "3座", "3座", "18"), (50, 130, 210, 290, 350))

    (grid,) = laid(tmp_path, draw).grids
    found = spans(grid)
    assert (found["指标名称"], found["得分"]) == ((0, 0, 2, 1), (0, 3, 2, 1))
    assert (found["指标值"], found["年初"], found["完成"]) == ((0, 1, 1, 2), (1, 1, 1, 1), (1, 2, 1, 1))
    assert texts(grid)[2:] == [["道路长度", "12公里", "13公里", "20"], ["桥梁数量", "3座", "3座", "18"]]


def test_lines_in_pieces_tell_the_rows_that_texts_do_not(tmp_path: Path) -> None:
    """Labels without a value could be lines of one cell: the pieces of the lines end between them."""

    def draw(page: pymupdf.Page) -> None:
        for top, foot in pairwise((100, 124, 148, 172)):
            upright(page, top, foot, 50, 160, 380)
        for y, label in zip((116, 140, 164), ("项目名称", "主管部门", "实施单位"), strict=True):
            centred(page, 50, 160, y, label)
        centred(page, 160, 380, 116, "道路养护")

    (grid,) = laid(tmp_path, draw).grids
    assert texts(grid) == [["项目名称", "道路养护"], ["主管部门", ""], ["实施单位", ""]]


def test_a_number_in_the_middle_of_rows_without_others_is_of_all_of_them(tmp_path: Path) -> None:
    """A rate printed once beside three sources belongs to the three, not to the second."""

    def draw(page: pymupdf.Page) -> None:
        xs = (50, 130, 210, 290, 370)
        upright(page, 100, 196, *xs)
        row(page, 116, ("资金来源", "预算数", "执行数", "执行率"), xs)
        row(page, 140, ("合计", "84.00", "81.76", ""), xs)
        row(page, 164, ("财政资金", "60.00", "57.76", "97.33%"), xs)
        row(page, 188, ("其他", "24.00", "24.00", ""), xs)

    (grid,) = laid(tmp_path, draw).grids
    assert spans(grid)["97.33%"] == (1, 3, 3, 1)


def test_a_ruled_table_keeps_its_rows(tmp_path: Path) -> None:
    """Two lines of prose beside each other in ruled cells are no rows."""

    def draw(page: pymupdf.Page) -> None:
        table(
            page,
            (50, 200, 400),
            (100, 124, 164, 188),
            {(0, 0): "预期目标", (0, 1): "完成情况", (1, 0): "修路12公里⏎建桥3座", (1, 1): "修路13公里⏎建桥3座"},
        )

    (grid,) = laid(tmp_path, draw).grids
    assert texts(grid) == [["预期目标", "完成情况"], ["修路12公里建桥3座", "修路13公里建桥3座"], ["", ""]]


def test_a_row_cut_by_the_page_goes_on_under_the_same_columns(tmp_path: Path) -> None:
    """The rest of a label and the total stand on the next page, where only the total's lines end inside."""

    def first(page: pymupdf.Page) -> None:
        upright(page, 700, 788, *XS)
        row(page, 716, ("一级", "指标名称", "完成值", "分值", "得分"))
        row(page, 740, ("产出", *ROWS[0]))
        row(page, 776, ("服务对象", *ROWS[3]))

    def second(page: pymupdf.Page) -> None:
        upright(page, 54, 90, XS[0], XS[-1])
        upright(page, 54, 70, *XS[1:-1])
        upright(page, 70, 90, 250, 320)
        centred(page, 50, 100, 66, "满意度")
        centred(page, 50, 250, 84, "合计")
        centred(page, 250, 320, 84, "70")
        centred(page, 320, 380, 84, "70")

    (grid,) = laid(tmp_path, first, second).grids
    assert texts(grid)[2:] == [["服务对象满意度", *ROWS[3]], ["合计", "70", "70"]]


def test_the_lines_of_a_drawing_part_no_columns(tmp_path: Path) -> None:
    """Bars of a chart, ninety and more of many heights: no table has so many columns."""

    def draw(page: pymupdf.Page) -> None:
        for bar in range(96):
            upright(page, 100 + 3 * (bar % 40), 280, 50 + 5 * bar)
        for number in range(8):
            row(page, 120 + 20 * number, ("甲", "乙", "丙", "丁", str(number)))

    assert laid(tmp_path, draw).grids == ()


def test_texts_as_close_as_the_lines_of_one_are_in_doubt(tmp_path: Path) -> None:
    """Numbers tell three rows; three names right below each other may be one name of three lines."""

    def draw(page: pymupdf.Page) -> None:
        for number, cells in enumerate(ROWS[:3]):
            upright(page, 100 + 13 * number, 113 + 13 * number, *XS)
            row(page, 110 + 13 * number, ("", *cells))

    (grid,) = laid(tmp_path, draw).grids
    assert grid.row_count == 3
    names = [cell for cell in grid.cells if cell.col == 1]
    assert [(cell.row_span, len(cell.lines), cell.doubts) for cell in names] == [(3, 3, ("cut",))]
