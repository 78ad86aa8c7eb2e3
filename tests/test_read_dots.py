"""Borders that are drawn as dots are ruling lines; dots that stand alone are none."""

from pathlib import Path

import pymupdf

from pipeline.layout.marks import Rule
from pipeline.mapping.lexicon import standard
from pipeline.read import read
from pipeline.read.dots import dotted

TEXTS = (("项目名称", "道路"), ("主管部门", "交通局"))


def dots(x: float, y: float, along: tuple[int, int], count: int) -> list[tuple[float, float, float, float]]:
    """Squares of 0.75 points, 1.5 apart."""
    return [
        (x + along[0] * 1.5 * n, y + along[1] * 1.5 * n, x + along[0] * 1.5 * n + 0.75, y + along[1] * 1.5 * n + 0.75)
        for n in range(count)
    ]


def test_dots_in_a_row_are_one_line() -> None:
    """From the first to the last; a gap parts two lines, a few dots are none."""
    across, down = dotted([*dots(10, 20, (1, 0), 10), *dots(60, 20, (1, 0), 10), *dots(200, 20, (1, 0), 3)])
    assert [(rule.start, rule.end) for rule in across] == [(10, 24.25), (60, 74.25)]
    assert down == []
    assert dotted(dots(10, 20, (0, 1), 8)) == ([], [Rule(10.5, 20, 31.25)])


def test_a_table_with_dotted_borders_is_read_cell_by_cell(tmp_path: Path) -> None:
    """As a browser prints border: dotted; the squares are not exactly square."""
    document = pymupdf.open()
    page = document.new_page(width=400, height=300)
    for x in (50.0, 150.0, 350.0):
        for x0, y0, x1, y1 in dots(x, 50, (0, 1), 68):
            page.draw_rect(pymupdf.Rect(x0, y0, x1 + 0.0002, y1), color=None, fill=(0, 0, 0))
    for y in (50.0, 100.0, 150.0):
        for box in dots(50, y, (1, 0), 201):
            page.draw_rect(pymupdf.Rect(*box), color=None, fill=(0, 0, 0))
    for row, texts in enumerate(TEXTS):
        for column, text in enumerate(texts):
            page.insert_text((60 + 100 * column, 80 + 50 * row), text, fontname="china-s", fontsize=10)
    path = tmp_path / "dotted.pdf"
    document.save(path)
    (grid,) = read(path, "dotted.pdf", standard(), None).grids
    assert [[cell.text for cell in row] for row in grid.rows()] == [list(texts) for texts in TEXTS]
