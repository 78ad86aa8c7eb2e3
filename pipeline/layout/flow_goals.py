"""The text under two goal headers becomes two texts: of all places to cut it the one with least against it."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.layout.flow_atoms import CLOSERS, Atom, Piece, bare, crosses_page, head_of, joined, pieces_of, width
from pipeline.layout.flow_costs import MARGIN

_BLANK = 5.0  # one of the two texts is empty
_INSIDE_LINE = 3.0  # the cut lies inside a line although the text has several
_SHORT_LINE = 4.0  # a line ends early and nothing tells why
_PARAGRAPH = 1.5  # a line ends early behind a sentence
_ITEM = 0.3  # the next line begins a numbered item
_TOO_WIDE = 4.0
_ENDS_OPEN = 1.5  # the first text ends with a full line and no full stop
_ONE_ENDS_OPEN = 1.0  # only one of both ends with a full stop
_STOPS_INSIDE = 1.0  # a text has full stops, but not at its end
_COUNT_AGAIN = 3.0  # an item's number is not above the one before
_SAME_START = -3.0
_SAME_TEXT = -8.0

_TOLERANCE, _HANGING = 1.0, 3.0
COST_LIMIT = 3.0
"""A cut that has this much against it is not certain, even if every other has more."""
_DIGITS = "零一二三四五六七八九"
_CIRCLED = "⓪①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_LEAST_LINES = 3  # before a width is believed
_START = 6  # characters that a restart must share
_STOPS = frozenset("。；;！!？?.")
_FULL_STOPS = frozenset("。！？")
_ITEM_MARK = re.compile(
    r"\d{1,2}[、.．)）](?!\d)|[（(]\d{1,2}[)）]|[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十]{1,3}[)）]|[①-⑳]"
)


@dataclass
class GoalHabits:
    """How wide the full lines of the two texts are in this document."""

    widths: tuple[Counter[float], Counter[float]] = field(default_factory=lambda: (Counter(), Counter()))

    def see(self, side: int, atoms: Sequence[Atom]) -> None:
        """Learn from one certain text: its lines but the last."""
        for piece in pieces_of(atoms)[:-1]:
            self.widths[side][width(piece.text)] += 1

    def full(self, side: int) -> float | None:
        """The usual width of a full line, None if too few were seen."""
        seen = self.widths[side]
        return _usual(seen) if seen.total() >= _LEAST_LINES else None


@dataclass(frozen=True)
class GoalCut:
    """The first text ends before atom `place`; `margin` is what the next best place costs more."""

    place: int
    margin: float
    rivals: tuple[int, ...]
    """Other places, best first."""
    cost: float = 0.0
    settles: bool = True
    """No page ends inside: there both texts may go on behind the break, and no one place cuts them."""

    @property
    def certain(self) -> bool:
        """Whether nothing else comes near and nothing speaks against the cut itself."""
        return self.settles and self.margin >= MARGIN and self.cost < COST_LIMIT


def cut_goals(atoms: Sequence[Atom], habits: GoalHabits) -> GoalCut:
    """Where the second text begins."""
    against = [_cost(atoms, place, habits) for place in range(len(atoms) + 1)]
    costs = sorted((cost + _likeness(atoms[:place], atoms[place:]), place) for place, cost in enumerate(against))
    best, place = costs[0]
    margin = costs[1][0] - best if len(costs) > 1 else float("inf")
    others = tuple(other for _, other in costs[1:])
    # Two texts that are wholly alike are no chance, whatever their lines look like.
    cost = 0.0 if best <= _SAME_TEXT + COST_LIMIT else against[place]
    return GoalCut(place, margin, others, cost, not crosses_page(atoms))


def _cost(atoms: Sequence[Atom], place: int, habits: GoalHabits) -> float:
    """What speaks against a place."""
    left, right = atoms[:place], atoms[place:]
    cost = _column_cost(left, habits.full(0)) + _column_cost(right, habits.full(1))
    if not left or not right:
        return cost + (_BLANK if atoms else 0.0)
    if right[0].drop == 0 and any(atom.drop for atom in atoms[1:]):
        cost += _INSIDE_LINE
    return cost + _ending_cost(left, right, habits.full(0))


def _likeness(left: Sequence[Atom], right: Sequence[Atom]) -> float:
    """What speaks for a place: two texts that are alike, or begin so. Zero or less."""
    first, second = bare(joined(left)), bare(joined(right))
    if first and first == second:
        return _SAME_TEXT
    mark = _ITEM_MARK.match(first)
    again = _ITEM_MARK.match(second)
    same_mark = mark is not None and again is not None and mark.group() == again.group()
    if same_mark or (len(first) >= _START and first[:_START] == second[:_START]):
        return _SAME_START
    return 0.0


def _column_cost(atoms: Sequence[Atom], full: float | None) -> float:
    """What speaks against these lines being one cell's text."""
    pieces = pieces_of(atoms)
    if len(pieces) < 2:  # noqa: PLR2004 - one line cannot break early
        return 0.0
    wide = full if full is not None else _usual(Counter(width(piece.text) for piece in pieces[:-1]))
    cost = 0.0
    for piece, following in pairwise(pieces):
        if width(piece.text) + width(head_of(following.text)) <= wide:
            cost += _early_cost(piece, following)
        # A full stop may hang over the edge; Latin characters are not exactly half as wide.
        room = _HANGING if piece.text[-1] in CLOSERS else _TOLERANCE
        if width(piece.text) > wide + room + sum(map(str.isascii, piece.text)) / 2:
            cost += _TOO_WIDE
    return cost + _count_cost(pieces)


