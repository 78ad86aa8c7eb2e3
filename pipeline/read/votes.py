"""What a reader saw of one line in several ways becomes one reading, and whether they agree on its numbers.

Every way of taking a seal out loses something else: what most of them say is most likely what is printed.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.read.ocr import Read

# A character that the reader is less sure of than this speaks against a reading, others for it.
_EVEN, _LEAST = 0.5, 0.02
# How much each way of looking counts: as crops have them, the page as scanned last.
_WEIGHTS = (1.0, 1.0, 1.0, 0.5)
# A reading of a wider place counts if it is as sure as this, and goes on where the chosen one ends.
_SURE = 0.85
# So is one that is only so sure, if all that it goes on with is a %: a seal makes none.
_SEEN = 0.7
# A number is in dispute if this share of what was seen says another.
_DISPUTED = 0.2
# So is one of which the reader is less sure than this, and one against which it is as sure of another; the page as
# scanned is not asked.
_HEARD = 0.75
# What a reader of words takes a lone digit for.
_LIKE_DIGITS = {"G": "6", "O": "0", "o": "0", "D": "0", "I": "1", "l": "1", "B": "8", "S": "5", "Z": "2"}


# What is left of a seal beside a number looks like a letter.
_LETTERS = re.compile(r"^[A-Za-z]+(?=[0-9])|(?<=[0-9])[A-Za-z]+$")
# A stop behind a % or before a lone number is a seal's, too, and a narrow one or a dash at either end of words.
_STOPS = re.compile(
    r"(?<=%)[.,]+$|^[.,:;、。，：；·]+(?=[≥≤≧≦<>=]?[0-9][0-9.,]*%?$)|(?<=[\u4e00-\u9fff])[.,:;'`\-]+$|^[.,:;'`\-]+(?=[\u4e00-\u9fff])"
)
_RINGS = ("°", "º")
_PART = re.compile(r"[0-9]|(?<=[0-9])[.,](?=[0-9])")


class Vote(NamedTuple):
    """The reading that was chosen."""

    read: Read
    disputed: bool
    """Others say another number than it, or it says a number that stands in one of them only."""


def chosen(readings: Sequence[Read], wider: Read | None = None) -> Vote:
    """The text that most ways of looking at a line see, each counted by how sure it is; the best way comes first.

    Of texts with the same letters the longest is right: a seal hides a comma, and seldom makes one.
    `wider` is the line with more room at its ends: if it goes on where the chosen one ends it is right, but in dispute.
    """
    voices: dict[str, float] = {}
    for reading, weight in zip(readings, _WEIGHTS, strict=False):
        voices[_core(reading.text)] = voices.get(_core(reading.text), 0.0) + weight * _sure(reading)
    best = max(voices, key=lambda text: voices[text])
    best = next((text for text in (_LIKE_DIGITS.get(best), _LETTERS.sub("", best)) if text in voices), best)
    best = _with_percent(best, readings)
    alike = [own for own in readings if _core(own.text) == best]
    read = max(alike, key=lambda own: (len(_STOPS.sub("", _solid(own.text))), -len(_solid(own.text)), own.score))
    wider = None if wider is None else _with_worn_percent(wider)
    if wider is not None and _goes_on(wider, best):
        return Vote(_without_stops(wider), _number(wider.text) != _number(read.text))
    said = _number(read.text)
    against = sum(
        weight * _sure(own) for own, weight in zip(readings, _WEIGHTS, strict=False) if _number(own.text) != said
    )
    rivals = [
        own for own in (*readings[: len(_WEIGHTS) - 1], *([] if wider is None else [wider])) if own.score >= _HEARD
    ]
    is_told = any(_number(own.text) != said for own in rivals)
    return Vote(read, is_told or against > _DISPUTED * sum(voices.values()) or (bool(said) and read.score < _HEARD))


def _without_stops(read: Read) -> Read:
    """The reading without what is a seal's at its ends."""
    text = _solid(read.text)
    bare = _STOPS.sub("", text)
    start = text.find(bare)
    if bare == text or len(read.at) != len(text):
        return read
    kept = slice(start, start + len(bare))
    return Read(bare, read.score, read.at[kept], read.rivals[kept])


def _with_worn_percent(read: Read) -> Read:
    """The reading with a % for the letter or ring behind its number that may be one."""
    before, last = _solid(read.text)[-2:-1], read.text[-1:]
    sign = (last.isascii() and not last.isdecimal()) or last in {*_RINGS, "℃"}
    worn = before.isdecimal() and sign and bool(read.rivals) and "%" in read.rivals[-1]
    return read._replace(text=f"{read.text[:-1]}%") if worn else read


def _with_percent(text: str, readings: Sequence[Read]) -> str:
    """The text with the % at its end that a seal made look like a digit or letter in all ways but one, or hid in some.

    A seal's strokes break a % and do not make one; a ring is what is left of it.
    """
    least = _EVEN if text.endswith(_RINGS) else _SURE
    ends = [_core(own.text) for own in readings if own.score >= least]
    told = [end for end in ends if end[-2:-1].isdecimal() and end[-1] == "%"]
    worn = [end for end in told if end[:-1] == text[:-1] and (text[-1].isascii() or text.endswith(_RINGS))]
    hidden = [end for end in told if end[:-1] == text]
    return next(iter(worn), hidden[0] if len(hidden) > 1 else text)


def _sure(reading: Read) -> float:
    return max(reading.score - _EVEN, _LEAST)


def _solid(text: str) -> str:
    return "".join(text.split())


def _core(text: str) -> str:
    """What two readings have in common that differ in stops, commas and brackets: a seal hides these first."""
    solid = _solid(text)
    kept = "".join(each for each in solid if each == "%" or not unicodedata.category(each).startswith("P"))
    return kept or solid


def _number(text: str) -> str:
    """A text's numbers; a comma is as good as a point, and a lone letter may be a digit."""
    solid = _solid(text)
    return "".join(_PART.findall(_LIKE_DIGITS.get(solid, solid))).replace(",", ".")


def _goes_on(wider: Read, text: str) -> bool:
    """True if a reading that is sure begins or ends with another and says more: digits or a % at a digit, or words."""
    whole = _core(wider.text)
    if not text or whole == text or not (whole.startswith(text) or whole.endswith(text)):
        return False
    more, beside = (whole[len(text) :], text[-1]) if whole.startswith(text) else (whole[: -len(text)], text[0])
    if more == "%" and beside.isdigit():
        return wider.score >= _SEEN and whole.endswith("%")
    return wider.score >= _SURE and (more.isdigit() if beside.isdigit() else not more.isascii())
