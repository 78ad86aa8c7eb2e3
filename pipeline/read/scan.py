"""The picture of a page becomes its marks: ruling lines from its ink, characters cell by cell.

Layout then treats the page like any other. What it places is turned back onto the page as it was scanned.
"""

import hashlib
import math
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.layout.lattice import lattice
from pipeline.layout.marks import PageMarks, Rule, TextRun
from pipeline.read import ink, readings
from pipeline.read.ink import Grey, Sheet, Strip
from pipeline.read.ocr import Ocr
from pipeline.read.picture import PagePixels
from pipeline.read.readings import Reading, Shelf, name_of
from pipeline.read.strokes import lone_mark
from schemas.evidence import BBox, PageSpan

# Readings made by another version of these are not believed.
_METHOD = ("ink.py", "ocr.py", "scan.py", "strokes.py")
_A4_POINTS = 842.0
# The lines of a cell are read as one if they are together at most this many times as wide as high.
_JOINED = 9.0
# A crop leaves this share of a line's height around its ink.
_MARGIN, _SIDE = 0.13, 0.25
# A reading that the reader itself is less sure of than this is no character at all.
_LEAST_SURE = 0.3
# Where no table says that there is text, the reader must be surer: clouds and trees look like letters to it.
_SURE_OF_PROSE = 0.7


class Tilt(NamedTuple):
    """How the points of layout lie on the page as it is: turned by `angle` degrees, `factor` page points each."""

    angle: float
    factor: float
    width: float
    height: float
    """Of the page in points of layout."""


class Scanned(NamedTuple):
    """A page as read from its picture."""

    marks: PageMarks
    tilt: Tilt


class Upright(NamedTuple):
    """A page straightened, and how it was."""

    sheet: Sheet
    tilt: Tilt
    scale: float