def _early_cost(piece: Piece, following: Piece) -> float:
    if _ITEM_MARK.match(following.text):
        return _ITEM
    return _PARAGRAPH if piece.text[-1] in _STOPS else _SHORT_LINE


def _count_cost(pieces: Sequence[Piece]) -> float:
    """Items that do not count on inside one text."""
    cost = 0.0
    last: dict[str, int] = {}
    for piece in pieces:
        mark = _ITEM_MARK.match(piece.text)
        if mark is None:
            continue
        style, number = _item(mark.group())
        if number <= last.get(style, 0):
            cost += _COUNT_AGAIN
        last[style] = number
    return cost


def _item(mark: str) -> tuple[str, int]:
    """An item mark's style and its number."""
    inner = mark.strip("()（）、.．")
    style = mark.replace(inner, "0")
    if inner.isdigit() and inner.isascii():
        return style, int(inner)
    if inner in _CIRCLED:
        return "①", _CIRCLED.index(inner)
    tens, ten, ones = inner.rpartition("十")
    value = (_DIGITS.index(tens) if tens else 1) * 10 if ten else 0
    return f"{style}一", value + (_DIGITS.index(ones) if ones in _DIGITS else 0)


def _ending_cost(left: Sequence[Atom], right: Sequence[Atom], full: float | None) -> float:
    stops = left[-1].text[-1] in _STOPS
    cost = 0.0 if stops == (right[-1].text[-1] in _STOPS) else _ONE_ENDS_OPEN
    for text in (joined(left), joined(right)):
        if text[-1] not in _STOPS and not _FULL_STOPS.isdisjoint(text):
            cost += _STOPS_INSIDE
    pieces = pieces_of(left)
    wide = full if full is not None else max(width(piece.text) for piece in pieces)
    could_go_on = width(pieces[-1].text) + width(head_of(right[0].text)) > wide and len(pieces) > 1
    return cost + (_ENDS_OPEN if could_go_on and not stops else 0.0)


def _usual(widths: Counter[float]) -> float:
    """The most frequent width; of equally frequent ones the widest."""
    return max(widths, key=lambda wide: (widths[wide], wide))


def habits_of(texts: Iterable[tuple[Sequence[Atom], Sequence[Atom]]]) -> GoalHabits:
    """What certain pairs of texts show."""
    habits = GoalHabits()
    for pair in texts:
        for side, atoms in enumerate(pair):
            habits.see(side, atoms)
    return habits
