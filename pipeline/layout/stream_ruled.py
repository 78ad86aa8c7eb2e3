"""The walls that a table's texts suggest and the horizontal lines of its page come in, walls that obey both go out.

Where a line is drawn under some columns and not under others, the cells of the others go on down: labels merged over
rows. A line that leaves more than one text in such a cell, or ends inside a text, is no border of cells and says
nothing.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.layout.lattice import SNAP
from pipeline.layout.marks import Rule
from pipeline.layout.stream_words import Blob

# An edge of the texts' columns that is nearer to the end of a line than this is the same edge (points).
NEAR = 6.0
# The line along a table's top or foot is at most this far from its texts' end (points).
FRAME = 15.0
# A text that reaches this far over an edge is cut by it (points).
CUT = 1.5


class Walls(NamedTuple):
    """Where the lines of a table would be drawn, and the middles of cells whose extent is not certain."""

    horizontal: list[Rule]
    vertical: list[Rule]
    doubted: list[tuple[float, float]]
    loose: list[tuple[float, float]]
    """Middles of labels of which only the rows they reach over are not certain: drawn lines may tell."""


class _Strips:
    """A table cut along its rows' boundaries and along the ends of its lines."""

    def __init__(self, walls: Walls, blobs: Sequence[Blob], rules: Sequence[Rule]) -> None:
        self.blobs = blobs
        self.rules = rules
        self.ys = _distinct([rule.at for rule in walls.horizontal], SNAP / 2)
        self.left = min(rule.start for rule in walls.horizontal)
        self.right = max(rule.end for rule in walls.horizontal)
        self.walls = walls
        self.drawn = {
            at: own
            for at in range(1, len(self.ys) - 1)
            if (own := [rule for rule in rules if abs(rule.at - self.ys[at]) <= SNAP]) and self._are_borders(at, own)
        }
        self.suggested: dict[int, list[Rule]] = defaultdict(list)
        for rule in walls.horizontal:
            self.suggested[self._boundary(rule.at)].append(rule)
        self.xs = self._edges()
        self.open = self._states()

    def _are_borders(self, at: int, rules: Sequence[Rule]) -> bool:
        """False if a line ends inside a text right above or below it: a text is underlined."""
        ends = [end for rule in rules for end in (rule.start, rule.end)]
        return not any(self._cuts(end, strip) for end in ends for strip in (at - 1, at))

    def _cuts(self, x: float, strip: int) -> bool:
        return any(blob.x0 + CUT < x < blob.x1 - CUT for blob in self._in(strip, strip))

    def _in(self, first: int, last: int) -> list[Blob]:
        """The texts whose middle stands in these strips."""
        return [blob for blob in self.blobs if self.ys[first] < blob.middle < self.ys[last + 1]]

    def _edges(self) -> list[float]:
        """The ends of lines within the table; an edge of columns nearby stands for them."""
        known = sorted({rule.at for rule in self.walls.vertical})
        ends = {end for own in self.drawn.values() for rule in own for end in (rule.start, rule.end)}
        inside = [end for end in sorted(ends) if self.left + NEAR < end < self.right - NEAR]
        found = [next((x for x in known if abs(x - end) < NEAR), end) for end in inside]
        return [self.left, *_distinct(found, SNAP), self.right]

    def _states(self) -> dict[tuple[int, int], bool]:
        """By boundary and stretch between edges: True if no line runs there; absent where lines say nothing."""
        states = {
            (at, col): not any(rule.start - NEAR <= start and end <= rule.end + NEAR for rule in own)
            for at, own in self.drawn.items()
            for col, (start, end) in enumerate(pairwise(self.xs))
        }
        for col in range(len(self.xs) - 1):
            strip = 0
            while strip < len(self.ys) - 1:
                last = strip
                while states.get((last + 1, col)):
                    last += 1
                if self._is_crowded(*self._with_their_cells(strip, last, col), col):
                    for at in range(strip + 1, last + 1):
                        del states[at, col]
                strip = last + 1
        return states

    def _with_their_cells(self, first: int, last: int, col: int) -> tuple[int, int]:
        """The strips, and those over and under them in which their cells go on where no line is drawn at all."""
        x = (self.xs[col] + self.xs[col + 1]) / 2
        while first and self._is_one(first, x):
            first -= 1
        while last + 2 < len(self.ys) and self._is_one(last + 1, x):
            last += 1
        return first, last

    def _is_one(self, at: int, x: float) -> bool:
        """True if neither a line nor the texts part the strips over and under a boundary."""
        return at not in self.drawn and not any(rule.start < x < rule.end for rule in self.suggested[at])

    def _is_crowded(self, first: int, last: int, col: int) -> bool:
        """True if a column of these strips, in a stretch between edges, holds more than one text."""
        top, foot = self.ys[first], self.ys[last + 1]
        start, end = self.xs[col], self.xs[col + 1]
        inside = {rule.at for rule in self.walls.vertical if start + NEAR < rule.at < end - NEAR}
        through = [x for x in sorted(inside) if self._runs_through(x, top, foot)]
        held = self._in(first, last)
        return any(
            sum(min(blob.x1, right) - max(blob.x0, left) > CUT for blob in held) > 1
            for left, right in pairwise([start, *through, end])
        )

    def _runs_through(self, x: float, top: float, foot: float) -> bool:
        """True if columns have a side at x all the way between two heights."""
        reached = top
        for rule in sorted(rule for rule in self.walls.vertical if abs(rule.at - x) < SNAP / 2):
            if rule.start <= reached + SNAP:
                reached = max(reached, rule.end)
        return reached >= foot - SNAP

    def horizontal(self) -> list[Rule]:
        """Between rows: the drawn lines, and what the texts suggest where no line says anything."""
        found = [rule for rule in self.walls.horizontal if self._boundary(rule.at) not in self.drawn]
        for at in self.drawn:
            y = self.ys[at]
            for col, (start, end) in enumerate(pairwise(self.xs)):
                state = self.open.get((at, col))
                if state is None:
                    own = self.suggested[at]
                    cut = [Rule(rule.at, max(rule.start, start), min(rule.end, end)) for rule in own]
                    found += [rule for rule in cut if rule.end > rule.start]
                elif not state:
                    found.append(Rule(y, start, end))
        return found

    def vertical(self) -> list[Rule]:
        """Between columns: what the texts suggest, and the sides of cells that go on down beside drawn lines."""
        found = list(self.walls.vertical)
        for at in self.drawn:
            for col in range(len(self.xs) - 2):
                if {self.open.get((at, col)), self.open.get((at, col + 1))} == {True, False}:
                    x = self.xs[col + 1]
                    strips = [strip for strip in (at - 1, at) if not self._cuts(x, strip)]
                    found += [Rule(x, self.ys[strip], self.ys[strip + 1]) for strip in strips]
        return found

    def is_told(self, point: tuple[float, float]) -> bool:
        """True if lines say on both sides how far the cell around a point reaches, also at the table's ends."""
        x, y = point
        col = min(max(bisect_right(self.xs, x) - 1, 0), len(self.xs) - 2)
        first = last = min(max(bisect_right(self.ys, y) - 1, 0), len(self.ys) - 2)
        while self.open.get((first, col)):
            first -= 1
        while self.open.get((last + 1, col)):
            last += 1
        return all(self.open.get((at, col)) is False or self._is_closed(at, col) for at in (first, last + 1))

    def _is_closed(self, at: int, col: int) -> bool:
        """True if a line runs along the table's own top or foot: no cell goes on over the page."""
        if 0 < at < len(self.ys) - 1:
            return False
        y, start, end = self.ys[at], self.xs[col], self.xs[col + 1]
        near = [rule for rule in self.rules if abs(rule.at - y) < FRAME]
        return any(rule.start - NEAR <= start and end <= rule.end + NEAR for rule in near)

    def _boundary(self, y: float) -> int:
        return min(range(len(self.ys)), key=lambda at: abs(self.ys[at] - y))


def as_ruled(walls: Walls, blobs: Sequence[Blob], rules: Sequence[Rule]) -> Walls:
    """The walls of a table as drawn lines correct them; without any line between its rows as they are."""
    strips = _Strips(walls, blobs, rules)
    if not strips.drawn:
        return walls._replace(doubted=[*walls.doubted, *walls.loose], loose=[])
    untold = [point for point in walls.loose if not strips.is_told(point)]
    return Walls(strips.horizontal(), strips.vertical(), [*walls.doubted, *untold], [])


def _distinct(positions: Sequence[float], apart: float) -> list[float]:
    found: list[float] = []
    for position in sorted(positions):
        if not found or position - found[-1] > apart:
            found.append(position)
    return found
