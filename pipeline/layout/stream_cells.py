"""Bands become the Slots of a table: rectangles over its columns and rows, as if they were ruled."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.layout.marks import Rule
from pipeline.layout.stream_columns import Band, Column, Placed
from pipeline.layout.stream_labels import Extent, merged_over
from pipeline.layout.stream_rows import LEVEL
from pipeline.layout.stream_ruled import Walls, as_ruled
from pipeline.layout.stream_words import Blob

# A blob further than this (font sizes) from its column's middle, with blank columns beside it, stands over them too.
OFF_CENTRE = 1.0
# Room around the outermost texts of a table (points).
ROOM = 4.0
# A glyph reaches this share of its size over its baseline, and under it.
RISE, FALL = 0.85, 0.15


class Slot(NamedTuple):
    """A cell to be: rows and columns of its band, ends exclusive."""

    row: int
    end_row: int
    col: int
    end_col: int
    doubted: bool = False
    loose: bool = False
    """Only the rows it reaches over are not certain."""


def walls_of(
    bands: Sequence[Band],
    labels: Sequence[Blob],
    rules: Sequence[Rule],
    preferred: Sequence[float],
    sides: Sequence[float],
) -> tuple[Walls, list[float]]:
    """The walls of the table that these bands are, and the edges of its last band.

    `preferred` are edges known from elsewhere (a rule's end, the page above), `sides` the table's own left and right
    if they are known.
    """
    for band in bands:
        _take_labels(band, labels)
    left = min(sides[:1] or [min(column.x0 for band in bands for column in band.columns) - ROOM])
    right = max(sides[1:] or [max(column.x1 for band in bands for column in band.columns) + ROOM])
    edges = sorted(preferred)
    xs_of: dict[int, list[float]] = {}
    for index, band in sorted(enumerate(bands), key=lambda entry: -len(entry[1].columns)):
        xs_of[index] = [left, *_edges(band.columns, edges), right]
        edges = sorted({*edges, *xs_of[index]})
    walls = Walls([], [], [], [])
    tops = _boundaries(bands, rules)
    for index, band in enumerate(bands):
        xs = xs_of[index]
        extents, slots = _slots(band, xs, rules)
        ys = [tops[index], *_between(band, extents, rules), tops[index + 1]]
        for slot in slots:
            x0, x1, y0, y1 = xs[slot.col], xs[slot.end_col], ys[slot.row], ys[slot.end_row]
            walls.horizontal.extend((Rule(y0, x0, x1), Rule(y1, x0, x1)))
            walls.vertical.extend((Rule(x0, y0, y1), Rule(x1, y0, y1)))
            if slot.doubted or slot.loose:
                (walls.doubted if slot.doubted else walls.loose).append(((x0 + x1) / 2, (y0 + y1) / 2))
    blobs = [blob for band in bands for placed in band.rows for blob in placed.at.values()]
    return as_ruled(walls, [*blobs, *(label for band in bands for label in band.labels)], rules), xs_of[len(bands) - 1]


def _take_labels(band: Band, labels: Iterable[Blob]) -> None:
    """Give the band the labels that stand between its rows, in columns of their own if need be."""
    top, foot = band.rows[0].row.top, max(band.rows[-1].row.anchor, band.rows[0].row.foot)
    band.labels = [label for label in labels if top - LEVEL * label.size <= label.middle < foot]
    for label in sorted(band.labels, key=lambda label: -label.x0):
        column = next((column for column in band.columns if column.holds(label)), None)
        if column is None and label.x1 <= band.columns[0].x0:
            band.columns.insert(0, Column(label.x0, label.x1))
            column = band.columns[0]
            for placed in band.rows:
                placed.at = {col + 1: blob for col, blob in placed.at.items()}
                placed.wide = {col + 1: end + 1 for col, end in placed.wide.items()}
        if column is not None:
            column.add(label)


def _edges(columns: Sequence[Column], preferred: Sequence[float]) -> list[float]:
    """A place in each gap between columns: a preferred one if there is one, else its middle."""
    edges = []
    for one, other in pairwise(columns):
        middle = (one.x1 + other.x0) / 2
        inside = [edge for edge in preferred if one.x1 - 0.5 <= edge <= other.x0 + 0.5]
        edges.append(min(inside, key=lambda edge: abs(edge - middle)) if inside else middle)
    return edges


def _boundaries(bands: Sequence[Band], rules: Sequence[Rule]) -> list[float]:
    """The heights at which bands begin, and at which the last ends."""
    tops = [min(p.row.top - RISE * p.row.blobs[0].size for p in band.rows) for band in bands]
    feet = [max(p.row.foot + FALL * p.row.blobs[0].size for p in band.rows) for band in bands]
    for index, band in enumerate(bands):
        for label in band.labels:
            tops[index] = min(tops[index], label.first - RISE * label.size)
            feet[index] = max(feet[index], label.last + FALL * label.size)
    between = [
        next((rule.at for rule in rules if min(foot, top) <= rule.at <= max(foot, top)), (foot + top) / 2)
        for foot, top in zip(feet[:-1], tops[1:], strict=True)
    ]
    return [tops[0] - ROOM, *between, feet[-1] + ROOM]


def _slots(band: Band, xs: Sequence[float], rules: Sequence[Rule]) -> tuple[list[Extent], list[Slot]]:
    """The extents of the band's rows, and its slots: together they cover every row and column once."""
    body = _first_full_column(band)
    extents = [_extent(placed, body) for placed in band.rows]
    taken = [[False] * len(band.columns) for _ in band.rows]
    slots: list[Slot] = []

    def take(slot: Slot) -> None:
        slots.append(slot)
        for row in range(slot.row, slot.end_row):
            for col in range(slot.col, slot.end_col):
                taken[row][col] = True

    for slot in _nested_slots(band):
        take(slot)
    for col in reversed(range(body)):
        for slot in _label_slots(band, col, extents, rules):
            take(slot)
    doubted = {number for number, placed in enumerate(band.rows) if placed.doubted}
    doubted |= {number for number, placed in enumerate(band.rows) if any(blob.doubted for blob in placed.at.values())}
    left = _ruled(band, (xs[0] + xs[1]) / 2, rules)
    for number, placed in enumerate(band.rows):
        goes_on = number > 0 and left[number - 1] is False
        for slot in _row_slots(band, number, placed, taken[number], xs, may_close=not goes_on):
            take(slot._replace(doubted=slot.doubted or number in doubted))
    for slot in _blank_slots(band, taken, body):
        take(slot._replace(doubted=slot.doubted or slot.row in doubted))
    return extents, slots


def _nested_slots(band: Band) -> Iterator[Slot]:
    """The slots of headings that are nested over two rows."""
    if band.nested is None:
        return
    added = len(band.columns) - len(band.nested.columns)
    for col in range(added, len(band.columns)):
        if col - added in band.nested.whole:
            yield Slot(0, 2, col, col + 1)
        else:
            yield Slot(1, 2, col, col + 1)
    for first, (_, end) in band.nested.over.items():
        yield Slot(0, 1, first + added, end + added)


def _first_full_column(band: Band) -> int:
    """The first column that has as many blobs as any: labels left of it may be merged over rows."""
    body = band.rows[band.headings :]
    counts = [sum(col in placed.at for placed in body) for col in range(len(band.columns))]
    return counts.index(max(counts))


def _extent(placed: Placed, body: int) -> Extent:
    own = [blob for col, blob in placed.at.items() if col >= body] or list(placed.at.values())
    return Extent(min(blob.first for blob in own), max(blob.last for blob in own))


def _label_slots(band: Band, col: int, extents: list[Extent], rules: Sequence[Rule]) -> list[Slot]:
    """The merged labels of one column; rows grow to hold the labels that stand in them alone."""
    column = band.columns[col]
    barred = frozenset(
        number
        for number, placed in enumerate(band.rows)
        if any(first <= col < end for first, end in placed.wide.items()) and col not in _own(placed)
    )
    barred |= frozenset(range(band.headings if band.nested else 0))
    body = band.rows[band.headings if band.nested else 0 :]
    inside = [placed.at[col] for placed in body if col in _own(placed)]
    labels = sorted([*inside, *(label for label in band.labels if column.holds(label))], key=lambda blob: blob.middle)
    middle = (column.x0 + column.x1) / 2
    slots = []
    for merged in merged_over(labels, extents, barred, _ruled(band, middle, rules)):
        slots.append(Slot(merged.first, merged.end, col, col + 1, doubted=merged.label.doubted, loose=merged.doubted))
        top, foot = extents[merged.first], extents[merged.end - 1]
        extents[merged.first] = Extent(min(top.top, merged.label.first), top.foot)
        foot = extents[merged.end - 1]
        extents[merged.end - 1] = Extent(foot.top, max(foot.foot, merged.label.last))
    return slots


def _own(placed: Placed) -> set[int]:
    """Columns with a blob that stands in them alone."""
    return {col for col in placed.at if col not in placed.wide}


def _ruled(band: Band, x: float, rules: Sequence[Rule]) -> list[bool | None]:
    """Below each row: whether a rule runs under a place; None where none runs under the row at all."""
    found: list[bool | None] = []
    for upper, lower in pairwise(band.rows):
        between = [rule for rule in rules if upper.row.anchor < rule.at < lower.row.anchor]
        found.append(any(rule.start <= x <= rule.end for rule in between) if between else None)
    return [*found, None]


def _row_slots(  # noqa: PLR0913 - one row, where it stands, and what stands beside it
    band: Band, number: int, placed: Placed, taken: Sequence[bool], xs: Sequence[float], *, may_close: bool
) -> list[Slot]:
    """The slots of a row's own blobs; a row that a label above goes on beside is not closed by a label of its own."""
    cols = sorted(col for col in placed.at if not taken[col])
    if not band.is_table:
        return _side_by_side(band, number, cols, taken)
    slots = []
    closing = False
    for index, col in enumerate(cols):
        blob = placed.at[col]
        free_end = cols[index + 1] if index + 1 < len(cols) else len(taken)
        end = placed.wide.get(col, col + 1)
        start = col
        off = abs(blob.centre - (xs[col] + xs[end]) / 2) > OFF_CENTRE * blob.size
        loose = end - col > 1 or (off and not band.columns[col].is_aligned(blob))
        if index == 0 and may_close and number >= band.headings and loose and not any(taken[:col]):
            closing = True
            start, ends = 0, range(end, free_end + 1)
            end = min(ends, key=lambda end: abs(blob.centre - (xs[0] + xs[end]) / 2))
        elif closing and index == len(cols) - 1 and loose:
            starts = range(cols[index - 1] + 1, col + 1)
            start = min(starts, key=lambda start: abs(blob.centre - (xs[start] + xs[-1]) / 2))
            end = len(taken)
        slots.append(Slot(number, number + 1, start, end))
    return slots


def _side_by_side(band: Band, number: int, cols: Sequence[int], taken: Sequence[bool]) -> list[Slot]:
    """The slots of labels and values: if the row has one in every column or is the only row, they fill it."""
    first = next(col for col, used in enumerate(taken) if not used)
    if len(cols) < len(taken) - first:
        return [Slot(number, number + 1, col, col + 1) for col in cols]
    following = band.rows[number + 1].row.blobs if number + 1 < len(band.rows) else ()
    full = sum(len(placed.at) == len(band.columns) for placed in band.rows) > 1
    heads = full or (following and all(len(blob.words) > 1 for blob in following))
    odd = len(cols) > 2 and len(cols) % 2 == 1 and not band.labels and not heads  # noqa: PLR2004 - a label, its value, a third
    return [Slot(number, number + 1, col, col + 1, doubted=odd) for col in cols]


def _blank_slots(band: Band, taken: Sequence[Sequence[bool]], body: int) -> list[Slot]:
    """Slots for what nothing stands in: a cell each, but one for the first rows if their label is on the page above."""
    slots = []
    for col in range(len(band.columns)):
        row = 0
        while row < len(band.rows):
            if taken[row][col]:
                row += 1
                continue
            end = row + 1
            if col < body and row == 0 and not band.headings and band.is_table:
                while end < len(band.rows) and not taken[end][col] and band.rows[end].row.numbers:
                    end += 1
            slots.append(Slot(row, end, col, col + 1, loose=_lacks_a_label(band, row, col, body)))
            row = end
    return slots


def _lacks_a_label(band: Band, row: int, col: int, body: int) -> bool:
    """True if a named row of numbers has no label beside it: a label above or below may reach it after all."""
    placed = band.rows[row]
    return band.is_table and col < body and row >= band.headings and body in placed.at and placed.row.numbers > 0


def _between(band: Band, extents: Sequence[Extent], rules: Sequence[Rule]) -> list[float]:
    """The heights between the band's rows: at a ruling line if one is drawn there."""
    heights = []
    for number, (upper, lower) in enumerate(pairwise(extents)):
        size = band.rows[number].row.blobs[0].size
        foot, top = upper.foot + FALL * size, lower.top - RISE * size
        drawn = [rule.at for rule in rules if foot - FALL * size <= rule.at <= top + FALL * size]
        anchors = (band.rows[number].row.anchor + band.rows[number + 1].row.anchor) / 2
        heights.append(drawn[0] if drawn else (foot + top) / 2 if foot < top else anchors)
    return heights
