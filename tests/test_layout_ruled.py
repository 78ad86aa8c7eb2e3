"""In a table with ruled rows only, the lines tell which rows a label is merged over; underlined texts tell nothing."""

from collections.abc import Sequence
from pathlib import Path

import pymupdf
from drawn import laid, spans, texts, write

LEFT, SECOND, RIGHT = 56.0, 100.0, 460.0
CENTRES = (78.0, 130.0, 220.0, 310.0, 375.0, 430.0)
HEADINGS = ("一级", "二级", "指标名称", "完成值", "分值", "得分")


def at(page: pymupdf.Page, x: float, y: float, text: str) -> None:
    """A text with its middle at x."""
    write(page, x - sum(10.0 if ord(character) > 255 else 5.0 for character in text) / 2, y, text)


def row(page: pymupdf.Page, y: float, cells: Sequence[str]) -> None:
    """Centred texts."""
    for centre, text in zip(CENTRES, cells, strict=True):
        if text:
            at(page, centre, y, text)


def rule(page: pymupdf.Page, start: float, *ys: float) -> None:
    """Lines from `start` to the table's right side."""
    for y in ys:
        page.draw_line((start, y), (RIGHT, y), width=0.5)


def test_a_label_is_merged_over_the_rows_between_the_lines_that_reach_it(tmp_path: Path) -> None:
    """产出 over three rows, 效益 over one: the lines between its rows leave it out, wherever it is printed."""

    def draw(page: pymupdf.Page) -> None:
        rule(page, LEFT, 84, 108, 180, 204)
        rule(page, SECOND, 132, 156)
        row(page, 100, HEADINGS)
        at(page, CENTRES[0], 133, "产出")  # neither the first row's height nor the middle of the three
        row(page, 124, ("", "数量", "道路长度", "12公里", "20", "20"))
        row(page, 148, ("", "质量", "验收合格率", "98%", "20", "18"))
        row(page, 172, ("", "时效", "完工时间", "30天", "20", "20"))
        row(page, 196, ("效益", "社会", "受益人口", "900人", "40", "40"))

    (grid,) = laid(tmp_path, draw).grids
    found = spans(grid)
    assert (found["产出"], found["效益"]) == ((1, 0, 3, 1), (4, 0, 1, 1))
    assert not any(cell.doubts for cell in grid.cells)


def test_a_label_may_stand_beside_rows_of_several_kinds(tmp_path: Path) -> None:
    """Headings over texts, labels beside values: the lines leave out the label beside all of them."""

    def draw(page: pymupdf.Page) -> None:
        rule(page, LEFT, 36, 60, 132, 156, 180, 204)
        rule(page, SECOND, 84, 108)
        at(page, CENTRES[0], 52, "名称")
        at(page, 280, 52, "道路养护")
        at(page, CENTRES[0], 101, "管理")
        at(page, 130, 76, "合规性")
        at(page, 280, 76, "合规")
        at(page, 130, 100, "下达")
        write(page, 200, 100, "三十日内下达到位")
        write(page, 380, 100, "已整改")
        at(page, 130, 124, "绩效管理")
        at(page, 280, 124, "已开展自评")
        row(page, 148, HEADINGS)
        row(page, 172, ("产出", "质量", "验收合格率", "98%", "50", "48"))
        row(page, 196, ("效益", "社会", "受益人口", "900人", "50", "50"))

    (grid,) = laid(tmp_path, draw).grids
    cell = next(cell for cell in grid.cells if cell.text == "管理")
    assert (cell.row, cell.row_span, cell.col) == (1, 3, 0)
    assert [cells[0].text for cells in grid.rows()] == ["名称", "管理", "下达", "绩效管理", "一级", "产出", "效益"]


def test_words_where_numbers_stand_are_no_headings_beside_a_label_that_goes_on(tmp_path: Path) -> None:
    """Under 完成值 and 得分: the line above that row leaves the label out, so it is the second row beside it."""

    def draw(page: pymupdf.Page) -> None:
        rule(page, LEFT, 84, 108, 132, 180)
        rule(page, SECOND, 156)
        row(page, 100, HEADINGS)
        row(page, 124, ("产出", "数量", "道路长度", "12公里", "20", "20"))
        at(page, CENTRES[0], 160, "效益")
        row(page, 148, ("", "社会", "受益人口", "900人", "30", "30"))
        row(page, 172, ("", "持续", "城乡差距", "明显缩小", "未计", "未评"))

    (grid,) = laid(tmp_path, draw).grids
    assert texts(grid)[2:] == [
        ["效益", "社会", "受益人口", "900人", "30", "30"],
        ["持续", "城乡差距", "明显缩小", "未计", "未评"],
    ]
    assert spans(grid)["效益"] == (2, 0, 2, 1)


def test_lines_under_values_alone_merge_no_labels(tmp_path: Path) -> None:
    """Values are underlined, labels are not: each label keeps its row."""

    def draw(page: pymupdf.Page) -> None:
        row(page, 100, HEADINGS)
        for number, name in enumerate(("道路长度", "验收合格率", "完工时间")):
            y = 124.0 + 24 * number
            row(page, y, ("产出", "数量", name, "98%", "20", "18"))
            page.draw_line((280, y + 4), (RIGHT, y + 4), width=0.5)

    (grid,) = laid(tmp_path, draw).grids
    assert [len(cells) for cells in texts(grid)] == [6, 6, 6, 6]
    assert [cells[2] for cells in texts(grid)[1:]] == ["道路长度", "验收合格率", "完工时间"]


def test_a_label_that_goes_on_over_the_page_stays_in_doubt(tmp_path: Path) -> None:
    """No line runs along the foot: what stands beside the next page's rows is not known."""

    def above(page: pymupdf.Page) -> None:
        rule(page, LEFT, 734, 758)
        row(page, 750, HEADINGS)
        row(page, 774, ("产出", "数量", "道路长度", "12公里", "20", "20"))
        rule(page, 180, 782)

    def below(page: pymupdf.Page) -> None:
        row(page, 60, ("", "", "桥梁数量", "3座", "20", "20"))
        rule(page, LEFT, 68)
        row(page, 84, ("效益", "社会", "受益人口", "900人", "40", "40"))
        rule(page, LEFT, 92)

    (grid,) = laid(tmp_path, above, below).grids
    second = [cell for cell in grid.cells if cell.row <= 2 < cell.row_end and cell.col < 2]
    assert second
    assert all(cell.doubts for cell in second)
