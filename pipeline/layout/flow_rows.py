"""Atoms of a table's body become rows: of all ways to cut them the one with least against it, each with its margin.

A way to cut is a path through the atoms, one edge a row. For every cell the best path that lacks it is found too:
the difference of both costs is the cell's margin.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.layout.flow_atoms import Atom, joined
from pipeline.layout.flow_costs import (
    BEGINS_INSIDE_LINE,
    MARGIN,
    ROW_LIMIT,
    Habits,
    cell_cost,
    joining_cost,
    pair_cost,
    points_cost,
)
from pipeline.layout.flow_levels import LevelWords, Part, Pending, closing_zones, zones
from pipeline.layout.flow_words import ColumnKind

_MOST_ATOMS = 14  # that one cell may be cut into
# Above which a row is not considered. The first is a quick look that bounds the whole; the second is more than a
# certain row's cost and margin together, so that no rival of a certain cell is overlooked; the last is for rows
# unlike any other.
_MOST_COST = (MARGIN, ROW_LIMIT + MARGIN + 1.0, 30.0)
_ENOUGH = _MOST_COST[1]
_BEYOND = 2 * MARGIN  # how much dearer than the best a path may be and still be weighed
_KEPT = 12  # ways to cut one run of atoms into one row
_LABEL_AS_NAME = 6.0
_WAITING_AT_END = 8.0  # a level label whose tail never came

Node = tuple[int, Pending]


@dataclass(frozen=True)
class Shape:
    """A table's columns: `levels` merged ones, then the kinds of those that every row fills."""

    levels: int
    kinds: tuple[ColumnKind, ...]


@dataclass(frozen=True)
class Row:
    """Atoms `start` to `end` as one row; parts count their columns from the table's first."""

    start: int
    end: int
    parts: tuple[Part, ...]
    cost: float
    """Of its own cells, level labels included."""

    def part(self, column: int) -> Part | None:
        """The row's own cell in a column, no tail."""
        return next((part for part in self.parts if part.column == column and not part.tail), None)


@dataclass(frozen=True)
class Reading:
    """The best way to cut a table's body."""

    rows: tuple[Row, ...]
    closing: tuple[Part, ...]
    """Tails behind the last row."""
    margins: dict[Part, float]
    """For each part what the best path without it costs more."""
    outside: dict[Part, float]
    """The same among paths on which the part's row begins or ends elsewhere, or other labels wait."""
    rivals: tuple[tuple[Row, ...], ...]
    """For each row the other ways to cut exactly its atoms, best first."""
    cost: float
    labelled: tuple[float, ...]
    """For each row what the best path costs more on which other level labels stand among its atoms."""


@dataclass(frozen=True)
class _Edge:
    source: Node
    target: Node
    row: Row
    is_row: bool = True


