"""A FormDesk comes in; what the form page lays out goes out: parts, tables with columns, what is marked. Pure."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pipeline.catalogue import Lang
from pipeline.checks.wording import render
from pipeline.review.cards import is_failed
from pipeline.review.desk import CellView, Doubt, FieldView, FormDesk, RowView

TABLES = ("funds", "indicators")
_IN_A_ROW = 3
"""Steps of a pointer to a row's own field: /funds/0/score."""


class Column(NamedTuple):
    """A column of a table; `spare` if no row has anything in it."""

    name: str
    label: str
    spare: bool


class GridCell(NamedTuple):
    """Where a row and a column meet."""

    column: Column
    view: FieldView | None


class GridRow(NamedTuple):
    """One row with its fields by column, and its extras."""

    row: RowView
    cells: tuple[GridCell, ...]
    extras: tuple[FieldView, ...]


class Part(NamedTuple):
    """The funds or the indicators."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[GridRow, ...]


class Informed(NamedTuple):
    """A finding that is told and asks nothing."""

    message: str


class Loose(NamedTuple):
    """A doubt at a cell that is no field, and what the cell holds."""

    doubt: Doubt
    text: str


class Sheet(NamedTuple):
    """What the form page shows at the right."""

    own: tuple[FieldView, ...]
    """The form's own fields above the tables."""
    tables: tuple[Part, ...]
    closing: tuple[FieldView, ...]
    """Its own fields below them: totals, grade, extras."""
    doubt_of: Mapping[str, Doubt]
    failed: frozenset[str]
    """Pointers of the operands of equations that still block."""
    loose: tuple[Loose, ...]
    information: tuple[Informed, ...]
    blocking: int
    undoable: bool

    @staticmethod
    def id_of(pointer: str) -> str:
        """A pointer as an element's id."""
        return "f" + pointer.replace("/", "-")


class Table(NamedTuple):
    """The region as printed: lines above, the grid's rows, lines below."""

    before: tuple[CellView, ...]
    rows: tuple[tuple[CellView, ...], ...]
    after: tuple[CellView, ...]


def sheet_of(desk: FormDesk, lang: Lang) -> Sheet:
    """How the desk's fields are laid out."""
    single = [view for view in desk.fields if view.row is None]
    rowed = [at for at, view in enumerate(desk.fields) if view.row is not None]
    first = rowed[0] if rowed else len(desk.fields)
    own = tuple(view for at, view in enumerate(desk.fields) if view.row is None and at < first)
    pointers = {view.pointer for view in desk.fields}
    texts = {cell.cell: cell.text for cell in desk.cells}
    return Sheet(
        own=own,
        tables=tuple(_part(name, desk) for name in TABLES),
        closing=tuple(view for view in single if view not in own),
        doubt_of={doubt.pointer: doubt for doubt in desk.doubts},
        failed=frozenset(operand.pointer for card in desk.cards if card.blocks for operand in card.operands),
        loose=tuple(
            Loose(doubt, texts.get(doubt.pointer, "")) for doubt in desk.doubts if doubt.pointer not in pointers
        ),
        information=tuple(_informed(desk, lang)),
        blocking=sum(card.blocks for card in desk.cards),
        undoable=any(entry.can_undo for entry in desk.history),
    )


def table_of(desk: FormDesk) -> Table:
    """The cells of the region as they are printed, for documents without pages."""
    lines = [cell for cell in desk.cells if cell.kind == "line"]
    inside = [cell for cell in desk.cells if cell.kind == "cell"]
    if not inside:
        return Table(tuple(lines), (), ())
    begin = desk.cells.index(inside[0])
    rows: dict[int, list[CellView]] = {}
    for cell in inside:
        rows.setdefault(cell.row, []).append(cell)
    height = max(cell.row + cell.row_span for cell in inside)
    return Table(
        before=tuple(cell for cell in lines if desk.cells.index(cell) < begin),
        rows=tuple(tuple(rows.get(row, ())) for row in range(height)),
        after=tuple(cell for cell in lines if desk.cells.index(cell) > begin),
    )


def _informed(desk: FormDesk, lang: Lang) -> Iterator[Informed]:
    for finding in desk.record.findings:
        if not is_failed(finding):
            yield Informed(render(finding, lang))


def _part(name: str, desk: FormDesk) -> Part:
    rows = [row for row in desk.rows if row.table == name]
    ids = {row.row for row in rows}
    doubtful = {doubt.pointer for doubt in desk.doubts}
    by_row: dict[str, dict[str, FieldView]] = {row.row: {} for row in rows}
    extras: dict[str, list[FieldView]] = {row.row: [] for row in rows}
    labels: dict[str, str] = {}
    used: set[str] = set()
    for view in desk.fields:
        if view.row is None or view.row not in ids:
            continue
        steps = view.pointer.strip("/").split("/")
        if len(steps) != _IN_A_ROW:
            extras[view.row].append(view)
            continue
        column = steps[-1]
        labels.setdefault(column, view.label)
        by_row[view.row][column] = view
        if view.text is not None or view.state != "blank" or view.pointer in doubtful:
            used.add(column)
    columns = tuple(Column(column, label, column not in used) for column, label in labels.items())
    return Part(
        name,
        columns,
        tuple(
            GridRow(
                row,
                tuple(GridCell(column, by_row[row.row].get(column.name)) for column in columns),
                tuple(extras[row.row]),
            )
            for row in rows
        ),
    )
