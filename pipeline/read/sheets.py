"""The sheets of a workbook become a Document: one grid for each stretch of rows, trimmed to what is used.

Rows and columns that are hidden are no part of a grid and are reported; a merged cell stands once, where it is seen.
A row parts two grids if nothing stands in it and no line is drawn at its cells' sides.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline.read.blocks import Source
from pipeline.read.symbols import visible
from schemas.errors import DocumentError
from schemas.evidence import CellSpan, Span
from schemas.layout import Cell, Document, Grid

# More cells with content than this in one workbook are a database, not a report.
MOST_CELLS = 400_000

Place = tuple[int, int]


class Shown(NamedTuple):
    """What is seen of a value, and whether something of it is not."""

    text: str
    hidden: bool


class SheetCell(NamedTuple):
    """What a reader sees of a cell."""

    text: str
    ruled: bool = False
    """A line is drawn at its left or right."""
    hidden: bool = False
    """It holds something that a reader cannot see."""
    unread: bool = False
    """It holds something that the file does not tell."""


class Merged(NamedTuple):
    """A merged range; rows and columns count from 1, the ends are exclusive."""

    row: int
    col: int
    row_end: int
    col_end: int


class Sheet(NamedTuple):
    """One sheet; rows and columns count from 1."""

    name: str
    cells: Mapping[Place, SheetCell]
    merged: Sequence[Merged] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_cols: frozenset[int] = frozenset()
    visible: bool = True


def document_of_sheets(source: Source, sheets: Sequence[Sheet]) -> Document:
    """A workbook without pages and lines; what stands on hidden sheets is reported with every grid."""
    sheets = [_trimmed(sheet) for sheet in sheets]
    if sum(len(sheet.cells) for sheet in sheets) > MOST_CELLS:
        raise DocumentError("formats.sheet_too_large", most=MOST_CELLS)
    away: list[Span] = [
        CellSpan(cell=f"{sheet.name}!{_reach(held)}")
        for sheet in sheets
        if not sheet.visible and (held := [place for place, cell in sheet.cells.items() if cell.text])
    ]
    grids = [grid for sheet in sheets if sheet.visible for grid in _Sheet(sheet).grids(away)]
    return Document(
        path=source.name,
        sha256=source.sha256,
        media_type=source.media_type,
        pages=(),
        lines=(),
        grids=tuple(grids),
    )


def _trimmed(sheet: Sheet) -> Sheet:
    """A sheet without the blank cells below and right of all that hold something, ruled or not."""
    held = [place for place, cell in sheet.cells.items() if _holds(cell)]
    low, right = max((row for row, _ in held), default=0), max((col for _, col in held), default=0)
    cells = {place: cell for place, cell in sheet.cells.items() if place[0] <= low and place[1] <= right}
    return sheet._replace(cells=cells)


def letters(col: int) -> str:
    """A column's name: 1 is A, 27 is AA."""
    name = ""
    while col > 0:
        col, rest = divmod(col - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _reach(places: Sequence[Place]) -> str:
    rows, cols = [row for row, _ in places], [col for _, col in places]
    return f"{letters(min(cols))}{min(rows)}:{letters(max(cols))}{max(rows)}"


class _Sheet:
    """A sheet without its hidden rows and columns."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        seen = [area for area in map(self._seen, sheet.merged) if area is not None]
        self._areas = dict(seen)
        self._covered = {
            (row, col): anchor
            for anchor, area in seen
            for row in range(area.row, area.row_end)
            for col in range(area.col, area.col_end)
            if row not in sheet.hidden_rows and col not in sheet.hidden_cols
        }
        self._shown = {
            place: cell
            for place, cell in sheet.cells.items()
            if place[0] not in sheet.hidden_rows and place[1] not in sheet.hidden_cols and place not in self._covered
        }
        for anchor, area in seen:
            cell = sheet.cells.get((anchor[0], anchor[1]), SheetCell(""))
            self._shown[area.row, area.col] = cell

    def _seen(self, area: Merged) -> tuple[Place, Merged] | None:
        """A merged range's own top left, and the range from its first visible row and column."""
        hidden_rows, hidden_cols = self._sheet.hidden_rows, self._sheet.hidden_cols
        row = next((row for row in range(area.row, area.row_end) if row not in hidden_rows), None)
        col = next((col for col in range(area.col, area.col_end) if col not in hidden_cols), None)
        if row is None or col is None:
            return None
        return (area.row, area.col), area._replace(row=row, col=col)

    def grids(self, away: Sequence[Span]) -> list[Grid]:
        """From top to bottom; each with the hidden rows that stand in it."""
        cols = sorted({place[1] for place, cell in self._shown.items() if _counts(cell)})
        rows = sorted(
            {place[0] for place, cell in self._shown.items() if _counts(cell)}
            | {row for (row, _), anchor in self._covered.items() if _counts(self._cell(anchor))}
        )
        stretches: list[list[int]] = []
        for row in rows:
            if stretches and not self._parted(stretches[-1][-1], row):
                stretches[-1].append(row)
            else:
                stretches.append([row])
        hidden = self._hidden()
        grids = [self._grid(stretch, cols) for stretch in stretches]
        return [
            grid.model_copy(update={"hidden": (*away, *self._within(hidden, grid_rows))})
            for grid, grid_rows in zip(grids, stretches, strict=True)
        ]

    def _cell(self, anchor: Place) -> SheetCell:
        return self._sheet.cells.get(anchor, SheetCell(""))

    def _parted(self, above: int, below: int) -> bool:
        """True if a visible row stands between two used ones."""
        return any(row not in self._sheet.hidden_rows for row in range(above + 1, below))

    def _hidden(self) -> dict[int | None, list[Span]]:
        """Places of hidden rows (by number) and columns (None) that hold something."""
        sheet = self._sheet
        found: dict[int | None, list[Span]] = {}
        held = [place for place, cell in sheet.cells.items() if (cell.text or cell.hidden) and not self._is_seen(place)]
        for row in sorted({row for row, _ in held if row in sheet.hidden_rows}):
            found[row] = [CellSpan(cell=f"{sheet.name}!{row}:{row}")]
        found[None] = [
            CellSpan(cell=f"{sheet.name}!{letters(col)}:{letters(col)}")
            for col in sorted({col for row, col in held if col in sheet.hidden_cols and row not in sheet.hidden_rows})
        ]
        return found

    def _is_seen(self, place: Place) -> bool:
        row, col = place
        shown = row not in self._sheet.hidden_rows and col not in self._sheet.hidden_cols
        return shown or place in self._areas

    def _within(self, hidden: Mapping[int | None, list[Span]], rows: Sequence[int]) -> list[Span]:
        """Hidden places that concern a stretch of rows: those in it and right at its ends, and all columns."""
        first, last = rows[0], rows[-1]
        while first - 1 in self._sheet.hidden_rows:
            first -= 1
        while last + 1 in self._sheet.hidden_rows:
            last += 1
        return [span for row, spans in hidden.items() if row is None or first <= row <= last for span in spans]

    def _grid(self, rows: Sequence[int], cols: Sequence[int]) -> Grid:
        at_row = {row: index for index, row in enumerate(rows)}
        at_col = {col: index for index, col in enumerate(cols)}
        cells: list[Cell] = []
        for row in rows:
            filled = [col for col in cols if (row, col) in self._shown and _holds(self._shown[row, col])]
            lone = len(filled) == 1 and not any(self._is_ruled(row, col) for col in cols)
            last = max(filled, default=0)
            for col in cols:
                anchor = self._covered.get((row, col))
                area = self._areas[anchor] if anchor is not None else None
                if area is not None and (row, col) != (area.row, area.col):
                    continue
                seen = self._shown.get((row, col), SheetCell(""))
                if not _counts(seen) and area is None and (lone or col > last):
                    continue
                tall = sum(1 for below in range(row, area.row_end) if below in at_row) if area else 1
                wide = sum(1 for right in range(col, area.col_end) if right in at_col) if area else 1
                if lone and area is None:
                    wide = len(cols) - at_col[col]
                cells.append(self._made(anchor or (row, col), seen, (at_row[row], at_col[col], tall, wide)))
        name = f"{self._sheet.name}!{letters(cols[0])}{rows[0]}"
        return Grid(
            grid_id=name,
            pages=(),
            row_count=len(rows),
            col_count=len(cols),
            cells=tuple(cells),
            top_line=1,
            sheet=self._sheet.name,
        )

    def _is_ruled(self, row: int, col: int) -> bool:
        cell = self._shown.get((row, col))
        return cell is not None and cell.ruled

    def _made(self, place: Place, seen: SheetCell, where: tuple[int, int, int, int]) -> Cell:
        cell_id = f"{self._sheet.name}!{letters(place[1])}{place[0]}"
        lines = tuple(line.strip() for line in visible(seen.text).splitlines() if line.strip())
        row, col, tall, wide = where
        return Cell(
            cell_id=cell_id,
            row=row,
            col=col,
            row_span=tall,
            col_span=wide,
            text="".join(lines),
            lines=lines,
            spans=(CellSpan(cell=cell_id),),
            hidden_text=seen.hidden,
            unread=seen.unread,
        )


def _counts(cell: SheetCell) -> bool:
    """Whether a cell is used: something stands in it, or lines are drawn around it."""
    return cell.ruled or _holds(cell)


def _holds(cell: SheetCell) -> bool:
    return bool(cell.text.strip()) or cell.hidden or cell.unread
