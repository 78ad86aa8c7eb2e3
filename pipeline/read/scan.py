"""The picture of a page becomes its marks: ruling lines from its ink, characters cell by cell.

Layout then treats the page like any other. What it places is turned back onto the page as it was scanned.
"""

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.layout.lattice import lattice
from pipeline.layout.marks import PageMarks, Rule, TextRun
from pipeline.read import ink, readings
from pipeline.read.alike import completed
from pipeline.read.crops import (
    Cut,
    are_short,
    aside,
    beside,
    crop_of,
    cut_of,
    darker,
    roomier,
    side_by_side,
    smooth,
    softer,
)
from pipeline.read.ink import Sheet, Strip
from pipeline.read.letters import is_doubtful, likeliest, with_dashes, with_percent
from pipeline.read.ocr import Ocr, Read
from pipeline.read.picture import PagePixels
from pipeline.read.placed import line_of, lines_in
from pipeline.read.readings import Reading, Shelf, name_of
from pipeline.read.recurring import is_letter
from pipeline.read.seals import Rule as InkRule
from pipeline.read.strokes import lone_mark
from pipeline.read.tick_boxes import with_boxes
from pipeline.read.turns import Tilt, upright
from pipeline.read.votes import Vote, chosen
from schemas.evidence import BBox, PageSpan

# Readings made by another version of these are not believed.
_PICTURES = ("crops.py", "ink.py", "seals.py", "strokes.py", "tick_boxes.py", "unmixing.py")
_METHOD = (*_PICTURES, "alike.py", "letters.py", "ocr.py", "placed.py", "scan.py", "separators.py", "votes.py")
_A4_POINTS = 842.0
# A reading that the reader itself is less sure of than this is no character at all.
_LEAST_SURE = 0.3
# A page whose characters are read with less on average may lie on its side; so many of its lines are tried.
_LEGIBLE, _SAMPLE = 0.8, 16
# A line that the reader is less sure of is read twice.
_SURE = 0.95
# In a crop that is lower than this (pixels) a dash and 一 cannot be told apart.
_LARGE = 40
# A digit is no wider than this (in its height), a letter no wider than this.
_ONE_DIGIT, _ONE_LETTER = 0.85, 1.15
# No letter of a table is higher than this (points).
_LETTER = 14.0
# Sizes that differ by less than this are one size.
_ONE_SIZE = 1.45
# Where no table says that there is text, the reader must be surer: clouds and trees look like letters to it.
_SURE_OF_PROSE = 0.7


