"""Tables without ruling lines are read by how their texts are aligned; prose and contents pages stay text."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pymupdf
import pytest
from drawn import Draw, laid, spans, texts, write

from pipeline.layout.marks import TextRun
from pipeline.layout.stream_words import words_of
from schemas.evidence import BBox
from schemas.layout import Grid

CENTRES = (75.0, 130.0, 210.0, 300.0, 360.0, 430.0)
HEADINGS = ("一级", "二级", "三级", "目标", "分值", "得分")


def centred(page: pymupdf.Page, x: float, y: float, text: str, pitch: float = 13.5) -> None:
    """A text in the middle of its cell, ⏎ begins a new line; (x, y) is the middle of its baselines."""
    lines = text.split("⏎")
    for number, line in enumerate(lines):
        width = sum(10.0 if ord(character) > 255 else 5.0 for character in line)
        write(page, x - width / 2, y + (number - (len(lines) - 1) / 2) * pitch, line)


def rows(page: pymupdf.Page, ys: Sequence[float], cells: Mapping[tuple[int, int], str]) -> None:
    """Centred texts by row and column."""
    for (row, col), text in cells.items():
        centred(page, CENTRES[col], ys[row], text)


def headed(page: pymupdf.Page, y: float) -> None:
    """A row of headings."""
    rows(page, [y], {(0, col): text for col, text in enumerate(HEADINGS)})


def body(page: pymupdf.Page, ys: Sequence[float]) -> None:
    """Three rows of numbers with their names; the second name is wrapped."""
    rows(
        page,
        ys,
        {
            **{(row, 2): name for row, name in enumerate(("道路长度", "验收合格⏎率", "完工时间"))},
            **{(row, 3): target for row, target in enumerate(("≥12公里", "100%", "≤30天"))},
            **{(row, col): number for row in range(3) for col, number in ((4, "20"), (5, "18.5"))},
        },
    )


def only(folder: Path, *draws: Draw) -> Grid:
    """The one grid of drawn pages."""
    (grid,) = laid(folder, *draws).grids
    return grid


def test_labels_are_merged_over_the_rows_they_stand_in_the_middle_of(tmp_path: Path) -> None:
    """A first level over three rows, second levels over two and one, a wrapped name in its one row."""

    def draw(page: pymupdf.Page) -> None:
        headed(page, 100)
        body(page, [130, 165, 200])
        centred(page, CENTRES[0], 165, "产出⏎指标")
        centred(page, CENTRES[1], 147.5, "数量")
        centred(page, CENTRES[1], 200, "时效")

    grid = only(tmp_path, draw)
    found = spans(grid)
    assert found["产出指标"] == (1, 0, 3, 1)
    assert (found["数量"], found["时效"]) == ((1, 1, 2, 1), (3, 1, 1, 1))
    assert found["验收合格率"] == (2, 2, 1, 1)
    assert not any(cell.doubts for cell in grid.cells)


def test_a_total_between_columns_reaches_over_them(tmp_path: Path) -> None:
    """The label of a total is one cell over the columns it stands in the middle of; its numbers keep theirs."""

    def draw(page: pymupdf.Page) -> None:
        headed(page, 100)
        body(page, [130, 165, 200])
        centred(page, CENTRES[0], 165, "产出")
        centred(page, CENTRES[1], 165, "数量")
        centred(page, 195, 240, "合计")
        rows(page, [240], {(0, 4): "60", (0, 5): "55.5"})

    grid = only(tmp_path, draw)
    assert [(cell.text, cell.col, cell.col_span) for cell in grid.rows()[4]] == [
        ("合计", 0, 4),
        ("60", 4, 1),
        ("55.5", 5, 1),
    ]


def run_at(x: float, text: str) -> TextRun:
    """A text of 10 points whose characters stand close, from x on."""
    starts = tuple(x + 10 * number for number in range(len(text)))
    ends = tuple(start + 10 for start in starts)
    return TextRun(text, starts, ends, BBox(x, 92, ends[-1], 102), 100.0, 10.0, upright=True, hidden=False)


@pytest.mark.parametrize(("between", "words"), [("　　", ["总分"]), ("", ["总", "分"])])
def test_typed_spaces_keep_a_word_together_also_as_a_run_of_their_own(between: str, words: list[str]) -> None:
    """Office programs print a spaced word character by character; a column may begin between them."""
    runs = [run_at(100, "总"), run_at(130, "分"), *([run_at(110, between)] if between else [])]

    assert [word.text for word in words_of(runs)] == words


def test_numbers_to_the_right_under_headings_to_the_left_keep_their_columns(tmp_path: Path) -> None:
    """Names begin, and numbers end, on one line each; a blank stays blank."""

    def draw(page: pymupdf.Page) -> None:
        for x, text in ((60, "资金来源"), (170, "预算数"), (260, "执行数"), (350, "执行率")):
            write(page, x, 100, text)
        for y, numbers in (
            (125, ("1200.50", "1100.00", "91.63%")),
            (150, ("200.50", "", "50.00%")),
            (175, ("1000.00", "900.00", "")),
        ):
            write(page, 60, y, "财政拨款")
            for right, number in zip((210, 300, 390), numbers, strict=True):
                write(page, right - 5 * len(number), y, number)

    assert texts(only(tmp_path, draw))[1:] == [
        ["财政拨款", "1200.50", "1100.00", "91.63%"],
        ["财政拨款", "200.50", "", "50.00%"],
        ["财政拨款", "1000.00", "900.00", ""],
    ]


def test_labels_and_values_over_a_table_fill_their_rows(tmp_path: Path) -> None:
    """A label and its value, and two of each in a row, are cells side by side without a blank among them."""

    def draw(page: pymupdf.Page) -> None:
        centred(page, 75, 60, "项目名称")
        centred(page, 280, 60, "村道硬化工程（二期）")
        for x, text in ((75, "主管部门"), (185, "县交通局"), (310, "实施单位"), (420, "路政所")):
            centred(page, x, 80, text)
        headed(page, 100)
        body(page, [130, 165, 200])

    grid = only(tmp_path, draw)
    assert texts(grid)[:2] == [
        ["项目名称", "村道硬化工程（二期）"],
        ["主管部门", "县交通局", "实施单位", "路政所"],
    ]


def test_a_table_goes_on_over_the_page_without_headings(tmp_path: Path) -> None:
    """Rows at the top of the next page stand in the columns of the page before: one grid."""

    def first(page: pymupdf.Page) -> None:
        headed(page, 700)
        body(page, [730, 765, 800])
        for row, y in enumerate((730, 765, 800)):
            centred(page, CENTRES[0], y, "产出")
            centred(page, CENTRES[1], y, ("数量", "质量", "时效")[row])

    def second(page: pymupdf.Page) -> None:
        rows(
            page,
            [60],
            {(0, 0): "效益", (0, 1): "社会", (0, 2): "惠及人数", (0, 3): "≥90人", (0, 4): "30", (0, 5): "29"},
        )

    grid = only(tmp_path, first, second)
    assert grid.pages == (1, 2)
    assert texts(grid)[4] == ["效益", "社会", "惠及人数", "≥90人", "30", "29"]


def test_rules_between_rows_alone_part_the_rows(tmp_path: Path) -> None:
    """Lines as close as those of one cell are two rows where a rule is drawn between them."""

    def draw(page: pymupdf.Page) -> None:
        headed(page, 100)
        for number, y in enumerate((114, 128, 142)):
            page.draw_line((50, y - 10), (460, y - 10), width=0.5)
            rows(page, [y], {(0, 2): f"名称{'甲乙丙'[number]}", (0, 3): "100%", (0, 4): "20", (0, 5): "18"})

    assert [row[0] for row in texts(only(tmp_path, draw))[1:]] == ["", "", ""]
    assert [cell.text for cell in only(tmp_path, draw).cells if cell.text.startswith("名称")] == [
        "名称甲",
        "名称乙",
        "名称丙",
    ]


def test_a_frame_around_rows_that_are_not_ruled_is_no_row(tmp_path: Path) -> None:
    """Only the outside of a table is drawn: its rows and columns are read all the same."""

    def draw(page: pymupdf.Page) -> None:
        page.draw_rect(pymupdf.Rect(50, 85, 470, 300), width=0.5)
        headed(page, 100)
        body(page, [130, 165, 200])
        rows(page, [225, 250, 275], {(row, 2): f"名称{row}" for row in range(3)})
        rows(page, [225, 250, 275], {(row, col): "10" for row in range(3) for col in (4, 5)})

    grid = only(tmp_path, draw)
    assert (grid.row_count, grid.col_count) == (7, 6)
    assert [cell.text for cell in grid.rows()[2] if cell.text] == ["验收合格率", "100%", "20", "18.5"]


def test_prose_contents_and_text_in_two_columns_are_no_tables(tmp_path: Path) -> None:
    """Full lines, headings with page numbers, and lines side by side give no grid."""

    def draw(page: pymupdf.Page) -> None:
        for number in range(8):
            write(page, 60, 60 + number * 15, "全年共完成项目12个，支出340.5万元，执行率98.2%，群众满意度较高。")
        for number in range(8):
            write(page, 60, 260 + number * 20, f"第{number + 1}部分 单位概况")
            write(page, 480, 260 + number * 20, str(number + 3))
        for number in range(8):
            for x in (60, 310):
                write(page, x, 500 + number * 15, "本年收入合计120万元，比上年增加5万元。")

    assert laid(tmp_path, draw).grids == ()
