"""Rows of a form come in, ids that outlive every change go out; pointers become spots that name a row by its id.

A row's id is the id of the first cell that begins in its row of the grid, whatever its columns mean; a row that a
person added is `+` and the event's id. Mapped again under other roles, cut or joined, it keeps its name.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from schemas.extraction import Draft
from schemas.form import FundLine, IndicatorRow, SelfEvaluation
from schemas.layout import Region
from schemas.run import Edit

TableName = Literal["funds", "indicators"]

TABLES: tuple[TableName, ...] = ("funds", "indicators")

RowIds = Mapping[TableName, Sequence[str]]
"""The ids of a form's rows, in order, by table."""

FORM_FIELDS = frozenset(SelfEvaluation.model_fields) - {"funds", "indicators", "extras"}
ROW_FIELDS: Mapping[TableName, frozenset[str]] = {
    "funds": frozenset(FundLine.model_fields) - {"extras"},
    "indicators": frozenset(IndicatorRow.model_fields) - {"extras"},
}


class Spot(NamedTuple):
    """A field of a form for good: `row` is "" for the form's own fields, `field` may be `extras/0`."""

    table: TableName | None
    row: str
    field: str


def row_ids(draft: Draft, region: Region) -> dict[TableName, tuple[str, ...]]:
    """The ids of the rows that a draft found in a region."""
    row_of = {cell.cell_id: cell.row for cell in region.grid.cells}
    first: dict[int, str] = {}
    for cell in region.grid.cells:
        first.setdefault(cell.row, cell.cell_id)
    lowest: dict[int, int] = {}
    for field in draft.fields:
        table, _, rest = field.pointer[1:].partition("/")
        if table == "indicators":
            number = int(rest.partition("/")[0])
            rows = [row_of[cell] for cell in field.cells if cell in row_of]
            lowest[number] = max([lowest.get(number, -1), *rows])
    indicators = [first.get(lowest.get(number, -1), "") for number in range(draft.indicator_count)]
    funds = [fund.label_cell for fund in draft.funds]
    return {"funds": _distinct(funds, "f"), "indicators": _distinct(indicators, "i")}


def _distinct(ids: Sequence[str], mark: str) -> tuple[str, ...]:
    """The ids, those without a cell or met before named by their place."""
    seen: set[str] = set()
    named = []
    for at, row in enumerate(ids):
        own = row if row and row not in seen else f"{row}#{mark}{at}"
        seen.add(own)
        named.append(own)
    return tuple(named)


def spot_of(pointer: str, rows: RowIds) -> Spot | None:
    """The spot of a pointer into the form as it is; None if there is no such field."""
    table, _, rest = pointer.removeprefix("/").partition("/")
    if table not in TABLES:
        own = table in FORM_FIELDS and not rest
        extra = table == "extras" and rest.isdecimal()
        return Spot(None, "", pointer.removeprefix("/")) if pointer.startswith("/") and (own or extra) else None
    index, _, field = rest.partition("/")
    known = rows.get(table, ())
    if not index.isdecimal() or int(index) >= len(known):
        return None
    named, _, number = field.partition("/")
    if field not in ROW_FIELDS[table] and not (named == "extras" and number.isdecimal()):
        return None
    return Spot(table, known[int(index)], field)


def pointer_of(spot: Spot, rows: RowIds) -> str | None:
    """The pointer of a spot in the form as it is; None if its row is gone."""
    if spot.table is None:
        return f"/{spot.field}"
    known = rows.get(spot.table, ())
    return f"/{spot.table}/{known.index(spot.row)}/{spot.field}" if spot.row in known else None


def spot_of_edit(edit: Edit, rows: RowIds) -> Spot | None:
    """The spot that an event speaks of: by its row's id, by its pointer if it is of a time before rows had ids."""
    if edit.row is None:
        return spot_of(edit.pointer, rows)
    table, _, rest = edit.pointer.removeprefix("/").partition("/")
    field = rest.partition("/")[2]
    return Spot(table, edit.row, field) if table in TABLES and field else None


def pointer_now(edit: Edit, rows: RowIds) -> str | None:
    """Where the field of an event stands now; None if it speaks of no field, or its row is gone."""
    if edit.row is None or not rows:
        return edit.pointer or None
    spot = spot_of_edit(edit, rows)
    if spot is not None:
        return pointer_of(spot, rows)
    table = edit.pointer.removeprefix("/").partition("/")[0]
    known = rows.get(table, ()) if table in TABLES else ()
    return f"/{table}/{known.index(edit.row)}" if edit.row in known else None
