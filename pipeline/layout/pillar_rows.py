"""Texts between vertical lines come in, with the heights at which rows surely end; the rows go out."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.layout.stream_rows import LEVEL, levels
from pipeline.layout.stream_words import Blob

# A glyph reaches this share of its size over its baseline, and under it.
RISE, FALL = 0.85, 0.15
# Most of a row's texts are this share of them.
MOST = 0.75


class Pillar(NamedTuple):
    """A place between two vertical lines that no drawn line parts; points."""

    x0: float
    x1: float
    top: float
    foot: float

    def holds(self, y: float) -> bool:
        """True if a height lies between its top and its foot."""
        return self.top <= y <= self.foot


class Standing(NamedTuple):
    """A text and its pillar."""

    blob: Blob
    pillar: Pillar

    @property
    def top(self) -> float:
        """Where its first line's glyphs begin."""
        return self.blob.first - RISE * self.blob.size

    @property
    def foot(self) -> float:
        """Where its last line's glyphs end."""
        return self.blob.last + FALL * self.blob.size

    @property
    def middle(self) -> float:
        """Half way between both."""
        return (self.top + self.foot) / 2


class Row(NamedTuple):
    """One row of a table: where it begins and ends, and the first and last baseline that most of its cells share."""

    top: float
    foot: float
    first: float | None = None
    last: float | None = None
    anchor: float | None = None
    """The height at which most of its texts have their middle."""


def rows_between(sure: Sequence[float], standing: Sequence[Standing], *, split: bool) -> list[Row]:
    """The rows between the heights `sure`, more of them where texts show more (`split`)."""
    rows: list[Row] = []
    wide = min((one.pillar.x0 for one in standing), default=0.0), max((one.pillar.x1 for one in standing), default=0.0)
    for top, foot in pairwise(sure):
        inside = [one for one in standing if top < one.middle < foot and one.top > top - 1 and one.foot < foot + 1]
        groups = _groups(inside, wide) if split else [inside]
        heights = [top, *(_between(upper, lower, inside) for upper, lower in pairwise(groups)), foot]
        rows += [_row(upper, lower, own) for (upper, lower), own in zip(pairwise(heights), groups, strict=True)]
    return rows


def _groups(standing: Sequence[Standing], wide: tuple[float, float]) -> list[list[Standing]]:
    """The texts of a storey by their rows, those left out that stand beside several rows; one group if it is one row.

    Where there is one pillar as `wide` as the table, each text is a row. Elsewhere the pillar with most texts has one
    a row. A height at which it has none is a row of its own if a text there has others of its pillar right above or
    below; else it belongs to labels merged over rows.
    """
    spine = spine_of(standing)
    if standing and all((one.pillar.x0, one.pillar.x1) == wide for one in standing):
        return [[one] for one in sorted(standing, key=lambda one: one.middle)]
    if spine is None:
        return [list(standing)]
    by_blob = {id(one.blob): one for one in standing}
    found = [[by_blob[id(blob)] for blob in level.blobs] for level in levels([one.blob for one in standing])]
    rows: list[list[Standing]] = []
    for number, level in enumerate(found):
        if any(one.pillar is spine for one in level):
            rows.append(level)
            continue
        beside = [*found[max(number - 1, 0) : number], *found[number + 1 : number + 2]]
        if _is_row(level, beside):
            rows.append(level)
    others = [one for level in found if level not in rows for one in level]
    return [_own([*row, *(one for one in others if _overlaps(one, row))], spine) for row in rows]


def spine_of(standing: Sequence[Standing]) -> Pillar | None:
    """The leftmost pillar with most texts, if another one has several too."""
    counts = Counter(one.pillar for one in sorted(standing, key=lambda one: one.pillar.x0))
    if sum(count > 1 for count in counts.values()) < 2:  # noqa: PLR2004 - lines of one pillar alone are a text's
        return None
    return max(counts, key=lambda pillar: counts[pillar])


def _is_row(level: Sequence[Standing], beside: Sequence[Sequence[Standing]]) -> bool:
    """True if texts at one height are a row between those above and below them."""
    pillars = {one.pillar for one in level}
    shared = any(other.pillar in pillars for row in beside for other in row)
    return shared and not any(_overlaps(one, row) for row in beside for one in level)


def _overlaps(one: Standing, row: Sequence[Standing]) -> bool:
    return any(one.top < other.foot and other.top < one.foot for other in row)


def _own(row: Sequence[Standing], spine: Pillar) -> list[Standing]:
    """The texts of a row that belong to it alone: not those left of its spine."""
    return [one for one in row if one.pillar.x0 >= spine.x0] or list(row)


def _between(upper: Sequence[Standing], lower: Sequence[Standing], texts: Sequence[Standing]) -> float:
    """The height between two rows; a text beside them that ends there, or begins there, is not cut."""
    foot, top = max(one.foot for one in upper), min(one.top for one in lower)
    if foot >= top:
        return (_anchor(upper) + _anchor(lower)) / 2
    ending = max((one.foot for one in texts if one.top < foot < one.foot < top), default=foot)
    beginning = min((one.top for one in texts if foot < one.top < top < one.foot), default=top)
    return (ending + beginning) / 2 if ending < beginning else (foot + top) / 2


def _row(top: float, foot: float, own: Sequence[Standing]) -> Row:
    if not own:
        return Row(top, foot)
    anchor = _anchor(own)
    level = sum(abs(one.middle - anchor) < LEVEL * one.blob.size for one in own) >= MOST * len(own)
    first, last = min(one.blob.first for one in own), max(one.blob.last for one in own)
    return Row(top, foot, first, last, anchor if level else None)


def _anchor(row: Sequence[Standing]) -> float:
    middles = sorted(one.middle for one in row)
    return middles[len(middles) // 2]
