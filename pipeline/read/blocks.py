"""Paragraphs and tables of a document without pages become its lines and grids; tables inside cells are laid open.

A table inside a cell becomes rows and columns of the table around it, as it is printed. A table that only frames
others (a page set in columns) disappears: what it frames stands one below the other.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from pipeline.read.symbols import visible
from schemas.evidence import CellSpan, LineSpan, Span
from schemas.layout import Cell, Document, Grid, Line

# Tables inside tables deeper than this are an attack, not a layout.
DEEPEST = 12


class Paragraph(NamedTuple):
    """Text outside tables; `hidden` text is reported by its place and gives no value."""

    text: str
    hidden: bool = False


class Held(NamedTuple):
    """One merged cell: its printed lines and the tables inside it, in order."""

    row: int
    col: int
    row_span: int
    col_span: int
    content: tuple["str | Table", ...]
    hidden: bool = False


class Table(NamedTuple):
    """A table as a document stores it: every position is covered by at most one cell."""

    rows: int
    cols: int
    cells: tuple[Held, ...]
    hidden: bool = False
    """Rows or columns of it are hidden; they are no part of `cells`."""


Block = Paragraph | Table


class Source(NamedTuple):
    """The file that the blocks come from."""

    name: str
    sha256: str
    media_type: str


def document_of(source: Source, blocks: Iterable[Block]) -> Document:
    """Lines count from 1, tables too; ids are `p1t{table}r{row}c{col}`."""
    lines: list[Line] = []
    grids: list[Grid] = []
    for block in opened(blocks):
        if isinstance(block, Table):
            grids.append(_grid(_narrowed(block), len(grids) + 1, len(lines) + 1))
        elif text := visible(block.text).strip():
            lines.append(Line(number=len(lines) + 1, text=text, page=1, hidden=block.hidden))
    return Document(
        path=source.name,
        sha256=source.sha256,
        media_type=source.media_type,
        pages=(),
        lines=tuple(lines),
        grids=tuple(grids),
    )


def opened(blocks: Iterable[Block]) -> Iterator[Block]:
    """The same blocks with no table inside another."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        elif _is_frame(block):
            for cell in block.cells:
                inner = (Paragraph(part, cell.hidden) if isinstance(part, str) else part for part in cell.content)
                yield from opened(inner)
        elif block.cells or block.hidden:
            yield flattened(block)


def _is_frame(table: Table) -> bool:
    """True if a table holds tables and has at most one cell with content in each row."""
    if not any(isinstance(part, Table) for cell in table.cells for part in cell.content):
        return False
    rows = [cell.row for cell in table.cells if cell.content]
    return len(set(rows)) == len(rows)


def flattened(table: Table) -> Table:
    """The table with those inside its cells laid open into rows and columns of its own."""
    cells = tuple(cell._replace(content=tuple(map(_opened_part, cell.content))) for cell in table.cells)
    if not any(isinstance(part, Table) for cell in cells for part in cell.content):
        return table._replace(cells=cells)
    heights, widths = [1] * table.rows, [1] * table.cols
    for cell in sorted(cells, key=lambda cell: (cell.row_span, cell.col_span)):
        pieces = _pieces(cell)
        missing = sum(piece.rows for piece in pieces) - sum(heights[cell.row : cell.row + cell.row_span])
        heights[cell.row + cell.row_span - 1] += max(missing, 0)
        missing = max((piece.cols for piece in pieces), default=1) - sum(widths[cell.col : cell.col + cell.col_span])
        widths[cell.col + cell.col_span - 1] += max(missing, 0)
    tops, lefts = [0, *accumulate(heights)], [0, *accumulate(widths)]
    laid = [held for cell in cells for held in _laid_open(cell, tops, lefts)]
    hidden = table.hidden or any(isinstance(p, Table) and p.hidden for cell in cells for p in cell.content)
    return Table(tops[-1], lefts[-1], tuple(sorted(laid, key=lambda held: (held.row, held.col))), hidden)


def _opened_part(part: str | Table) -> str | Table:
    return part if isinstance(part, str) else flattened(part)


def _pieces(cell: Held) -> list[Table]:
    """A cell's content from top to bottom; text between tables is a table of one cell."""
    pieces: list[Table] = []
    text: list[str] = []
    for part in (*cell.content, None):
        if isinstance(part, str):
            text.append(part)
            continue
        if any(line.strip() for line in text):
            pieces.append(Table(1, 1, (Held(0, 0, 1, 1, tuple(text)),)))
        text = []
        if part is not None and part.rows and part.cols:
            pieces.append(part)
    return pieces


def _laid_open(cell: Held, tops: Sequence[int], lefts: Sequence[int]) -> Iterator[Held]:
    """A cell, or the cells of the tables inside it, at the positions of the larger grid."""
    top, bottom = tops[cell.row], tops[cell.row + cell.row_span]
    left, right = lefts[cell.col], lefts[cell.col + cell.col_span]
    if all(isinstance(part, str) for part in cell.content):
        yield cell._replace(row=top, col=left, row_span=bottom - top, col_span=right - left)
        return
    pieces = _pieces(cell)
    for number, piece in enumerate(pieces):
        end = bottom if number == len(pieces) - 1 else top + piece.rows
        for held in piece.cells:
            row, col = top + held.row, left + held.col
            low = end if held.row + held.row_span == piece.rows else row + held.row_span
            far = right if held.col + held.col_span == piece.cols else col + held.col_span
            yield held._replace(
                row=row, col=col, row_span=low - row, col_span=far - col, hidden=held.hidden or cell.hidden
            )
        top = end


def _narrowed(table: Table) -> Table:
    """The table without the columns that no cell begins in: a span may say that it is wider than the table."""
    starts = sorted({held.col for held in table.cells})
    at = {col: index for index, col in enumerate(starts)}
    cells = tuple(
        held._replace(
            col=at[held.col], col_span=bisect_left(starts, held.col + held.col_span) - bisect_left(starts, held.col)
        )
        for held in table.cells
    )
    return table._replace(cols=len(starts), cells=cells)


def _grid(table: Table, number: int, top_line: int) -> Grid:
    grid_id = f"p1t{number}"
    cells = []
    for held in sorted(table.cells, key=lambda held: (held.row, held.col)):
        cell_id = f"{grid_id}r{held.row}c{held.col}"
        texts = [visible(line).strip() for line in held.content if isinstance(line, str)]
        lines = tuple(text for text in texts if text)
        cells.append(
            Cell(
                cell_id=cell_id,
                row=held.row,
                col=held.col,
                row_span=held.row_span,
                col_span=held.col_span,
                text="".join(lines),
                lines=lines,
                spans=(CellSpan(cell=cell_id),),
                hidden_text=held.hidden,
            ),
        )
    hidden: tuple[Span, ...] = (CellSpan(cell=grid_id),) if table.hidden else ()
    return Grid(
        grid_id=grid_id,
        pages=(),
        row_count=table.rows,
        col_count=table.cols,
        cells=tuple(cells),
        top_line=top_line,
        hidden=hidden,
    )


def place_of(line: Line) -> Span:
    """Where a line of a document without pages stands."""
    return LineSpan(line=line.number, start=0, end=len(line.text))
