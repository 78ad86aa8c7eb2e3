"""Grids of consecutive pages become one where a table goes on over the page.

Three things can stand at a break: a row cut in two, a merged label cut in two or printed again, a header row
printed again. What joins is decided by what the row's number columns hold and by the labels the column has
elsewhere; where neither tells, the cells carry a `join` doubt.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from pipeline.layout.lattice import SNAP
from pipeline.layout.room import ends_here, unit_of
from schemas.amount import Amount, is_not_available, normalised
from schemas.evidence import BBox, PageSpan
from schemas.layout import Cell, CellDoubt, Grid

# Tables of consecutive pages belong together if their left and right edges differ by less (points).
SAME_EDGE = 4.0
# A row of at least this many texts that stands again on the next page is a repeated header.
HEADER_CELLS = 3
# A label goes on behind its name, not behind its points: 产出指标(50分).
_POINTS_END = re.compile(r"^[^0-9]{2,16}\([0-9]+(?:\.[0-9]+)?分\)$")


def continues(above: Grid, below: Grid) -> bool:
    """True if two grids of consecutive pages have the same left and right edge and the second does not begin anew."""
    if above.bbox is None or below.bbox is None or below.pages[0] != above.pages[-1] + 1:
        return False
    left, right = _edges(above)
    if first_labels(above) == first_labels(below) and not _repeated_rows(*_same_columns(above, below)):
        return False
    return abs(left - below.bbox.x0) < SAME_EDGE and abs(right - below.bbox.x1) < SAME_EDGE


def first_labels(grid: Grid) -> list[str]:
    """The first text of each of the first two rows: what the same form begins with every time."""
    return [next((normalised(cell.text) for cell in row if cell.text), "") for row in grid.rows()[:2]]


def _edges(grid: Grid) -> tuple[float, float]:
    """Left and right edge on the grid's last page."""
    spans = [span for cell in grid.cells for span in cell.spans if isinstance(span, PageSpan)]
    last = [span.bbox for span in spans if span.page == grid.pages[-1]]
    return min(box.x0 for box in last), max(box.x1 for box in last)


def stitch(above: Grid, below: Grid, words: Collection[str], labels: Collection[str] = ()) -> Grid:
    """One grid of both; `words` are labels (normalised) known to be whole, two of `labels` are known to be two."""
    above, below = _same_columns(above, below)
    first = _repeated_rows(above, below)
    whole = _whole_labels(above, below, words)
    unit = unit_of((*above.cells, *below.cells))
    break_ = _Break.between(above, below, first, frozenset(words), unit)
    rows = above.row_count - first - (1 if break_.row_goes_on else 0)
    joined: dict[str, Cell] = {}
    moved: list[Cell] = []
    for cell in below.cells:
        partner = _header_of(above, cell) if cell.row < first else break_.partner(cell)
        if partner is not None and cell.row < first:
            joined[partner.cell_id] = _joined(joined.get(partner.cell_id, partner), cell, partner.row_end, again=True)
        elif partner is not None and (again := _is_one_cell(partner, cell, break_, whole)) is not None:
            one = _joined(partner, cell, cell.row_end + rows, again=again)
            joined[partner.cell_id] = _doubted(one) if break_.lone and cell.text and not again else one
        elif partner is not None and not _settled(partner, cell, whole, labels, unit) and break_.doubts(cell):
            joined[partner.cell_id] = _doubted(partner)
            moved.append(_doubted(cell).model_copy(update={"row": cell.row + rows}))
        else:
            moved.append(cell.model_copy(update={"row": cell.row + rows}))
    kept = [joined.get(cell.cell_id, cell) for cell in above.cells]
    return above.model_copy(
        update={
            "pages": (*above.pages, *(page for page in below.pages if page not in above.pages)),
            "row_count": below.row_count + rows,
            "cells": tuple(sorted((*kept, *moved), key=lambda cell: (cell.row, cell.col))),
        },
    )


def stack(above: Grid, below: Grid) -> Grid:
    """Two tables of one form, one under the other, as one grid; nothing is joined."""
    recounted = tuple(row + above.row_count for row in below.recounted)
    if above.col_count != below.col_count and not (_boxes(above) and _boxes(below)):
        recounted = (above.row_count, *recounted)
    above, below = _same_columns(above, below)
    moved = [cell.model_copy(update={"row": cell.row + above.row_count}) for cell in below.cells]
    return above.model_copy(
        update={
            "pages": (*above.pages, *(page for page in below.pages if page not in above.pages)),
            "row_count": above.row_count + below.row_count,
            "cells": (*above.cells, *moved),
            "hidden": tuple(dict.fromkeys((*above.hidden, *below.hidden))),
            "recounted": (*above.recounted, *recounted),
        },
    )