class Scanned(NamedTuple):
    """A page as read from its picture."""

    marks: PageMarks
    tilt: Tilt
    unsure: frozenset[str]
    """Lines that the reader is not quite sure of."""
    disputed: tuple[BBox, ...]
    """Where lines stand whose numbers are in dispute."""
    lines: tuple[readings.Line, ...]


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
        name = self._name(pixels)
        found = self._shelf.get(name)
        if found is None:
            found = self._read(pixels)
            turns = self._lying(pixels) if _is_doubtful(found) else 0
            if turns:
                found = self._read(_quarters(pixels, turns)).model_copy(update={"turned": turns})
            self._shelf.put(name, found)
        longest = max(found.width, found.height)
        factor = max(pixels.width, pixels.height) / longest
        tilt = Tilt(found.angle, factor, found.width, found.height, found.turned)
        unsure = frozenset(line.text for line in found.lines if line.score < _SURE)
        disputed = tuple(BBox(line.x0, line.y0, line.x1, line.y1) for line in found.lines if line.disputed)
        return Scanned(_marks(number, found), tilt, unsure, disputed, found.lines)

    def upright(self, pixels: PagePixels) -> Upright:
        """A page straightened, for looking at places of it again."""
        known = self._shelf.get(self._name(pixels))
        pixels = _quarters(pixels, known.turned if known is not None else 0)
        scale = _scale(pixels)
        sheet = ink.sheet_of(_picture(pixels), scale)
        factor = max(pixels.width, pixels.height) / _A4_POINTS
        tilt = Tilt(sheet.angle, factor, pixels.columns / scale, pixels.rows / scale, known.turned if known else 0)
        return Upright(sheet, tilt, scale)

    def again(self, page: Upright, bbox: BBox) -> str | None:
        """What stands in a rectangle (page points), read from a crop twice as large as the first time, and softer."""
        lines = ink.text_lines(page.sheet.ink, _pixels(upright(bbox, page.tilt), page.scale), page.scale)
        if not lines:
            return None
        height = float(np.median([line.y1 - line.y0 for line in lines]))
        crops = [crop_of(page.sheet.grey, line, height) for line in lines]
        joined = [beside(crops)] if are_short(crops) else crops
        return "".join(found.text for found in self._ocr.read([softer(crop) for crop in joined])) or None

    def _name(self, pixels: PagePixels) -> str:
        return name_of(pixels.pixels, pixels.columns, f"{_method()} {self._ocr.version}")

    def _lying(self, pixels: PagePixels) -> int:
        """Quarter turns clockwise after which the largest lines of a page can be read; 0 if none makes it better."""
        grey = np.asarray(cv2.cvtColor(_picture(pixels), cv2.COLOR_BGR2GRAY), np.uint8)
        rows, columns = grey.shape
        found = [_within(strip, columns, rows) for strip in self._ocr.find(grey)]
        found = sorted(found, key=lambda box: (box.y1 - box.y0) * (box.x1 - box.x0))[-_SAMPLE:]
        tall = sum(box.y1 - box.y0 > box.x1 - box.x0 for box in found)
        ways = (1, 3) if 2 * tall > len(found) else (0, 2)
        crops = [grey[box.y0 : box.y1, box.x0 : box.x1] for box in found]
        scores = {
            way: sum(
                own.score for own in self._ocr.read([np.ascontiguousarray(np.rot90(crop, -way)) for crop in crops])
            )
            for way in ways
        }
        best = max(ways, key=lambda way: scores[way])
        return best if found and scores[best] >= _LEGIBLE * len(found) else 0

    def _read(self, pixels: PagePixels) -> Reading:
        scale = _scale(pixels)
        sheet = ink.sheet_of(_picture(pixels), scale)
        width, height = pixels.columns / scale, pixels.rows / scale
        horizontal, vertical = (
            [_points(rule, scale) for rule in rules] for rules in (sheet.horizontal, sheet.vertical)
        )
        bare = PageMarks(0, width, height, (), tuple(horizontal), tuple(vertical))
        boxes, tables = _places(bare, scale)
        boxes = [_with_what_crosses_its_foot(sheet, box, tables, scale) for box in boxes]
        lines = self._cells(sheet, boxes, scale)
        lines += self._around(_without(sheet, boxes), tables, scale)
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
        cuts: list[Cut] = []
        marks: list[readings.Line] = []
        for box, lines in held:
            mark = lone_mark(sheet, lines[0], height) if len(lines) == 1 else None
            if mark is not None:
                marks.append(line_of(mark, 1.0, lines[0], scale))
                continue
            own = [cut_of(sheet, line, height, box) for line in lines]
            cuts += [side_by_side(own)] if len(own) > 1 and are_short([cut.crop for cut in own]) else own
        return completed(sheet, boxes, [*marks, *self._named(cuts, scale)], scale)

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
        named = self._named([cut_of(sheet, line, line.y1 - line.y0) for line in lines], scale)
        if tables:
            return named
        return [line for line in named if line.score >= _SURE_OF_PROSE and len(line.text) > 1]

    def _named(self, cuts: Sequence[Cut], scale: float) -> list[readings.Line]:
        """The lines that the reader sees in crops, each in its place; under a seal, what several readings agree on."""
        more = [crop for cut in cuts for crop in (*cut.others, *([] if cut.wider is None else [cut.wider]))]
        found = self._told([*(cut.crop for cut in cuts), *more])
        again = iter(found[len(cuts) :])
        read: list[tuple[Cut, Vote]] = []
        for cut, own in zip(cuts, found[: len(cuts)], strict=True):
            others = [next(again) for _ in cut.others]
            wider = None if cut.wider is None else next(again)
            read.append((cut, chosen([own, *others], wider) if others else Vote(own, disputed=False)))
        return [
            line
            for cut, vote in map(_with_boxes, self._surer(read))
            if vote.read.score >= _LEAST_SURE
            for line in lines_in(cut, vote, scale)
        ]

    def _told(self, crops: Sequence[NDArray[np.uint8]]) -> list[Read]:
        """What stands in crops, with the signs that the reader takes for digits or letters."""
        read = map(with_percent, self._ocr.read(crops))
        return [with_dashes(own) if len(crop) >= _LARGE else own for crop, own in zip(crops, read, strict=True)]

    def _surer(self, read: Sequence[tuple[Cut, Vote]]) -> Iterator[tuple[Cut, Vote]]:
        """What the reader was not sure of, read again: its grain smoothed away, darker, with more room."""
        doubtful = [(cut.crop, found) for cut, (found, _) in read if _is_unsure(cut, found)]
        looks = (smooth, darker, roomier, aside)
        again = iter(self._told([look(crop) for crop, _ in doubtful for look in looks]))
        for cut, vote in read:
            found = vote.read
            if not _is_unsure(cut, found):
                yield cut, vote
                continue
            second, *more = (next(again) for _ in looks)
            # Where they differ in room between the letters only, the sharper one saw it better.
            first, other = found.text.replace(" ", ""), second.text.replace(" ", "")
            # What is smoothed away at an end was a bracket or a stop, and leaves a surer rest.
            less = first.startswith(other) or first.endswith(other)
            best = found if less or found.score >= min(second.score, _SURE) else second
            if _lacks_a_sign(cut, found):
                fuller = (own for own in (second, *more) if _says_a_sign_more(own.text, first))
                best = max(fuller, key=_score, default=best)
            yield cut, Vote(likeliest(best, more), vote.disputed)


def _is_unsure(cut: Cut, read: Read) -> bool:
    """True for a reading that is worth another look; under a seal there were several."""
    return not cut.others and (read.score < _SURE or is_doubtful(read) or _lacks_a_sign(cut, read))