class Scanner:
    """Reads pictures of pages, each once."""

    def __init__(self, shelf: Shelf) -> None:
        self._ocr = Ocr()
        self._shelf = shelf

    def page(self, number: int, pixels: PagePixels) -> Scanned:
        """The marks of a page in points of an upright A4 page."""
        name = name_of(pixels.pixels, pixels.columns, f"{_method()} {self._ocr.version}")
        found = self._shelf.get(name)
        if found is None:
            found = self._read(pixels)
            self._shelf.put(name, found)
        longest = max(found.width, found.height)
        factor = max(pixels.width, pixels.height) / longest
        return Scanned(_marks(number, found), Tilt(found.angle, factor, found.width, found.height))

    def upright(self, pixels: PagePixels) -> Upright:
        """A page straightened, for looking at places of it again."""
        scale = _scale(pixels)
        sheet = ink.sheet_of(_picture(pixels), scale)
        factor = max(pixels.width, pixels.height) / _A4_POINTS
        return Upright(sheet, Tilt(sheet.angle, factor, pixels.columns / scale, pixels.rows / scale), scale)

    def again(self, page: Upright, bbox: BBox) -> str | None:
        """What stands in a rectangle (page points), read from a crop twice as large as the first time, and softer."""
        lines = ink.text_lines(page.sheet.ink, _pixels(upright(bbox, page.tilt), page.scale), page.scale)
        if not lines:
            return None
        height = float(np.median([line.y1 - line.y0 for line in lines]))
        crops = [_crop(page.sheet.grey, line, height) for line in lines]
        joined = [_side_by_side(crops)] if _are_short(crops) else crops
        return "".join(found.text for found in self._ocr.read([_softer(crop) for crop in joined])) or None

    def _read(self, pixels: PagePixels) -> Reading:
        scale = _scale(pixels)
        sheet = ink.sheet_of(_picture(pixels), scale)
        width, height = pixels.columns / scale, pixels.rows / scale
        horizontal, vertical = (
            [_points(rule, scale) for rule in rules] for rules in (sheet.horizontal, sheet.vertical)
        )
        bare = PageMarks(0, width, height, (), tuple(horizontal), tuple(vertical))
        boxes, tables = _places(bare, scale)
        lines = self._cells(sheet, boxes, scale)
        lines += self._around(sheet, tables, scale)
        return Reading(
            width=width,
            height=height,
            angle=sheet.angle,
            horizontal=tuple(readings.Rule(at=rule.at, start=rule.start, end=rule.end) for rule in horizontal),
            vertical=tuple(readings.Rule(at=rule.at, start=rule.start, end=rule.end) for rule in vertical),
            lines=tuple(lines),
        )

    def _cells(self, sheet: Sheet, boxes: Sequence[Strip], scale: float) -> list[readings.Line]:
        """The text of each cell; short lines of one cell are read side by side, as the one text that they are."""
        held = [(box, lines) for box in boxes if (lines := ink.text_lines(sheet.ink, box, scale))]
        if not held:
            return []
        height = float(np.median([line.y1 - line.y0 for _, lines in held for line in lines]))
        whole: list[tuple[Grey, Strip]] = []
        joined: list[tuple[Grey, Strip]] = []
        marks: list[readings.Line] = []
        for _, lines in held:
            mark = lone_mark(sheet, lines[0], height) if len(lines) == 1 else None
            if mark is not None:
                marks.append(_line(mark, 1.0, lines[0], scale))
                continue
            own = [_crop(sheet.grey, line, height) for line in lines]
            if len(own) > 1 and _are_short(own):
                joined.append((_side_by_side(own), _around(lines)))
            else:
                whole += zip(own, lines, strict=True)
        found = self._named([*whole, *joined], scale)
        # A wrap is no printed space: what stands side by side only here has none.
        places = {place for _, place in joined}
        return [
            *marks,
            *(
                line.model_copy(update={"text": "".join(line.text.split())}) if place in places else line
                for line, place in found
            ),
        ]

    def _around(self, sheet: Sheet, tables: Sequence[Strip], scale: float) -> list[readings.Line]:
        """The text outside tables: of a page with tables line by line, of any other where the detector finds text."""
        rows, columns = sheet.grey.shape
        if not tables:
            found = self._ocr.find(sheet.grey)
            lines = sorted((_within(strip, columns, rows) for strip in found), key=lambda strip: (strip.y0, strip.x0))
        else:
            edges = [0, *(edge for table in tables for edge in (table.y0, table.y1)), rows]
            bands = [Strip(0, top, columns, low) for top, low in zip(edges[::2], edges[1::2], strict=True)]
            lines = [line for band in bands if band.y1 > band.y0 for line in ink.text_lines(sheet.ink, band, scale)]
        lines = [line for line in lines if line.y1 - line.y0 >= 4 * scale and line.x1 > line.x0]
        crops = [(_crop(sheet.grey, line, line.y1 - line.y0), line) for line in lines]
        named = [line for line, _ in self._named(crops, scale)]
        if tables:
            return named
        return [line for line in named if line.score >= _SURE_OF_PROSE and len(line.text) > 1]

    def _named(self, crops: Sequence[tuple[Grey, Strip]], scale: float) -> list[tuple[readings.Line, Strip]]:
        """The lines that the reader sees in crops, with their places."""
        lines = []
        for found, (_, place) in zip(self._ocr.read([crop for crop, _ in crops]), crops, strict=True):
            text = found.text.strip()
            if not text or found.score < _LEAST_SURE:
                continue
            lines.append((_line(_close_set(text), found.score, place, scale), place))
        return lines


@cache
def _method() -> str:
    """Which way of reading this is: the digest of its own source."""
    folder = files("pipeline.read")
    return hashlib.sha256(b"".join(folder.joinpath(name).read_bytes() for name in _METHOD)).hexdigest()


def on_the_page(bbox: BBox, tilt: Tilt) -> BBox:
    """A rectangle of layout as the smallest one around it on the page as scanned."""
    x, y, width, height = _turned(bbox, tilt, -tilt.angle)
    turn = math.radians(tilt.angle)
    across, down = abs(math.cos(turn)), abs(math.sin(turn))
    wide, high = width * across + height * down, width * down + height * across
    return BBox(*(edge * tilt.factor for edge in (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)))


def upright(bbox: BBox, tilt: Tilt) -> BBox:
    """The rectangle of layout that `on_the_page` made this one of."""
    small = BBox(*(edge / tilt.factor for edge in bbox))
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


def _scale(pixels: PagePixels) -> float:
    """Pixels a point, if the page is an A4 page: what a file says of a picture's size is often nonsense."""
    return max(pixels.columns, pixels.rows) / _A4_POINTS


def _picture(pixels: PagePixels) -> NDArray[np.uint8]:
    rgb = np.frombuffer(pixels.pixels, np.uint8).reshape(pixels.rows, pixels.columns, 3)
    return np.ascontiguousarray(rgb[:, :, ::-1])


def _points(rule: ink.Rule, scale: float) -> Rule:
    return Rule(rule.at / scale, rule.start / scale, rule.end / scale)