def _same_columns(above: Grid, below: Grid) -> tuple[Grid, Grid]:
    """Both grids over the union of their column edges; grids without a page keep their columns."""
    over, under = _boxes(above), _boxes(below)
    if not over or not under:
        width = max(above.col_count, below.col_count)
        return above.model_copy(update={"col_count": width}), below.model_copy(update={"col_count": width})
    drawn = sorted({edge for box in (*over, *under) for edge in (box.x0, box.x1)})
    edges: list[float] = []
    for edge in drawn:
        if not edges or edge - edges[-1] > SNAP:
            edges.append(edge)
    columns = {edge: max(bisect_right(edges, edge + SNAP / 2) - 1, 0) for edge in drawn}
    return _over(above, columns, len(edges) - 1), _over(below, columns, len(edges) - 1)


def _over(grid: Grid, columns: Mapping[float, int], count: int) -> Grid:
    """The grid with its cells in other columns, found by the edges of their first place."""
    cells = []
    for cell in grid.cells:
        box = next(span.bbox for span in cell.spans if isinstance(span, PageSpan))
        col, end = columns[box.x0], columns[box.x1]
        same = col == cell.col and end == cell.col + cell.col_span
        cells.append(cell if same else cell.model_copy(update={"col": col, "col_span": max(1, end - col)}))
    return grid.model_copy(update={"cells": tuple(cells), "col_count": count})


def _boxes(grid: Grid) -> list[BBox]:
    return [span.bbox for cell in grid.cells for span in cell.spans if isinstance(span, PageSpan)]


def _repeated_rows(above: Grid, below: Grid) -> int:
    """How many rows at the top of `below` print a header of `above` again."""
    printed = {_row_text(row) for row in above.rows()}
    count = 0
    for row in below.rows():
        text = _row_text(row)
        digits = any(character.isdigit() for _, label in text for character in label)
        if len(text) < HEADER_CELLS or digits or text not in printed:
            break
        count += 1
    return count


def _row_text(row: Sequence[Cell]) -> tuple[tuple[int, str], ...]:
    return tuple((cell.col, normalised(cell.text)) for cell in row if cell.text)


def _header_of(above: Grid, cell: Cell) -> Cell | None:
    """The last cell above that prints the same label in the same column."""
    same = [own for own in above.cells if own.col == cell.col and normalised(own.text) == normalised(cell.text)]
    return same[-1] if same else None


def _whole_labels(above: Grid, below: Grid, words: Collection[str]) -> frozenset[str]:
    """Labels known to be whole: those given, and those that stand away from the break."""
    away = [cell.text for cell in above.cells if cell.row_end < above.row_count]
    away += [cell.text for cell in below.cells if cell.row > 0]
    return frozenset(words) | {normalised(text) for text in away if text and Amount.parse(text) is None}


class _Break(NamedTuple):
    """The last row above a page break and the first row below it, by column."""

    bottom: dict[tuple[int, int], Cell]
    """Cells that touch the break from above, by first column and width."""
    first: int
    """The first row below that is no repeated header."""
    merged: frozenset[tuple[int, int]]
    """Columns in which cells are merged over rows."""
    row_goes_on: bool
    torn: bool
    """The row above has words and no number, the row below has numbers: they may be one row."""
    lone: bool
    """All that goes on is the text of the first column, and no number above tells that the row had begun."""

    @classmethod
    def between(cls, above: Grid, below: Grid, first: int, words: Collection[str], unit: float | None) -> "_Break":
        bottom = {(cell.col, cell.col_span): cell for cell in above.cells if cell.row_end == above.row_count}
        top = [cell for cell in below.cells if cell.row == first]
        merged = frozenset(
            (cell.col, cell.col_span) for grid in (above, below) for cell in grid.cells if cell.row_span > 1
        )
        begins = _begins_a_row(bottom, top, words, unit)
        goes_on = not begins and _row_goes_on(bottom, top)
        torn = not begins and not goes_on and _may_be_torn(bottom, top)
        numbers = any(Amount.parse(cell.text) is not None for cell in bottom.values())
        labels = min((cell.col for cell in bottom.values() if cell.row_span == 1), default=None)
        lone = goes_on and not numbers and [cell.col for cell in top if cell.text] == [labels]
        return cls(bottom, first, merged, goes_on, torn, lone)

    def partner(self, cell: Cell) -> Cell | None:
        """The cell right above the break in the same columns as this one right below it."""
        return self.bottom.get((cell.col, cell.col_span)) if cell.row == self.first else None

    def is_label_column(self, cell: Cell) -> bool:
        return (cell.col, cell.col_span) in self.merged

    def doubts(self, cell: Cell) -> bool:
        """True if a cell below the break may be the rest of the one above it."""
        return self.is_label_column(cell) or (self.torn and bool(cell.text))


