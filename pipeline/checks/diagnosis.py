"""Failing equations and the evidence come in; the smallest changes that would make all equations hold go out.

Equations that fail and share a field are one trouble. For each trouble every change of one field is tried
that an equation asks for, then two neighbours swapped, a row shifted by a column, then changes of two
fields; a change counts only if every equation of the form over the changed fields holds with it. One swap
or shift that settles several troubles at once comes before what settles each alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice, pairwise
from typing import NamedTuple

from pipeline.checks.equations import Equation
from pipeline.checks.ranges import HUNDRED, ZERO, decimals_of, written
from pipeline.checks.sheet import FUND_NUMBERS, INDICATOR_NUMBERS, MONEY, Values
from schemas.check import Diagnosis
from schemas.extraction import Standing

_MOST_SHOWN = 4
"""A person looks at the first; more than these is no help."""

_MOST_PAIRS = 400
"""Changes of two fields that are tried for one trouble: above it the answer would be a guess anyway."""

_CONFUSED = frozenset(
    frozenset(pair)
    for pair in ("01", "06", "08", "09", "17", "14", "23", "27", "35", "38", "49", "56", "58", "68", "89")
)
"""Digits that readers of pictures take for each other."""

_ECHO = 2

_EVIDENCE_AGAINST = {"disputed": 3, "undiscriminated": 3, "unread": 3, "single": 1}
_PLAUSIBLE = {"one_digit": 3, "lost_point": 3, "swapped_pair": 3, "shifted_column": 3, "unexplained": 0}


class Change(NamedTuple):
    """New values for a few fields, and how that explains what was printed."""

    values: Mapping[str, Decimal]
    explained_by: str


class _Form(NamedTuple):
    """What a search needs: the values, every equation, and which equations a field stands in."""

    values: Values
    equations: Sequence[Equation]
    of_field: Mapping[str, list[Equation]]


def diagnose(
    values: Values,
    equations: Sequence[Equation],
    failing: Sequence[Equation],
    standings: Mapping[str, Standing],
) -> dict[Equation, tuple[Diagnosis, ...]]:
    """For each failing equation the sets of fields that explain its trouble, the most suspect first."""
    of_field: dict[str, list[Equation]] = {}
    for equation in equations:
        for field in equation.fields:
            of_field.setdefault(field, []).append(equation)
    form = _Form(values, equations, of_field)
    troubles = _troubles(failing)
    moved = _settled(form, failing, _moved(form, _fields_of(failing))) if len(troubles) > 1 else []
    found: dict[Equation, tuple[Diagnosis, ...]] = {}
    for trouble in troubles:
        ranked = sorted(_changes(form, trouble), key=lambda change: _rank(form, change, standings))
        best: dict[tuple[str, ...], Change] = {}
        for change in (*moved, *ranked):
            best.setdefault(tuple(change.values), change)
        told = tuple(_told(change) for change in best.values())
        found.update(dict.fromkeys(trouble, told[:_MOST_SHOWN]))
    return found


def _told(change: Change) -> Diagnosis:
    return Diagnosis(
        fields=tuple(change.values),
        explained_by=change.explained_by,
        would_be=tuple(format(value, "f") for value in change.values.values()),
    )


def _troubles(failing: Sequence[Equation]) -> list[list[Equation]]:
    """The failing equations, those that share a field together."""
    groups: list[tuple[set[str], list[Equation]]] = []
    for equation in failing:
        fields, together = set(equation.fields), [equation]
        apart = []
        for known_fields, known in groups:
            if known_fields & fields:
                fields |= known_fields
                together = known + together
            else:
                apart.append((known_fields, known))
        groups = [*apart, (fields, together)]
    return [together for _, together in groups]


def _changes(form: _Form, trouble: Sequence[Equation]) -> list[Change]:
    """The smallest changes that settle the trouble: one field; else a swap or a shift; else two fields."""
    fields = _fields_of(trouble)
    pairs = islice(_double(form, trouble, fields), _MOST_PAIRS)
    for attempts in (_single(form, trouble, fields), _moved(form, fields), pairs):
        settled = _settled(form, trouble, attempts)
        if settled:
            return settled
    return []


def _fields_of(trouble: Sequence[Equation]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(field for equation in trouble for field in equation.fields))


def _settled(form: _Form, trouble: Sequence[Equation], attempts: Iterator[Change]) -> list[Change]:
    return [change for change in attempts if _settles(form, trouble, change.values)]


def _single(form: _Form, trouble: Sequence[Equation], fields: Sequence[str]) -> Iterator[Change]:
    """One field, changed to what an equation of the trouble asks for."""
    for field in fields:
        for equation in trouble:
            if field not in equation.fields:
                continue
            for value in equation.solutions(form.values, field):
                if value >= ZERO and value != form.values[field]:
                    yield Change({field: value}, _explained(form.values[field], value))


def _moved(form: _Form, fields: Sequence[str]) -> Iterator[Change]:
    """Two neighbours of a row or a column swapped, or the numbers of a row shifted by one column."""
    seen: set[tuple[str, ...]] = set()
    for field in fields:
        for line in _lines_of(field, form.values):
            if line in seen:
                continue
            seen.add(line)
            for left, right in pairwise(line):
                swapped = {left: form.values[right], right: form.values[left]}
                yield Change(swapped, "swapped_pair")
        row = _row_of(field, form.values)
        for shifted in (row[1:] + row[:1], row[-1:] + row[:-1]):
            yield Change({to: form.values[at] for to, at in zip(row, shifted, strict=True)}, "shifted_column")


def _double(form: _Form, trouble: Sequence[Equation], fields: Sequence[str]) -> Iterator[Change]:
    """Two fields: one changed as an equation asks, then another as a still failing equation asks."""
    for first in _single(form, trouble, fields):
        changed = {**form.values, **first.values}
        left = (equation for equation in trouble if equation.outcome(changed).holds == "fails")
        for equation in islice(left, 1):
            for field in equation.fields:
                for value in equation.solutions(changed, field):
                    if value >= ZERO and field not in first.values and value != changed[field]:
                        yield Change({**first.values, field: value}, "unexplained")


def _lines_of(field: str, values: Values) -> Iterator[tuple[str, ...]]:
    """The row and the column that a field of a table stands in, without blanks."""
    yield _row_of(field, values)
    table, _, column = field[1:].partition("/")
    _, _, column = column.partition("/")
    if column:
        yield tuple(
            pointer for pointer in values if pointer.startswith(f"/{table}/") and pointer.endswith(f"/{column}")
        )


def _row_of(field: str, values: Values) -> tuple[str, ...]:
    place, _, _ = field.rpartition("/")
    columns = FUND_NUMBERS if place.startswith("/funds/") else INDICATOR_NUMBERS[1:] if place else ()
    return tuple(pointer for column in columns if (pointer := f"{place}/{column}") in values)


def _settles(form: _Form, trouble: Sequence[Equation], change: Mapping[str, Decimal]) -> bool:
    """Whether the trouble's equations hold with the change, and every other equation over its fields."""
    if all(form.values[field] == value for field, value in change.items()):
        return False
    changed = {**form.values, **change}
    touched = {id(equation): equation for field in change for equation in form.of_field.get(field, ())}
    touched.update((id(equation), equation) for equation in trouble)
    return all(equation.outcome(changed).holds != "fails" for equation in touched.values())


