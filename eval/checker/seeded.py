"""One labelled form comes in, the same form with one error in it goes out, as often as there are errors to make.

Errors of characters change one printed number; errors of cells move, lose or double what was read rightly.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Literal, NamedTuple

from pipeline.checks.sheet import FUND_NUMBERS, equation_numbers, with_numbers
from schemas.amount import Amount
from schemas.check import RuleCode
from schemas.form import FundLine, IndicatorRow, SelfEvaluation

Kind = Literal[
    "digit_changed",
    "digit_confused",
    "digit_dropped",
    "digit_added",
    "digits_swapped",
    "point_moved",
    "cells_swapped",
    "row_shifted",
    "columns_shifted",
    "row_lost",
    "row_doubled",
    "label_moved",
]

OF_CHARACTERS: tuple[Kind, ...] = (
    "digit_changed",
    "digit_confused",
    "digit_dropped",
    "digit_added",
    "digits_swapped",
    "point_moved",
)
OF_CELLS: tuple[Kind, ...] = (
    "cells_swapped",
    "row_shifted",
    "columns_shifted",
    "row_lost",
    "row_doubled",
    "label_moved",
)

CONFUSED = {
    "0": "689",
    "1": "47",
    "2": "37",
    "3": "258",
    "4": "19",
    "5": "368",
    "6": "058",
    "7": "12",
    "8": "03569",
    "9": "048",
}
"""Digits that readers of pictures take for each other; a change to one of them is counted as `digit_confused`."""

_POINTS = ("weight", "score")
_SUMS: tuple[RuleCode, ...] = ("weights_sum", "scores_sum", "level1_weight", "numbers_conserved")
_FUNDS: tuple[RuleCode, ...] = ("fund_parts_sum", "execution_rate", "budget_score", "weights_sum", "scores_sum")


class Seeded(NamedTuple):
    """One error: its kind, where it is, the form that has it."""

    kind: Kind
    field: str
    """The column or total it stands in, such as `funds.executed`."""
    pointers: tuple[str, ...]
    """The numbers that are wrong."""
    form: SelfEvaluation
    rules: tuple[RuleCode, ...] = ()
    """Rules that speak of what was lost, doubled or moved; empty where the rules over `pointers` do."""
    row: tuple[str, int] | None = None
    """The row that was lost or doubled."""


def seeded(form: SelfEvaluation, kind: Kind) -> Iterator[Seeded]:
    """Every error of one kind that can be made in `form`; one that leaves every value as it was is none."""
    if kind in OF_CHARACTERS:
        for pointer, number in equation_numbers(form).items():
            for wrong in dict.fromkeys(_misprints(kind, format(number, "f"))):
                amount = Amount.parse(wrong)
                if amount is not None and amount.value != number:
                    yield Seeded(kind, field_of(pointer), (pointer,), with_numbers(form, {pointer: amount.value}))
        return
    made = {
        "cells_swapped": _cells_swapped,
        "row_shifted": _rows_shifted,
        "columns_shifted": _columns_shifted,
        "row_lost": _rows_lost,
        "row_doubled": _rows_doubled,
        "label_moved": _labels_moved,
    }[kind](form)
    yield from (error for error in made if error.form != form)


def field_of(pointer: str) -> str:
    """`/funds/0/score` is `funds.score`, whatever the row."""
    first, _, rest = pointer[1:].partition("/")
    return f"{first}.{rest.partition('/')[2]}" if rest else first


def swapped_columns(form: SelfEvaluation) -> Iterator[tuple[tuple[str, str, str], SelfEvaluation]]:
    """Every two columns of numbers of one table exchanged in all rows: (table, column, column), the form."""
    for table, columns in (("funds", FUND_NUMBERS), ("indicators", _POINTS)):
        rows: Sequence[FundLine | IndicatorRow] = form.funds if table == "funds" else form.indicators
        for at, left in enumerate(columns):
            for right in columns[at + 1 :]:
                exchanged = tuple(
                    row.model_copy(update={left: getattr(row, right), right: getattr(row, left)}) for row in rows
                )
                if any(getattr(row, left) is not None and getattr(row, right) is not None for row in rows):
                    yield (table, left, right), form.model_copy(update={table: exchanged})


def _misprints(kind: Kind, printed: str) -> Iterator[str]:
    """Every text that one error of this kind makes of a printed number."""
    digits = [at for at, character in enumerate(printed) if character.isdigit()]
    if kind in {"digit_changed", "digit_confused"}:
        for at in digits:
            others = CONFUSED[printed[at]] if kind == "digit_confused" else "0123456789"
            yield from (printed[:at] + other + printed[at + 1 :] for other in others if other != printed[at])
    elif kind == "digit_dropped":
        yield from (printed[:at] + printed[at + 1 :] for at in digits)
    elif kind == "digit_added":
        yield from (printed[:at] + other + printed[at:] for at in (*digits, len(printed)) for other in "0123456789")
    elif kind == "digits_swapped":
        yield from (
            printed[:left] + printed[right] + printed[left + 1 : right] + printed[left] + printed[right + 1 :]
            for left, right in pairwise(digits)
        )
    else:
        bare = printed.replace(".", "")
        yield bare
        yield from (f"{bare[:at]}.{bare[at:]}" for at in range(1, len(bare)))


def _number_cells(form: SelfEvaluation) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The table and the pointers of each row of numbers, blanks left out."""
    numbers = equation_numbers(form)
    for table, columns, rows in (("funds", FUND_NUMBERS, form.funds), ("indicators", _POINTS, form.indicators)):
        for at in range(len(rows)):
            yield table, tuple(pointer for column in columns if (pointer := f"/{table}/{at}/{column}") in numbers)