def _lacks_a_sign(cut: Cut, read: Read) -> bool:
    """True for a single digit or letter where there is ink for two: (5 and 入) at the end of a narrow column."""
    place, text = cut.places[0], read.text.strip()
    if len(cut.places) > 1 or len(text) != 1 or not (text.isdecimal() or is_letter(text)):
        return False
    return place.x1 - place.x0 > (_ONE_DIGIT if text.isdecimal() else _ONE_LETTER) * (place.y1 - place.y0)


def _says_a_sign_more(text: str, first: str) -> bool:
    """True for a text with another in it, and a sign beside that."""
    before, found, after = "".join(text.split()).partition(first)
    return bool(found and before + after) and not any(each.isalnum() for each in before + after)


def _score(read: Read) -> float:
    return read.score


@cache
def _method() -> str:
    """Which way of reading this is: the digest of its own source."""
    folder = files("pipeline.read")
    return hashlib.sha256(b"".join(folder.joinpath(name).read_bytes() for name in _METHOD)).hexdigest()


def _is_doubtful(reading: Reading) -> bool:
    """True if a page has no text, or lines that could hardly be read or are mostly single letters: it may lie."""
    if sum(len(line.text) == 1 for line in reading.lines) > len(reading.lines) / 2:
        return True
    letters = sum(len(line.text) for line in reading.lines)
    return letters == 0 or sum(len(line.text) * line.score for line in reading.lines) < _LEGIBLE * letters


def _quarters(pixels: PagePixels, turns: int) -> PagePixels:
    """A picture turned clockwise by quarters."""
    if not turns:
        return pixels
    rgb = np.frombuffer(pixels.pixels, np.uint8).reshape(pixels.rows, pixels.columns, 3)
    made = np.ascontiguousarray(np.rot90(rgb, -turns))
    size = (pixels.height, pixels.width) if turns % 2 else (pixels.width, pixels.height)
    return PagePixels(made.tobytes(), made.shape[1], made.shape[0], *size)


def _scale(pixels: PagePixels) -> float:
    """Pixels a point, if the page is an A4 page: what a file says of a picture's size is often nonsense."""
    return max(pixels.columns, pixels.rows) / _A4_POINTS


def _picture(pixels: PagePixels) -> NDArray[np.uint8]:
    rgb = np.frombuffer(pixels.pixels, np.uint8).reshape(pixels.rows, pixels.columns, 3)
    return np.ascontiguousarray(rgb[:, :, ::-1])


def _points(rule: InkRule, scale: float) -> Rule:
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


def _with_what_crosses_its_foot(sheet: Sheet, box: Strip, tables: Sequence[Strip], scale: float) -> Strip:
    """A cell that is open at the foot of its table, as far down as the letters that stand across it."""
    if not any(abs(box.y1 - table.y1) <= scale and table.x0 <= box.x0 < table.x1 for table in tables):
        return box
    inside = np.s_[box.x0 + round(2 * scale) : box.x1 - round(2 * scale)]
    below = (sheet.ink[box.y1 : box.y1 + round(_LETTER * scale), inside] > 0).any(axis=1)
    if not below.size or below.all() or not (sheet.ink[box.y1 - 1, inside] > 0).any():
        return box
    return box._replace(y1=box.y1 + int(np.argmin(below)))


def _without(sheet: Sheet, boxes: Sequence[Strip]) -> Sheet:
    """A page without the ink in rectangles."""
    left = sheet.ink.copy()
    for box in boxes:
        left[box.y0 : box.y1, box.x0 : box.x1] = 0
    return sheet._replace(ink=left)


def _within(strip: Strip, columns: int, rows: int) -> Strip:
    return Strip(max(strip.x0, 0), max(strip.y0, 0), min(strip.x1, columns), min(strip.y1, rows))


def _with_boxes(read: tuple[Cut, Vote]) -> tuple[Cut, Vote]:
    """The boxes of a line told, too; where a seal lies over it, what looks like one may be the seal's."""
    cut, vote = read
    return cut, vote if cut.others else vote._replace(read=with_boxes(cut.crop, vote.read))


def _size(line: readings.Line) -> float:
    """About the font size of a line, from its height and how wide its characters are."""
    height, step = line.y1 - line.y0, (line.x1 - line.x0) / len(line.text)
    return min(height, 2 * step) if len(line.text) > 1 else height


def _marks(number: int, reading: Reading) -> PageMarks:
    """A reading in the shape of any other page: the characters of a line stand evenly between its ends."""
    runs = []
    own = [_size(line) for line in reading.lines]
    usual = float(np.median(own)) if own else 0.0
    for line, seen in zip(reading.lines, own, strict=True):
        step = (line.x1 - line.x0) / len(line.text)
        edges = [line.x0 + step * at for at in range(len(line.text) + 1)]
        # Letters differ in height (一, 口, 5) although they are printed in one size.
        size = usual if usual / _ONE_SIZE < seen < usual * _ONE_SIZE else seen
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
