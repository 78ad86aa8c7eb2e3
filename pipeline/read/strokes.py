"""The ink of a lone mark in a cell becomes the sign that it is: —, ……, =, ═, /, ≥ or ≧.

A reader of words takes them for 一, 1, ≥ or a letter.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.read.ink import Sheet, Strip

Ink = NDArray[np.bool_]

# A bar is this many times as wide as high, and ink along this share of it;
_FLAT, _FULL = 1.8, 0.5
# a dash is no higher than this share of a line; what is higher may be an equals sign,
_LOW, _HIGH = 0.25, 0.5
# which is no higher than that share, and paler by this (of 255) between its two bars.
_PALER = 4.0
# ═ is as wide as a letter is: at least this share of a line, as no = is.
_FULL_WIDTH = 0.97
# Its bars that ran into one have as much ink as a black bar so high (in a line), and are paler (of 255) than that.
_THICK, _GREY = 0.06, 120.0
# Dots are at least so many in a line's height, and the ink of their columns differs by this share of its mean;
_DOTS, _UNEVEN = 2.0, 0.3
# from this width on (in a line's height) they are six.
_SIX = 1.4
# A bar at the foot of a sign is ink along this share of it; what stands above is at least so much of the sign's height,
_BAR, _LEAST_ANGLE = 0.85, 0.4
# and an angle that points to the right has its ink this far to the right in its middle, and as far left at its ends.
_POINT = 0.6
# Where a bar lies along its lower arm, there is so many times as much ink below as above.
_HEAVIER = 1.35
# A mark's blurred edge reaches so far (pixels); this share (percent) of what is seen there is darker than its paper.
_EDGE, _PAPER = 4, 95
# A slash is one thin stroke: ink in each row along this share of the mark's height,
_THIN = 0.45
# whose middle moves to the left all the way down, by this share of its height in all,
_SLANT, _MOST_SLANT = 0.2, 1.2
# and strays from a straight line by no more than this; a seal may have broken it.
_BENT, _UNBROKEN = 0.1, 0.7
# No stray ink: at least as high as this many pixels.
_LEAST = 8


def lone_mark(sheet: Sheet, place: Strip, height: float) -> str | None:
    """`—`, `…`, `……`, `=`, `═`, `/`, `≥`, `≧`, `≤` or `≦` if that is all that stands in a rectangle, else None.

    `height` is that of the page's lines. Under a seal nothing is said of = and ═: they may be left of a digit.
    """
    part = sheet.ink[place.y0 : place.y1, place.x0 : place.x1] > 0
    rows, columns = part.shape
    across = sheet.grey[place.y0 : place.y1, place.x0 : place.x1].mean(axis=1)
    low = columns >= rows and rows <= _HIGH * height
    if low and not sheet.is_under_seal(place):
        darkness = _darkness(sheet, place)
        if _are_dots(darkness.mean(axis=0), height):
            return "…" if columns < _SIX * height else "……"
        wide = columns >= _FULL_WIDTH * height
        if _is_double(part, across) or (
            wide and across.min() >= _GREY and darkness.mean(axis=1).sum() >= _THICK * height
        ):
            return "═" if wide else "="
    if columns >= _FLAT * rows and rows <= _LOW * height and np.count_nonzero(part) >= _FULL * part.size:
        return "—"
    if not low and (sign := _compared(part, across)) is not None:
        return sign
    return "/" if _is_slash(part) else None


def _darkness(sheet: Sheet, place: Strip) -> NDArray[np.float64]:
    """How dark each pixel of a mark is, its blurred edges with it: 0 for the paper beside it, 1 for black."""
    rows = slice(max(0, place.y0 - _EDGE), place.y1 + _EDGE)
    seen = sheet.grey[rows, place.x0 : place.x1].astype(np.float64)
    paper = max(1.0, float(np.percentile(seen, _PAPER)))
    return np.asarray(np.clip(1 - seen / paper, 0, None), np.float64)


def _are_dots(along: NDArray[np.float64], height: float) -> bool:
    """True for ink that comes and goes along a mark."""
    dark = along > along.mean()
    starts = int(np.count_nonzero(dark[1:] & ~dark[:-1])) + int(dark[0])
    return float(along.std()) >= _UNEVEN * float(along.mean()) and starts >= _DOTS * len(along) / height


def _compared(part: Ink, across: NDArray[np.float64]) -> str | None:
    """`≥`, `≧`, `≤` or `≦`: an angle pointing to one side and one bar or two below it, level or along its lower arm."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], part.mean(axis=1) >= _BAR, [0]))))
    starts = [int(start) for start in edges[::2] if start >= _LEAST_ANGLE * len(part)]
    level = bool(starts) and edges[-1] >= len(part) - 1
    twice = next((start for start in starts[-2:] if _is_double(part[start:], across[start:])), None) if level else None
    angle = part[: starts[-1] if twice is None else twice] if level else part
    if not level and (not angle.any(axis=1).all() or not _is_heavier_below(angle)):
        return None
    middles = [float(np.flatnonzero(row).mean()) / part.shape[1] for row in angle if row.any()]
    point, ends = middles[len(middles) // 2], (middles[0], middles[-1])
    if point >= _POINT and max(ends) <= 1 - _POINT:
        return "≥" if twice is None else "≧"
    if point <= 1 - _POINT and min(ends) >= _POINT:
        return "≤" if twice is None else "≦"
    return None


def _is_heavier_below(angle: Ink) -> bool:
    """True for one stroke a row that is much thicker in the lower half: two strokes along each other."""
    rows = [np.flatnonzero(row) for row in angle]
    whole = all(row[-1] - row[0] < len(row) for row in rows)
    half = len(rows) // 2
    return whole and sum(map(len, rows[-half:])) >= _HEAVIER * sum(map(len, rows[:half]))


def _is_double(part: Ink, across: NDArray[np.float64]) -> bool:
    """True for two bars: a gap between them, or a middle that is paler than both of its edges."""
    filled = part.mean(axis=1)
    bars = filled >= _FULL
    gap = np.flatnonzero(~bars)
    if len(gap) and bars[0] and bars[-1]:
        return bool(len(gap) == gap[-1] - gap[0] + 1 and filled[gap].max() < _FULL)
    beside = np.pad(across, 1, constant_values=255.0)
    dark = np.flatnonzero((across < beside[:-2]) & (across <= beside[2:]))
    if len(dark) < 2 or filled[1:-1].min() < _FULL:  # noqa: PLR2004 - two bars
        return False
    first, last = int(dark[0]), int(dark[-1])
    return bool(across[first:last].max() - max(across[first], across[last]) >= _PALER)


def _is_slash(part: Ink) -> bool:
    """True for one thin straight stroke that leans to the right."""
    height, width = part.shape
    if height < _LEAST or width > _MOST_SLANT * height:
        return False
    at = np.flatnonzero(part.any(axis=1))
    if len(at) < _UNBROKEN * height:
        return False
    rows = [np.flatnonzero(part[row]) for row in at]
    middles = np.array([(row[0] + row[-1]) / 2 for row in rows])
    thick = np.array([row[-1] - row[0] + 1 for row in rows])
    if thick.max() > _THIN * height:
        return False
    slope, start = (float(found) for found in np.polyfit(at, middles, 1))
    straight = float(np.abs(middles - (slope * at + start)).max()) <= _BENT * height
    return straight and -slope >= _SLANT
