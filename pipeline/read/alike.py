"""Cells that could hardly be read come in, the same go out with what only their looks tell.

A form says the same often: %, ≥, 10, 0.00. A cell that the reader is not sure of, and that looks like a text it was
sure of elsewhere on the page and like no other, holds that text. A number is told so where its readings are in dispute,
and stays so: one that stands nowhere else on the page looks like its neighbours.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

import cv2
import numpy as np

from pipeline.read.ink import Sheet, Strip
from pipeline.read.readings import Line
from pipeline.read.seals import Grey

# Longer texts are seldom said twice; so many looks of one text are kept.
_LONGEST, _LOOKS = 8, 3
# A text is a pattern if the reader was so sure of it; a cell is looked at if it was less sure than this, the second
# under a seal, the third elsewhere.
_PATTERN, _SURE, _HARDLY = 0.98, 0.995, 0.6
# Two pictures are alike from this correlation on, and by so much more than with any other text.
_ALIKE, _MORE = 0.72, 0.05
_NUMBER = re.compile(r"[0-9][0-9.,]*%?")
# Another number than the one that was read must be this much alike, if more than one of its characters is another.
_ALIKE_NUMBER = 0.8
# A dash or ═ is alike to any stroke: it is lower than this share of a line, and must be this much alike.
_LOW, _ALIKE_LOW = 0.35, 0.88
# Room around a pattern, in a line's height: nothing stands beside it.
_BESIDE, _ABOVE = 0.25, 0.12
# What a border may blur into a cell (points). What is so much of the way from paper to print is dark; of that, so
# much beside what was found, in its square height, is more text.
_BORDER, _DARK, _STAIN = 1.4, 0.4, 0.05


class _Found(NamedTuple):
    text: str
    likeness: float
    place: Strip


def completed(sheet: Sheet, boxes: Sequence[Strip], lines: Sequence[Line], scale: float) -> list[Line]:
    """The lines of a page's cells (`boxes`, pixels; `scale` pixels a point), those told by their looks among them."""
    if not lines:
        return []
    height = float(np.median([line.y1 - line.y0 for line in lines])) * scale
    held = {box: [line for line in lines if _is_within(line, box, scale)] for box in boxes}
    patterns = _patterns(sheet, held, height, scale)
    told: dict[int, Line] = {}
    more: list[Line] = []
    for box, own in held.items():
        if len(own) > 1 or not _is_looked_at(sheet, box, own, scale):
            continue
        found = _likest(sheet, box, patterns, height, scale)
        if found is None or (own and own[0].text == found.text):
            continue
        disputed = any(character.isdigit() for character in found.text)
        if disputed and own and not _may_be(own[0], found):
            continue
        x0, y0, x1, y1 = (edge / scale for edge in found.place)
        line = Line(text=found.text, x0=x0, y0=y0, x1=x1, y1=y1, score=round(found.likeness, 4), disputed=disputed)
        if own:
            told[id(own[0])] = line
        else:
            more.append(line)
    return [told.get(id(line), line) for line in lines] + more


def _is_within(line: Line, box: Strip, scale: float) -> bool:
    across, down = (line.x0 + line.x1) / 2 * scale, (line.y0 + line.y1) / 2 * scale
    return box.x0 <= across <= box.x1 and box.y0 <= down <= box.y1


def _is_looked_at(sheet: Sheet, box: Strip, own: Sequence[Line], scale: float) -> bool:
    """True for a cell with a short text that the reader is not sure of; where no seal lies, that it hardly read."""
    if any(len(line.text) > _LONGEST for line in own):
        return False
    if sheet.is_under_seal(box):
        return not any(line.score >= _SURE and not line.disputed for line in own)
    inner = _within(box, scale)
    printed = bool(sheet.ink[inner.y0 : inner.y1, inner.x0 : inner.x1].any())
    return printed and all(line.score < _HARDLY for line in own)


def _within(box: Strip, scale: float) -> Strip:
    """A cell without what its borders may blur into it."""
    border = round(_BORDER * scale)
    return Strip(box.x0 + border, box.y0 + border, box.x1 - border, box.y1 - border)


def _may_be(line: Line, found: _Found) -> bool:
    """True if what is in dispute, or no number, was misread for one: by one character, or it is much alike."""
    alike = SequenceMatcher(None, line.text, found.text).get_matching_blocks()
    longest = max(len(line.text), len(found.text))
    open_to_doubt = line.disputed or _NUMBER.fullmatch(line.text) is None
    return open_to_doubt and (found.likeness >= _ALIKE_NUMBER or longest - sum(block.size for block in alike) <= 1)


