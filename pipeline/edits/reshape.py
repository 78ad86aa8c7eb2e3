"""A document's regions as read and a person's events come in, its regions as that person cut them go out. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pipeline.edits.effective import RESHAPING, effective
from pipeline.layout.stitch import stack
from schemas.evidence import PageSpan
from schemas.layout import Cell, Line, Region
from schemas.run import Edit

SPLIT_OFF = 1000
"""A form split off has the index of its form plus so many: no other form gets another name."""


class Shape(NamedTuple):
    """The regions of one document under a person's word."""

    regions: tuple[Region, ...]
    """In the order of the document."""
    dropped: tuple[Region, ...]
    """Declared no form, or joined to the one before."""


def reshaped(regions: Sequence[Region], events: Sequence[tuple[str, Edit]]) -> Shape:
    """The regions after all events that count, in the order of the document's log; each comes with its form's id.

    An event whose region or cell is not there changes nothing.
    """
    counting = {edit.edit_id for edit in effective([edit for _, edit in events]) if edit.kind in RESHAPING}
    standing = list(regions)
    dropped: list[Region] = []
    for form_id, edit in events:
        index = index_of(form_id)
        if edit.edit_id not in counting:
            continue
        at = next((at for at, region in enumerate(standing) if region.index == index), None)
        if at is None:
            continue
        if edit.kind == "no_form":
            dropped.append(standing.pop(at))
        elif edit.kind == "join":
            second = next((region for region in standing if region.index == index_of(edit.new or "")), None)
            if second is not None and second.index != index:
                standing[at] = joined(standing[at], second)
                standing.remove(second)
                dropped.append(second)
        elif edit.cell is not None:
            parts = parted(standing[at], edit.cell, _unused(index, (*standing, *dropped)))
            standing[at : at + 1] = parts or [standing[at]]
    return Shape(tuple(standing), tuple(dropped))


def joined(first: Region, second: Region) -> Region:
    """Two regions as one form: their tables one under the other, the lines between them kept."""
    return first.model_copy(
        update={
            "grid": stack(first.grid, second.grid),
            "pages": tuple(dict.fromkeys((*first.pages, *second.pages))),
            "trailing": (*first.trailing, *second.heading, *second.trailing),
            "hidden": (*first.hidden, *second.hidden),
            "outside": (*first.outside, *second.outside),
        },
    )


def parted(region: Region, cell_id: str, index: int) -> list[Region]:
    """A region as two, the second beginning with the row of a cell; empty where it cannot be cut there."""
    row = next((cell.row for cell in region.grid.cells if cell.cell_id == cell_id), 0)
    if row == 0 or any(cell.row < row < cell.row_end for cell in region.grid.cells):
        return []
    above = tuple(cell for cell in region.grid.cells if cell.row < row)
    below = tuple(cell.model_copy(update={"row": cell.row - row}) for cell in region.grid.cells if cell.row >= row)
    rows = region.grid.row_count
    over, under = _pages(above, region.heading), _pages(below, region.trailing)
    first = region.model_copy(
        update={
            "grid": region.grid.model_copy(update={"cells": above, "row_count": row, "pages": over or region.pages}),
            "pages": over or region.pages,
            "trailing": (),
        },
    )
    second = region.model_copy(
        update={
            "index": index,
            "grid": region.grid.model_copy(
                update={"cells": below, "row_count": rows - row, "pages": under or region.pages},
            ),
            "pages": under or region.pages,
            "heading": (),
        },
    )
    return [first, second]


def in_order(indexes: Iterable[int]) -> list[int]:
    """The indexes of a document's forms as they stand one after the other: what was split off behind its form."""
    return sorted(indexes, key=lambda index: (index % SPLIT_OFF, index))


def index_of(form_id: str) -> int:
    """The index of a form's region; -1 for what is no form's id."""
    number = form_id.rpartition("-")[2]
    return int(number) if number.isdecimal() else -1


def _unused(index: int, regions: Sequence[Region]) -> int:
    taken = {region.index for region in regions}
    return next(number for number in _from(index + SPLIT_OFF) if number not in taken)


def _from(first: int) -> Iterator[int]:
    number = first
    while True:
        yield number
        number += SPLIT_OFF


def _pages(cells: Sequence[Cell], lines: Sequence[Line]) -> tuple[int, ...]:
    """The pages on which cells and lines stand."""
    spans = [span.page for cell in cells for span in cell.spans if isinstance(span, PageSpan)]
    return tuple(sorted({*spans, *(line.page for line in lines)}))
