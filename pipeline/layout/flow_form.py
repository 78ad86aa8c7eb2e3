"""Atoms and their labels become FormTexts: where each form begins and ends, and which block each atom is in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.layout.flow_atoms import Atom, width
from pipeline.layout.flow_costs import is_fragment
from pipeline.layout.flow_words import (
    Label,
    Vocabulary,
    closes,
    column_kind,
    heads_achievement,
    heads_funds,
    heads_goals,
    is_total,
)

_LEAST_FUND_HEADERS = 3
_LONGEST_VALUE = 12  # atoms of a field's value; further apart, two labels are not of one form
_LONGEST_FUND_LABEL = 8  # atoms
_WIDEST_UNKNOWN = 20.0  # of a header word that is not in the vocabulary
_MOST_UNKNOWN = 3  # atoms it may be broken into
_GOAL_COLUMNS = 2


@dataclass(frozen=True)
class Span:
    """Atoms `start` to `end`."""

    start: int
    end: int


@dataclass(frozen=True)
class Pair:
    """A label and the atoms of its value; `begins_row` where the label begins a line."""

    label: Label
    value: Span
    begins_row: bool = True


@dataclass(frozen=True)
class Header:
    """A column's header; a word that the vocabulary does not have is no Label but stands between two."""

    span: Span
    word: str
    known: bool = True


@dataclass(frozen=True)
class Table:
    """A header row, the label merged down beside it if there is one, and the body's atoms."""

    corner: Label | None
    headers: tuple[Header, ...]
    body: Span


@dataclass(frozen=True)
class FormText:
    """One form's blocks in the order of the text; every atom of `span` is in exactly one of them."""

    span: Span
    fields: tuple[Pair, ...]
    funds: Table | None
    after_funds: tuple[Pair, ...]
    goals: Table | None
    indicators: Table
    closing: tuple[Pair, ...]


def find_forms(atoms: Sequence[Atom], vocabulary: Vocabulary) -> tuple[FormText, ...]:
    """Every form that has the header of an indicator table; a form whose blocks do not fit together is left out."""
    labels = vocabulary.labels(atoms)
    heads = list(_indicator_headers(atoms, labels))
    forms: list[FormText] = []
    floor = 0
    for number, (corner, headers) in enumerate(heads):
        first = headers[0].span.start if corner is None else corner.start
        ceiling = heads[number + 1][1][0].span.start if number + 1 < len(heads) else len(atoms)
        form = _Finder(atoms, labels, floor, ceiling).form(corner, headers, first)
        if form is not None:
            forms.append(form)
            floor = form.span.end
    return tuple(forms)


def starts_line(atoms: Sequence[Atom], position: int) -> bool:
    """Whether nothing stands before the atom on its line."""
    return position == 0 or atoms[position].drop > 0


def _indicator_headers(
    atoms: Sequence[Atom], labels: Sequence[Label]
) -> Iterator[tuple[Label | None, tuple[Header, ...]]]:
    """Runs of labels that hold a level or a name, a value and points."""
    position = 0
    while position < len(labels):
        if column_kind(labels[position].word) not in ("level", "name"):
            position += 1
            continue
        headers, following = _bridged(atoms, labels, position)
        kinds = [column_kind(header.word) for header in headers if header.known]
        levels = [number for number, kind in enumerate(kinds) if kind == "level"]
        # Level columns come first: the labels of a group stand before its first row.
        if "name" in kinds and "value" in kinds and "points" in kinds and levels == list(range(len(levels))):
            before = labels[position - 1] if position else None
            beside = before is not None and before.end == labels[position].start and before.word.endswith("指标")
            yield before if beside else None, headers
        position = following


def _bridged(atoms: Sequence[Atom], labels: Sequence[Label], position: int) -> tuple[tuple[Header, ...], int]:
    """Labels that follow each other, few unknown atoms between two of them counted as one more header."""
    headers: list[Header] = []
    while position < len(labels):
        label = labels[position]
        gap = atoms[headers[-1].span.end : label.start] if headers else ()
        if gap:
            text = "".join(atom.text for atom in gap)
            if len(gap) > _MOST_UNKNOWN or width(text) > _WIDEST_UNKNOWN or any(map(str.isdigit, text)):
                break
            headers.append(Header(Span(headers[-1].span.end, label.start), text, known=False))
        if any(header.word == label.word for header in headers):
            break
        headers.append(Header(Span(label.start, label.end), label.word))
        position += 1
    while headers and not headers[-1].known:
        headers.pop()
    return tuple(headers), position


