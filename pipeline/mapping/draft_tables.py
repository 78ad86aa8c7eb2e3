"""The tables of a form's bones become fields: a row of funds or an indicator each, column by column."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from pipeline.mapping.bones import Column, Table
from pipeline.mapping.collected import Collected, begins
from pipeline.mapping.columns import numbers_beside
from pipeline.mapping.labels import core, kind, label_points
from schemas.amount import is_not_available, normalised
from schemas.extraction import DraftField, DraftFund, Take
from schemas.form import FundSource
from schemas.layout import Cell
from schemas.reading import Role

_FUND_SOURCES: dict[Role, FundSource] = {
    "total": "total", "fiscal": "fiscal", "carryover": "carryover", "special_account": "special_account",
    "own": "own", "central": "central", "local": "local", "other": "other",
}  # fmt: skip
_POINTS: frozenset[Role] = frozenset({"weight", "score"})
_FUND_NUMBERS = ("initial_budget", "adjusted_budget", "executed", "weight", "execution_rate", "score")
_INDICATOR_TAKES: dict[Role, Take] = {
    "name": "text",
    "actual": "quantity",
    "weight": "number",
    "score": "number",
    "deviation_note": "text",
}


def draft_funds(made: Collected, table: Table) -> None:
    """A table of funds: its rows by their sources, its columns by their roles."""
    columns = [(index, column, made.roles.get(column.slot)) for index, column in enumerate(table.columns)]
    for _, column, _role in columns:
        made.use(column.headers, "header")
    lines: dict[int, int] = {}
    for number, cells in enumerate(table.rows):
        slot = table.row_slots[number] if number < len(table.row_slots) else 0
        source = _FUND_SOURCES.get(made.roles.get(slot, "extra"))
        label = next((cell for cell in cells if cell is not None and kind(cell.text) == "text"), None)
        if source is None or label is None:
            _loose_fund_row(made, table, number, label, slot)
            continue
        index = len(made.funds)
        made.funds.append(DraftFund(source=source, label_cell=label.cell_id, slots=(slot,)))
        lines[number] = index
        extras = 0
        for position, column, role in columns:
            cell = cells[position]
            if cell is label or role is None or not begins(table, number, position):
                continue
            if cell is None:
                of_all = table.turned and role in _POINTS  # behind its sources stand those of the total
                made.missing += [f"/funds/{index}/{role}"] if role in _FUND_NUMBERS and not of_all else []
            elif role in _FUND_NUMBERS:
                made.add(f"/funds/{index}/{role}", "number", (cell,), (column.slot, slot))
            elif cell.text and role != "source":
                pointer = f"/funds/{index}/extras/{extras}"
                made.add(pointer, "text", (cell,), (column.slot,), label=column.label)
                extras += 1
    _budget_points(made, table)
    if table.turned:
        _points_of_all(made, table, lines)


def _points_of_all(made: Collected, table: Table, lines: Mapping[int, int]) -> None:
    """Points that stand under another source than the total may be centred over all of them: a person has to look."""
    total = next((number for number, line in lines.items() if made.funds[line].source == "total"), None)
    for position, column in enumerate(table.columns):
        role = made.roles.get(column.slot)
        filled = [
            number
            for number, row in enumerate(table.rows)
            if (cell := row[position]) is not None and begins(table, number, position) and kind(cell.text) == "number"
        ]
        if role in _POINTS and filled and total is not None and not {0, total} & set(filled):
            made.missing.append(f"/funds/{lines[total]}/{role}")


def _loose_fund_row(made: Collected, table: Table, number: int, label: Cell | None, slot: int) -> None:
    """A row that is no source of funds goes to the form's extras, cell by cell."""
    if label is not None:
        made.use((label,), "label")
    if made.roles.get(slot) != "extra" or label is None:
        return
    for position, column in enumerate(table.columns):
        cell = table.rows[number][position]
        if cell is not None and cell is not label:
            made.keep_extra(f"{label.text} {column.label}", cell, (slot, column.slot))


def _budget_points(made: Collected, table: Table) -> None:
    """Points printed only in the budget's own header or label: 预算执行情况(10分), 得分(20分*执行率)."""
    if not made.funds or any(made.roles.get(column.slot) == "weight" for column in table.columns):
        return
    headers = [cell for column in table.columns for cell in column.headers]
    for cell in (*table.sides, *_sides_beside(made, table), *headers, *_headings_over(made, headers)):
        if label_points(cell.text) is not None:
            made.add("/funds/0/weight", "points", (cell,), ())
            return


def _headings_over(made: Collected, headers: Sequence[Cell]) -> list[Cell]:
    """The heading right over a table; a title tells of the whole form."""
    top = min(cell.row for cell in headers)
    over = [cell for cell in made.skeleton.headings if cell.row_end == top]
    return [cell for cell in over if not made.lexicon.is_title(cell.text)]


