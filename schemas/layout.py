"""What a reader saw: a Document of pages, lines and grids; a Region is one form's share of it."""

from typing import Literal

from pydantic import Field

from schemas.base import Record
from schemas.evidence import BBox, LineSpan, Origin, PageSpan, Span
from schemas.reading import Transcription

CellDoubt = Literal["cut", "join", "reading"]
"""`cut`: where this cell ends is not certain; `join`: whether its parts belong together is not; `reading`: its picture
was looked at in several ways, which saw different numbers."""


class Line(Record):
    """One line of text in reading order; `number` counts from 1 through the whole document."""

    number: int
    text: str
    page: int
    bbox: BBox | None = None
    hidden: bool = False
    """A reader of the page cannot see it: white, tiny, invisible or off the page."""
    origin: Origin = "text"

    @property
    def line_id(self) -> str:
        """What drafts and evidence call the line."""
        return f"l{self.number}"

    @property
    def span(self) -> Span:
        """The whole line's place: its rectangle, or its number where there are no pages."""
        if self.bbox is not None:
            return PageSpan(page=self.page, bbox=self.bbox)
        return LineSpan(line=self.number, start=0, end=len(self.text))


class Cell(Record):
    """One cell of a grid, merged cells once; its text is put together by baseline, wraps joined."""

    cell_id: str
    """`p{page}t{table}r{row}c{col}` of the merged cell's top left before stitching, or `{sheet}!B7`."""
    row: int
    col: int
    row_span: int = 1
    col_span: int = 1
    text: str
    lines: tuple[str, ...] = ()
    """The printed lines; joined without a space they are `text`."""
    spans: tuple[Span, ...] = ()
    """Where it stands; more than one if the cell goes on over a page or over lines."""
    parts: tuple[str, ...] = ()
    """The ids of the cells a stitched cell was joined from; empty if it is whole."""
    origin: Origin = "text"
    doubts: tuple[CellDoubt, ...] = ()
    hidden_text: bool = False
    """Text that a reader of the page cannot see lies here; it is not part of `text`."""
    unread: bool = False
    """Something stands here that could not be read (a formula without its value): blank is not what it is."""

    @property
    def row_end(self) -> int:
        """The first row below the cell."""
        return self.row + self.row_span

    @property
    def col_end(self) -> int:
        """The first column right of the cell."""
        return self.col + self.col_span


class Grid(Record):
    """A table: rows and columns count from 0, every position is covered by at most one cell.

    Cells come in reading order (row, then column).
    """

    grid_id: str
    pages: tuple[int, ...]
    row_count: int
    col_count: int
    cells: tuple[Cell, ...]
    bbox: BBox | None = None
    """Its rectangle on its first page."""
    top_line: int = 0
    """Number of the first Line of the document that stands in or below the grid's top; 0 if unknown."""
    hidden: tuple[Span, ...] = ()
    """Rows, columns and sheets that a reader cannot see: no part of `cells`."""
    sheet: str | None = None
    """The workbook's sheet it stands on; a form never goes on over two sheets."""
    recounted: tuple[int, ...] = ()
    """Rows from which on columns are others: where a table without places was put under one of another width."""

    def rows(self) -> tuple[tuple[Cell, ...], ...]:
        """The cells that begin in each row, left to right."""
        rows: list[list[Cell]] = [[] for _ in range(self.row_count)]
        for cell in self.cells:
            rows[cell.row].append(cell)
        return tuple(tuple(row) for row in rows)


class Page(Record):
    """One page: its size in points and the lines that stand outside tables and in them."""

    number: int
    width: float
    height: float


class Document(Record):
    """One file as read. `pages` is empty where the format has none."""

    path: str
    sha256: str
    media_type: str
    pages: tuple[Page, ...]
    lines: tuple[Line, ...]
    grids: tuple[Grid, ...]


class Region(Record):
    """One form: its heading lines, its cells as one grid, what stands below it."""

    index: int
    """Counts the forms of a document from 0."""
    pages: tuple[int, ...]
    heading: tuple[Line, ...]
    """Lines between the previous form and this one's grid; title and year stand here or in the grid."""
    grid: Grid
    trailing: tuple[Line, ...] = ()
    """Lines after the last form's grid: notes, signatures."""
    hidden: tuple[Span, ...] = ()
    """Places of text that a reader of the page cannot see."""
    outside: tuple[Span, ...] = ()
    """Places of text that stands between the form's tables, in none of them, and may be a value of the form."""
    transcription: Transcription | None = Field(default=None, exclude_if=lambda given: given is None)
    """What a model transcribed of this form, where forms are transcribed instead of their labels read."""