def _cells_swapped(form: SelfEvaluation) -> Iterator[Seeded]:
    """Two neighbours of a row, or of a column, exchanged."""
    numbers = equation_numbers(form)
    columns: dict[str, list[str]] = {}
    for pointer in numbers:
        columns.setdefault(field_of(pointer), []).append(pointer)
    lines: Iterable[Sequence[str]] = (*(row for _, row in _number_cells(form)), *columns.values())
    for line in lines:
        for left, right in pairwise(line):
            if numbers[left] != numbers[right]:
                changed = with_numbers(form, {left: numbers[right], right: numbers[left]})
                yield Seeded("cells_swapped", field_of(left), (left, right), changed)


def _rows_shifted(form: SelfEvaluation) -> Iterator[Seeded]:
    """The numbers of one row one column to the right, or to the left; the last comes round."""
    numbers = equation_numbers(form)
    for _, row in _number_cells(form):
        for turned in {row[1:] + row[:1], row[-1:] + row[:-1]} - {row}:
            values: dict[str, Decimal | None] = {to: numbers[at] for to, at in zip(row, turned, strict=True)}
            wrong = tuple(to for to, at in zip(row, turned, strict=True) if numbers[to] != numbers[at])
            yield Seeded("row_shifted", field_of(row[0]), wrong, with_numbers(form, values))


def _columns_shifted(form: SelfEvaluation) -> Iterator[Seeded]:
    """All columns of a table one to the right, or to the left, in every row."""
    for table, columns in (("funds", FUND_NUMBERS), ("indicators", _POINTS)):
        rows: Sequence[FundLine | IndicatorRow] = form.funds if table == "funds" else form.indicators
        used = [column for column in columns if any(getattr(row, column) is not None for row in rows)]
        for turned in {(*used[1:], *used[:1]), (*used[-1:], *used[:-1])} - {tuple(used)}:
            shifted = tuple(
                row.model_copy(update={to: getattr(row, at) for to, at in zip(used, turned, strict=True)})
                for row in rows
            )
            changed = form.model_copy(update={table: shifted})
            before, after = equation_numbers(form), equation_numbers(changed)
            wrong = tuple(pointer for pointer in after if before.get(pointer) != after[pointer])
            yield Seeded("columns_shifted", table, wrong, changed)


def _rows_lost(form: SelfEvaluation) -> Iterator[Seeded]:
    for at in range(len(form.funds)):
        changed = form.model_copy(update={"funds": form.funds[:at] + form.funds[at + 1 :]})
        yield Seeded("row_lost", "funds", (), changed, (*_FUNDS, "numbers_conserved"), ("funds", at))
    for at in range(len(form.indicators)):
        changed = form.model_copy(update={"indicators": form.indicators[:at] + form.indicators[at + 1 :]})
        yield Seeded("row_lost", "indicators", (), changed, _SUMS, ("indicators", at))


def _rows_doubled(form: SelfEvaluation) -> Iterator[Seeded]:
    for at in range(len(form.funds)):
        changed = form.model_copy(update={"funds": form.funds[: at + 1] + form.funds[at:]})
        yield Seeded("row_doubled", "funds", (), changed, (*_FUNDS, "numbers_conserved"), ("funds", at))
    for at in range(len(form.indicators)):
        changed = form.model_copy(update={"indicators": form.indicators[: at + 1] + form.indicators[at:]})
        yield Seeded("row_doubled", "indicators", (), changed, _SUMS, ("indicators", at))


def _labels_moved(form: SelfEvaluation) -> Iterator[Seeded]:
    """The labels of two neighbouring rows exchanged, their numbers left where they are."""
    for at, (upper, lower) in enumerate(pairwise(form.funds)):
        moved = (
            upper.model_copy(update={"source": lower.source, "label": lower.label}),
            lower.model_copy(update={"source": upper.source, "label": upper.label}),
        )
        changed = form.model_copy(update={"funds": (*form.funds[:at], *moved, *form.funds[at + 2 :])})
        yield Seeded("label_moved", "funds", (), changed, _FUNDS)
    for at, (above, below) in enumerate(pairwise(form.indicators)):
        if (above.level1, above.level1_weight) == (below.level1, below.level1_weight):
            continue
        levels = {"level1": above.level1, "level1_weight": above.level1_weight}
        rows = (*form.indicators[: at + 1], below.model_copy(update=levels), *form.indicators[at + 2 :])
        yield Seeded("label_moved", "indicators", (), form.model_copy(update={"indicators": rows}), _SUMS)