def _explained(printed: Decimal, would_be: Decimal) -> str:
    """How one number turns into another: a digit changed, dropped or added; its point lost; else unexplained."""
    was, now = _digits(printed, would_be), _digits(would_be, printed)
    if was.lstrip("0").rstrip("0") == now.lstrip("0").rstrip("0"):
        return "lost_point"
    if len(was) == len(now) and sum(left != right for left, right in zip(was, now, strict=True)) == 1:
        return "one_digit"
    longer, shorter = (was, now) if len(was) > len(now) else (now, was)
    dropped = {longer[:at] + longer[at + 1 :] for at in range(len(longer))}
    return "one_digit" if shorter in dropped else "unexplained"


def _digits(value: Decimal, beside: Decimal) -> str:
    """Its digits with as many decimals as the finer of the two."""
    return format(written(value, max(decimals_of(value), decimals_of(beside))), "f").replace(".", "")


def _rank(form: _Form, change: Change, standings: Mapping[str, Standing]) -> tuple[int, int]:
    """Smaller is more suspect: fewer fields, then more evidence against them and a likelier slip."""
    against = sum(_suspicion(standings.get(field)) for field in change.values) + _PLAUSIBLE[change.explained_by]
    against += _made_exact(form, change)
    for field, value in change.values.items():
        against += _ECHO * (_echoes(form.values, field, value) - _echoes(form.values, field, form.values[field]))
        if change.explained_by == "one_digit":
            against += _is_confusable(form.values[field], value)
    return (len(change.values), -against)


def _made_exact(form: _Form, change: Change) -> int:
    """How many equations over the changed fields hold only within rounding, or fail, and would be exact."""
    changed = {**form.values, **change.values}
    touched = {id(equation): equation for field in change.values for equation in form.of_field.get(field, ())}
    return sum(
        equation.outcome(form.values).holds != "exact" and equation.outcome(changed).holds == "exact"
        for equation in touched.values()
    )


def _echoes(values: Values, field: str, number: Decimal) -> bool:
    """Whether `number` is what its kind mostly is: the same as its neighbour in the row, a total weight of 100.

    Most rows reach their full points, and most budgets are neither changed in the year nor left unspent.
    """
    if field == "/total_weight":
        return number == HUNDRED
    place, _, column = field.rpartition("/")
    alike = MONEY if column in MONEY else ("weight", "score") if column in ("weight", "score") else ()
    return any(other != column and values.get(f"{place}/{other}") == number for other in alike)


def _suspicion(standing: Standing | None) -> int:
    """How much speaks against a field: no place on the page, a picture, an uncertain cut, a doubtful role, a wrap."""
    if standing is None:
        return 4
    doubts = 4 * (standing.origin == "ocr") + 4 * bool(standing.doubts) + _EVIDENCE_AGAINST.get(standing.state, 0)
    return doubts + (standing.wrapped > 0) + standing.stitched


def _is_confusable(printed: Decimal, would_be: Decimal) -> bool:
    was, now = _digits(printed, would_be), _digits(would_be, printed)
    return any(frozenset(pair) in _CONFUSED for pair in zip(was, now, strict=False) if pair[0] != pair[1])
