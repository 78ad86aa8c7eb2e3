"""Lines of plain text become atoms: the pieces between spaces and line ends that no cut divides."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from schemas.layout import Line

# Characters that typesetters keep off the start of a line, and those they keep off its end.
CLOSERS = frozenset("，。、；：！？）】》〉”’％%,.;:!?)]}…」』")
OPENERS = frozenset("（【《〈“‘([{「『")
OPERATORS = ("≥", "≤", "≧", "≦", ">", "<", "=", "＝", "＞", "＜", "═")

_WORD = re.compile(r"[0-9A-Za-z.,%/_-]+")
_BOOK_WIDTHS = dict.fromkeys(".,:;' ", 0.5) | dict.fromkeys("()[]-/", 0.65) | dict.fromkeys("≥≤=<>", 1.1) | {"%": 1.65}
_BRACKETS = {")": "(", "]": "[", "}": "{", "】": "【", "》": "《", "」": "「", "』": "『"}
CHARACTER = 2.0
"""The width of a Chinese character."""
_SPACED_DATE = re.compile(r"[0-9] [年月日]")
_MANY_SPACES = re.compile(r"\S\s{2,}\S")


@dataclass(frozen=True)
class Atom:
    """Characters `start` to `end` of a line; a cell is made of whole atoms."""

    text: str
    line: int
    start: int
    end: int
    drop: int
    """How many lines below the atom before it stands: 0 on the same line, 2 with one blank line between."""
    page: int = 1


@dataclass(frozen=True)
class Piece:
    """The share of one line in a cell: atoms of that line with the spaces between them."""

    text: str
    line: int
    start: int
    end: int


def atoms_of(lines: Iterable[Line]) -> tuple[Atom, ...]:
    """Every run of characters between white space, in reading order."""
    atoms: list[Atom] = []
    for line in lines:
        for found in re.finditer(r"\S+", line.text):
            drop = line.number - atoms[-1].line if atoms else 0
            atoms.append(Atom(found.group(), line.number, found.start(), found.end(), drop, line.page))
    return tuple(atoms)


def pieces_of(atoms: Sequence[Atom]) -> tuple[Piece, ...]:
    """The printed lines of a cell: neighbours on one line stay together, their space kept."""
    pieces: list[Piece] = []
    for position, atom in enumerate(atoms):
        last = pieces[-1] if pieces else None
        if last is not None and last.line == atom.line and atoms[position - 1].end == last.end and atom.drop == 0:
            between = " " * (atom.start - last.end)
            pieces[-1] = Piece(last.text + between + atom.text, atom.line, last.start, atom.end)
        else:
            pieces.append(Piece(atom.text, atom.line, atom.start, atom.end))
    return tuple(pieces)


def joined(atoms: Sequence[Atom]) -> str:
    """A cell's text: its lines joined without a space."""
    return "".join(piece.text for piece in pieces_of(atoms))


@cache
def bare(text: str) -> str:
    """The text as labels are compared: NFKC, no white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


class Width(NamedTuple):
    """A text's width in halves of a Chinese character, by the two kinds of type that forms are set in."""

    even: float
    """Every Latin character half as wide as a Chinese one, operators as wide."""
    book: float
    """Latin characters each with its own width, and a quarter of a Chinese one between both scripts."""
    chinese: float
    """The width if all characters are Chinese, which is certain in any type; else 0."""


def widest_of(widths: Iterable[Width]) -> Width:
    """The greatest width by each kind of type."""
    known = list(widths)
    return Width(max(one.even for one in known), max(one.book for one in known), max(one.chinese for one in known))


@cache
def width_of(text: str) -> Width:
    """How wide the text is."""
    even = book = 0.0
    for before, char in zip(" " + text, text, strict=False):
        if char.isalnum() and before.isalnum() and char.isascii() != before.isascii():
            book += 0.5
        wide = unicodedata.east_asian_width(char) in "WFA"
        even += 2.0 if wide else 1.0
        book += _BOOK_WIDTHS.get(char, 2.0 if wide else 1.0)
    return Width(even, book, even if even == 2 * len(text) and "≥" not in text and "≤" not in text else 0.0)


def width(text: str) -> float:
    """How wide the text is in evenly spaced type."""
    return width_of(text).even


def head_of(text: str) -> str:
    """The smallest share of `text` that can stand at a line's end, by the rules of typesetting."""
    end = 0
    while end < len(text) and text[end] in OPENERS:
        end += 1
    word = _WORD.match(text, end)
    end = word.end() if word else end + 1
    while end < len(text) and text[end] in CLOSERS:
        end += 1
    return text[:end]


def slack(line: str, following: str, widest: Width) -> float:
    """How much room the next word would have left on the line, in a column as wide as `widest`; below 0 it did not fit.

    Of both kinds of type the one that leaves less: widths are counted, not measured.
    """
    both = width_of(line + head_of(following))
    if 0 < both.chinese <= widest.chinese:
        return max(CHARACTER, widest.chinese - both.chinese)
    return min(widest.even - both.even, widest.book - both.book)


def brackets_close(text: str) -> bool:
    """Whether every bracket of the text that opens closes in it, and the other way round."""
    open_ones: list[str] = []
    for char in unicodedata.normalize("NFKC", text):
        if char in _BRACKETS.values():
            open_ones.append(char)
        elif char in _BRACKETS and (not open_ones or open_ones.pop() != _BRACKETS[char]):
            return False
    return not open_ones


def crosses_page(atoms: Sequence[Atom]) -> bool:
    """Whether a page ends among the atoms, as far as the text marks it."""
    return bool(atoms) and atoms[0].page != atoms[-1].page


def spaces_digits(lines: Iterable[Line]) -> bool:
    """Whether this text puts a space behind digits too, where a Chinese word follows."""
    return any(_SPACED_DATE.search(line.text) for line in lines)


def is_aligned(lines: Sequence[Line]) -> bool:
    """Whether columns are kept by runs of spaces: such a text is read by its columns, not as a flow."""
    spaced = sum(1 for line in lines if _MANY_SPACES.search(line.text))
    return spaced * 5 > len(lines)
