"""Lines of a document come in with letters that the reader doubts; what its other lines tell of them goes out.

A form says the same words again: a department stands above each of its forms, an indicator repeats the project's name.
What two letters beside each other are likely to be is counted over all lines, each reading as far as it is likely. A
doubtful letter becomes what it may be and what most often stands so beside its neighbours. Digits stay as they are.
"""

import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from pipeline.read.readings import Line

# How often letters that were never seen beside each other stand so all the same.
_NEW = 0.3

_Letters = Sequence[Mapping[str, float]]
"""What each character of a line may be, and how likely."""


def settled(lines: Iterable[Line]) -> dict[str, str]:
    """The lines whose doubtful letters other lines tell: the text as read, and as it is."""
    read = [(line, _letters(line)) for line in lines]
    pairs: dict[tuple[str, str], float] = defaultdict(float)
    for _, letters in read:
        for pair, often in _pairs(letters).items():
            pairs[pair] += often
    found: dict[str, str] = {}
    for line, letters in read:
        own = _pairs(letters) if line.doubts else {}
        text = list(line.text)
        for doubt in line.doubts:
            text[doubt.at] = _likeliest(letters, doubt.at, pairs, own)
        if "".join(text) != line.text:
            found.setdefault(line.text, "".join(text))
    return found


def _letters(line: Line) -> _Letters:
    doubted = {doubt.at: doubt.rivals for doubt in line.doubts}
    return [doubted.get(at, {letter: 1.0}) for at, letter in enumerate(line.text)]


def _pairs(letters: _Letters) -> dict[tuple[str, str], float]:
    """How often two letters stand beside each other."""
    found: dict[tuple[str, str], float] = defaultdict(float)
    for first, second in pairwise(letters):
        for one, sure in first.items():
            for other, likely in second.items():
                if is_letter(one) and is_letter(other):
                    found[one, other] += sure * likely
    return found


def _likeliest(
    letters: _Letters, at: int, pairs: Mapping[tuple[str, str], float], own: Mapping[tuple[str, str], float]
) -> str:
    """Of what a letter may be, what is likely and stands beside its neighbours elsewhere."""
    before = letters[at - 1] if at else {}
    after = letters[at + 1] if at + 1 < len(letters) else {}

    def worth(letter: str) -> float:
        beside = [(likely, (other, letter)) for other, likely in before.items()]
        beside += [(likely, (letter, other)) for other, likely in after.items()]
        seen = sum(likely * max(0.0, pairs.get(pair, 0.0) - own.get(pair, 0.0)) for likely, pair in beside)
        return math.log(letters[at][letter]) + math.log(_NEW + seen)

    return max(letters[at], key=worth)


def is_letter(text: str) -> bool:
    """True for a letter of a script without capitals, as Chinese is; no digit, no sign, no bracket."""
    return unicodedata.category(text) == "Lo"