def _sides_beside(made: Collected, table: Table) -> list[Cell]:
    rows = {cell.row for row in table.rows for cell in row if cell is not None}
    return [side for side in made.skeleton.sides if rows & set(range(side.row, side.row_end))]


Columns = Sequence[tuple[int, Column, Role | None]]
"""The columns of a table with their positions and roles."""


def columns_of(made: Collected, table: Table) -> Columns:
    """A table's columns under the reading at hand; words under no header are the names where no header names them."""
    columns = [(index, column, made.roles.get(column.slot)) for index, column in enumerate(table.columns)]
    blank = [index for index, column, _ in columns if not column.slot and _holds_words(table, index)]
    if table.kind == "fund" or len(blank) != 1 or any(role == "name" for _, _, role in columns):
        return columns
    return [(index, column, "name" if index in blank else role) for index, column, role in columns]


def _holds_words(table: Table, index: int) -> bool:
    """True for a column with a text of its own in every row."""
    cells = [cells[index] for cells in table.rows]
    own = {id(cell) for cell in cells if cell is not None and kind(cell.text) == "text"}
    return len(own) == len(table.rows)


def indicator_rows(table: Table, columns: Columns) -> list[int]:
    """The rows that are indicators: no fillers, and no row 其中… below one."""
    found: list[int] = []
    for number, cells in enumerate(table.rows):
        if not _is_filler(cells, columns) and not (found and _is_breakdown(cells, columns)):
            found.append(number)
    return found


def draft_indicators(made: Collected, table: Table) -> None:
    """A table of indicators, row by row; fillers are notes, a row 其中… belongs to the indicator above it."""
    columns, points = _headed(made, table)
    aside = _level_beside(table, columns)
    for number, cells in enumerate(table.rows):
        if _is_filler(cells, columns):
            for cell in cells:
                if cell is not None and cell.row_span == 1:
                    made.use((cell,), "note")
            continue
        if made.indicators and _is_breakdown(cells, columns):
            _breakdown(made, table, number, columns)
            continue
        made.indicators += 1
        base = f"/indicators/{made.indicators - 1}"
        _banded(made, base, aside, columns, frozenset())
        _indicator(made, table, number, columns, points, base)


def _level_beside(table: Table, columns: Columns) -> Cell | None:
    """The one label beside rows whose names have no header (资金管理情况): it takes the place of their level."""
    named = any(role == "name" and not column.slot for _, column, role in columns)
    levels = any(role in {"level1", "level2"} for _, _, role in columns)
    return table.sides[0] if named and not levels and len(table.sides) == 1 and not table.bands else None


def _level_points(table: Table, columns: Columns) -> int | None:
    """The column with the points of level 1: right of its labels, headed like the weights, merged as the labels are."""
    weights = [normalised(column.label) for _, column, role in columns if role == "weight"]
    for (position, _, role), (after, column, own) in pairwise(columns):
        headed = role == "level1" and own == "extra" and normalised(column.label) in weights
        if headed and all(numbers_beside(cells[position], cells[after]) for cells in table.rows):
            return after
    return None


def draft_further(made: Collected, table: Table, first: int, known: frozenset[Role]) -> None:
    """A table of the same indicators as the one whose rows begin at `first`: what it adds; `known` it only repeats."""
    columns, points = _headed(made, table)
    rows = indicator_rows(table, columns)
    for number, cells in enumerate(table.rows):
        if number in rows:
            _indicator(made, table, number, columns, points, f"/indicators/{first + rows.index(number)}", known)
        else:
            made.use([cell for cell in cells if cell is not None and cell.row_span == 1], "note")


def _headed(made: Collected, table: Table) -> tuple[Columns, int | None]:
    """The columns of a table of indicators, and which holds level 1's points; headers and wide labels are used."""
    columns = columns_of(made, table)
    for _, column, _role in columns:
        made.use(column.headers, "header")
    if any(role == "level1" for _, _, role in columns):
        made.use(tuple(dict.fromkeys(band for band in table.bands if band is not None)), "label")
    return columns, _level_points(table, columns)


def _breakdown(made: Collected, table: Table, number: int, columns: Columns) -> None:
    """A row 其中… goes to the extras of the indicator above it, cell by cell; merged cells are that one's own."""
    base = f"/indicators/{made.indicators - 1}"
    cells = table.rows[number]
    own = [
        (column, role, cell)
        for position, column, role in columns
        if (cell := cells[position]) is not None and begins(table, number, position)
    ]
    label = next(cell for _, role, cell in own if role == "name")
    made.use((label,), "label")
    for column, role, cell in own:
        if cell is label or is_not_available(cell.text):
            continue
        if role in {"level1", "level2"}:
            made.use((cell,), "label")
            continue
        taken = sum(pointer.startswith(f"{base}/extras/") for pointer in made.pointers)
        name = f"{label.text} {column.label}"
        made.add(f"{base}/extras/{taken}", "text", (cell,), (column.slot,), label=name)


