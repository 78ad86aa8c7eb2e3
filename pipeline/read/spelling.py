"""A label read from a picture, and the labels that are known, become the label that was printed.

Only labels are ever changed: no digit, at least four characters, one of them read wrongly, one known label it can be.
"""

from collections.abc import Collection

from pipeline.mapping.labels import core
from schemas.amount import normalised

# A shorter label has too many neighbours.
_SHORTEST = 4


def spelled(text: str, words: Collection[str]) -> str:
    """The known label that differs in one character, in its brackets; the text itself if there is none, or several."""
    label = core(text)
    if len(label) < _SHORTEST or label in words or any(character.isdigit() for character in label):
        return text
    near = [word for word in words if len(word) == len(label) and _differences(word, label) == 1]
    whole = normalised(text)
    return whole.replace(label, near[0], 1) if len(near) == 1 and label in whole else text


def _differences(first: str, second: str) -> int:
    return sum(a != b for a, b in zip(first, second, strict=True))
