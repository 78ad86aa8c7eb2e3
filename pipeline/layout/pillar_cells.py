"""Pillars, rows and texts come in, the cells of each pillar go out: over which rows each of them reaches.

All ways to share the rows of a pillar out are weighed together by where their texts would stand in them.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from pipeline.layout.pillar_rows import Pillar, Row, Standing, spine_of

# A blank cell beside rows counts as that many font sizes off where labels stand, and not at all elsewhere.
UNLABELLED = 0.5
# What each further row of a cell counts: labels reach over several, other cells seldom do.
LABEL_ROW, OTHER_ROW = 0.02, 0.4
# The middle is where texts stand usually: elsewhere they must stand better by so much all together.
UNUSUAL = 0.5
# What each further text in one cell counts.
FURTHER = 0.5
# A cell whose rows could be others at this little more is in doubt, and one that stands this far off (font sizes).
NEAR, FARTHEST = 0.35, 0.6
# A line this near to the middle of a row stands in it (font sizes).
LEVEL_LINE = 0.2
# A character's middle is this share of its size over the baseline.
MIDDLE = 0.35
# Heights that differ by less are one (points).
SAME = 1.0


class Alignment(Enum):
    """Where a table's texts stand in their cells."""

    MIDDLE = "middle"
    FIRST = "first"
    LAST = "last"


class PillarCell(NamedTuple):
    """A cell of a pillar."""

    pillar: Pillar
    rows: tuple[Row, ...]
    filled: bool
    """It holds a text."""
    doubted: bool

    @property
    def ends(self) -> tuple[float, float]:
        """Its top and its foot."""
        return self.rows[0].top, self.rows[-1].foot

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of it."""
        return (self.pillar.x0 + self.pillar.x1) / 2, sum(self.ends) / 2


class _Way(NamedTuple):
    cost: float
    ends: tuple[tuple[int, int], ...]
    """First row and one past the last of each cell."""


class _Shared:
    """The rows of one pillar, and its texts."""

    def __init__(
        self, rows: Sequence[Row], texts: Sequence[Standing], alignment: Alignment, labelled: Sequence[bool]
    ) -> None:
        self.rows = rows
        self.texts = sorted(texts, key=lambda one: one.middle)
        self.alignment = alignment
        self.labelled = labelled
        """By row: whether labels stand in the pillar there."""

    def within(self, first: int, end: int) -> list[Standing]:
        """The texts whose middle stands in these rows."""
        top, foot = self.rows[first].top, self.rows[end - 1].foot
        return [one for one in self.texts if top <= one.middle < foot]

    def cost(self, first: int, end: int) -> float | None:
        """What speaks against one cell over these rows; None if it is none."""
        top, foot = self.rows[first].top, self.rows[end - 1].foot
        inside = self.within(first, end)
        more = end - first - 1
        if not inside:
            return None if more else (UNLABELLED if self.labelled[first] else 0.0)
        over = max(0.0, top - inside[0].top - SAME) + max(0.0, inside[-1].foot - foot - SAME)
        size = inside[0].blob.size
        further = FURTHER * (len(inside) - 1)
        further_rows = more * (LABEL_ROW if all(self.labelled[first:end]) else OTHER_ROW)
        return self._off(first, end, inside) + over / size + further_rows + further

    def _off(self, first: int, end: int, inside: Sequence[Standing]) -> float:
        """How far texts stand from where a cell over these rows would have them, in font sizes."""
        top, foot, size = self.rows[first], self.rows[end - 1], inside[0].blob.size
        if self.alignment is Alignment.FIRST:
            return abs(inside[0].blob.first - top.first) / size if top.first is not None else 0.0
        if self.alignment is Alignment.LAST:
            return abs(inside[-1].blob.last - foot.last) / size if foot.last is not None else 0.0
        middle = (inside[0].top + inside[-1].foot) / 2
        off = abs(middle - (top.top + foot.foot) / 2)
        if end == first + 1 and top.anchor is not None:
            off = min(off, abs(middle - top.anchor))
        return off / size

    def best(self, without: tuple[int, int] | None = None) -> _Way:
        """The way with least against it; `without` is a cell that is not allowed."""
        ways: list[_Way | None] = [_Way(0.0, ())]
        for end in range(1, len(self.rows) + 1):
            found: _Way | None = None
            for first in range(end):
                before = ways[first]
                cost = None if (first, end) == without else self.cost(first, end)
                if before is None or cost is None:
                    continue
                if found is None or before.cost + cost < found.cost:
                    found = _Way(before.cost + cost, (*before.ends, (first, end)))
            ways.append(found)
        return ways[-1] or _Way(float("inf"), ())

    def _has_a_line_a_row(self, first: int, end: int, inside: Sequence[Standing]) -> bool:
        """True if lines of text stand in the middle of every row of a cell: they may be as many texts."""
        middles = [word.baseline - MIDDLE * word.size for one in inside for word in one.blob.words]
        near = LEVEL_LINE * inside[0].blob.size
        return all(
            any(abs(middle - (row.top + row.foot) / 2) < near for middle in middles) for row in self.rows[first:end]
        )

    def is_doubted(self, first: int, end: int, best: _Way) -> bool:
        """True if the rows of a text's cell could as well be others."""
        inside = self.within(first, end)
        if not inside or not (self.labelled[first] or end > first + 1):
            return False
        if end > first + 1 and self._has_a_line_a_row(first, end, inside):
            return True
        return self._off(first, end, inside) > FARTHEST or self.best((first, end)).cost - best.cost < NEAR


