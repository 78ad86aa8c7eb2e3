"""A picture of a page becomes straight ink: the page turned upright, its ruling lines, its lines of text.

Pixels in, pixels out: pure geometry, no characters are read here.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

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
# A line under a seal is darker than both of its sides by this (of 255), along this share of where it is lost.
_DARKER, _TRACED = 10, 0.45
# Of what is lost of a line, this share lies under a seal.
_COVERED = 0.7
# A seal hides no more of a line than this (points).
_HIDDEN = 130.0
# A red mark at least this wide and high (points) is a seal, smaller ones are letters.
SEAL = 40.0
# Ink is at most this much paler (of 255) than what divides the page's grey values best.
_PALE = 25
# How much more red than green and blue (of 255) a seal's ink is at least; how much of it lies where it is whole.
_RED, _WHOLE = 40, 0.9
# The edges of a stroke are paler than the stroke: by this in colour, by this in brightness.
_NEAR, _DIM = 1.5, 1.1
# This share (percent) of its whole ink is darker than what counts as its ground.
_PALEST = 30


class Rule(NamedTuple):
    """A straight line along an axis, in pixels: `at` across it, from `start` to `end` along it."""

    at: float
    start: float
    end: float


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


class _Seen(NamedTuple):
    """A page's grey values without its seals, and where these were."""

    grey: Grey
    seals: Grey
    """255 on the strokes of a seal and right beside them."""

    def turned(self) -> "_Seen":
        """Columns for rows."""
        return _Seen(self.grey.T, self.seals.T)


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


def sheet_of(picture: NDArray[np.uint8], scale: float) -> Sheet:
    """A colour picture (blue, green, red; `scale` pixels a point) straightened, its ruling lines taken out."""
    seen = _without_seals(picture, scale)
    angle = skew(seen.grey, scale)
    if abs(angle) > 0.02:  # noqa: PLR2004 - less than half a pixel over a page
        seen = _Seen(_turned(seen.grey, angle), _turned(seen.seals, angle))
    grey = seen.grey
    ink = _binary(grey, scale)
    across, down = _long(ink, scale, horizontal=True), _long(ink, scale, horizontal=False)
    (level, level_labels), (upright, upright_labels) = (
        _rules(across, ink, scale, horizontal=True),
        _rules(down, ink, scale, horizontal=False),
    )
    level, upright = _of_tables(level, upright, scale)
    drawn = np.isin(level_labels, [run.label for run in level]) | np.isin(
        upright_labels, [run.label for run in upright]
    )
    lines = cv2.dilate(drawn.astype(np.uint8) * 255, np.ones((3, 3), np.uint8))
    ink = np.asarray(cv2.bitwise_and(ink, cv2.bitwise_not(lines)), np.uint8)
    horizontal, vertical = [run.rule for run in level], [run.rule for run in upright]
    if seen.seals.any():
        horizontal, vertical = _mended(horizontal, seen, scale), _mended(vertical, seen.turned(), scale)
        horizontal = [_lengthened(rule, vertical, seen, scale) for rule in horizontal]
        vertical = [_lengthened(rule, horizontal, seen.turned(), scale) for rule in vertical]
        ink = np.asarray(cv2.bitwise_and(ink, cv2.bitwise_not(_ruled(ink, horizontal, vertical, scale))), np.uint8)
        grey = np.maximum(grey, _ruled(ink, horizontal, vertical, scale))
    return Sheet(grey, ink, tuple(horizontal), tuple(vertical), angle)


def _ruled(like: Grey, horizontal: Sequence[Rule], vertical: Sequence[Rule], scale: float) -> Grey:
    """White lines where rules run, also where a seal hides them."""
    drawn, thick = np.zeros_like(like), max(3, round(1.7 * scale)) | 1
    for rule in horizontal:
        cv2.line(drawn, (round(rule.start), round(rule.at)), (round(rule.end), round(rule.at)), 255, thick)
    for rule in vertical:
        cv2.line(drawn, (round(rule.at), round(rule.start)), (round(rule.at), round(rule.end)), 255, thick)
    return drawn