class _Body:
    """A table's atoms and columns, with every cell that can begin at an atom worked out once."""

    def __init__(self, atoms: Sequence[Atom], shape: Shape, habits: Habits, most_cost: float) -> None:
        self.atoms = atoms
        self.shape = shape
        self.most_cost = most_cost
        self._habits = habits
        self._cells: dict[tuple[int, int], list[tuple[int, float]]] = {}
        self._rows: dict[int, list[Row]] = {}
        self._texts: dict[tuple[int, int], str] = {}
        self._value_pairs = [
            shape.levels + number
            for number, pair in enumerate(zip(shape.kinds, shape.kinds[1:], strict=False))
            if pair == ("value", "value")
        ]

    def rows(self, start: int) -> list[Row]:
        """The best rows without level labels that begin at an atom, some for every end they can have."""
        if start not in self._rows:
            by_end: dict[int, list[Row]] = {}
            for parts, cost in self._cut(start, 0, 0.0):
                total = cost + self._row_cost(parts)
                if parts and total <= self.most_cost:
                    by_end.setdefault(parts[-1].end, []).append(Row(start, parts[-1].end, parts, total))
            kept = (sorted(rows, key=lambda row: row.cost)[:_KEPT] for rows in by_end.values())
            self._rows[start] = [row for rows in kept for row in rows]
        return self._rows[start]

    def _cut(self, start: int, number: int, cost: float) -> Iterator[tuple[tuple[Part, ...], float]]:
        if number == len(self.shape.kinds):
            yield (), cost
            return
        for end, own in self._ends(start, number):
            if cost + own > self.most_cost:
                return
            part = (Part(self.shape.levels + number, start, end),) if end > start else ()
            for rest, total in self._cut(end, number + 1, cost + own):
                yield (*part, *rest), total

    def _row_cost(self, parts: Sequence[Part]) -> float:
        """What speaks against cells standing side by side."""
        kinds, texts = self.shape.kinds, {part.column: self.text(part.start, part.end) for part in parts}
        cost = 0.0
        for first in self._value_pairs:
            cost += pair_cost(texts.get(first, ""), texts.get(first + 1, ""))
        points = [texts.get(self.shape.levels + number, "") for number, kind in enumerate(kinds) if kind == "points"]
        return cost + (points_cost(points[0], points[1]) if len(points) > 1 else 0.0)

    def text(self, start: int, end: int) -> str:
        """The text of atoms as one cell."""
        if (start, end) not in self._texts:
            self._texts[start, end] = joined(self.atoms[start:end])
        return self._texts[start, end]

    def _ends(self, start: int, number: int) -> list[tuple[int, float]]:
        """Where a cell of the column that begins at an atom can end, with its cost, cheapest first."""
        key = (start, number)
        if key not in self._cells:
            kind, column = self.shape.kinds[number], self.shape.levels + number
            habits, tell = self._habits.columns[column], self._habits.drops_tell
            found: list[tuple[int, float]] = []
            for end in range(start, min(len(self.atoms), start + _MOST_ATOMS) + 1):
                atoms = self.atoms[start:end]
                if end > start + 1 and joining_cost(atoms, kind, habits, drops_tell=tell) > self.most_cost:
                    break
                cost = cell_cost(atoms, kind, habits, drops_tell=tell)
                if cost <= self.most_cost:
                    found.append((end, cost))
            self._cells[key] = sorted(found, key=lambda pair: pair[1])
        return self._cells[key]


def read_rows(atoms: Sequence[Atom], shape: Shape, habits: Habits, words: LevelWords) -> Reading | None:
    """Cut a table's body into rows; None if no way obeys the columns."""
    bound = float("inf")
    for most_cost in _MOST_COST:
        body = _Body(atoms, shape, habits, most_cost)
        reading = _read(body, words, bound)
        if reading is not None and most_cost >= _ENOUGH:
            return reading
        if reading is not None:
            bound = reading.cost + _BEYOND
    return None


def _read(body: _Body, words: LevelWords, bound: float) -> Reading | None:
    edges = _edges(body, words, bound)
    origin: Node = (0, ("",) * body.shape.levels)
    length = len(body.atoms)
    before = _distances(edges, {origin: 0.0})
    ends = {node: _WAITING_AT_END * sum(map(bool, node[1])) for node in before if node[0] == length}
    if not ends:
        return None
    after = _distances([_turned(edge) for edge in reversed(edges)], ends)
    best = min(before[node] + cost for node, cost in ends.items())
    costs = ((edge, before[edge.source] + edge.row.cost + after.get(edge.target, float("inf"))) for edge in edges)
    through = [(edge, cost) for edge, cost in costs if cost <= best + _BEYOND]
    path = _best_path(through, origin, length)
    rows = tuple(edge.row for edge in path if edge.is_row)
    closing = tuple(part for edge in path if not edge.is_row for part in edge.row.parts)
    margins: dict[Part, float] = {}
    outside: dict[Part, float] = {}
    for edge in path:
        elsewhere = [pair for pair in through if (pair[0].source, pair[0].target) != (edge.source, edge.target)]
        for part in edge.row.parts:
            margins[part] = _margin(part, through, best)
            outside[part] = _margin(part, elsewhere, best)
    rivals = tuple(_rivals(edge, through) for edge in path if edge.is_row)
    labelled = tuple(_labelled(edge.row, through, body.shape.levels) - best for edge in path if edge.is_row)
    return Reading(rows, closing, margins, outside, rivals, best, labelled)