def cells_between(
    pillars: Sequence[Pillar],
    rows: Sequence[Row],
    standing: Sequence[Standing],
    cuts: Sequence[float],
    alignment: Alignment,
) -> tuple[float, list[PillarCell]]:
    """The cells of all pillars, and what speaks against them together; at `cuts` lines begin or end."""
    spines = {
        (top, foot): spine_of([one for one in standing if top < one.middle < foot]) for top, foot in pairwise(cuts)
    }
    total = 0.0 if alignment is Alignment.MIDDLE else UNUSUAL
    cells: list[PillarCell] = []
    for pillar in sorted(pillars, key=lambda pillar: pillar.x0):
        own = [row for row in rows if pillar.top - SAME <= row.top and row.foot <= pillar.foot + SAME]
        texts = [one for one in standing if one.pillar is pillar]
        merged = _merged_beside(pillar, cells, texts)
        labelled = [_is_label(pillar, row, spines) and (merged is None or row in merged) for row in own]
        if alignment is Alignment.MIDDLE:
            lone = [section for section in spines if _is_lone_number(texts, section)]
            middles = [(row.top + row.foot) / 2 for row in own]
            labelled = [
                label or any(top < y < foot for top, foot in lone) for label, y in zip(labelled, middles, strict=True)
            ]
        shared = _Shared(own, texts, alignment, labelled)
        best = shared.best()
        total += best.cost
        for first, end in best.ends:
            doubted = shared.is_doubted(first, end, best)
            cells.append(PillarCell(pillar, tuple(own[first:end]), bool(shared.within(first, end)), doubted))
    return total, cells


def _is_label(pillar: Pillar, row: Row, spines: Mapping[tuple[float, float], Pillar | None]) -> bool:
    """True if a pillar stands left of the one with most texts around a row: what it holds may be merged over rows."""
    spine = next((found for (top, foot), found in spines.items() if top <= (row.top + row.foot) / 2 <= foot), None)
    return spine is not None and pillar.x1 < spine.x1


def _is_lone_number(texts: Sequence[Standing], section: tuple[float, float]) -> bool:
    """True if a pillar has one number between two heights, under a heading or none: in the middle it is of all rows."""
    inside = sorted((one for one in texts if section[0] < one.middle < section[1]), key=lambda one: one.middle)
    return [one.blob.numeric for one in inside] in ([True], [False, True])


def _merged_beside(pillar: Pillar, cells: Sequence[PillarCell], texts: Sequence[Standing]) -> set[Row] | None:
    """Of a pillar with numbers the rows over which the one left of it has merged labels; None if it holds words."""
    if not any(one.blob.numeric for one in texts):
        return None
    left = [cell for cell in cells if cell.pillar.x1 == pillar.x0 and cell.filled and len(cell.rows) > 1]
    return {row for cell in left for row in cell.rows}