def _patterns(
    sheet: Sheet, held: Mapping[Strip, Sequence[Line]], height: float, scale: float
) -> Mapping[str, Sequence[Grey]]:
    """What short texts look like that stand alone in a cell, with the room around them, by text."""
    found: dict[str, list[Grey]] = defaultdict(list)
    for own in held.values():
        if len(own) != 1 or len(own[0].text) > _LONGEST or own[0].score < _PATTERN or own[0].disputed:
            continue
        line = Strip(*(round(edge * scale) for edge in (own[0].x0, own[0].y0, own[0].x1, own[0].y1)))
        place = _roomy(line, height)
        if len(found[own[0].text]) < _LOOKS and min(place) >= 0 and not sheet.is_under_seal(line):
            found[own[0].text].append(sheet.ways[0][place.y0 : place.y1, place.x0 : place.x1])
    return {text: looks for text, looks in found.items() if looks}


def _roomy(line: Strip, height: float) -> Strip:
    beside, middle = round(_BESIDE * height), (line.y0 + line.y1) / 2
    half = max(line.y1 - line.y0, height) * (0.5 + _ABOVE)
    return Strip(line.x0 - beside, round(middle - half), line.x1 + beside, round(middle + half))


def _likest(
    sheet: Sheet, box: Strip, patterns: Mapping[str, Sequence[Grey]], height: float, scale: float
) -> _Found | None:
    """The text that a cell looks like, and like no other; None if there is none, or ink beside it."""
    room, inner = round(_BESIDE * height), _within(box, scale)
    if inner.x1 <= inner.x0 or inner.y1 <= inner.y0:
        return None
    area = cv2.copyMakeBorder(
        sheet.ways[0][inner.y0 : inner.y1, inner.x0 : inner.x1],
        *(room, room, room, room),
        cv2.BORDER_CONSTANT,
        value=(255.0,),
    )
    found = sorted(
        (
            max((_matched(text, look, np.asarray(area, np.uint8)) for look in looks), key=lambda match: match.likeness)
            for text, looks in patterns.items()
        ),
        key=lambda match: -match.likeness,
    )
    first = found[0] if found else None
    if first is None or first.likeness < (_ALIKE_LOW if _is_low(patterns[first.text], height) else _ALIKE):
        return None
    rivals = [other for other in found[1:] if not _is_low(patterns[other.text], height)]
    if rivals and first.likeness - rivals[0].likeness < _MORE:
        return None
    across, down = inner.x0 - room, inner.y0 - room
    place = Strip(
        first.place.x0 + across + room, first.place.y0 + down, first.place.x1 + across - room, first.place.y1 + down
    )
    black = min(float(look.min()) for look in patterns[first.text])
    return None if _has_ink_beside(sheet, inner, place, black) else first._replace(place=place)


def _matched(text: str, look: Grey, area: Grey) -> _Found:
    """Where in an area a pattern is likest."""
    height, width = look.shape
    if height > area.shape[0] or width > area.shape[1]:
        return _Found(text, -1.0, Strip(0, 0, 0, 0))
    _, likeness, _, (left, top) = cv2.minMaxLoc(cv2.matchTemplate(area, look, cv2.TM_CCOEFF_NORMED))
    return _Found(text, float(likeness), Strip(left, top, left + width, top + height))


def _is_low(looks: Sequence[Grey], height: float) -> bool:
    """True for a text that is one bar or two: there is ink in few of its rows only."""
    rows = looks[0].min(axis=1) < (int(looks[0].min()) + 255) / 2
    return int(np.count_nonzero(rows)) < _LOW * height


def _has_ink_beside(sheet: Sheet, inner: Strip, place: Strip, black: float) -> bool:
    """True if a cell holds more than what stands in `place` that is nearly as dark as print; a seal's rest is paler."""
    seen = sheet.ways[0][inner.y0 : inner.y1, inner.x0 : inner.x1]
    left = np.asarray(seen < black + _DARK * (255 - black), np.uint8)
    left[
        max(0, place.y0 - inner.y0) : max(0, place.y1 - inner.y0),
        max(0, place.x0 - inner.x0) : max(0, place.x1 - inner.x0),
    ] = 0
    return bool(cv2.countNonZero(left) > _STAIN * (place.y1 - place.y0) ** 2)