def _edges(body: _Body, words: LevelWords, bound: float) -> list[_Edge]:
    """Every row on a path that costs no more than `bound`, in the order of their beginnings."""
    waiting: dict[int, dict[Pending, float]] = {0: {("",) * body.shape.levels: 0.0}}
    edges: list[_Edge] = []
    for start in range(len(body.atoms)):
        for pending, cost in sorted(waiting.pop(start, {}).items()):
            found = [edge for edge in _row_edges(body, (start, pending), words) if cost + edge.row.cost <= bound]
            edges += found
            for edge in found:
                place, state = edge.target
                there = waiting.setdefault(place, {})
                there[state] = min(there.get(state, float("inf")), cost + edge.row.cost)
            if start:
                edges += _closing_edges(body, (start, pending), words)
    return edges


def _row_edges(body: _Body, source: Node, words: LevelWords) -> list[_Edge]:
    start, pending = source
    inside = BEGINS_INSIDE_LINE if start and body.atoms[start].drop == 0 else 0.0
    best: dict[tuple[Node, tuple[Part, ...]], _Edge] = {}
    for zone in zones(body.atoms, start, pending, words, first=start == 0):
        if zone.cost > body.most_cost:
            continue
        for found in body.rows(zone.end):
            label = _LABEL_AS_NAME if _names_level(body, found, words) else 0.0
            row = Row(start, found.end, (*zone.parts, *found.parts), inside + zone.cost + found.cost + label)
            edge = _Edge(source, (found.end, zone.pending), row)
            known = best.get((edge.target, row.parts))
            if row.cost <= body.most_cost and (known is None or row.cost < known.row.cost):
                best[edge.target, row.parts] = edge
    return list(best.values())


def _names_level(body: _Body, found: Row, words: LevelWords) -> bool:
    """Whether the row's name is a level label, the beginning of one, or begins with one."""
    name = found.part(body.shape.levels)
    if name is None:
        return False
    text = body.text(name.start, name.end)
    columns = range(body.shape.levels)
    starts = [body.text(name.start, end) for end in range(name.start + 1, name.end)]
    return any(
        words.is_whole(column, text)
        or words.is_head(column, text)
        or any(words.is_word(column, start) for start in starts)
        for column in columns
    )


def _closing_edges(body: _Body, source: Node, words: LevelWords) -> Iterator[_Edge]:
    start, pending = source
    for zone in closing_zones(body.atoms, start, pending, words):
        yield _Edge(source, (zone.end, zone.pending), Row(start, zone.end, zone.parts, zone.cost), is_row=False)


def _turned(edge: _Edge) -> _Edge:
    return _Edge(edge.target, edge.source, edge.row, edge.is_row)


def _distances(edges: Sequence[_Edge], known: dict[Node, float]) -> dict[Node, float]:
    """The least cost from the known nodes to every node; edges come in the order of their sources."""
    costs = dict(known)
    for edge in edges:
        if edge.source in costs:
            cost = costs[edge.source] + edge.row.cost
            if cost < costs.get(edge.target, float("inf")):
                costs[edge.target] = cost
    return costs


def _best_path(through: Sequence[tuple[_Edge, float]], origin: Node, length: int) -> list[_Edge]:
    """The edges of the cheapest path."""
    by_source: dict[Node, list[tuple[_Edge, float]]] = {}
    for edge, cost in through:
        by_source.setdefault(edge.source, []).append((edge, cost))
    path: list[_Edge] = []
    node = origin
    while node[0] < length:
        edge = min(by_source[node], key=lambda pair: pair[1])[0]
        path.append(edge)
        node = edge.target
    return path


def _margin(part: Part, through: Sequence[tuple[_Edge, float]], best: float) -> float:
    """How much dearer the best path without this part is."""
    rivals = [
        cost for edge, cost in through if edge.row.start <= part.start < edge.row.end and part not in edge.row.parts
    ]
    return min(rivals, default=float("inf")) - best


def _labelled(row: Row, through: Sequence[tuple[_Edge, float]], levels: int) -> float:
    own = {part for part in row.parts if part.column < levels}
    return min(
        (
            cost
            for edge, cost in through
            for part in edge.row.parts
            if part.column < levels and row.start <= part.start < row.end and part not in own
        ),
        default=float("inf"),
    )


def _rivals(chosen: _Edge, through: Sequence[tuple[_Edge, float]]) -> tuple[Row, ...]:
    """Other ways to cut the same atoms that leave the same labels waiting."""
    others = [
        edge.row
        for edge, _ in through
        if edge.is_row and edge.source == chosen.source and edge.target == chosen.target and edge is not chosen
    ]
    return tuple(sorted(others, key=lambda other: other.cost))
