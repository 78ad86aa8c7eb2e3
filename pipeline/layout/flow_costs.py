"""Atoms proposed as one cell become a cost: how much speaks against that cell, given what is known of its column."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from pipeline.layout.flow_atoms import (
    CHARACTER,
    CLOSERS,
    OPENERS,
    OPERATORS,
    Atom,
    Width,
    bare,
    brackets_close,
    joined,
    pieces_of,
    slack,
    widest_of,
    width_of,
)
from pipeline.layout.flow_words import ColumnKind

# Costs are in units of "one weak hint". What needs MARGIN of them to be otherwise is certain; a row that
# itself breaks more than ROW_LIMIT of them is not read as a row of this kind at all.
MARGIN = 3.0
ROW_LIMIT = 8.0
FORBIDDEN = 99.0

_BLANK: dict[ColumnKind, float] = {"level": 6, "name": 20, "value": 7, "points": 9, "note": 0, "amount": 9}
_INNER_SPACE = 6.0  # a space inside a cell, where neither side explains it
_LATIN_SPACE = 1.0  # extraction puts a space between Chinese and a digit or Latin word
_USUAL_SPACE = 0.3  # ... and this text has it behind digits as well
_WRAP_UNKNOWN = 2.0  # a wrap in a column whose width is not known yet
_WRAP = 0.3  # a wrap at the end of a full line
_NEARLY_FULL = 1.5  # a wrap where the next word would hardly have fitted
_SHORT_LINE = 5.0  # a wrap although the next word would have fitted
_NO_DROP = 0.3  # a wrap without the blank line that this text has between lines of a cell
_OPEN_BRACKET = 8.0
_ORPHAN_START = 8.0  # a cell that begins with what cannot begin a line
_BRACKET_START = 3.0
_OPERATOR_INSIDE = 8.0
_NUMBER_INSIDE = 6.0
_NUMBER_AS_NAME = 8.0
_FRAGMENT_AS_NAME = 4.0
_SHORTEST_NAME = 2
_FAR_TOO_WIDE = 3.0  # a line half as wide again as any certain one of many: two cells may stand in it unparted
_HALF_AGAIN = 1.5
MANY = 20
_QUANTITY_AS_NAME = 5.0
_NOTE = 0.5
_NEW_LINE_NOTE = 0.5
_NOTE_IN_BLANK_COLUMN = 3.0  # no certain row of many has one
BEGINS_INSIDE_LINE = 4.0  # a row that begins on the line where the row before it ended
_SPLIT_NUMBER = 1.0
_ODD_SPLIT = 6.0
_ODD_DECIMALS = 2.0
_UNITS_DIFFER = 3.0
_UNIT_MISSING = 1.0
_ABOVE_WEIGHT = 4.0
_NEW_WORDING = 1.0  # a value that no other certain cell of the column has

NO_WIDTH = Width(0.0, 0.0, 0.0)
MARKS = frozenset({"-", "—", "–", "/", "--", "——", "－", "／"})
_POINTS = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")
_AMOUNT = re.compile(r"-?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]+)?%?")
_FRAGMENT = re.compile(r"-?[0-9.,]+%?")
_QUANTITY = re.compile(r"^([≥≤><=═≧≦]*)(-?[0-9][0-9,]*(?:\.[0-9]+)?)(.*)$")
OFTEN = 2
_MOST_POINTS = 100.0
_NUMBER_LINES = 3  # that one number may be broken into


class Quantity(NamedTuple):
    """A cell that is an operator, a number, a unit; the unit without brackets."""

    operator: str
    number: str
    unit: str


@dataclass
class ColumnHabits:
    """What the certain cells of one column look like."""

    widest: Width = NO_WIDTH
    """Of its lines; NO_WIDTH if none was seen."""
    spaces_digits: bool = False
    """A space between a digit and a Chinese word is the text's habit, no cut."""
    blank: bool = False
    """No certain row of many has anything in it."""
    wordings: Counter[str] = field(default_factory=Counter)
    decimals: Counter[int] = field(default_factory=Counter)

    def see(self, atoms: Sequence[Atom]) -> None:
        """Learn from one certain cell."""
        for piece in pieces_of(atoms):
            self.widest = widest_of([self.widest, width_of(piece.text)])
        text = joined(atoms)
        self.wordings[bare(text)] += 1
        if _AMOUNT.fullmatch(bare(text)):
            self.decimals[decimals_of(text)] += 1


