"""A grid whose merged cells were taken apart, their text printed again in every part, becomes the grid it was.

    主管部门 | 主管部门 | 交通局 | 交通局 | 交通局      主管部门 (2) | 交通局 (3)

Converters write tables so. What is truly equal stays apart: what stands under two headers (10 points of 10, a target
that was met), and numbers, unless their header is one as well. Labels that go on down are one cell where everything
left of them goes on too.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import NamedTuple

from pipeline.mapping.labels import kind
from schemas.amount import normalised
from schemas.layout import Cell, Grid

# Fewer repeated texts than this may be chance.
FEWEST = 3
# A text over so many columns that have headers of their own, up to an edge of the table, is no row of the table's body,
CROSSED = 3
# and neither is one in the middle of it over more.
CROSSED_INSIDE = 4


class _Stretch(NamedTuple):
    """Neighbours of a row that print the same."""

    cells: tuple[Cell, ...]

    @property
    def col(self) -> int:
        return self.cells[0].col

    @property
    def col_end(self) -> int:
        return self.cells[-1].col_end

    @property
    def place(self) -> tuple[int, int]:
        return self.col, self.col_end

    @property
    def text(self) -> str:
        return normalised(self.cells[0].text)

    @property
    def is_word(self) -> bool:
        return kind(self.cells[0].text) == "text"

    @property
    def is_number(self) -> bool:
        return kind(self.cells[0].text) == "number"

    @property
    def is_blank(self) -> bool:
        return kind(self.cells[0].text) == "blank"

    @property
    def is_wide(self) -> bool:
        return len(self.cells) > 1

    def apart(self) -> Iterator["_Stretch"]:
        return (_Stretch((cell,)) for cell in self.cells)

    def within(self, wider: "_Stretch") -> bool:
        return wider.col <= self.col and self.col_end <= wider.col_end


_Row = Sequence[_Stretch]


def whole(grid: Grid) -> Grid:
    """The grid with the cells joined that were one; the same grid where cells were not taken apart.

    Who takes merged cells apart takes all of them apart; only a title may have been merged again over the whole width.
    """
    rows = [_stretches(row) for row in grid.rows()]
    merged = any(1 < cell.col_span < grid.col_count for cell in grid.cells)
    if merged or not any(_repeats(row) for row in rows):
        return grid
    made = _across(rows, grid.col_count)
    if made.proofs < FEWEST:
        return grid
    cells = [cell for joined in _down(made.rows) for cell in joined]
    return grid.model_copy(update={"cells": tuple(sorted(cells, key=lambda cell: (cell.row, cell.col)))})


def _repeats(row: _Row) -> int:
    return sum(one.is_word and one.is_wide for one in row)


def _stretches(row: Iterable[Cell]) -> list[_Stretch]:
    found: list[list[Cell]] = []
    for cell in row:
        last = found[-1][-1] if found else None
        if (
            last is not None
            and (last.col_end, last.row_end) == (cell.col, cell.row_end)
            and normalised(last.text) == normalised(cell.text)
            and not (last.unread or cell.unread)
        ):
            found[-1].append(cell)
        else:
            found.append([cell])
    return [_Stretch(tuple(cells)) for cells in found]


@dataclass
class _Heads:
    """The last row of headers or labels, and which columns hold numbers below such rows."""

    row: _Row = ()
    numbers: set[int] = field(default_factory=set)

    def keep(self, row: _Row) -> bool:
        """True if a row has nothing but one cell under a header that was taken apart."""
        split = [head for head in self.row if head.is_wide and not any(head.within(one) for one in row)]
        if len(split) != 1:
            return bool(self.row) and not split
        # Beside the numbers of its columns a row may have a label of its own under the header of the labels.
        under = [one for one in row if one.within(split[0])]
        numbers = sum(one.is_number for one in row)
        crossing = any(one.is_word and one.is_wide and self.over(one) > 1 for one in row)
        return len(under) > 1 < numbers and all(one.is_word for one in under) and not crossing

    def over(self, one: _Stretch) -> int:
        """How many headers stand over it."""
        return sum(head.col < one.col_end and one.col < head.col_end for head in self.row)

    def hold(self, one: _Stretch) -> bool:
        """True if numbers stand in each of its columns in a body."""
        return set(range(*one.place)) <= self.numbers

    def cut(self, row: _Row) -> list[_Stretch]:
        """A row of the body: what stands under one header is one."""
        ends = sorted(head.col_end for head in self.row)
        at = {cell.cell_id: sum(end <= cell.col for end in ends) for one in row for cell in one.cells}
        wide = {sum(end <= head.col for end in ends) for head in self.row if head.is_wide}
        found: list[_Stretch] = []
        for one in row:
            for head, cells in groupby(one.cells, key=lambda cell: at[cell.cell_id]):
                under = _Stretch(tuple(cells))
                found += [under] if head in wide else under.apart()
        self.numbers |= {col for one in found if one.is_number for col in range(*one.place)}
        return found


class _Across(NamedTuple):
    rows: Sequence[Sequence[_Stretch]]
    proofs: int
    """Repeated texts where nothing but a cell taken apart repeats one: in labels, in headers, above all headers."""


def _across(rows: Sequence[_Row], width: int) -> _Across:
    """Each row with the cells joined that were one beside the other."""
    heads = _Heads()
    made = []
    proofs = 0
    above: _Row = ()
    for at, row in enumerate(rows):
        if len(above) == 1 and above[0].place == (0, width) and _is_heading(row):
            heads.row = ()
        free = _is_free(row, above, heads, width)
        if heads.keep(row) and not free and not _heads_anew(row, heads):
            made.append(heads.cut(row))
        else:
            made.append(list(_outside(row, rows[at + 1] if at + 1 < len(rows) else (), heads, free=free)))
            begins = bool(row) and row[0].is_word and row[0].is_wide
            proofs += FEWEST if _sums_up(row, heads, CROSSED) else _repeats(row) if begins or not free else 0
            if begins or not free:
                heads.row = made[-1] if _is_heading(row) else heads.row if free else ()
        above = row
    return _Across(made, proofs)


def _is_heading(row: _Row) -> bool:
    """True for a row of words alone, two or more."""
    words = sum(one.is_word for one in row)
    return words > 1 and not any(kind(one.cells[0].text) in {"number", "quantity"} for one in row)


def _heads_anew(row: _Row, heads: _Heads) -> bool:
    """True for a row that has words in every column, also where there were numbers above."""
    held = [one for one in row if set(range(*one.place)) & heads.numbers]
    return bool(held) and _is_heading(row) and all(one.is_word for one in row)


def _is_free(row: _Row, above: _Row, heads: _Heads, width: int) -> bool:
    """True for a row that has a text over many columns of the table above it: its title, a total, a remark."""
    wide = [one for one in row if one.is_wide and not one.is_number and not one.is_blank]
    if any(heads.over(one) >= CROSSED and one.col_end >= width for one in wide):
        return True
    if any(heads.over(one) > CROSSED_INSIDE for one in wide):
        return True
    before = {(one.place, one.text) for one in above}
    beside = [one for one in row if (one.place, one.text) not in before]
    return _sums_up(beside, heads, CROSSED - 1) or _leads(beside, heads)


def _leads(row: _Row, heads: _Heads) -> bool:
    """True for a row that begins with a text over many columns, and has a number or nothing behind it."""
    if not row or not (row[0].is_word and row[0].is_wide) or heads.over(row[0]) < CROSSED:
        return False
    behind = next((one for one in row[1:] if one.text), None)
    return behind is None or behind.is_number


def _sums_up(row: _Row, heads: _Heads, crossed: int) -> bool:
    """True for a label over so many columns with numbers behind it; a word beside them is over several as well."""
    if not row or not (row[0].is_word and row[0].is_wide) or heads.over(row[0]) < crossed:
        return False
    behind = [one for one in row[1:] if not one.is_blank]
    if not behind or not behind[0].is_number:
        return False
    return all(one.is_number or (one.is_word and heads.over(one) > 1) for one in behind)


def _outside(row: _Row, below: _Row, heads: _Heads, *, free: bool) -> Iterator[_Stretch]:
    """A row that is no body: words that repeat are one, and a number beside its label where a body holds none.

    Blank cells are one between headers, where one label stands below them.
    """
    heading = _is_heading(row)
    spread = any(one.is_number and len(one.cells) >= CROSSED and not heads.hold(one) for one in row)
    for left, one, right in zip((None, *row), row, (*row[1:], None), strict=False):
        labelled = left is not None and left.is_word and (right is None or right.is_word or right.is_blank)
        in_numbers = one.is_number and heads.hold(one) and not spread
        corner = heading and one.is_blank and any(one.place == under.place and under.is_word for under in below)
        if one.is_word or corner or (not one.is_blank and (labelled or free or spread) and not in_numbers):
            yield one
        else:
            yield from one.apart()


def _down(rows: Sequence[Sequence[_Stretch]]) -> Iterator[list[Cell]]:
    """The cells of each row, with labels that go on below as one cell."""
    made: list[list[Cell]] = []
    at: dict[tuple[int, int], tuple[int, int]] = {}
    for number, row in enumerate(rows):
        above = [one for one in rows[number - 1] if one.cells[0].row_end == number] if number else []
        same = _goes_on(above, row) if above else set()
        cells: list[Cell] = []
        now: dict[tuple[int, int], tuple[int, int]] = {}
        for one in row:
            if one.place in same and one.place in at:
                top, index = at[one.place]
                cell = made[top][index]
                made[top][index] = _joined((cell, *one.cells), cell.col_end, one.cells[0].row_end)
                now[one.place] = top, index
            else:
                now[one.place] = number, len(cells)
                cells.append(_joined(one.cells, one.col_end, one.cells[0].row_end))
        made.append(cells)
        at = now
    yield from made


def _goes_on(above: _Row, row: _Row) -> set[tuple[int, int]]:
    """The places whose text is the one above: from the left on, or all of a header that only its own parts follow."""
    held = {one.place: one.text for one in above if one.is_word}
    again = {one.place for one in row if held.get(one.place) == one.text}
    parts = [one for one in row if one.place not in again]
    divided = [one for one in parts if any(one.within(head) and one.place != head.place for head in above)]
    if parts and parts == divided and _is_heading(above) and _is_heading(row):
        return again
    first = [*row, None]
    end = next(at for at, one in enumerate(first) if one is None or one.place not in again)
    ends = [one.place for one in row[:end]]
    # What stands left of all and goes on must begin where the row above begins.
    flush = all(left[1] == right[0] for left, right in pairwise(ends))
    return set(ends) if flush and ends and ends[0] == above[0].place else set()


def _joined(cells: Sequence[Cell], col_end: int, row_end: int) -> Cell:
    first = cells[0]
    if len(cells) == 1:
        return first
    return first.model_copy(
        update={
            "row_span": row_end - first.row,
            "col_span": col_end - first.col,
            "parts": tuple(part for cell in cells for part in (cell.parts or (cell.cell_id,))),
            "doubts": tuple(sorted({doubt for cell in cells for doubt in cell.doubts})),
            "hidden_text": any(cell.hidden_text for cell in cells),
        },
    )
