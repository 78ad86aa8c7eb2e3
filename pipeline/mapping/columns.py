"""A row of labels becomes the columns under it, and what stands in them; no word is looked at."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from pipeline.mapping.labels import core, kind
from schemas.layout import Cell

# A header cell is short; a cell with more characters is a value.
LONGEST_HEADER = 24
FEWEST_COLUMNS = 3
# A column holds numbers if this share of its filled cells does.
MOSTLY = 0.6


@dataclass(frozen=True)
class Leaf:
    """A column: its header cells from top to bottom; a nested header's texts are joined by " / "."""

    headers: tuple[Cell, ...]
    col: int
    col_end: int
    span: int

    @property
    def text(self) -> str:
        """The header as printed, its levels joined."""
        texts = [cell.text for cell in self.headers if cell.text]
        return " / ".join(dict.fromkeys(texts))


@dataclass(frozen=True)
class RawTable:
    """A table before anyone knows what its columns mean."""

    kind: Literal["fund", "indicator"]
    first_row: int
    end_row: int
    leaves: tuple[Leaf, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    sides: tuple[Cell, ...]
    """Labels beside the body."""
    bands: tuple[Cell | None, ...] = ()
    """Of each row the label over the whole width under which it stands; empty for a table without such rows."""
    turned: bool = False
    """On the page its rows are columns and its columns are rows."""
    sums: tuple[int, ...] = ()
    """Its rows that are sub-totals: none of the body."""

    def label_column(self) -> int | None:
        """The first column that holds texts: in a funds table the one with the rows' labels."""
        return next((index for index in range(len(self.leaves)) if holds(self.rows, index, "text")), None)


def is_header(text: str) -> bool:
    """True for a short text: what a header of such a table can be."""
    own = text.rpartition(" / ")[2]
    return kind(own) == "text" and len(core(own)) <= LONGEST_HEADER


def header(by_row: Sequence[Sequence[Cell]], row: int, height: int) -> tuple[tuple[Leaf, ...], tuple[Cell, ...]]:
    """The columns of a header of so many rows, and the labels that go on down beside the body."""
    sides = tuple(cell for cell in by_row[row] if cell.row_end > row + height)
    tops = [cell for cell in by_row[row] if cell not in sides]
    if height == 1:
        return tuple(Leaf((cell,), cell.col, cell.col_end, 1) for cell in tops), sides
    lower = [cell for cell in by_row[row + 1] if cell.row_end <= row + height]
    divided = [top for top in tops if top.row_end == row + 1]
    whole = [top for top in tops if top.row_end == row + height]
    # One label over one other is a header of two rows only beside several that are as high as both.
    more = len(lower) > len(divided) or (len(lower) == len(divided) and len(whole) >= FEWEST_COLUMNS)
    if not divided or not whole or not more:
        return (), sides
    leaves = [Leaf((top,), top.col, top.col_end, 1) for top in whole]
    for top in divided:
        under = [cell for cell in lower if top.col <= cell.col and cell.col_end <= top.col_end]
        leaves += [Leaf((top, cell), cell.col, cell.col_end, len(under)) for cell in under]
    return tuple(sorted(leaves, key=lambda leaf: leaf.col)), sides


class Columns:
    """Finds the column in whose bounds a cell stands."""

    def __init__(self, leaves: Sequence[Leaf], wide: Collection[str] = ()) -> None:
        """`wide` are the ids of cells that stand in the column they begin in, though they are merged over more."""
        self.leaves = leaves
        self._wide = wide
        self._at = {
            col: (index, leaf.col_end) for index, leaf in enumerate(leaves) for col in range(leaf.col, leaf.col_end)
        }

    def of(self, cell: Cell) -> int | None:
        """The column's index; None if the cell stands in none or in several."""
        index, end = self._at.get(cell.col, (None, 0))
        return index if cell.col_end <= end or cell.cell_id in self._wide else None


def without_inner_sides(cells: Sequence[Cell], columns: Columns) -> list[Cell]:
    """A row's cells without the label that stands beside another in one column (按收入性质分 | 一般公共预算)."""
    beside = [
        left
        for left, right in pairwise(cells)
        if columns.of(left) is not None
        and columns.of(left) == columns.of(right)
        and kind(left.text) == kind(right.text) == "text"
    ]
    return [cell for cell in cells if cell is not beside[0]] if len(beside) == 1 else list(cells)


def numbers_beside(label: Cell | None, cell: Cell | None) -> bool:
    """True for a number that stands over the same rows as the cell left of it."""
    return (
        label is not None
        and cell is not None
        and (label.row, label.row_end) == (cell.row, cell.row_end)
        and kind(cell.text) == "number"
    )


def holds(rows: Sequence[Sequence[Cell | None]], index: int, wanted: str) -> bool:
    """True if most of the filled cells of a column are of one kind."""
    kinds = [kind(cell.text) for row in rows if (cell := row[index]) is not None]
    filled = [found for found in kinds if found != "blank"]
    return bool(filled) and sum(found == wanted for found in filled) >= MOSTLY * len(filled)