class Spacing(NamedTuple):
    """How a text uses blank lines and spaces."""

    drops_tell: bool
    """It has a blank line between some lines, but not between all: its absence hints at a new cell."""
    spaces_digits: bool
    """It has a space between a digit and the Chinese word that follows."""


@dataclass(frozen=True)
class Habits:
    """What is known of a table's columns, and whether blank lines tell anything in this text."""

    columns: tuple[ColumnHabits, ...]
    drops_tell: bool


def decimals_of(text: str) -> int:
    """How many digits stand behind the point."""
    return len(bare(text).rstrip("%").partition(".")[2])


def quantity_of(text: str) -> Quantity | None:
    """The operator, number and unit of a cell, or None if it does not begin with a number."""
    found = _QUANTITY.match(bare(text))
    if found is None:
        return None
    return Quantity(found[1], found[2], found[3].strip("()"))


def is_number(text: str) -> bool:
    """Whether the text is one number or a mark for none."""
    return bare(text) in MARKS or bool(_AMOUNT.fullmatch(bare(text)))


def is_fragment(text: str) -> bool:
    """Whether the text is a number, a mark for none, or a piece of a number that was broken over lines."""
    return bare(text) in MARKS or bool(_FRAGMENT.fullmatch(bare(text)))


def whole_numbers(atoms: Sequence[Atom], count: int, decimals: int) -> list[tuple[Atom, ...]] | None:
    """The one way to join lines to `count` numbers of so many decimals; None if there is none or more than one."""
    ways = [way for way in _groupings(tuple(atoms), count) if all(_is_whole(group, decimals) for group in way)]
    return ways[0] if len(ways) == 1 else None


def _groupings(atoms: tuple[Atom, ...], count: int) -> Iterator[list[tuple[Atom, ...]]]:
    if count == 0:
        if not atoms:
            yield []
        return
    for size in range(1, min(len(atoms), _NUMBER_LINES) + 1):
        for rest in _groupings(atoms[size:], count - 1):
            yield [atoms[:size], *rest]


def _is_whole(group: Sequence[Atom], decimals: int) -> bool:
    text = "".join(bare(atom.text) for atom in group)
    if text in MARKS:
        return True
    broken = all(atom.drop > 0 for atom in group[1:])
    return broken and bool(_AMOUNT.fullmatch(text)) and decimals_of(text) == decimals


def cell_cost(atoms: Sequence[Atom], kind: ColumnKind, habits: ColumnHabits, *, drops_tell: bool) -> float:
    """What speaks against these atoms being one cell of the column; FORBIDDEN if they cannot be."""
    if not atoms:
        return _BLANK[kind]
    if kind in ("points", "amount"):
        return _number_cost(atoms, kind, habits)
    cost = joining_cost(atoms, kind, habits, drops_tell=drops_tell) + _text_cost(atoms)
    if kind == "name":
        cost += _name_cost(atoms)
    elif kind == "note":
        cost += _NOTE + (_NEW_LINE_NOTE if atoms[0].drop else 0.0) + (_NOTE_IN_BLANK_COLUMN if habits.blank else 0.0)
    elif kind == "value" and habits.wordings[bare(joined(atoms))] < OFTEN:
        cost += _NEW_WORDING
    return cost


def joining_cost(atoms: Sequence[Atom], kind: ColumnKind, habits: ColumnHabits, *, drops_tell: bool) -> float:
    """The share of a cell's cost that only grows when more atoms join it."""
    if kind in ("points", "amount"):
        return FORBIDDEN if any(atom.drop == 0 for atom in atoms[1:]) or len(atoms) > _NUMBER_LINES else 0.0
    return _inside_cost(atoms, habits) + _join_cost(atoms, habits, drops_tell=drops_tell)


def pair_cost(target: str, actual: str) -> float:
    """What speaks against two neighbouring value cells belonging to one row."""
    left, right = quantity_of(target), quantity_of(actual)
    if left is None or right is None or left.unit == right.unit:
        return 0.0
    return _UNITS_DIFFER if left.unit and right.unit else _UNIT_MISSING


