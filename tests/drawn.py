"""Pages drawn in tests: ruling lines and texts become a PDF file, the PDF what layout makes of it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypedDict, Unpack

import numpy as np
import pymupdf

from pipeline.layout import Laid, lay_out
from pipeline.layout.marks import PageMarks
from pipeline.mapping.lexicon import standard
from pipeline.read.pdf import read_pages
from schemas.layout import Grid

FONT = "china-s"
SIZE = 10.0

Draw = Callable[[pymupdf.Page], None]


class Style(TypedDict, total=False):
    """How a text is drawn; the default is black, filled and of size 10."""

    fontsize: float
    color: tuple[float, ...]
    render_mode: int
    fill_opacity: float


def write(page: pymupdf.Page, x: float, y: float, text: str, **style: Unpack[Style]) -> None:
    """A text whose baseline begins at (x, y)."""
    how: Style = {"fontsize": SIZE, **style}
    page.insert_text((x, y), text, fontname=FONT, **how)


def table(
    page: pymupdf.Page, xs: Sequence[float], ys: Sequence[float], texts: Mapping[tuple[int, int], str] | None = None
) -> None:
    """A table ruled on all sides; a text stands at its row and column, ⏎ begins a new line."""
    for y in ys:
        page.draw_line((xs[0], y), (xs[-1], y), width=0.5)
    for x in xs:
        page.draw_line((x, ys[0]), (x, ys[-1]), width=0.5)
    fill(page, xs, ys, texts or {})


def fill(page: pymupdf.Page, xs: Sequence[float], ys: Sequence[float], texts: Mapping[tuple[int, int], str]) -> None:
    """Texts into cells, without a line drawn."""
    for (row, col), text in texts.items():
        for number, line in enumerate(text.split("⏎")):
            write(page, xs[col] + 3, ys[row] + 13 + number * 12, line)


def pdf(folder: Path, *draws: Draw, width: float = 595, height: float = 842) -> Path:
    """A PDF file of one page a drawing."""
    with pymupdf.open() as document:
        for draw in draws:
            draw(document.new_page(width=width, height=height))
        path = folder / "drawn.pdf"
        document.save(path)
    return path


FORM_TEXTS = {
    (0, 0): "项目名称",
    (0, 1): "年初预算数",
    (0, 2): "得分",
    (1, 0): "道路养护",
    (1, 1): "1,615.90",
    (1, 2): "9.87",
}
FORM_ROWS = [["项目名称", "年初预算数", "得分"], ["道路养护", "1,615.90", "9.87"]]


def form(folder: Path, xs: Sequence[float], ys: Sequence[float], *, prose: int = 0) -> Path:
    """A page with a title, a small table and some lines of prose."""

    def draw(page: pymupdf.Page) -> None:
        write(page, 200, 150, "项目支出绩效自评表", fontsize=16)
        table(page, xs, ys, FORM_TEXTS)
        for row in range(prose):
            write(page, 60, 400 + 30 * row, "本年度共完成道路养护十二公里，资金使用符合规定。", fontsize=12)

    return pdf(folder, draw)


def pictured(report: Path, target: Path, dpi: int = 150, *, turns: int = 0) -> Path:
    """A PDF's first page as a PDF of its picture, turned counter-clockwise by quarters without saying so."""
    with pymupdf.open(report) as given, pymupdf.open() as made:
        page = given[0]
        wide, high = page.rect.width, page.rect.height
        new = made.new_page(width=wide if turns % 2 == 0 else high, height=high if turns % 2 == 0 else wide)
        pixels = page.get_pixmap(dpi=dpi)
        rgb = np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.width, 3)
        lying = np.ascontiguousarray(np.rot90(rgb, turns))
        size = lying.shape
        new.insert_image(new.rect, pixmap=pymupdf.Pixmap(pymupdf.csRGB, size[1], size[0], lying.tobytes(), 0))
        made.save(target)
    return target


def marks(folder: Path, *draws: Draw) -> list[PageMarks]:
    """What the reader takes from the drawn pages."""
    return list(read_pages(pdf(folder, *draws)))


def laid(folder: Path, *draws: Draw) -> Laid:
    """What layout makes of the drawn pages."""
    words = standard()
    return lay_out(read_pages(pdf(folder, *draws)), words.levels, words.titles)


def texts(grid: Grid) -> list[list[str]]:
    """A grid's texts, row by row, each cell where it begins."""
    return [[cell.text for cell in row] for row in grid.rows()]


def spans(grid: Grid) -> dict[str, tuple[int, int, int, int]]:
    """Row, column and spans of each cell that has a text."""
    return {cell.text: (cell.row, cell.col, cell.row_span, cell.col_span) for cell in grid.cells if cell.text}
