"""Labels of one column and the rows beside them → which rows each label is merged over.

A merged label is printed in the middle of its rows, or at the first of them. All ways to share the rows out are
weighed together; where another way comes near, the label is in doubt.
"""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from pipeline.layout.stream_words import Blob

# A row that no label is merged over counts as that many font sizes off.
UNLABELLED = 0.5
# A label whose rows could be others at this little more (font sizes) is in doubt.
NEAR = 0.35
# A label this far (font sizes) from where its rows put it does not stand where labels stand.
FARTHEST = 0.6
# Printing labels in the middle is usual: at the first row they must stand better by this much a label (font sizes).
USUAL = 0.1
_NEVER = 1e6


class Extent(NamedTuple):
    """The first and last baseline of what stands in a row."""

    top: float
    foot: float


class Merged(NamedTuple):
    """A label and its rows: `first` up to, not with, `end`."""

    label: Blob
    first: int
    end: int
    doubted: bool


class _Column(NamedTuple):
    labels: Sequence[Blob]
    rows: Sequence[Extent]
    walls: Sequence[bool | None]
    """Below each row: True for a ruling line under the column, False where other columns have one and it has none."""
    at_first: bool

    def off(self, label: int, first: int, end: int) -> float:
        """How far a label stands from where these rows put it, in font sizes."""
        blob = self.labels[label]
        if any(wall is True for wall in self.walls[first : end - 1]):
            return _NEVER
        torn = sum(wall is False for wall in (self.walls[end - 1 : end] if end < len(self.rows) else ()))
        if self.at_first:
            return abs(blob.first - self.rows[first].top) / blob.size + torn
        off = abs(blob.middle - (self.rows[first].top + self.rows[end - 1].foot) / 2)
        if end == first + 1 == len(self.rows):  # a row cut by the page's end stands at its top
            off = min(off, abs(blob.first - self.rows[first].top))
        return off / blob.size + torn


class _Way(NamedTuple):
    cost: float
    ranges: tuple[tuple[int, int], ...]


def merged_over(
    labels: Sequence[Blob], rows: Sequence[Extent], barred: frozenset[int], walls: Sequence[bool | None]
) -> list[Merged]:
    """Each label, from top to bottom, with its rows; `barred` rows belong to none."""
    if not labels:
        return []
    middle, first = (_Column(labels, rows, walls, at_first) for at_first in (False, True))
    best_middle, best_first = _best(middle, barred), _best(first, barred)
    column, best = (middle, best_middle)
    if best_first.cost + USUAL * len(labels) < best_middle.cost:
        column, best = first, best_first
    merged = []
    for number, (label, (start, end)) in enumerate(zip(labels, best.ranges, strict=True)):
        other = _best(column, barred, (number, (start, end)))
        uncertain = other.cost - best.cost < NEAR or column.off(number, start, end) > FARTHEST
        merged.append(Merged(label, start, end, uncertain))
    return merged


def _best(column: _Column, barred: frozenset[int], without: tuple[int, tuple[int, int]] | None = None) -> _Way:
    """The way with least against it to give each label rows of its own, in order; `without` is one not allowed."""
    count = len(column.rows)
    blank = partial(_blank, barred)
    ways: list[_Way | None] = [_Way(blank(0, row), ()) for row in range(count + 1)]
    for label in range(len(column.labels)):
        ended: list[_Way | None] = [None] * (count + 1)
        for first, way in enumerate(ways):
            if way is None or first == count or first in barred:
                continue
            for end in range(first + 1, count + 1):
                if end - 1 in barred:
                    break
                if without == (label, (first, end)):
                    continue
                cost = way.cost + column.off(label, first, end)
                before = ended[end]
                if before is None or cost < before.cost:
                    ended[end] = _Way(cost, (*way.ranges, (first, end)))
        ways = [
            min(
                (
                    _Way(way.cost + blank(end, row), way.ranges)
                    for end, way in enumerate(ended[: row + 1])
                    if way is not None
                ),
                default=None,
                key=lambda way: way.cost,
            )
            for row in range(count + 1)
        ]
    return ways[count] or _Way(_NEVER, tuple((0, 1) for _ in column.labels))


def _blank(barred: frozenset[int], first: int, end: int) -> float:
    """What rows without a label count."""
    return UNLABELLED * sum(row not in barred for row in range(first, end))