def _indicator(  # noqa: PLR0913, PLR0917 - one row and where it goes
    made: Collected,
    table: Table,
    number: int,
    columns: Columns,
    points: int | None,
    base: str,
    known: frozenset[Role] = frozenset(),
) -> None:
    cells = table.rows[number]
    extras = sum(pointer.startswith(f"{base}/extras/") for pointer in made.pointers) if known else 0
    _banded(made, base, table.bands[number] if table.bands else None, columns, known)
    target: list[tuple[Role, Cell, int]] = []
    for position, column, role, cell in _present(made, base, cells, columns):
        if role in known:
            made.use((cell,), "label" if role in {"level1", "level2", "name"} else "note")
        elif position == points:
            made.add(f"{base}/level1_weight", "number", (cell,), (column.slot,))
        elif role in {"operator", "target", "unit"}:
            target.append((role, cell, column.slot))
        elif role in {"level1", "level2"}:
            extras += _level(made, base, role, cell, column.slot, extras)
        elif role in _INDICATOR_TAKES:
            if role not in {"weight", "score"} or begins(table, number, position):
                made.add(f"{base}/{role}", _INDICATOR_TAKES[role], (cell,), (column.slot,))
        elif cell.text:
            made.add(f"{base}/extras/{extras}", "text", (cell,), (column.slot,), label=column.label)
            extras += 1
    _target(made, base, target)
    if not known and _is_nameless(cells, columns):
        made.missing.append(f"{base}/name")


def _is_nameless(cells: Sequence[Cell | None], columns: Columns) -> bool:
    """True for a row with neither name nor target: a subtotal, or what a cut left over; no indicator to accept."""
    told = [cells[position] for position, _, role in columns if role in {"name", "target"}]
    return bool(told) and all(cell is None or is_not_available(cell.text) for cell in told)


def _present(
    made: Collected, base: str, cells: Sequence[Cell | None], columns: Columns
) -> Iterator[tuple[int, Column, Role, Cell]]:
    """The columns with a role that a row has a cell in; what a row must have and has not is told as missing."""
    for position, column, role in columns:
        cell = cells[position]
        if role is not None and cell is not None:
            yield position, column, role, cell
        elif role in {"name", "actual", "weight", "score"}:
            made.missing.append(f"{base}/{role}")


def _banded(made: Collected, base: str, band: Cell | None, columns: Columns, known: frozenset[Role]) -> None:
    """The label over the whole width under which an indicator stands; one that nobody knows has to be seen."""
    if band is None:
        return
    if "level1" in known:
        made.use((band,), "label")
        return
    if not any(role == "level1" for _, _, role in columns):
        _level(made, base, "level1", band, 0, 0)
    if not made.lexicon.is_level(band.text):
        made.missing.append(f"{base}/level1")


def _level(  # noqa: PLR0913, PLR0917 - one label and where it goes
    made: Collected, base: str, role: Role, cell: Cell, slot: int, extras: int
) -> int:
    """A level label and its points; gives how many extras it added."""
    made.add(f"{base}/{role}", "level", (cell,), (slot,))
    if label_points(cell.text) is None:
        return 0
    if role == "level1":
        made.add(f"{base}/level1_weight", "points", (cell,), (slot,))
        return 0
    made.add(f"{base}/extras/{extras}", "points", (cell,), (slot,), label=cell.text)
    return 1


def _target(made: Collected, base: str, parts: Sequence[tuple[Role, Cell, int]]) -> None:
    order: tuple[Role, ...] = ("operator", "target", "unit")
    ordered = sorted(parts, key=lambda part: order.index(part[0]))
    if not ordered or not any(role == "target" for role, _, _ in ordered):
        return
    slots = tuple(slot for _, _, slot in ordered if slot)
    cells = tuple(cell.cell_id for _, cell, _ in ordered)
    names = {"operator": "operator", "target": "value", "unit": "unit"}
    split = tuple(names[role] for role, _, _ in ordered) if len(ordered) > 1 else ()
    made.fields.append(
        DraftField.model_validate(
            {"pointer": f"{base}/target", "take": "quantity", "cells": cells, "parts": split, "slots": slots},
        ),
    )


def _is_breakdown(cells: Sequence[Cell | None], columns: Columns) -> bool:
    """True for a row 其中：… that divides the indicator above it."""
    names = (cells[position] for position, _, role in columns if role == "name")
    return any(cell is not None and normalised(cell.text).startswith("其中") for cell in names)


def _is_filler(cells: Sequence[Cell | None], columns: Columns) -> bool:
    """True for rows such as 指标2： or …… that hold an ordinal and nothing else."""
    for position, _, role in columns:
        cell = cells[position]
        if cell is None or role in {"level1", "level2"} or not core(cell.text).strip("…."):
            continue
        if role == "name" and core(cell.text).strip("0123456789…:") in {"指标", ""}:
            continue
        return False
    return True
