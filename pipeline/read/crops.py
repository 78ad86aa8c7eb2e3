"""Lines of a straightened page become crops that a reader of text reads at once."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from pipeline.read.ink import Sheet, Strip
from pipeline.read.seals import Grey

# The lines of a cell are read as one if they are together at most this many times as wide as high.
_JOINED = 9.0
# A crop leaves this share of a line's height around its ink.
_MARGIN, _SIDE = 0.13, 0.25
# A % is about this wide, a digit less, and a border this far to be kept off, in a line's height.
_SIGN, _BORDER = 0.9, 0.3
# What is as dark as this (of 255) becomes black, and what is paler that many times as much paler than it.
_BLACK, _STEEP = 40.0, 1.5
# A share of a crop's height above and below that is added.
_ROOM = 0.06
# And at both ends.
_ASIDE = 0.4


class Cut(NamedTuple):
    """A crop that is read as one line of text."""

    crop: Grey
    others: tuple[Grey, ...]
    """Where a seal lies over it, the same seen in the sheet's other ways."""
    wider: Grey | None
    """Where a seal lies over it, the same with the room beside it in which a seal may hide a letter."""
    places: tuple[Strip, ...]
    """Of the lines that stand in it side by side."""
    ends: tuple[float, ...]
    """Where each of them ends, in shares of the crop's width."""


def cut_of(sheet: Sheet, line: Strip, height: float, cell: Strip | None = None) -> Cut:
    """A line's crop; where a seal lies over it or right beside it within its cell, also seen otherwise."""
    wide = line if cell is None else _widened(line, height, cell)
    if not sheet.is_under_seal(wide):
        return Cut(crop_of(sheet.grey, line, height), (), None, (line,), (1.0,))
    crop, *others = (crop_of(way, line, height) for way in sheet.ways)
    wider = crop_of(sheet.ways[0], wide, height) if wide != line else None
    return Cut(crop, tuple(others), wider, (line,), (1.0,))


def _widened(line: Strip, height: float, cell: Strip) -> Strip:
    """A line with room for one more digit or sign at both ends, within its cell and off its border."""
    reach, border = round(height * _SIGN), round(height * _BORDER)
    x0, x1 = max(line.x0 - reach, cell.x0 + border), min(line.x1 + reach, cell.x1 - border)
    return line._replace(x0=min(line.x0, x0), x1=max(line.x1, x1))


def side_by_side(cuts: Sequence[Cut]) -> Cut:
    """The lines of one cell as one line."""
    crop = beside([cut.crop for cut in cuts])
    most = max(len(cut.others) for cut in cuts)
    others = [beside([cut.others[at] if cut.others else cut.crop for cut in cuts]) for at in range(most)]
    widths = np.cumsum([cut.crop.shape[1] / cut.crop.shape[0] for cut in cuts])
    ends = tuple(float(width / widths[-1]) for width in widths)
    return Cut(crop, tuple(others), None, tuple(place for cut in cuts for place in cut.places), ends)


def beside(crops: Sequence[Grey]) -> Grey:
    """Crops as one, all as high as the highest."""
    height = max(crop.shape[0] for crop in crops)
    fitted = [
        cv2.resize(crop, (max(1, round(crop.shape[1] * height / crop.shape[0])), height), interpolation=cv2.INTER_CUBIC)
        for crop in crops
    ]
    return np.asarray(np.hstack(fitted), np.uint8)


def crop_of(grey: Grey, line: Strip, height: float) -> Grey:
    """A line with room around it; a low one (a dash, 一) in the middle of a line's height."""
    middle, reach = (line.y0 + line.y1) / 2, max(line.y1 - line.y0, height) * (0.5 + _MARGIN)
    side = round(max(line.y1 - line.y0, height) * _SIDE)
    top, low = max(0, round(middle - reach)), round(middle + reach)
    # The reader makes every crop 48 pixels high: from an enlarged one it does so without losing thin strokes.
    return _enlarged(grey[top:low, max(0, line.x0 - side) : line.x1 + side], 2)


def are_short(crops: Sequence[Grey]) -> bool:
    """True if crops make one line together that is no longer than a reader likes."""
    return sum(float(crop.shape[1] / crop.shape[0]) for crop in crops) <= _JOINED


def _enlarged(crop: Grey, times: int) -> Grey:
    return np.asarray(cv2.resize(crop, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC), np.uint8)


def smooth(crop: Grey) -> Grey:
    """The grain of paper and scanner smoothed away."""
    return np.asarray(cv2.GaussianBlur(crop, (0, 0), 1.0), np.uint8)


def softer(crop: Grey) -> Grey:
    """Enlarged once more, its grain smoothed away."""
    return np.asarray(cv2.GaussianBlur(_enlarged(crop, 2), (0, 0), 2.0), np.uint8)


def darker(crop: Grey) -> Grey:
    """With more between ink and paper: thin strokes as dark as thick ones, paper white."""
    return np.asarray(np.clip((crop.astype(np.float32) - _BLACK) * _STEEP, 0, 255), np.uint8)


def roomier(crop: Grey) -> Grey:
    """With more paper above and below, so that the reader sees its letters smaller."""
    edge = round(crop.shape[0] * _ROOM)
    return np.asarray(cv2.copyMakeBorder(crop, edge, edge, 0, 0, cv2.BORDER_REPLICATE), np.uint8)


def aside(crop: Grey) -> Grey:
    """With more paper at both ends, so that the reader's columns begin elsewhere in its letters."""
    edge = round(crop.shape[0] * _ASIDE)
    return np.asarray(cv2.copyMakeBorder(crop, 0, 0, edge, edge, cv2.BORDER_REPLICATE), np.uint8)
