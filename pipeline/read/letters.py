"""Several looks at one line come in, its doubtful letters go out as all looks together have them most likely.

A letter that is rare is seldom the likeliest of its like in any one look, and hardly unlikely in one: the likelihoods
are multiplied. Digits and signs are left alone: of a number that is read in two ways neither is right. Only where a
letter or a ring seems to end a number, and may be a %, it is one.
"""

import math
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import partial

from pipeline.read.ocr import DASH, Read
from pipeline.read.readings import Doubt
from pipeline.read.recurring import is_letter

# A letter is doubtful if it is less likely than this; a look that leaves one out has it this likely.
DOUBTFUL, _LEAST = 0.9, 0.02
# How much more likely than the reader says, look for look, a letter is that is not simplified, and a rare one.
_SELDOM, _RARE = 0.2, 3.0
# GB 2312's letters by radical, the rare ones, begin with this byte; those before it are in the order of their sounds.
_SECOND_LEVEL = 0xD8
# A digit is a % that was blurred if the reader finds that so likely.
_MAY_BE = 0.1
# A dash between letters is read as this one.
_ONE = "一"
# Letters, and brackets that open and close.
_LETTERS = frozenset({"Lo", "Ps", "Pe"})
_CLOSING = {"(": ")", "\uff08": "\uff09", "[": "]", "\u3014": "\u3015", "\u3010": "\u3011"}


def with_percent(read: Read) -> Read:
    """The reading with a % at its end for a doubtful digit that may be one: a digit is hardly ever taken for a %."""
    if len(read.rivals) < 2 or not read.text[-2:].isdecimal():  # noqa: PLR2004 - a number and its sign
        return read
    last = read.rivals[-1]
    worn = last.get(read.text[-1], 0.0) < DOUBTFUL and last.get("%", 0.0) >= _MAY_BE
    return read._replace(text=f"{read.text[:-1]}%") if worn else read


def with_dashes(read: Read) -> Read:
    """The reading with a dash for a 一 that may be one: the reader hardly ever takes a printed 一 for a dash."""
    told = [DASH if letter == _ONE and DASH in rivals else letter for letter, rivals in _letters(read)]
    return read._replace(text=_lettered(read.text, told))


def is_doubtful(read: Read) -> bool:
    """True if the reader is not sure of a letter or bracket."""
    return any(_is_doubted(letter, rivals) for letter, rivals in _letters(read))


def likeliest(read: Read, looks: Sequence[Read]) -> Read:
    """The reading with its doubtful letters as it and the looks that see as many characters have them together."""
    alike = [own.rivals for own in (read, *looks) if len(own.rivals) == len(read.rivals)]
    told: list[str] = []
    together: list[Mapping[str, float]] = []
    for at, (letter, rivals) in enumerate(_letters(read)):
        each = [own[at] for own in alike]
        others = {other for own in each for other in own if _is_letter(other)}
        doubted = others and _is_doubted(letter, rivals)
        likely = max(sorted(others), key=partial(_together, looks=each)) if doubted else letter
        together.append(_shares(others, each) if doubted else rivals)
        told.append("%" if at == len(read.rivals) - 1 and _is_percent(told, likely, each) else likely)
    for opened, closed in _pairs(told):
        if _CLOSING[told[opened]] != told[closed]:
            told[opened], told[closed] = max(
                _CLOSING.items(),
                key=lambda pair: sum(
                    _together(sign, looks=[own[at] for own in alike])
                    for sign, at in zip(pair, (opened, closed), strict=True)
                ),
            )
    return read._replace(text=_lettered(read.text, told), rivals=tuple(together) or read.rivals)


def doubts(text: str, rivals: Sequence[Mapping[str, float]]) -> tuple[Doubt, ...]:
    """The letters of a text that may be others, with what each may be; `rivals` are of what is no space."""
    solid = [at for at, letter in enumerate(text) if not letter.isspace()]
    if len(solid) != len(rivals):
        return ()
    return tuple(
        Doubt(at=at, rivals=others)
        for at, own in zip(solid, rivals, strict=True)
        if text[at] in own
        if len(others := {letter: round(likely, 4) for letter, likely in own.items() if is_letter(letter)}) > 1
        and is_letter(text[at])
    )


def _shares(letters: Collection[str], looks: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """How likely each of some letters is in all looks, one look's worth; what is hardly likely is left out."""
    likely = {letter: math.exp(_together(letter, looks) / len(looks)) for letter in letters}
    whole = sum(likely.values())
    return {letter: own / whole for letter, own in likely.items() if own / whole >= _LEAST}


def _letters(read: Read) -> list[tuple[str, Mapping[str, float]]]:
    solid = "".join(read.text.split())
    if len(solid) != len(read.rivals):
        return []
    return list(zip(solid, read.rivals, strict=True))


def _lettered(text: str, letters: Sequence[str]) -> str:
    """A text with other letters, its spaces where they are; as it is if there are more or fewer of them."""
    if len("".join(text.split())) != len(letters):
        return text
    others = iter(letters)
    return "".join(each if each.isspace() else next(others) for each in text)


def _is_doubted(letter: str, rivals: Mapping[str, float]) -> bool:
    """Wide and narrow forms of a bracket are one."""
    own = unicodedata.normalize("NFKC", letter)
    sure = sum(likely for other, likely in rivals.items() if unicodedata.normalize("NFKC", other) == own)
    return _is_letter(letter) and sure < DOUBTFUL


def _is_percent(before: Sequence[str], letter: str, looks: Sequence[Mapping[str, float]]) -> bool:
    """True for what is no digit behind a digit, doubtful, and a % for one look at least: rings and strokes run so."""
    if not before or not before[-1].isdecimal() or letter.isdecimal() or _is_letter(letter):
        return False
    return looks[0].get(letter, 0.0) < DOUBTFUL and any("%" in own for own in looks)


def _is_letter(text: str) -> bool:
    return unicodedata.category(text) in _LETTERS


def _together(letter: str, looks: Sequence[Mapping[str, float]]) -> float:
    """How likely a letter is in all looks, as a logarithm; how often the reader saw it before is put right."""
    return sum(math.log(max(own.get(letter, 0.0), _LEAST) * _often(letter)) for own in looks)


def _often(letter: str) -> float:
    """How much more often a letter stands in names and forms of the mainland than in what a reader has learned from.

    GB 2312 has none in its traditional form (毀, 減), and the rare ones, which names are made of, behind the others.
    """
    try:
        code = letter.encode("gb2312")
    except UnicodeEncodeError:
        return _SELDOM
    return _RARE if len(code) > 1 and code[0] >= _SECOND_LEVEL else 1.0


def _pairs(letters: Sequence[str]) -> list[tuple[int, int]]:
    """Where brackets open and close."""
    waiting: list[int] = []
    found = []
    for at, letter in enumerate(letters):
        if letter in _CLOSING:
            waiting.append(at)
        elif letter in _CLOSING.values() and waiting:
            found.append((waiting.pop(), at))
    return found