def _places(bare: PageMarks, scale: float) -> tuple[list[Strip], list[Strip]]:
    """The cells of all tables of a page, and the tables, in pixels."""
    grids, _ = lattice(bare)
    tables = [grid for grid in grids if grid.bbox is not None and len(grid.cells) > 1]
    boxes = [span.bbox for grid in tables for cell in grid.cells for span in cell.spans if isinstance(span, PageSpan)]
    frames = [grid.bbox for grid in tables if grid.bbox is not None]
    return [_pixels(box, scale) for box in boxes], sorted((_pixels(box, scale) for box in frames), key=lambda s: s.y0)


def _pixels(box: BBox, scale: float) -> Strip:
    return Strip(*(round(edge * scale) for edge in box))


def _within(strip: Strip, columns: int, rows: int) -> Strip:
    return Strip(max(strip.x0, 0), max(strip.y0, 0), min(strip.x1, columns), min(strip.y1, rows))


def _around(lines: Sequence[Strip]) -> Strip:
    return Strip(
        min(line.x0 for line in lines),
        min(line.y0 for line in lines),
        max(line.x1 for line in lines),
        max(line.y1 for line in lines),
    )


def _line(text: str, score: float, place: Strip, scale: float) -> readings.Line:
    x0, y0, x1, y1 = (edge / scale for edge in place)
    return readings.Line(text=text, x0=x0, y0=y0, x1=x1, y1=y1, score=round(score, 4))


def _crop(grey: Grey, line: Strip, height: float) -> Grey:
    """A line with room around it; a low one (a dash, 一) in the middle of a line's height."""
    middle, reach = (line.y0 + line.y1) / 2, max(line.y1 - line.y0, height) * (0.5 + _MARGIN)
    side = round(max(line.y1 - line.y0, height) * _SIDE)
    top, low = max(0, round(middle - reach)), round(middle + reach)
    # The reader makes every crop 48 pixels high: from an enlarged one it does so without losing thin strokes.
    return _enlarged(grey[top:low, max(0, line.x0 - side) : line.x1 + side], 2)


def _close_set(text: str) -> str:
    """A number whose every digit stands apart is one number; two numbers beside each other stay two."""
    parts = text.split()
    apart = len(parts) > 2 and all(sum(character.isdigit() for character in part) < 2 for part in parts)  # noqa: PLR2004 - two may be two
    return "".join(parts) if apart else text


def _are_short(crops: Sequence[Grey]) -> bool:
    return sum(float(crop.shape[1] / crop.shape[0]) for crop in crops) <= _JOINED


def _side_by_side(crops: Sequence[Grey]) -> Grey:
    """Crops of one cell's lines as one line."""
    height = max(crop.shape[0] for crop in crops)
    fitted = [
        cv2.resize(crop, (max(1, round(crop.shape[1] * height / crop.shape[0])), height), interpolation=cv2.INTER_CUBIC)
        for crop in crops
    ]
    return np.asarray(np.hstack(fitted), np.uint8)


def _enlarged(crop: Grey, times: int) -> Grey:
    return np.asarray(cv2.resize(crop, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC), np.uint8)


def _softer(crop: Grey) -> Grey:
    """Enlarged once more, its grain smoothed away."""
    return np.asarray(cv2.GaussianBlur(_enlarged(crop, 2), (0, 0), 2.0), np.uint8)


def _marks(number: int, reading: Reading) -> PageMarks:
    """A reading in the shape of any other page: the characters of a line stand evenly between its ends."""
    runs = []
    for line in reading.lines:
        step = (line.x1 - line.x0) / len(line.text)
        edges = [line.x0 + step * at for at in range(len(line.text) + 1)]
        size = min(line.y1 - line.y0, 2 * step) if len(line.text) > 1 else line.y1 - line.y0
        middle = (line.y0 + line.y1) / 2
        box = BBox(line.x0, line.y0, line.x1, line.y1)
        runs.append(
            TextRun(
                line.text,
                tuple(edges[:-1]),
                tuple(edges[1:]),
                box,
                middle + max(size, 1.0) * 0.3,
                max(size, 1.0),
                upright=True,
                hidden=False,
            )
        )
    return PageMarks(
        number,
        reading.width,
        reading.height,
        tuple(runs),
        tuple(Rule(rule.at, rule.start, rule.end) for rule in reading.horizontal),
        tuple(Rule(rule.at, rule.start, rule.end) for rule in reading.vertical),
    )