def points_cost(weight: str, score: str) -> float:
    """What speaks against a score beside a weight."""
    if bare(weight) in MARKS or bare(score) in MARKS or not weight or not score:
        return 0.0
    return _ABOVE_WEIGHT if float(bare(score)) > float(bare(weight)) else 0.0


def wraps_naturally(line: str, following: str, habits: ColumnHabits) -> bool:
    """Whether the next word would not have fitted behind `line` in that column, as far as is known."""
    return habits.widest == NO_WIDTH or slack(line, following, habits.widest) < 0


def _number_cost(atoms: Sequence[Atom], kind: ColumnKind, habits: ColumnHabits) -> float:
    text = bare(joined(atoms))
    if text in MARKS:
        return 0.0
    pattern = _POINTS if kind == "points" else _AMOUNT
    if not pattern.fullmatch(text) or (kind == "points" and float(text) > _MOST_POINTS):
        return FORBIDDEN
    usual = habits.decimals.most_common(1)[0][0] if habits.decimals else None
    odd = usual is not None and decimals_of(text) != usual
    cost = _ODD_DECIMALS if odd else 0.0
    if len(atoms) > 1:
        if any(atom.drop == 0 for atom in atoms[1:]):
            return FORBIDDEN
        begun = bare(atoms[0].text)
        whole_before = bool(_AMOUNT.fullmatch(begun)) and decimals_of(begun) == usual
        cost += _SPLIT_NUMBER if usual == decimals_of(text) and not whole_before else _ODD_SPLIT
    return cost


def _join_cost(atoms: Sequence[Atom], habits: ColumnHabits, *, drops_tell: bool) -> float:
    cost = 0.0
    for before, after in pairwise(atoms):
        if after.drop == 0:
            cost += _space_cost(before.text[-1], after.text[0], habits)
        elif drops_tell and after.drop == 1:
            cost += _NO_DROP
    pieces = pieces_of(atoms)
    if habits.wordings.total() >= MANY:
        widest_line = max(width_of(piece.text).book for piece in pieces)
        cost += _FAR_TOO_WIDE if widest_line > _HALF_AGAIN * habits.widest.book else 0.0
    if len(pieces) > 1:
        wrap = _WRAP_UNKNOWN if habits.widest == NO_WIDTH else _WRAP
        # The column is at least as wide as any of the cell's own lines.
        widest = widest_of([habits.widest, *(width_of(piece.text) for piece in pieces)])
        for piece, following in pairwise(pieces):
            room = slack(piece.text, following.text, widest)
            if room >= CHARACTER:
                cost += _SHORT_LINE
            else:
                cost += wrap if room < 0 else max(wrap, _NEARLY_FULL)
    return cost


def _space_cost(before: str, after: str, habits: ColumnHabits) -> float:
    into_latin = not before.isascii() and after.isascii() and after.isalnum()
    if habits.spaces_digits and (into_latin or (before.isascii() and before.isalnum() and not after.isascii())):
        return _USUAL_SPACE
    return _LATIN_SPACE if into_latin else _INNER_SPACE


def _text_cost(atoms: Sequence[Atom]) -> float:
    text = joined(atoms)
    cost = 0.0 if brackets_close(text) else _OPEN_BRACKET
    if text[0] in CLOSERS:
        cost += _ORPHAN_START
    elif text[0] in OPENERS:
        cost += _BRACKET_START
    return cost


def _inside_cost(atoms: Sequence[Atom], habits: ColumnHabits) -> float:
    """Operators and numbers behind a cell's first atom."""
    cost = 0.0
    for before, atom in pairwise(atoms):
        in_words = habits.spaces_digits and not before.text[-1].isascii() and atom.text.isdigit()
        if atom.text.startswith(OPERATORS):
            cost += _OPERATOR_INSIDE
        elif atom.drop == 0 and is_number(atom.text) and not in_words:
            cost += _NUMBER_INSIDE
    return cost


def _name_cost(atoms: Sequence[Atom]) -> float:
    text = joined(atoms)
    if text.startswith(OPERATORS) or is_number(text):
        return _NUMBER_AS_NAME
    if len(bare(text)) < _SHORTEST_NAME:
        return _FRAGMENT_AS_NAME
    found = quantity_of(text)
    if found is not None and brackets_close(text) and text.endswith((")", "）", "%")):
        return _QUANTITY_AS_NAME
    return 0.0
