"""One form comes in, a Sheet goes out: its printed numbers by pointer, as the rules read them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from schemas.amount import Amount, normalised
from schemas.evidence import Evidence
from schemas.extraction import Extraction, TokenCell
from schemas.form import SelfEvaluation

MONEY = ("initial_budget", "adjusted_budget", "executed")
"""The columns of money, in the order in which a year passes."""

FUND_NUMBERS = (*MONEY, "weight", "execution_rate", "score")
INDICATOR_NUMBERS = ("level1_weight", "weight", "score")
FORM_NUMBERS = ("total_weight", "total_score")

Values = Mapping[str, Decimal]


@lru_cache(maxsize=4096)
def pointers_of(table: str, column: str, rows: int) -> tuple[str, ...]:
    """The pointers of one column of a table with so many rows, made once: every rule asks for the same ones."""
    return tuple(f"/{table}/{at}/{column}" for at in range(rows))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form as the rules see it. Pointers are those of SelfEvaluation."""

    form: SelfEvaluation
    values: Values
    """Every printed number of a kind that an equation can cover; a blank has no entry."""
    unread: frozenset[str] = frozenset()
    """Pointers whose cell is there but could not be read: an equation over one is not checkable."""
    percent: frozenset[str] = frozenset()
    """Rates printed with a % sign; the others leave their scale open."""
    evidence: Mapping[str, Evidence] | None = None
    tokens: tuple[TokenCell, ...] | None = None
    """None for a rival reading, of which only the form is known."""

    @classmethod
    def of(cls, extraction: Extraction) -> "Sheet":
        """The sheet of a grounded form."""
        return cls(
            form=extraction.form,
            values=equation_numbers(extraction.form),
            unread=frozenset(extraction.unread),
            percent=frozenset(_printed_with_percent(extraction)),
            evidence=extraction.evidence,
            tokens=extraction.tokens,
        )

    @classmethod
    def of_rival(cls, form: SelfEvaluation) -> "Sheet":
        """The sheet of another reading of the same form."""
        return cls(form=form, values=equation_numbers(form))

    def lost(self, pointers: Collection[str]) -> tuple[str, ...]:
        """Those of `pointers` that could not be read."""
        return tuple(pointer for pointer in pointers if pointer in self.unread) if self.unread else ()

    def budget_row(self) -> int | None:
        """The fund row that stands for the whole budget: the total, else the first; None without fund rows."""
        funds = self.form.funds
        return next((at for at, fund in enumerate(funds) if fund.source == "total"), 0 if funds else None)

    def counted_once(self, column: str) -> tuple[str | None, tuple[str, ...], tuple[str, ...]]:
        """The budget's own `column` (weight or score), its repeats on sub rows, and what contradicts it.

        The whole budget's row counts. Where it is blank the sub rows may carry the number instead: one
        that they all agree on is counted once.
        """
        column_of_funds = pointers_of("funds", column, len(self.form.funds))
        printed = [pointer for pointer in column_of_funds if pointer in self.values]
        if not printed:
            return None, (), ()
        own = f"/funds/{self.budget_row()}/{column}"
        counted = own if own in printed else printed[0]
        number = self.values[counted]
        others = [pointer for pointer in printed if pointer != counted]
        repeats = tuple(pointer for pointer in others if self.values[pointer] == number)
        return counted, repeats, tuple(pointer for pointer in others if pointer not in repeats)


def equation_numbers(form: SelfEvaluation) -> dict[str, Decimal]:
    """Every printed number of a kind that an equation can cover, by pointer, in reading order."""
    return dict(_equation_numbers(form))


def with_numbers(form: SelfEvaluation, numbers: Mapping[str, Decimal | None]) -> SelfEvaluation:
    """The form with some of its numbers replaced; None empties a cell."""
    funds, indicators, totals = list(form.funds), list(form.indicators), dict[str, Decimal | None]()
    for pointer, number in numbers.items():
        table, _, place = pointer[1:].partition("/")
        row, _, column = place.partition("/")
        if table == "funds":
            funds[int(row)] = funds[int(row)].model_copy(update={column: number})
        elif table == "indicators":
            indicators[int(row)] = indicators[int(row)].model_copy(update={column: number})
        else:
            totals[table] = number
    return form.model_copy(update={"funds": tuple(funds), "indicators": tuple(indicators), **totals})


def as_printed(proof: Evidence | None, number: Decimal) -> bool:
    """Whether the number is the one that its evidence prints; without evidence there is nothing to compare."""
    if proof is None or proof.text == str(number):
        return True
    amount = Amount.parse(proof.text)
    return amount is not None and amount.value == number


def _equation_numbers(form: SelfEvaluation) -> Iterator[tuple[str, Decimal]]:
    count = len(form.funds)
    columns = tuple(zip(*(pointers_of("funds", column, count) for column in FUND_NUMBERS), strict=True))
    for fund, pointers in zip(form.funds, columns, strict=True):
        numbers = (
            fund.initial_budget,
            fund.adjusted_budget,
            fund.executed,
            fund.weight,
            fund.execution_rate,
            fund.score,
        )
        for pointer, number in zip(pointers, numbers, strict=True):
            if number is not None:
                yield pointer, number
    count = len(form.indicators)
    columns = tuple(zip(*(pointers_of("indicators", column, count) for column in INDICATOR_NUMBERS), strict=True))
    for row, (points, weight, score) in zip(form.indicators, columns, strict=True):
        if row.level1_weight is not None:
            yield points, row.level1_weight
        if row.weight is not None:
            yield weight, row.weight
        if row.score is not None:
            yield score, row.score
    if form.total_weight is not None:
        yield "/total_weight", form.total_weight
    if form.total_score is not None:
        yield "/total_score", form.total_score


def _printed_with_percent(extraction: Extraction) -> Iterator[str]:
    for at in range(len(extraction.form.funds)):
        pointer = f"/funds/{at}/execution_rate"
        proof = extraction.evidence.get(pointer)
        if proof is not None and (normalised(proof.text).endswith("%") or normalised(proof.cell_text).endswith("%")):
            yield pointer