class _Finder:
    """The search for one form's blocks between two atoms."""

    def __init__(self, atoms: Sequence[Atom], labels: Sequence[Label], floor: int, ceiling: int) -> None:
        self._atoms = atoms
        self._floor = floor
        self._ceiling = ceiling
        self._labels = [label for label in labels if floor <= label.start < ceiling]

    def form(self, corner: Label | None, headers: tuple[Header, ...], first: int) -> FormText | None:
        """The form whose indicator table has these headers; `first` is the table's first atom."""
        body = self._indicator_body(headers[-1].span.end)
        if body is None:
            return None
        funds = self._funds(first)
        top = first if funds is None else _first(funds)
        goals_start = self._goals_start(first) if funds is None else funds.body.end
        fields = self._fields(min(top, goals_start))
        below = self._below_funds(goals_start, first)
        if below is None:
            return None
        pairs, goals = below
        closing = tuple(self._closing(body.end))
        blocks_start = min([pair.label.start for pair in fields] + [top, goals_start])
        end = closing[-1].value.end if closing else body.end
        return FormText(Span(blocks_start, end), fields, funds, pairs, goals, Table(corner, headers, body), closing)

    def _indicator_body(self, start: int) -> Span | None:
        for label in self._labels:
            if label.start > start and closes(label.word) and starts_line(self._atoms, label.start):
                return Span(start, label.start)
        numbers = [place for place in range(start + 1, self._ceiling) if self._is_number(place)]
        ends = [place + 1 for place in numbers if self._is_number(place - 1)]
        # Without a row of sums the last two numbers side by side are the last row's points.
        return Span(start, ends[-1]) if ends else None

    def _is_number(self, place: int) -> bool:
        return place < self._ceiling and is_fragment(self._atoms[place].text)

    def _funds(self, before: int) -> Table | None:
        """The first run of labels that is followed by a label and numbers."""
        for run in _runs([label for label in self._labels if label.start < before]):
            if len(run) <= _LEAST_FUND_HEADERS:
                continue
            numbers_at_once = self._is_number(run[-1].end)
            headers = run[:-1] if numbers_at_once else run
            start = run[-1].start if numbers_at_once else run[-1].end
            if not numbers_at_once and not self._numbers_soon(start, _LONGEST_FUND_LABEL):
                continue
            end = next(
                (label.start for label in self._labels if label.start > start and self._ends_funds(label)), before
            )
            # Labels of fields whose value is blank, or stands elsewhere, may come right before the table.
            while headers and not heads_funds(headers[0].word):
                headers = headers[1:]
            if len(headers) < _LEAST_FUND_HEADERS:
                return None
            named = tuple(Header(Span(label.start, label.end), label.word) for label in headers)
            return Table(None, named, Span(start, min(end, before)))
        return None

    def _ends_funds(self, label: Label) -> bool:
        return starts_line(self._atoms, label.start) and not self._numbers_soon(label.end, 2)

    def _numbers_soon(self, start: int, reach: int) -> bool:
        return any(self._is_number(place) and self._is_number(place + 1) for place in range(start, start + reach))

    def _goals_start(self, before: int) -> int:
        return next((label.start for label in self._labels if heads_goals(label.word)), before)

    def _fields(self, before: int) -> tuple[Pair, ...]:
        """The labels above a place with their values, back to where the form begins."""
        pairs: list[Pair] = []
        end = before
        seen: set[str] = set()
        for label in reversed([label for label in self._labels if label.end <= before]):
            if label.word in seen or end - label.end > _LONGEST_VALUE:
                break
            seen.add(label.word)
            pairs.insert(0, Pair(label, Span(label.end, end), starts_line(self._atoms, label.start)))
            end = label.start
        while pairs and not pairs[0].begins_row:
            pairs.pop(0)
        return tuple(pairs)

    def _below_funds(self, start: int, end: int) -> tuple[tuple[Pair, ...], Table | None] | None:
        """The fields and the goals between the funds and the indicators; None if they do not begin with a label."""
        pairs: list[Pair] = []
        while start < end:
            run = next((run for run in _runs([label for label in self._labels if start <= label.start < end])), ())
            if not run or run[0].start != start:
                return None
            corner = run[0] if len(run) == _GOAL_COLUMNS + 1 else None
            columns = run if corner is None else run[1:]
            behind = [label for label in self._labels if run[-1].end < label.start < end]
            stacked = any(heads_achievement(label.word) and starts_line(self._atoms, label.start) for label in behind)
            if len(columns) == _GOAL_COLUMNS and not stacked:
                headers = tuple(Header(Span(label.start, label.end), label.word) for label in columns)
                return tuple(pairs), Table(corner, headers, Span(run[-1].end, end))
            if len(columns) > _GOAL_COLUMNS:
                return None
            stop = next((label.start for label in behind if starts_line(self._atoms, label.start)), end)
            pairs += (Pair(label, Span(label.end, label.end)) for label in run[:-1])
            pairs.append(Pair(run[-1], Span(run[-1].end, stop)))
            start = stop
        return tuple(pairs), None

    def _closing(self, start: int) -> Iterator[Pair]:
        """The labels under the indicators; the last one's value is what stands on its line, else on the next."""
        position = start
        labels = [label for label in self._labels if label.start >= start]
        for label, following in zip(labels, [*labels[1:], None], strict=True):
            if label.start != position or not closes(label.word):
                return
            position = following.start if following is not None and closes(following.word) else self._value_end(label)
            yield Pair(label, Span(label.end, position), starts_line(self._atoms, label.start))

    def _value_end(self, label: Label) -> int:
        end = label.end
        while is_total(label.word) and self._is_number(end):
            end += 1
        while end < self._ceiling and (end == label.end or not starts_line(self._atoms, end)):
            end += 1
        return end


def _first(funds: Table) -> int:
    return funds.headers[0].span.start


def _runs(labels: Sequence[Label]) -> Iterator[tuple[Label, ...]]:
    """Labels that follow each other without an atom between."""
    run: list[Label] = []
    for label in labels:
        if run and run[-1].end != label.start:
            yield tuple(run)
            run = []
        run.append(label)
    if run:
        yield tuple(run)
