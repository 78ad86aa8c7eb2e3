"""Blobs become Rows: those that stand level, and the labels that stand between the rows they go with."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pipeline.layout.stream_nested import NESTED, nested_at
from pipeline.layout.stream_words import Blob

# Blobs whose heights differ by less than this share of the font size stand level.
LEVEL = 0.3
# A label at the first line of a row stands beside at least so many texts of it.
FEWEST_BESIDE = 3
# Rows further apart than this many font sizes have no label between them.
FAR = 8.0


class Row(NamedTuple):
    """Blobs that stand level, left to right."""

    blobs: tuple[Blob, ...]
    anchor: float
    """The height at which they stand."""

    @property
    def top(self) -> float:
        """The first baseline of any of its blobs."""
        return min(blob.first for blob in self.blobs)

    @property
    def foot(self) -> float:
        """The last baseline of any of its blobs."""
        return max(blob.last for blob in self.blobs)

    @property
    def left(self) -> float:
        """The left edge of its first blob."""
        return self.blobs[0].x0

    @property
    def right(self) -> float:
        """The right edge of its rightmost blob."""
        return max(blob.x1 for blob in self.blobs)

    @property
    def numbers(self) -> int:
        """How many of its blobs are numbers."""
        return sum(blob.numeric for blob in self.blobs)


class Rows(NamedTuple):
    """The rows of a page from top to bottom, and the labels that stand beside several of them."""

    rows: tuple[Row, ...]
    labels: tuple[Blob, ...]


Standing = Callable[[Blob], float]


def rows_of(blobs: Sequence[Blob]) -> Rows:
    """Rows by the middles, the first or the last lines of the blobs: by what makes most of them stand level."""
    best = _cut_at_foot(levels(blobs))
    labels = [row for number, row in enumerate(best) if _stands_between(number, best)]
    return Rows(
        tuple(row for row in best if row not in labels), tuple(blob for label in labels for blob in label.blobs)
    )


def levels(blobs: Sequence[Blob]) -> list[Row]:
    """Blobs by their heights: by their middles, first or last lines, whichever makes most of them stand level."""
    ways: tuple[Standing, ...] = (lambda blob: blob.middle, lambda blob: blob.first, lambda blob: blob.last)
    return min((_level(blobs, way) for way in ways), key=len)


def _level(blobs: Sequence[Blob], standing: Standing) -> list[Row]:
    """Rows of blobs with one height."""
    rows: list[list[Blob]] = []
    for blob in sorted(blobs, key=standing):
        before = rows[-1][0] if rows else None
        if before is not None and standing(blob) - standing(before) <= LEVEL * min(blob.size, before.size):
            rows[-1].append(blob)
        else:
            rows.append([blob])
    return [Row(tuple(sorted(row, key=lambda blob: blob.x0)), standing(row[0])) for row in rows]


def _cut_at_foot(rows: Sequence[Row]) -> list[Row]:
    """The rows, the last of them as one if all that stands lowest begins on one line: a row cut by the page's end."""
    lowest = max(blob.first for row in rows for blob in row.blobs) if rows else 0.0
    last = [row for row in rows if row.foot >= lowest - 1]
    blobs = [blob for row in last for blob in row.blobs]
    level = all(abs(blob.first - lowest) <= LEVEL * blob.size for blob in blobs)
    apart = not any(_across(one, other) for number, one in enumerate(blobs) for other in blobs[:number])
    if len(last) < 2 or not level or not apart:  # noqa: PLR2004 - one row needs no joining
        return list(rows)
    kept = [row for row in rows if row not in last]
    return [*kept, Row(tuple(sorted(blobs, key=lambda blob: blob.x0)), lowest)]


def _stands_between(number: int, rows: Sequence[Row]) -> bool:
    """True if a row is a label beside the rows above and below: left of all they hold, and none of them far."""
    row = rows[number]
    if number and nested_at([other.blobs for other in rows[number - 1 :][:NESTED]]) is not None:
        return False
    if number + 1 < len(rows) and _begins_beside(row, rows[number + 1]):
        return True
    above = next((other for other in reversed(rows[:number]) if other.right > row.right), None)
    below = next((other for other in rows[number + 1 :] if other.right > row.right), None)
    if above is None or below is None or len(above.blobs) + len(below.blobs) < 3:  # noqa: PLR2004 - no lone texts
        return False
    beside = all(
        other.left >= row.right or not any(_across(blob, own) for blob in other.blobs for own in row.blobs)
        for other in (above, below)
    )
    size = row.blobs[0].size
    near = row.top - above.foot < FAR * size and below.top - row.foot < FAR * size
    closer = below.anchor - above.anchor < FAR * size + (row.foot - row.top)
    return beside and near and closer and any(blob.x0 > row.right for blob in (*above.blobs, *below.blobs))


def _begins_beside(row: Row, below: Row) -> bool:
    """True if a lone text stands left of all that the row below holds, and level with the first line of it."""
    first = len(row.blobs) == 1 and row.right <= below.left and len(below.blobs) >= FEWEST_BESIDE
    return first and below.top - LEVEL * row.blobs[0].size <= row.top and row.foot < below.foot


def _across(blob: Blob, other: Blob) -> bool:
    return min(blob.x1, other.x1) > max(blob.x0, other.x0)
