"""The ink of a lone mark in a cell becomes the sign that it is: a dash, an equals sign, a slash.

A reader of words takes them for 一 and 1.
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
# A slash is one thin stroke: ink in each row along this share of the mark's height,
_THIN = 0.45
# whose middle moves to the left all the way down, by this share of its height in all,
_SLANT, _MOST_SLANT = 0.2, 1.2
# and strays from a straight line by no more than this; a seal may have broken it.
_BENT, _UNBROKEN = 0.1, 0.7
# No stray ink: at least as high as this many pixels.
_LEAST = 8


def lone_mark(sheet: Sheet, place: Strip, height: float) -> str | None:
    """`—`, `=` or `/` if that is all that stands in a rectangle, else None; `height` is that of the page's lines."""
    part = sheet.ink[place.y0 : place.y1, place.x0 : place.x1] > 0
    rows, columns = part.shape
    if columns >= _FLAT * rows and rows <= _LOW * height and np.count_nonzero(part) >= _FULL * part.size:
        return "—"
    if columns >= rows and rows <= _HIGH * height:
        across = sheet.grey[place.y0 : place.y1, place.x0 : place.x1].mean(axis=1)
        return "=" if _is_double(part, across) else None
    return "/" if _is_slash(part) else None


def _is_double(part: Ink, across: NDArray[np.float64]) -> bool:
    """True for two bars: a gap between them, or a middle that is paler than both of its edges."""
    filled = part.mean(axis=1)
    bars = filled >= _FULL
    gap = np.flatnonzero(~bars)
    if len(gap) and bars[0] and bars[-1]:
        return bool(len(gap) == gap[-1] - gap[0] + 1 and filled[gap].max() < _FULL)
    dark = np.flatnonzero((across[1:-1] < across[:-2]) & (across[1:-1] <= across[2:])) + 1
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
