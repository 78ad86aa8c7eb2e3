"""Rectangles found on a page that was turned to be read come in, their places on the page as it is go out."""

import math
from typing import NamedTuple

from schemas.evidence import BBox


class Tilt(NamedTuple):
    """How the points of layout lie on the page as it is: turned by `angle` degrees, `factor` page points each."""

    angle: float
    factor: float
    width: float
    height: float
    """Of the page, turned, in points of layout."""
    turned: int = 0
    """Quarter turns clockwise before that."""


def turned_back(bbox: BBox, turns: int, width: float, height: float) -> BBox:
    """Where a rectangle of a page lies that was turned clockwise by quarters; the sizes are the page's own."""
    match turns % 4:
        case 1:
            return BBox(bbox.y0, height - bbox.x1, bbox.y1, height - bbox.x0)
        case 2:
            return BBox(width - bbox.x1, height - bbox.y1, width - bbox.x0, height - bbox.y0)
        case 3:
            return BBox(width - bbox.y1, bbox.x0, width - bbox.y0, bbox.x1)
        case _:
            return bbox


def turned(bbox: BBox, turns: int, width: float, height: float) -> BBox:
    """The other way: a rectangle of the page as it is on the page turned clockwise by `turns` quarters."""
    own = (height, width) if turns % 2 else (width, height)
    return turned_back(bbox, -turns, *own)


def on_the_page(bbox: BBox, tilt: Tilt) -> BBox:
    """A rectangle of layout as the smallest one around it on the page as scanned."""
    x, y, width, height = _turned(bbox, tilt, -tilt.angle)
    turn = math.radians(tilt.angle)
    across, down = abs(math.cos(turn)), abs(math.sin(turn))
    wide, high = width * across + height * down, width * down + height * across
    box = BBox(*(edge * tilt.factor for edge in (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)))
    return turned_back(box, tilt.turned, *_page_size(tilt))


def upright(bbox: BBox, tilt: Tilt) -> BBox:
    """The rectangle of layout that `on_the_page` made this one of."""
    small = BBox(*(edge / tilt.factor for edge in turned(bbox, tilt.turned, *_page_size(tilt))))
    x, y, wide, high = _turned(small, tilt, tilt.angle)
    turn = math.radians(tilt.angle)
    across, down = abs(math.cos(turn)), abs(math.sin(turn))
    share = across * across - down * down
    width, height = (wide * across - high * down) / share, (high * across - wide * down) / share
    return BBox(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _turned(bbox: BBox, tilt: Tilt, angle: float) -> tuple[float, float, float, float]:
    """Middle, width and height of a rectangle whose middle is turned around the page's, counter-clockwise."""
    turn = math.radians(angle)
    x, y = (bbox.x0 + bbox.x1) / 2 - tilt.width / 2, (bbox.y0 + bbox.y1) / 2 - tilt.height / 2
    across = x * math.cos(turn) + y * math.sin(turn)
    down = -x * math.sin(turn) + y * math.cos(turn)
    return across + tilt.width / 2, down + tilt.height / 2, bbox.x1 - bbox.x0, bbox.y1 - bbox.y0


def _page_size(tilt: Tilt) -> tuple[float, float]:
    """Width and height of the page as it is, in points."""
    width, height = tilt.width * tilt.factor, tilt.height * tilt.factor
    return (height, width) if tilt.turned % 2 else (width, height)
