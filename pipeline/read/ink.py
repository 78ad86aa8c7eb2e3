"""A picture of a page becomes straight ink: the page turned upright, its ruling lines, its lines of text.

Pixels in, pixels out: pure geometry, no characters are read here.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.read.seals import (
    Grey,
    Rule,
    lengthened,
    mended,
    threshold,
    without_edges_of_seals,
    without_seals,
)

# A page is tilted by no more than this (degrees); more is a page lying on its side.
MOST_SKEW = 3.0
# A ruling line is at least this long, and at most this thick (points).
SHORTEST_RULE, THICKEST_RULE = 14.0, 4.0
# A line this long is no stroke of a letter; shorter ones that meet no line are (points).
LONG_RULE = 60.0
# A line may stop this short of the one it meets (points): letters keep further away from the border of their cell.
REACH = 1.5
# A short line is ink along this share of its length.
DENSE = 0.94
# Beside a line there is paper: ink right next to it along more than this share of it makes it the feet of letters.
_BESIDE, _NEXT = 0.3, 1.3
# Ink is at most this much paler (of 255) than what divides the page's grey values best.
_PALE = 25


class _Run(NamedTuple):
    """A rule and the number of its pixels in the picture of all."""

    rule: Rule
    label: int


class Strip(NamedTuple):
    """A rectangle of pixels; the ends are exclusive."""

    x0: int
    y0: int
    x1: int
    y1: int


class _Inks(NamedTuple):
    """255 where there is ink: all of it, and what lies under no seal."""

    all: Grey
    clear: Grey


class Sheet(NamedTuple):
    """A page as ink on white paper, upright."""

    grey: Grey
    """Dark ink on white, the seal taken out."""
    ink: Grey
    """255 where there is ink, ruling lines taken out."""
    horizontal: tuple[Rule, ...]
    vertical: tuple[Rule, ...]
    angle: float
    """Degrees by which the picture was turned, counter-clockwise, around its middle."""
    seals: Grey
    """255 where a seal lies, and right beside."""
    ways: tuple[Grey, ...]
    """The page as a reader may see what lies under seals, the best way first, the page with its seals last."""

    def is_under_seal(self, place: Strip) -> bool:
        """True if a seal reaches into a rectangle."""
        return bool(self.seals[place.y0 : place.y1, place.x0 : place.x1].any())


def sheet_of(picture: NDArray[np.uint8], scale: float) -> Sheet:
    """A colour picture (blue, green, red; `scale` pixels a point) straightened, its ruling lines taken out."""
    seen = without_seals(picture, scale)
    angle = skew(seen.grey, scale)
    if abs(angle) > 0.02:  # noqa: PLR2004 - less than half a pixel over a page
        seen = seen.straightened(angle)
    grey = seen.grey
    ink = _binary(grey, scale)
    across, down = _long(ink, scale, horizontal=True), _long(ink, scale, horizontal=False)
    clear = np.asarray(cv2.bitwise_and(ink, cv2.bitwise_not(seen.seals)), np.uint8)
    (level, level_labels), (upright, upright_labels) = (
        _rules(across, _Inks(ink, clear), scale, horizontal=True),
        _rules(down, _Inks(ink, clear), scale, horizontal=False),
    )
    level, upright = _of_tables(level, upright, scale)
    drawn = np.isin(level_labels, [run.label for run in level]) | np.isin(
        upright_labels, [run.label for run in upright]
    )
    lines = cv2.dilate(drawn.astype(np.uint8) * 255, np.ones((3, 3), np.uint8))
    ink = without_edges_of_seals(np.asarray(cv2.bitwise_and(ink, cv2.bitwise_not(lines)), np.uint8), seen, scale)
    horizontal, vertical = [run.rule for run in level], [run.rule for run in upright]
    ways: tuple[Grey, ...] = (grey,)
    if seen.seals.any():
        horizontal, vertical = mended(horizontal, seen, scale), mended(vertical, seen.turned(), scale)
        horizontal = [lengthened(rule, vertical, seen, scale) for rule in horizontal]
        vertical = [lengthened(rule, horizontal, seen.turned(), scale) for rule in vertical]
        ink = np.asarray(cv2.bitwise_and(ink, cv2.bitwise_not(_ruled(ink, horizontal, vertical, scale))), np.uint8)
        drawn_over = _ruled(ink, horizontal, vertical, scale)
        grey, apart = np.maximum(grey, drawn_over), np.maximum(seen.apart, drawn_over)
        # What is left of a seal differs between the two, what is left of print does not.
        both = np.asarray(cv2.addWeighted(grey, 0.5, apart, 0.5, 0.0), np.uint8)
        ways = (both, apart, np.maximum(grey, apart), seen.plain)
    return Sheet(grey, ink, tuple(horizontal), tuple(vertical), angle, seen.seals, ways)


def _ruled(like: Grey, horizontal: Sequence[Rule], vertical: Sequence[Rule], scale: float) -> Grey:
    """White lines where rules run, also where a seal hides them."""
    drawn, thick = np.zeros_like(like), max(3, round(1.7 * scale)) | 1
    for rule in horizontal:
        cv2.line(drawn, (round(rule.start), round(rule.at)), (round(rule.end), round(rule.at)), 255, thick)
    for rule in vertical:
        cv2.line(drawn, (round(rule.at), round(rule.start)), (round(rule.at), round(rule.end)), 255, thick)
    return drawn


def skew(grey: Grey, scale: float) -> float:
    """Degrees by which the picture must be turned counter-clockwise: long dark lines say it, else lines of text."""
    small = cv2.resize(grey, None, fx=min(1.0, 1.5 / scale), fy=min(1.0, 1.5 / scale), interpolation=cv2.INTER_AREA)
    dark = np.asarray((small < threshold(np.asarray(small, np.uint8))) * 255, np.uint8)
    segments = cv2.HoughLinesP(dark, 1, math.pi / 1800, 120, minLineLength=small.shape[1] // 6, maxLineGap=4)
    angles, weights = [], []
    if segments is not None:
        for x0, y0, x1, y1 in segments.reshape(-1, 4):
            slope = math.degrees(math.atan2(float(y1) - float(y0), float(x1) - float(x0)))
            if abs(slope) <= MOST_SKEW:
                angles.append(slope)
                weights.append(math.hypot(float(x1) - float(x0), float(y1) - float(y0)))
    if angles and sum(weights) > small.shape[1]:
        return _finer(dark, _median(angles, weights))
    return _finer(dark, 0.0, reach=MOST_SKEW, step=0.1)


def _median(values: Sequence[float], weights: Sequence[float]) -> float:
    order = np.argsort(values)
    summed = np.cumsum(np.asarray(weights)[order])
    return float(np.asarray(values)[order][int(np.searchsorted(summed, summed[-1] / 2))])


def _finer(dark: Grey, about: float, *, reach: float = 0.3, step: float = 0.03) -> float:
    """The angle near `about` under which the rows of a page differ most."""
    points = np.column_stack(np.nonzero(dark)[::-1]).astype(np.float32)
    if len(points) > 40_000:  # noqa: PLR2004 - a share of the ink says the same
        points = points[:: len(points) // 40_000 + 1]
    if len(points) == 0:
        return 0.0
    best, sharpest = about, -1.0
    for angle in np.arange(about - reach, about + reach + step / 2, step):
        turn = math.radians(float(angle))
        heights = points[:, 1] * math.cos(turn) - points[:, 0] * math.sin(turn)
        counts = np.bincount((heights - heights.min()).astype(np.int64))
        sharp = float(np.square(counts.astype(np.float64)).sum())
        if sharp > sharpest:
            best, sharpest = float(angle), sharp
    return best


def _binary(grey: Grey, scale: float) -> Grey:
    """Ink told from paper around it: shadows and yellowed paper do not matter."""
    reach = round(12 * scale) | 1
    soft = cv2.GaussianBlur(grey, (3, 3), 0)
    ink = cv2.adaptiveThreshold(soft, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, reach, 18)
    dark = cv2.inRange(soft, 0, min(threshold(grey) + _PALE, 254))
    return np.asarray(cv2.bitwise_and(ink, dark), np.uint8)


def _long(ink: Grey, scale: float, *, horizontal: bool) -> Grey:
    """Only ink in long straight runs along an axis; gaps of a pixel or two are bridged first."""
    gap, length = max(3, round(1.5 * scale)), round(SHORTEST_RULE * scale)
    bridge = np.ones((1, gap) if horizontal else (gap, 1), np.uint8)
    run = np.ones((1, length) if horizontal else (length, 1), np.uint8)
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, bridge)
    return np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, run), np.uint8)


def _rules(runs: Grey, inks: _Inks, scale: float, *, horizontal: bool) -> tuple[list[_Run], NDArray[np.int32]]:
    """Straight lines of a picture that holds nothing else, and the picture of their numbers; thick bars are areas.

    A line is ink nearly all along, with paper beside it; the feet of a row of letters are not.
    """
    thick = round(THICKEST_RULE * scale)
    ink = inks.all
    letters = cv2.bitwise_and(inks.clear, cv2.bitwise_not(cv2.dilate(runs, np.ones((3, 3), np.uint8))))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(runs)
    rules = []
    for number, (left, top, width, height) in enumerate(stats[1:count, :4].tolist(), start=1):
        along, across = (width, height) if horizontal else (height, width)
        box = (left, top, left + width, top + height) if horizontal else (top, left, top + height, left + width)
        if across > max(thick, along // 20) or along < SHORTEST_RULE * scale:
            continue
        part = ink[top : top + height, left : left + width].max(axis=0 if horizontal else 1)
        if along < LONG_RULE * scale and np.count_nonzero(part) < DENSE * along:
            continue
        if _has_letters_beside(np.asarray(letters if horizontal else letters.T, np.uint8), Strip(*box), scale):
            continue
        if horizontal:
            rules.append(_Run(Rule(top + height / 2, left, left + width), number))
        else:
            rules.append(_Run(Rule(left + width / 2, top, top + height), number))
    return rules, np.asarray(labels, np.int32)


def _has_letters_beside(letters: Grey, line: Strip, scale: float) -> bool:
    """True if strokes that are no part of any line stand close to one side of a level line along much of it."""
    reach = max(2, round(_NEXT * scale))
    sides = (letters[max(0, line.y0 - reach) : line.y0], letters[line.y1 : line.y1 + reach])
    return any(
        np.count_nonzero(side[:, line.x0 : line.x1].any(axis=0)) > _BESIDE * (line.x1 - line.x0) for side in sides
    )


def _of_tables(across: Sequence[_Run], down: Sequence[_Run], scale: float) -> tuple[list[_Run], list[_Run]]:
    """Lines that are long, or meet such a line, or meet one that does; strokes of letters meet none."""
    kept: tuple[list[_Run], list[_Run]] = ([], [])
    waiting = [list(across), list(down)]
    for side in (0, 1):
        kept[side].extend(run for run in waiting[side] if run.rule.end - run.rule.start >= LONG_RULE * scale)
        waiting[side] = [run for run in waiting[side] if run not in kept[side]]
    grown = True
    while grown:
        grown = False
        for side in (0, 1):
            met = [run for run in waiting[side] if any(_meet(run.rule, o.rule, scale) for o in kept[1 - side])]
            kept[side].extend(met)
            waiting[side] = [run for run in waiting[side] if run not in met]
            grown |= bool(met)
    return kept


def _meet(first: Rule, second: Rule, scale: float) -> bool:
    """True if two lines across each other touch."""
    reach = REACH * scale
    return (
        first.start - reach <= second.at <= first.end + reach and second.start - reach <= first.at <= second.end + reach
    )


def text_lines(ink: Grey, box: Strip, scale: float) -> tuple[Strip, ...]:
    """The lines of text in a rectangle from top to bottom, each trimmed to its ink."""
    part = ink[box.y0 : box.y1, box.x0 : box.x1]
    part = _without_specks(part, scale)
    rows = (part > 0).sum(axis=1) > 0
    lines = []
    for top, bottom in _stretches(rows, merge=round(1.2 * scale)):
        columns = np.flatnonzero((part[top:bottom] > 0).any(axis=0))
        if bottom - top >= 0.8 * scale or len(columns) >= 2 * scale:
            lines.append(Strip(box.x0 + int(columns[0]), box.y0 + top, box.x0 + int(columns[-1]) + 1, box.y0 + bottom))
    return tuple(_with_marks(lines, scale))


def _without_specks(part: Grey, scale: float) -> Grey:
    """Ink without what is too small for a full stop."""
    if not part.size:
        return part
    count, labels, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
    least = max(2, round(0.35 * scale * scale))
    keep = np.zeros(count, np.uint8)
    keep[1:] = (stats[1:, cv2.CC_STAT_AREA] >= least).astype(np.uint8) * 255
    return np.asarray(keep[labels], np.uint8)


def _stretches(filled: NDArray[np.bool_], merge: int) -> list[tuple[int, int]]:
    """Runs of true values; those closer than `merge` are one."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], filled, [False])).astype(np.int8)))
    found: list[tuple[int, int]] = []
    for start, end in edges.reshape(-1, 2).tolist():
        if found and start - found[-1][1] < merge:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _with_marks(lines: list[Strip], scale: float) -> list[Strip]:
    """A stretch much lower than a line of text (the bar of 一, a dash) next to one that is cut in two is its part."""
    joined: list[Strip] = []
    for line in lines:
        low = line.y1 - line.y0 < 4 * scale
        before = joined[-1] if joined else None
        if before is not None:
            gap = line.y0 - before.y1
            lower = before.y1 - before.y0 < 4 * scale
            if (low or lower) and gap < 2.5 * scale and line.y1 - before.y0 < 14 * scale:
                joined[-1] = Strip(min(before.x0, line.x0), before.y0, max(before.x1, line.x1), line.y1)
                continue
        joined.append(line)
    return joined
