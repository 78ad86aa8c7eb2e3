"""A crop of a line and what was read in it come in; boxes to tick that were read as nothing are told by their ink.

A reader of words knows an empty box, and takes a ticked one for a stain.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.read.ocr import Read
from pipeline.read.seals import Grey

EMPTY, TICKED, CROSSED, FILLED = "□", "☑", "☒", "■"
_SIGNS = frozenset("□☐☑☒▢■▣⊠")

# A box is at least so high (in its crop's height), and as wide as high but for this share.
_LEAST, _SQUARE = 0.4, 0.2
# Its sides lie within this share of its width from its edge, and are ink along this share of their length.
_SIDE, _DRAWN = 0.17, 0.88
# What lies further inside than this share is no side; it is empty with less ink than this share, filled with more.
_INSIDE, _STAIN, _FULL = 0.24, 0.06, 0.8
# The strokes of a cross end in the corners of its inside, of this share of its width; smaller ones (pixels) look alike.
_CORNER, _LEGIBLE = 0.34, 12
# A character whose middle lies within this share of a box's width around the box's middle was read for it.
_OVER = 0.5


class _Box(NamedTuple):
    sign: str
    at: float
    """Its middle, in shares of the crop's width."""
    reach: float


def with_boxes(crop: Grey, read: Read) -> Read:
    """The reading with a sign for each box that it has none for: `□`, `☑`, `☒` or `■`; `☐` is `□`.

    Where a letter was read nothing is changed: 口, 日 and 国 are boxes, too.
    """
    solid = "".join(read.text.split())
    if len(solid) != len(read.at):
        return read
    boxes = _boxes(crop)
    signs = {at: sign for at, sign in enumerate(solid) if sign in _SIGNS}
    if not boxes and not signs:
        return read
    told, places = list(read.text), [at for at, each in enumerate(read.text) if not each.isspace()]
    for at, sign in signs.items():
        own = next((box for box in boxes if abs(read.at[at] - box.at) <= box.reach), None)
        told[places[at]] = own.sign if own is not None else EMPTY if sign == "☐" else sign
    middles = list(read.at)
    for box in boxes:
        if any(abs(at - box.at) <= box.reach for at in middles):
            continue
        after = sum(at < box.at for at in middles)
        told.insert(places[after] if after < len(places) else len(told), box.sign)
        places = [at for at, each in enumerate(told) if not each.isspace()]
        middles.insert(after, box.at)
    return Read("".join(told), read.score if solid else float(bool(told)), tuple(middles))


def _boxes(crop: Grey) -> list[_Box]:
    """The boxes of a line from left to right."""
    level, _ = cv2.threshold(crop, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    ink: NDArray[np.uint8] = np.asarray(crop <= level, np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    rows, columns = crop.shape
    found = []
    for number, (left, top, wide, high) in enumerate(stats[1:count, :4].tolist(), start=1):
        if high < _LEAST * rows or abs(wide - high) > _SQUARE * high:
            continue
        own = labels[top : top + high, left : left + wide] == number
        if _is_framed(own):
            inside = ink[top : top + high, left : left + wide] > 0
            found.append(_Box(_sign(inside), (left + wide / 2) / columns, _OVER * wide / columns))
    return sorted(found, key=lambda box: box.at)


def _is_framed(own: NDArray[np.bool_]) -> bool:
    """True for ink along all four sides of its rectangle."""
    thick = max(2, round(_SIDE * own.shape[1]))
    sides = (own[:thick].any(axis=0), own[-thick:].any(axis=0), own[:, :thick].any(axis=1), own[:, -thick:].any(axis=1))
    return all(side.mean() >= _DRAWN for side in sides)


def _sign(box: NDArray[np.bool_]) -> str:
    """What a box holds."""
    across, down = round(_INSIDE * box.shape[1]), round(_INSIDE * box.shape[0])
    inside = box[down:-down, across:-across]
    share = inside.mean()
    if share < _STAIN:
        return EMPTY
    if share > _FULL:
        return FILLED
    return CROSSED if len(inside) >= _LEGIBLE and _is_crossed(inside) else TICKED


def _is_crossed(inside: NDArray[np.bool_]) -> bool:
    """True for strokes from corner to corner; a tick has one corner without any, a blurred one has strokes all over."""
    corner = round(_CORNER * len(inside))
    ends, middle = (slice(None, corner), slice(-corner, None)), slice(corner, -corner)
    corners = [inside[down, across].mean() for down in ends for across in ends]
    between = [part.mean() for end in ends for part in (inside[end, middle], inside[middle, end])]
    return bool(min(corners) > max(_STAIN, *between))
