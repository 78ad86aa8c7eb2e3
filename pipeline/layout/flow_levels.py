"""Atoms before a row become its level labels: new ones, heads that a page break cut off, and tails of such heads."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.layout.flow_atoms import Atom, bare
from pipeline.layout.flow_words import Vocabulary

_HEAD = 2.0  # a label that stops before its end; its tail must come later
_UNSEEN = 0.5  # a label of the vocabulary that this text has nowhere whole
_SHORT = 2.0  # a label without its 指标, in a text that does not write them so
_UNKNOWN = 5.0
_UNKNOWN_SHAPE = 4.0  # ... and it does not even end as such labels do
_MISSING = 6.0  # a new group without a label in one of its columns

_MOST_ATOMS = 7
_LONGEST_FRAGMENT = 6
_LONGEST_UNKNOWN = 12
_POINTS_BEHIND = re.compile(r"\([0-9.]+(分|%|分值)?\)$")

Pending = tuple[str, ...]
"""For each level column the head that waits for its tail, "" where none does."""


@dataclass(frozen=True)
class Part:
    """Atoms `start` to `end` in column `column` (counted from the first level column)."""

    column: int
    start: int
    end: int
    tail: bool = False
    """It goes on the cell above instead of beginning one."""


@dataclass(frozen=True)
class Zone:
    """One way to read the atoms from a row's beginning up to its name."""

    end: int
    parts: tuple[Part, ...]
    pending: Pending
    cost: float


@dataclass(frozen=True)
class LevelWords:
    """The labels that level columns may hold, and those seen whole in this text."""

    by_column: tuple[frozenset[str], ...]
    seen: frozenset[str] = frozenset()

    def is_word(self, column: int, text: str) -> bool:
        """Whether the text is a whole label of the column, points behind it aside."""
        return level_word(text) in self.by_column[column]

    def is_short(self, column: int, text: str) -> bool:
        """Whether the text is such a label without its 指标."""
        return f"{level_word(text)}指标" in self.by_column[column]

    def is_whole(self, column: int, text: str) -> bool:
        """Whether the text is a known label of the column, with or without its 指标."""
        return self.is_word(column, text) or self.is_short(column, text)

    def is_head(self, column: int, text: str) -> bool:
        """Whether a label of the column begins with the text and goes on."""
        return bare(text) in _heads(self.by_column[column])


@cache
def _heads(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word[:end] for word in words for end in range(1, len(word)))


def level_words(vocabulary: Vocabulary, count: int, seen: frozenset[str] = frozenset()) -> LevelWords:
    """The labels of `count` level columns; a single column may hold those of any level."""
    if count == 1:
        return LevelWords((vocabulary.levels(1) | vocabulary.levels(2),), seen)
    return LevelWords(tuple(vocabulary.levels(level) for level in range(1, count + 1)), seen)


@cache
def level_word(text: str) -> str:
    """A level label as it is compared: without its points."""
    return _POINTS_BEHIND.sub("", bare(text))


def zones(atoms: Sequence[Atom], start: int, pending: Pending, words: LevelWords, *, first: bool) -> Iterator[Zone]:
    """Every way to read level labels from `start` on; reading none is one of them."""
    for begun in _tails(atoms, start, 0, pending, words):
        waiting = next((column for column, head in enumerate(begun.pending) if head), None)
        yield _without_new(begun, len(pending), first=first)
        # A group's first label ends the groups of every column to its right, so none of those may wait.
        for column in range(len(pending)):
            if waiting is None or waiting < column:
                yield from _new(atoms, begun, column, words)


def closing_zones(atoms: Sequence[Atom], start: int, pending: Pending, words: LevelWords) -> Iterator[Zone]:
    """Ways to read what stands behind the last row: only tails can."""
    return (zone for zone in _tails(atoms, start, 0, pending, words) if zone.end == len(atoms))


def _without_new(begun: Zone, columns: int, *, first: bool) -> Zone:
    cost = begun.cost + (_MISSING * columns if first else 0.0)
    return Zone(begun.end, begun.parts, begun.pending, cost)


def _tails(atoms: Sequence[Atom], start: int, column: int, pending: Pending, words: LevelWords) -> Iterator[Zone]:
    if column == len(pending):
        yield Zone(start, (), pending, 0.0)
        return
    yield from _tails(atoms, start, column + 1, pending, words)
    if not pending[column]:
        return
    for end, text in _runs(atoms, start):
        if words.is_word(column, pending[column] + text):
            settled = (*pending[:column], "", *pending[column + 1 :])
            part = Part(column, start, end, tail=True)
            for zone in _tails(atoms, end, column + 1, settled, words):
                yield Zone(zone.end, (part, *zone.parts), zone.pending, zone.cost)


def _new(atoms: Sequence[Atom], begun: Zone, column: int, words: LevelWords) -> Iterator[Zone]:
    """New labels for `column` and every level column behind it, continuing `begun`."""
    if column == len(begun.pending):
        yield begun
        return
    if any(part.column == column and not part.tail for part in begun.parts):
        return
    for end, text in _runs(atoms, begun.end):
        for cost, head in _label_costs(column, text, words):
            pending = (*begun.pending[:column], head, *begun.pending[column + 1 :])
            zone = Zone(end, (*begun.parts, Part(column, begun.end, end)), pending, begun.cost + cost)
            yield from _new(atoms, zone, column + 1, words)
    if any(not part.tail for part in begun.parts):
        missing = Zone(begun.end, begun.parts, begun.pending, begun.cost + _MISSING)
        yield from _new(atoms, missing, column + 1, words)


def _label_costs(column: int, text: str, words: LevelWords) -> Iterator[tuple[float, str]]:
    """(cost, head that waits) of each way the text can be a label."""
    if words.is_word(column, text):
        yield (0.0 if not words.seen or level_word(text) in words.seen else _UNSEEN), ""
        return
    word = level_word(text)
    if words.is_short(column, text):
        yield (0.0 if word in words.seen else _SHORT), ""
    if words.is_head(column, text):
        yield _HEAD, bare(text)
        return
    if len(word) <= _LONGEST_UNKNOWN and not any(char.isdigit() for char in word):
        yield _UNKNOWN + (0.0 if word.endswith("指标") else _UNKNOWN_SHAPE), ""


def _runs(atoms: Sequence[Atom], start: int) -> Iterator[tuple[int, str]]:
    """Ends and texts of the runs of short atoms from `start` on."""
    text = ""
    for end in range(start + 1, min(len(atoms), start + _MOST_ATOMS) + 1):
        text += atoms[end - 1].text
        if end - start > 1 and len(atoms[end - 1].text) > _LONGEST_FRAGMENT:
            return
        yield end, text
