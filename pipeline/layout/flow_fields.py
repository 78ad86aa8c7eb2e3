"""A field's value over several lines or words: whether its parts surely belong together."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipeline.layout.flow_atoms import Atom, head_of, pieces_of, width
from schemas.layout import CellDoubt, Line

_LEFT, _RIGHT = 4, 3
_LEAST_VALUES = 3


class ValueHabits:
    """What stands whole somewhere in the document, and how wide the values of each label get on one line."""

    def __init__(self, lines: Iterable[Line], values: Iterable[tuple[str, Sequence[Atom]]]) -> None:
        self._lines = tuple(line.text for line in lines)
        self._widths: dict[str, list[float]] = {}
        for word, atoms in values:
            pieces = pieces_of(atoms)
            if pieces:
                self._widths.setdefault(word, []).append(max(width(piece.text) for piece in pieces))

    def doubts(self, word: str, atoms: Sequence[Atom]) -> set[CellDoubt]:
        """The doubts of a value: a space may hide a label that is not known, a line end too."""
        doubts: set[CellDoubt] = set()
        for before, after in pairwise(atoms):
            latin = not before.text[-1].isascii() and after.text[0].isascii() and after.text[0].isalnum()
            if after.drop == 0 and not latin:
                doubts.add("cut")
        pieces = pieces_of(atoms)
        for piece, following in pairwise(pieces):
            whole = piece.text[-_LEFT:] + following.text[:_RIGHT]
            stands_whole = len(piece.text) >= _LEFT and any(whole in line for line in self._lines)
            if not stands_whole and not self._is_full(word, piece.text, following.text):
                doubts.add("join")
        return doubts

    def _is_full(self, word: str, line: str, following: str) -> bool:
        """Whether the line is as long as values of this label get, and the next word no longer fitted."""
        seen = self._widths.get(word, [])
        return len(seen) >= _LEAST_VALUES and width(line + head_of(following)) > max(seen)
