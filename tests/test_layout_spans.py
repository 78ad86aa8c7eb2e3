"""Labels over the whole width of a table without vertical lines are rows of it; what only looks like one is none."""

from pathlib import Path

import pymupdf
import pytest
from drawn import laid, spans, texts, write

from schemas.layout import Grid

LEFT, RIGHT = 56.0, 460.0
CENTRES = (70.0, 140.0, 230.0, 310.0, 375.0, 430.0)
HEADINGS = ("序号", "指标名称", "目标值", "完成值", "分值", "得分")
BODY = (
    ("1", "道路长度", "≥12公里", "12公里", "20", "20"),
    ("2", "验收合格率", "100%", "98%", "30", "28"),
    ("3", "群众满意度", "≥90%", "91%", "40", "40"),
)


def width_of(text: str) -> float:
    """How wide a text is drawn."""
    return sum(10.0 if ord(character) > 255 else 5.0 for character in text)


def row(page: pymupdf.Page, y: float, cells: tuple[str, ...]) -> None:
    """Centred texts."""
    for centre, text in zip(CENTRES, cells, strict=True):
        write(page, centre - width_of(text) / 2, y, text)


def rule(page: pymupdf.Page, *ys: float) -> None:
    """Lines over the whole width."""
    for y in ys:
        page.draw_line((LEFT, y), (RIGHT, y), width=0.5)


def only(folder: Path, draw: object) -> Grid:
    """The one grid of a drawn page."""
    assert callable(draw)
    (grid,) = laid(folder, draw).grids
    return grid


@pytest.mark.parametrize("ruled", [True, False])
@pytest.mark.parametrize(("first", "x"), [("产出指标（50分）", 58.0), ("产出指标", 58.0), ("产出指标", 238.0)])
def test_a_label_over_all_columns_is_one_cell_and_the_table_goes_on(
    tmp_path: Path, first: str, x: float, *, ruled: bool
) -> None:
    """At the left side or in the middle of the table, above the first row and between others."""

    def draw(page: pymupdf.Page) -> None:
        if ruled:
            rule(page, 84, 108, 132, 156, 180, 204, 228)
        row(page, 100, HEADINGS)
        write(page, x, 124, first)
        row(page, 148, BODY[0])
        row(page, 172, BODY[1])
        write(page, x, 196, "满意度指标")
        row(page, 220, BODY[2])

    grid = only(tmp_path, draw)
    assert texts(grid) == [list(HEADINGS), [first], list(BODY[0]), list(BODY[1]), ["满意度指标"], list(BODY[2])]
    assert (spans(grid)[first], spans(grid)["满意度指标"]) == ((1, 0, 1, 6), (4, 0, 1, 6))
    assert not any(cell.doubts for cell in grid.cells)


def test_a_label_under_headings_in_the_column_of_names_ends_no_table(tmp_path: Path) -> None:
    """Whether it spans or is a name alone the page does not tell: it is a row, and those below it are the table's."""

    def draw(page: pymupdf.Page) -> None:
        for number, cells in enumerate((HEADINGS, ("", "产出指标", "", "", "", ""), *BODY)):
            for centre, text in zip(CENTRES[1:], cells[1:], strict=True):
                if text:
                    write(page, centre - width_of(text) / 2, 100 + 24 * number, text)

    assert texts(only(tmp_path, draw)) == [
        list(HEADINGS[1:]),
        ["产出指标", "", "", "", ""],
        *(list(cells[1:]) for cells in BODY),
    ]


def test_a_label_over_all_columns_may_begin_a_page(tmp_path: Path) -> None:
    """The rows below it keep the columns of the page above."""

    def above(page: pymupdf.Page) -> None:
        row(page, 770, HEADINGS)
        row(page, 794, BODY[0])

    def below(page: pymupdf.Page) -> None:
        write(page, 58, 60, "满意度指标（40分）")
        row(page, 84, BODY[2])

    (grid,) = laid(tmp_path, above, below).grids
    assert texts(grid) == [list(HEADINGS), list(BODY[0]), ["满意度指标（40分）"], list(BODY[2])]


def test_a_lone_text_in_its_own_column_is_no_label_over_the_width(tmp_path: Path) -> None:
    """The second line of a name, far below the first, stands where names stand: it spans nothing."""

    def draw(page: pymupdf.Page) -> None:
        row(page, 100, HEADINGS)
        row(page, 130, BODY[0])
        write(page, 140 - 20, 160, "其中主路")
        row(page, 190, BODY[1])

    assert spans(only(tmp_path, draw))["其中主路"][3] == 1


def test_where_rows_are_ruled_a_label_without_lines_around_it_spans_nothing(tmp_path: Path) -> None:
    """No line runs between it and the row below: it is part of that row, or of none."""

    def draw(page: pymupdf.Page) -> None:
        rule(page, 84, 108, 156, 180)
        row(page, 100, HEADINGS)
        write(page, 58, 124, "产出指标（50分）")
        row(page, 148, BODY[0])
        row(page, 172, BODY[1])

    assert not any(spans(grid).get("产出指标（50分）") == (1, 0, 1, 6) for grid in laid(tmp_path, draw).grids)


def test_titles_of_sections_between_labels_and_tables_are_rows_of_the_form(tmp_path: Path) -> None:
    """基本情况 … 二、项目资金 … 三、绩效指标: one table, no label is lost."""

    def draw(page: pymupdf.Page) -> None:
        rule(page, 60, 84, 108, 132, 156, 180, 204)
        write(page, 60, 76, "项目名称")
        write(page, 200, 76, "道路养护")
        write(page, 60, 100, "二、绩效指标")
        row(page, 124, HEADINGS)
        row(page, 148, BODY[0])
        row(page, 172, BODY[1])
        row(page, 196, BODY[2])

    grid = only(tmp_path, draw)
    assert texts(grid)[:3] == [["项目名称", "道路养护"], ["二、绩效指标"], list(HEADINGS)]
    assert grid.rows()[1][0].col_span == grid.col_count


def test_a_larger_title_between_two_tables_keeps_them_apart(tmp_path: Path) -> None:
    """It names the next form."""

    def draw(page: pymupdf.Page) -> None:
        row(page, 100, HEADINGS)
        row(page, 124, BODY[0])
        row(page, 148, BODY[1])
        write(page, 200, 176, "道路养护项目表", fontsize=14)
        row(page, 204, HEADINGS)
        row(page, 228, BODY[1])
        row(page, 252, BODY[2])

    assert [len(texts(grid)) for grid in laid(tmp_path, draw).grids] == [3, 3]