def _without_seals(picture: NDArray[np.uint8], scale: float) -> _Seen:
    """Grey values; where a large red mark lies, each is measured against the red around it as elsewhere against paper.

    In red light a seal is pale and letters are dark. How much of it lies on a place is told twice: by its colour, which
    a scanner's JPEG keeps at half the resolution only, so that letters look less red than the seal around them and
    their neighbours count, too; and by its brightness, which letters lower as well. The smaller answer is right.
    """
    bright = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    grey = bright.copy()
    seals = np.zeros_like(grey)
    blue, green, red = cv2.split(picture)
    redness = cv2.subtract(red, cv2.max(green, blue))
    strong = cv2.inRange(redness, _RED, 255)
    if cv2.countNonZero(strong) < (SEAL * scale) ** 2 / 20:
        return _Seen(grey, seals)
    reach = max(3, round(3 * scale)) | 1
    marks = cv2.dilate(strong, np.ones((reach, reach), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(marks)
    for left, top, width, height in stats[1:count, :4].tolist():
        if min(width, height) < SEAL * scale:
            continue
        place = np.s_[top : top + height, left : left + width]
        share = redness[place].astype(np.float32)
        share /= float(np.percentile(share[share > _RED], 75))
        seal, dark = (float(np.percentile(light[place][share > _WHOLE], _PALEST)) for light in (red, bright))
        share = np.clip(cv2.dilate(share, np.ones((5, 5), np.uint8)) * _NEAR, 0, 1)
        share = np.minimum(share, np.clip((255.0 - bright[place]) / (255.0 - dark) * _DIM, 0, 1))
        ground = 255.0 - share * (255.0 - seal)
        grey[place] = np.clip(red[place] * (255.0 / ground), 0, 255).astype(np.uint8)
        seals[place] = marks[place]
    return _Seen(grey, seals)


def skew(grey: Grey, scale: float) -> float:
    """Degrees by which the picture must be turned counter-clockwise: long dark lines say it, else lines of text."""
    small = cv2.resize(grey, None, fx=min(1.0, 1.5 / scale), fy=min(1.0, 1.5 / scale), interpolation=cv2.INTER_AREA)
    dark = np.asarray((small < _threshold(np.asarray(small, np.uint8))) * 255, np.uint8)
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


def _turned(grey: Grey, angle: float) -> Grey:
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return np.asarray(
        cv2.warpAffine(grey, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _threshold(grey: Grey) -> float:
    level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return float(level)


def _binary(grey: Grey, scale: float) -> Grey:
    """Ink told from paper around it: shadows and yellowed paper do not matter."""
    reach = round(12 * scale) | 1
    soft = cv2.GaussianBlur(grey, (3, 3), 0)
    ink = cv2.adaptiveThreshold(soft, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, reach, 18)
    dark = cv2.inRange(soft, 0, min(_threshold(grey) + _PALE, 254))
    return np.asarray(cv2.bitwise_and(ink, dark), np.uint8)


def _long(ink: Grey, scale: float, *, horizontal: bool) -> Grey:
    """Only ink in long straight runs along an axis; gaps of a pixel or two are bridged first."""
    gap, length = max(3, round(1.5 * scale)), round(SHORTEST_RULE * scale)
    bridge = np.ones((1, gap) if horizontal else (gap, 1), np.uint8)
    run = np.ones((1, length) if horizontal else (length, 1), np.uint8)
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, bridge)
    return np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, run), np.uint8)


def _rules(runs: Grey, ink: Grey, scale: float, *, horizontal: bool) -> tuple[list[_Run], NDArray[np.int32]]:
    """Straight lines of a picture that holds nothing else, and the picture of their numbers; thick bars are areas.

    A line is ink nearly all along; the feet of a row of letters are not.
    """
    thick = round(THICKEST_RULE * scale)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(runs)
    rules = []
    for number, (left, top, width, height) in enumerate(stats[1:count, :4].tolist(), start=1):
        along, across = (width, height) if horizontal else (height, width)
        if across > max(thick, along // 20) or along < SHORTEST_RULE * scale:
            continue
        part = ink[top : top + height, left : left + width].max(axis=0 if horizontal else 1)
        if along < LONG_RULE * scale and np.count_nonzero(part) < DENSE * along:
            continue
        if horizontal:
            rules.append(_Run(Rule(top + height / 2, left, left + width), number))
        else:
            rules.append(_Run(Rule(left + width / 2, top, top + height), number))
    return rules, np.asarray(labels, np.int32)


def _mended(rules: Sequence[Rule], seen: _Seen, scale: float) -> list[Rule]:
    """Lines along the rows of a picture with their pieces joined where a seal hides the line between them."""
    mended: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: (round(rule.at / (3 * scale)), rule.start)):
        before = next((other for other in reversed(mended) if abs(other.at - rule.at) < 1.5 * scale), None)
        gap = rule.start - before.end if before is not None else 0.0
        if before is not None and 0 < gap < _HIDDEN * scale and _is_traced(seen, before, rule, scale):
            mended[mended.index(before)] = Rule(before.at, before.start, rule.end)
        else:
            mended.append(rule)
    return mended


def _lengthened(rule: Rule, others: Sequence[Rule], seen: _Seen, scale: float) -> Rule:
    """A line whose end a seal hides, as far as it can be traced from one line across it to the next."""
    crossing = [other.at for other in others if other.start - scale <= rule.at <= other.end + scale]
    start, end = rule.start, rule.end
    for at in sorted((at for at in crossing if at < start - 2 * scale), reverse=True):
        if start - at >= _HIDDEN * scale or not _is_traced(
            seen, Rule(rule.at, at, at), Rule(rule.at, start, end), scale
        ):
            break
        start = at
    for at in sorted(at for at in crossing if at > end + 2 * scale):
        if at - end >= _HIDDEN * scale or not _is_traced(seen, Rule(rule.at, start, end), Rule(rule.at, at, at), scale):
            break
        end = at
    return Rule(rule.at, start, end)


def _is_traced(seen: _Seen, first: Rule, second: Rule, scale: float) -> bool:
    """True if the gap between two pieces of a line lies under a seal and is darker than what lies beside it."""
    at, start, end = round((first.at + second.at) / 2), round(first.end), round(second.start)
    aside = max(3, round(1.8 * scale))
    if at - aside < 1 or at + aside + 2 > seen.grey.shape[0]:
        return False
    if np.count_nonzero(seen.seals[at, start:end]) < _COVERED * (end - start):
        return False
    line = seen.grey[at - 1 : at + 2, start:end].min(axis=0).astype(np.int16)
    beside = np.minimum(seen.grey[at - aside, start:end], seen.grey[at + aside, start:end]).astype(np.int16)
    return bool(np.count_nonzero(beside - line > _DARKER) >= _TRACED * max(1, end - start))


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
