"""A crop of a line and what a reader saw in it come in; points and commas in its numbers are told apart.

A point stands on the line, a comma reaches below it: a reader of words takes the one for the other in small print.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.read.seals import Grey

# A mark is at most this share of a digit high, and begins below this share of it.
_LOW, _BELOW = 0.5, 0.55
# A comma hangs this share of a digit's height below the line, and is this high.
_HANGS, _TALL = 0.03, 0.27

# Groups of three digits with two marks or more between them: all of them commas, or all but one that no three follow.
_GROUPED = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:[.,][0-9]{3}){2,}(?![0-9.,])")
_WITH_POINT = re.compile(r"(?<![0-9.,])([0-9]{1,3}(?:[.,][0-9]{3})+)[.,]([0-9]{1,2})(?![0-9.,])")
# One point with three digits behind it may be either.
_EITHER = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}(\.)[0-9]{3}(?![0-9.,])")
# People and things are counted whole: a point with three digits before these was a comma.
_WHOLE = re.compile(
    r"(?<![0-9.,])([1-9][0-9]{0,2})\.(?=[0-9]{3}\s*(?:个(?!百)|[人户名件次台辆套份条项只头株所座场盏家处篇部张批](?!均)))"
)


# A point between two letters was a comma; stops behind a % at the end are specks, a ring before it is its own.
_BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff])[.．](?=[\u4e00-\u9fff])")
_STOPS = re.compile(r"(?<=[0-9]%)[.,·'`]+$|(?<=[0-9])[°º]+(?=%$)")
# A ring behind a digit; a sign before a number.
_RINGS, _WITH_BAR = "°º", {">": "≥", "<": "≤"}
_SIGN = re.compile(r"(?<=[0-9])([°º])(?![CF])|^\s*([<>])(?=\s*(?:[0-9]|$))")
# A sign that reaches so near to the foot of its line (in its height) stands on it; a bar is so wide (in its sign's).
_NEARLY, _BAR = 0.2, 0.6


class _Shape(NamedTuple):
    """Of a mark between digits, in their height."""

    hangs: float
    """How far it reaches below them."""
    tall: float


class _Blob(NamedTuple):
    x0: int
    y0: int
    x1: int
    y1: int


def separated(crop: Grey, text: str, at: Sequence[float]) -> str:
    """The text with the commas between groups of three digits that were read as points.

    Two marks tell each other: a number has one point. A single one is told by what it counts, or by its shape; where
    that says nothing, it stays as read. `at` are the characters' middles, in shares of the crop's width.
    """
    text = _STOPS.sub("", _BETWEEN.sub("，", _as_drawn(crop, text, at)))
    text = _GROUPED.sub(lambda found: found[0].replace(".", ","), text)
    text = _WITH_POINT.sub(lambda found: f"{found[1].replace('.', ',')}.{found[2]}", text)
    text = _WHOLE.sub(r"\1,", text)
    doubtful = [found.start(1) for found in _EITHER.finditer(text)]
    solid = [place for place, character in enumerate(text) if not character.isspace()]
    if not doubtful or len(at) != len(solid):
        return text
    blobs, written = _blobs(crop), list(text)
    for place in doubtful:
        number = solid.index(place)
        shape = _mark_shape(blobs, at[number - 1] * crop.shape[1], at[number + 1] * crop.shape[1])
        if shape is not None and shape.hangs >= _HANGS and shape.tall >= _TALL:
            written[place] = ","
    return "".join(written)


def _as_drawn(crop: Grey, text: str, at: Sequence[float]) -> str:
    """A ring behind a number that reaches down to the line is a %; a > or < with a stroke below it is a ≥ or ≤."""
    found = _SIGN.search(text)
    solid = [place for place, character in enumerate(text) if not character.isspace()]
    if found is None or len(at) != len(solid):
        return text
    place = found.start(1) if found[1] else found.start(2)
    blobs, number, sign = _blobs(crop), solid.index(place), text[place]
    low, high = max((blob.y1 for blob in blobs), default=0), min((blob.y0 for blob in blobs), default=0)
    ends = [0.0, *((first + second) / 2 for first, second in pairwise(at)), 1.0]
    own = [
        blob
        for blob in blobs
        if ends[number] * crop.shape[1] <= (blob.x0 + blob.x1) / 2 <= ends[number + 1] * crop.shape[1]
    ]
    if sign in _RINGS:
        whole = bool(own) and max(blob.y1 for blob in own) >= low - _NEARLY * (low - high)
        return text[:place] + "%" + text[place + 1 :] if whole else text
    below = [
        blob
        for blob in own
        if any(blob.y0 >= other.y0 + (other.y1 - other.y0) / 2 and _is_wide(blob, other) for other in own)
    ]
    return text[:place] + _WITH_BAR[sign] + text[place + 1 :] if below else text


def _is_wide(bar: _Blob, sign: _Blob) -> bool:
    """True for a stroke nearly as wide as the sign that it stands under."""
    return bar is not sign and bar.x1 - bar.x0 >= _BAR * (sign.x1 - sign.x0) and bar.y1 > sign.y1


def _mark_shape(blobs: Sequence[_Blob], left: float, right: float) -> _Shape | None:
    """The shape of the one mark between the middles of two digits; None if there is none, or more."""
    digits = [blob for blob in blobs if blob.x0 - 1 <= left <= blob.x1 + 1 or blob.x0 - 1 <= right <= blob.x1 + 1]
    digits = [blob for blob in digits if blob.y1 - blob.y0 >= 0.6 * max(other.y1 - other.y0 for other in digits)]
    if not digits:
        return None
    height = float(np.median([blob.y1 - blob.y0 for blob in digits]))
    foot = float(np.median([blob.y1 for blob in digits]))
    marks = [
        blob
        for blob in blobs
        if blob not in digits
        and left < (blob.x0 + blob.x1) / 2 < right
        and blob.y1 - blob.y0 <= _LOW * height
        and blob.y0 > foot - (1 - _BELOW) * height
        # A piece of a digit lies over or under it.
        and not any(digit.x0 <= (blob.x0 + blob.x1) / 2 <= digit.x1 for digit in digits)
    ]
    if len(marks) != 1:
        return None
    (mark,) = marks
    return _Shape((mark.y1 - foot) / height, (mark.y1 - mark.y0) / height)


def _blobs(crop: Grey) -> list[_Blob]:
    level, _ = cv2.threshold(crop, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    ink: NDArray[np.uint8] = np.asarray(crop <= level, np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    return [_Blob(x, y, x + wide, y + high) for x, y, wide, high, area in stats[1:count].tolist() if area > 3]  # noqa: PLR2004 - specks
