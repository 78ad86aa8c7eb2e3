"""Stored forms of a layout come in; what stands under its headers and beside its labels goes out, as printed."""

from collections.abc import Iterator, Sequence

from pipeline.mapping.bones import Skeleton, Table
from pipeline.mapping.labels import kind
from pipeline.mapping.settle import Example
from pipeline.review.layouts import SampleTable
from schemas.layout import Cell

_ROWS = 2
_VALUES = 3
_LONGEST = 60


def tables_of(examples: Sequence[Example]) -> tuple[SampleTable, ...]:
    """The first rows of each table of the first form."""
    return tuple(_table(table) for example in examples[:1] for table in example.skeleton.tables)


def values_of(examples: Sequence[Example]) -> dict[int, tuple[str, ...]]:
    """By slot the first values that differ from each other; a long one is cut, a row's numbers stand in one text."""
    found: dict[int, dict[str, None]] = {}
    for example in examples:
        for slot, text in _values(example.skeleton):
            known = found.setdefault(slot, {})
            if len(known) < _VALUES:
                known[text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"] = None
    return {slot: tuple(texts) for slot, texts in found.items()}


def _values(skeleton: Skeleton) -> Iterator[tuple[int, str]]:
    for slot, cells in _places(skeleton):
        for cell in cells:
            if slot and cell is not None and kind(cell.text) != "blank":
                yield slot, cell.text
    for table in skeleton.tables:
        for slot, row in zip(table.row_slots, table.rows, strict=False):
            numbers = [cell.text for cell in row if cell is not None and kind(cell.text) == "number"]
            if slot and numbers:
                yield slot, " · ".join(numbers)


def _places(skeleton: Skeleton) -> Iterator[tuple[int, list[Cell | None]]]:
    """Slots of columns, labels and closing rows with the cells that belong to them."""
    for table in skeleton.tables:
        for position, column in enumerate(table.columns):
            yield column.slot, [row[position] for row in table.rows]
    for pair in skeleton.pairs:
        yield pair.slot, [pair.value]
    for closing in skeleton.closings:
        yield closing.slot, [cell for _, cell in closing.cells]


def _table(table: Table) -> SampleTable:
    return SampleTable(
        headers=tuple(column.text for column in table.columns),
        slots=tuple(column.slot for column in table.columns),
        rows=tuple(tuple(cell.text if cell is not None else "" for cell in row) for row in table.rows[:_ROWS]),
    )
