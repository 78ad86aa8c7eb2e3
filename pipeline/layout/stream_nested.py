"""Rows of a page come in, headings nested over two rows go out: those over several columns, under them, beside both.

             指标值
三级指标                    分值        the headings beside stand in the middle of both rows, or level with the upper
         计划值   完成值
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, groupby, pairwise
from typing import NamedTuple

from pipeline.layout.stream_words import Blob

# A heading is short; a longer text is a value.
LONGEST_HEADING = 30
# Nested headings make at least so many columns, each upper one of them at least this many.
FEWEST_COLUMNS = 4
FEWEST_UNDER = 2
# An upper heading is at most so many font sizes off the middle of those under it.
OFF = 1.5
# Rows of nested headings stand at most so many font sizes below each other.
FAR = 3.0
# A row of a body has at least so many numbers; before the first of them so few rows may be labels.
FEWEST_NUMBERS = 2
LABELS_BELOW = 2
# Nested headings and what shows that they are some take no more rows than these.
NESTED = 3 + LABELS_BELOW + 1
# Two rows of headings hold no more than this; it also bounds the work that a page made up for it can cause.
MOST_HEADINGS = 24
# So few headings stand over others in one row.
MOST_OVER = 3
_STOPS = "。；;"


class Nested(NamedTuple):
    """Headings over two rows, by the columns that they make."""

    columns: tuple[Blob, ...]
    """The lowest heading of each column, left to right."""
    over: dict[int, tuple[Blob, int]]
    """The first column under an upper heading → that heading, and one past its last column."""
    whole: frozenset[int]
    """Columns whose heading stands beside both rows."""
    upper: tuple[Blob, ...]
    """The texts of the upper row, and those beside it."""
    rows: int
    """How many of the page's rows they are."""


Texts = Sequence[Blob]
"""Texts that stand level, left to right."""


def nested_at(rows: Sequence[Texts]) -> Nested | None:
    """The nested headings that the first two or three of these rows are; None where they are no such.

    Below them stands a row of numbers, with something under the headings of both rows too: where it has nothing there,
    the upper row are labels and values over headings of their own.
    """
    return next((found for found in _ways(rows[:3]) if found is not None and _is_over(found, rows)), None)


def _is_over(found: Nested, rows: Sequence[Texts]) -> bool:
    below = rows[found.rows : found.rows + LABELS_BELOW + 1]
    body = next((row for row in below if sum(blob.numeric for blob in row) >= FEWEST_NUMBERS), ())
    return any(_share(found.columns[number], blob) for number in found.whole for blob in body)


def _ways(rows: Sequence[Texts]) -> Iterator[Nested | None]:
    """The headings beside in a row between the upper and the lower ones, or in one with the upper ones."""
    match rows:
        case [upper, middle, lower] if _may_be(upper, middle) and _may_be(middle, lower):
            yield _nested(upper, middle, lower, 3)
    match rows:
        case [upper, lower, *_] if _may_be(upper, lower):
            crossing = [blob for blob in upper if any(_share(blob, under) for under in lower)]
            for count in range(max(len(crossing), 1), min(len(upper), MOST_OVER) + 1):
                for over in combinations(upper, count):
                    if all(blob in over for blob in crossing):
                        yield _nested(over, [blob for blob in upper if blob not in over], lower, 2)


def _may_be(upper: Texts, lower: Texts) -> bool:
    """True if a row of headings stands a little below another."""
    near = 0 < lower[0].middle - upper[0].middle < FAR * upper[0].size
    return near and len(upper) + len(lower) <= MOST_HEADINGS and all(map(_is_heading, (*upper, *lower)))


def _share(one: Blob, other: Blob) -> bool:
    return min(one.x1, other.x1) > max(one.x0, other.x0)


def _nested(over: Texts, beside: Texts, lower: Texts, rows: int) -> Nested | None:
    """Headings of which those `over` stand over the ones of the `lower` row, each over two or more."""
    columns = sorted([*beside, *lower], key=lambda blob: blob.x0)
    if not beside or len(columns) < FEWEST_COLUMNS:
        return None
    apart = not any(_share(one, other) for one, other in pairwise(columns))
    if not apart or any(_share(one, other) for one in over for other in beside):
        return None
    under = [blob in lower for blob in columns]
    groups: dict[int, tuple[Blob, int]] = {}
    start, left = 0, list(over)
    for is_under, run in groupby(under):
        end = start + len(list(run))
        if is_under:
            right = columns[end].x0 if end < len(columns) else float("inf")
            own = [blob for blob in left if blob.centre < right]
            found = _shared_out(own, columns[start:end])
            if found is None:
                return None
            left = left[len(own) :]
            bounds = [start, *(start + cut for cut in found), end]
            groups |= {first: (blob, last) for blob, (first, last) in zip(own, pairwise(bounds), strict=True)}
        start = end
    if left:
        return None
    whole = frozenset(number for number, is_under in enumerate(under) if not is_under)
    return Nested(tuple(columns), groups, whole, tuple(sorted([*over, *beside], key=lambda blob: blob.x0)), rows)


def _is_heading(blob: Blob) -> bool:
    words = any(character.isalpha() for character in blob.text)
    return words and not blob.numeric and len(blob.text) <= LONGEST_HEADING and not any(s in blob.text for s in _STOPS)


def _shared_out(over: Texts, under: Texts) -> tuple[int, ...] | None:
    """Where neighbours under several headings part, so that each heading stands over the middle of its own."""
    ways = []
    for cuts in combinations(range(1, len(under)), len(over) - 1) if over else ():
        bounds = list(pairwise([0, *cuts, len(under)]))
        if all(last - first >= FEWEST_UNDER for first, last in bounds):
            off = [
                abs(blob.centre - (under[first].x0 + under[last - 1].x1) / 2) / blob.size
                for blob, (first, last) in zip(over, bounds, strict=True)
            ]
            ways.append((max(off), cuts))
    best = min(ways, default=None)
    return best[1] if best is not None and best[0] <= OFF else None