def _begins_a_row(
    bottom: dict[tuple[int, int], Cell], top: Sequence[Cell], words: Collection[str], unit: float | None
) -> bool:
    """True if the first row below the break cannot be the rest of another.

    It has a dash or dots in a cell's place, a known label, or a text whose beginning had room above the break.
    """
    for cell in top:
        above = bottom.get((cell.col, cell.col_span))
        if cell.text and (is_not_available(cell.text) or not cell.text.strip("…. ")):
            return True
        if above is None or not above.text or not cell.text or normalised(above.text) == normalised(cell.text):
            continue
        if _is_torn_in_brackets(above, cell):
            continue
        whole = normalised(cell.text) in words and normalised(above.text + cell.text) not in words
        if whole or (above.row_span == 1 == cell.row_span and ends_here(above, cell.text, unit)):
            return True
    return False


def _row_goes_on(bottom: dict[tuple[int, int], Cell], top: Sequence[Cell]) -> bool:
    """True if the first row below the break is the rest of the last row above it.

    The rest of a row repeats no number, leaves something blank that the row above has, and adds some text.
    """
    if not top or any((cell.col, cell.col_span) not in bottom for cell in top):
        return False
    pairs = [(bottom[cell.col, cell.col_span], cell) for cell in top]
    numbers = [cell for above, cell in pairs if Amount.parse(above.text) is not None]
    blank = [cell for above, cell in pairs if above.text and not cell.text]
    if any(cell.text for cell in numbers) or not any(cell.text for cell in top):
        return False
    if numbers:
        return True
    lone = any(Amount.parse(cell.text) is not None for cell in top)
    return bool(blank) and not lone and not any(not above.text and cell.text for above, cell in pairs)


def _may_be_torn(bottom: dict[tuple[int, int], Cell], top: Sequence[Cell]) -> bool:
    """True if two rows over the same columns share their content: words above, their numbers below."""
    pairs = [(bottom[cell.col, cell.col_span], cell) for cell in top if (cell.col, cell.col_span) in bottom]
    rows = [(above, below) for above, below in pairs if above.row_span == 1]
    wordy = any(above.text for above, _ in rows) and not any(Amount.parse(above.text) for above, _ in rows)
    numbers = [below for above, below in rows if not above.text and Amount.parse(below.text)]
    return len(pairs) == len(top) >= HEADER_CELLS and wordy and len(numbers) > 1


def _is_one_cell(above: Cell, below: Cell, break_: _Break, whole: Collection[str]) -> bool | None:
    """None if two cells at a break are two; True if the second prints the first again; False if it goes on."""
    same = normalised(above.text) == normalised(below.text)
    labels = break_.is_label_column(above)
    if break_.row_goes_on:
        return same and labels and bool(below.text)
    if not labels or Amount.parse(above.text) is not None:
        return None
    if not below.text or same:
        return same
    if _is_torn_in_brackets(above, below):
        return False
    together, parts = normalised(above.text + below.text), (normalised(above.text), normalised(below.text))
    return False if together in whole and not all(part in whole for part in parts) else None


def _is_torn_in_brackets(above: Cell, below: Cell) -> bool:
    """True if a bracket opened above the break is closed below it: 产出指标（5 and 0分）."""
    first, second = normalised(above.text), normalised(below.text)
    opened, closed = first.count("(") > first.count(")"), second.find(")")
    return opened and closed >= 0 and "(" not in second[:closed]


def _settled(above: Cell, below: Cell, whole: Collection[str], labels: Collection[str], unit: float | None) -> bool:
    """True if two cells at a break are known to be two."""
    if ends_here(above, below.text, unit) or _POINTS_END.search(normalised(above.text)):
        return True
    first, second = normalised(above.text), normalised(below.text)
    if first in labels and second in labels and first + second not in labels:
        return True
    number = Amount.parse(above.text) is not None or Amount.parse(below.text) is not None
    return number or is_not_available(first) or is_not_available(second) or first in whole or second in whole


def _joined(above: Cell, below: Cell, row_end: int, *, again: bool) -> Cell:
    lines = above.lines if again else (*above.lines, *below.lines)
    return above.model_copy(
        update={
            "row_span": row_end - above.row,
            "text": "".join(lines),
            "lines": lines,
            "spans": (*above.spans, *below.spans),
            "parts": (*(above.parts or (above.cell_id,)), *(below.parts or (below.cell_id,))),
            "doubts": tuple(sorted({*above.doubts, *below.doubts})),
            "hidden_text": above.hidden_text or below.hidden_text,
        },
    )


def _doubted(cell: Cell) -> Cell:
    doubts: tuple[CellDoubt, ...] = tuple(sorted({*cell.doubts, "join"}))
    return cell.model_copy(update={"doubts": doubts})
