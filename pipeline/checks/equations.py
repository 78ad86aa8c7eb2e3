"""Printed values come in, an Outcome goes out: what an equation is, and the four kinds there are.

An Equation names fields; it holds no values, so that the same one can be asked about the form as read,
about a form with one number changed (diagnosis), and about another reading of the layout.
"""

from collections.abc import Callable, Iterator
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple, Protocol

from pipeline.checks.ranges import (
    HUNDRED,
    ONE,
    ZERO,
    decimals_of,
    hidden_by_rounding,
    printed_range,
    quotient,
    total_range,
    unit_of,
    written,
)
from pipeline.checks.sheet import Values
from schemas.check import RuleCode

_CERTAINLY_PERCENT = Decimal(10)
"""A printed rate above it is in per cent: as a fraction it would be ten times the budget spent."""


class Outcome(NamedTuple):
    """What an equation says about printed values."""

    holds: Literal["exact", "within_rounding", "fails"]
    printed: Decimal
    computed: Decimal
    slack: Decimal
    """The largest error that the printed precision could hide."""


class Cover(NamedTuple):
    """The fields that an equation which holds speaks for."""

    exact: tuple[str, ...]
    within_rounding: tuple[str, ...]
    """A misprint in the last decimals of one of these could stay unseen."""


class Equation(Protocol):
    """One equation of a form. `fields` is the printed result first, then its operands."""

    @property
    def rule(self) -> RuleCode:
        """The rule that it belongs to."""

    @property
    def key(self) -> str:
        """Which equation of the rule: the column, the row or the label's place."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The printed result first, then its operands; none of them blank."""

    def outcome(self, values: Values) -> Outcome:
        """Whether it holds; every field must have a value."""

    def cover(self, values: Values, outcome: Outcome) -> Cover:
        """The fields it covers, given that `outcome` holds."""

    def habit(self, values: Values) -> str | None:
        """The code of a known habit of forms that explains a failure; None if there is none."""

    def solutions(self, values: Values, pointer: str) -> Iterator[Decimal]:
        """What `pointer` would have to be for it to hold, the others as they are."""


Habit = tuple[str, Callable[[Values], bool]]


class Amounts(NamedTuple):
    """The two amounts whose quotient is a rate."""

    executed: str
    base: str


class Sum(NamedTuple):
    """Parts add up to a total. Points are typed: equal or not. Money stands for a range."""

    rule: RuleCode
    key: str
    parts: tuple[str, ...]
    total: str | None
    """None where no total is printed and `otherwise` stands for it."""
    otherwise: Decimal = ZERO
    money: bool = False
    repeats: tuple[str, ...] = ()
    """Pointers at which an operand is printed again with the same value: covered with it."""
    habits: tuple[Habit, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The total, if printed, and its parts."""
        return self.parts if self.total is None else (self.total, *self.parts)

    def outcome(self, values: Values) -> Outcome:
        """Exact if equal; money also within the ranges it was printed from."""
        total = self.otherwise if self.total is None else values[self.total]
        parts = [values[part] for part in self.parts]
        added = sum(parts, ZERO)
        if added == total:
            return Outcome("exact", total, added, added - added)
        if not self.money:
            return Outcome("fails", total, added, added - added)
        met = total_range(parts).meets(printed_range(total))
        slack = hidden_by_rounding(total, tuple(parts))
        return Outcome("within_rounding" if met else "fails", total, added, slack)

    def cover(self, values: Values, outcome: Outcome) -> Cover:  # noqa: ARG002 - a sum covers every operand, whatever its value
        """Every operand, whatever its value, and its repeats."""
        covered = (*self.fields, *self.repeats)
        return Cover(covered, ()) if outcome.holds == "exact" else Cover((), covered)

    def habit(self, values: Values) -> str | None:
        """The first of its known habits that explains these values."""
        return next((name for name, explains in self.habits if explains(values)), None)

    def solutions(self, values: Values, pointer: str) -> Iterator[Decimal]:
        """The one number that closes the sum."""
        outcome = self.outcome(values)
        if pointer == self.total:
            yield outcome.computed
        else:
            yield values[pointer] + outcome.printed - outcome.computed


class Rate(NamedTuple):
    """`rate = executed / base`, in per cent or as a fraction, rounded or truncated as printed.

    A fraction printed without decimals (1) is no rounded number: it is exact only if it is the quotient.
    """

    rule: RuleCode
    key: str
    rate: str
    executed: str
    base: str
    percent: bool
    """Printed with a % sign. Without one the scale is what the number can be; where both can be, both are tried."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The rate, the executed amount, the budget."""
        return (self.rate, self.executed, self.base)

    def outcome(self, values: Values) -> Outcome:
        """Exact if the printed amounts give the printed rate; within rounding if some amounts printed so do."""
        rate, executed, base = values[self.rate], values[self.executed], values[self.base]
        scales = _scales(rate, percent=self.percent)
        unit = unit_of(rate)
        for scale in scales:
            if _is_quotient(rate, executed * scale, base, whole=scale == ONE and unit == ONE):
                return Outcome("exact", rate, rate, unit)
        best = min((_shown_quotient(rate, executed * scale, base) for scale in scales), key=lambda q: abs(q - rate))
        stands_for = printed_range(rate).floored().times(printed_range(base).floored())
        spent = printed_range(executed)
        if any(spent.scaled(scale).meets(stands_for) for scale in scales):
            return Outcome("within_rounding", rate, best, max(unit, abs(best - rate)))
        return Outcome("fails", rate, best, unit)

    def cover(self, values: Values, outcome: Outcome) -> Cover:
        """An amount is covered exactly only if one unit of its last decimal moves the rate by one of its own."""
        rate, executed, base = values[self.rate], values[self.executed], values[self.base]
        scale = _scale_that_fits(rate, executed, base)
        grain = ZERO if scale == ONE == unit_of(rate) else unit_of(rate)
        exact = [self.rate]
        rounded: list[str] = []
        (exact if unit_of(executed) * scale >= grain * base else rounded).append(self.executed)
        if executed != ZERO:
            seen = unit_of(base) * executed * scale >= grain * base * base
            (exact if seen else rounded).append(self.base)
        if outcome.holds == "exact":
            return Cover(tuple(exact), tuple(rounded))
        return Cover((), (*exact, *rounded))

    def habit(self, values: Values) -> str | None:  # noqa: ARG002 - no habit of printing a rate is known
        """None: no habit of printing a rate is known."""
        return None

    def solutions(self, values: Values, pointer: str) -> Iterator[Decimal]:
        """The rate rounded and cut off; an amount to its printed decimals."""
        rate, executed, base = values[self.rate], values[self.executed], values[self.base]
        for scale in _scales(rate, percent=self.percent):
            if pointer == self.rate and base != ZERO:
                yield quotient(executed * scale, base, decimals_of(rate), ROUND_HALF_UP)
                yield quotient(executed * scale, base, decimals_of(rate), ROUND_DOWN)
            elif pointer == self.executed:
                yield quotient(rate * base, scale, decimals_of(executed))
            elif pointer == self.base and rate != ZERO:
                yield quotient(executed * scale, rate, decimals_of(base))


class BudgetScore(NamedTuple):
    """`score = weight x min(1, rate)`, rounded or truncated; the rate as printed, or from its amounts."""

    rule: RuleCode
    key: str
    score: str
    weight: str
    rate: str | None
    amounts: Amounts | None
    """One of `rate` and `amounts` is given."""
    percent: bool

    @property
    def fields(self) -> tuple[str, ...]:
        """The score, the weight, and the rate or its two amounts."""
        operands = (self.amounts or ()) if self.rate is None else (self.rate,)
        return (self.score, self.weight, *operands)

    def outcome(self, values: Values) -> Outcome:
        """Exact if the printed rate or amounts give the score; within rounding if some rate printed so does."""
        score, weight = values[self.score], values[self.weight]
        typed = printed_range(score)
        unit = unit_of(score)
        if any(typed.holds(weight * min(ONE, share)) for share in self._shares(values)) or self._by_amounts(values):
            return Outcome("exact", score, score, unit)
        computed = self._computed(values)
        if self.rate is not None:
            rate = printed_range(values[self.rate]).floored()
            for scale in _scales(values[self.rate], percent=self.percent):
                if typed.scaled(scale).meets(rate.capped(scale).scaled(weight)):
                    return Outcome("within_rounding", score, computed, max(unit, abs(computed - score)))
        return Outcome("fails", score, computed, unit)

    def cover(self, values: Values, outcome: Outcome) -> Cover:
        """A rate of 100 % and more is capped, a weight of a rate of 0 is lost: such a number is not covered."""
        score, weight = values[self.score], values[self.weight]
        typed = printed_range(score)
        share = next((share for share in self._shares(values) if typed.holds(weight * min(ONE, share))), None)
        exact = [self.score]
        rounded: list[str] = []
        if share is None and self.amounts is not None and self._by_amounts(values):
            share = min(ONE, self._amount_share(values)[0])
            if share < ONE:
                rounded.extend(self.amounts)
        elif self.rate is not None and (share is None or share < ONE):
            rounded.append(self.rate)
        if share is None or share > ZERO:
            seen = share is not None and unit_of(weight) * share >= unit_of(score)
            (exact if seen else rounded).append(self.weight)
        if outcome.holds == "exact":
            return Cover(tuple(exact), tuple(rounded))
        return Cover((), (*exact, *rounded))

    def habit(self, values: Values) -> str | None:
        """Full marks for a rate below 100 % (bands such as 95 % and above), or a rate that is not capped."""
        score, weight = values[self.score], values[self.weight]
        shares = self._shares(values) or self._amount_share(values)
        if score == weight and any(ZERO < share < ONE for share in shares):
            return "full_marks"
        if any(share > ONE and printed_range(score).holds(weight * share) for share in shares):
            return "uncapped"
        return None

    def solutions(self, values: Values, pointer: str) -> Iterator[Decimal]:
        """The score rounded and cut off; a weight or rate to its printed decimals."""
        score, weight = values[self.score], values[self.weight]
        for share in self._shares(values) or self._amount_share(values):
            capped = min(ONE, share)
            if pointer == self.score:
                yield written(weight * capped, decimals_of(score), ROUND_HALF_UP)
                yield written(weight * capped, decimals_of(score), ROUND_DOWN)
            elif pointer == self.weight and capped != ZERO:
                yield quotient(score, capped, decimals_of(weight))
        if pointer == self.rate and weight != ZERO:
            rate = values[pointer]
            for scale in _scales(rate, percent=self.percent):
                yield quotient(score * scale, weight, decimals_of(rate))

    def _shares(self, values: Values) -> list[Decimal]:
        """What the printed rate can be, as a share of 1."""
        if self.rate is None:
            return []
        rate = values[self.rate]
        return [rate * _INVERSE[scale] for scale in _scales(rate, percent=self.percent)]

    def _amount_share(self, values: Values) -> list[Decimal]:
        if self.amounts is None or values[self.amounts.base] <= ZERO:
            return []
        return [quotient(values[self.amounts.executed], values[self.amounts.base], _SHARE_DECIMALS)]

    def _by_amounts(self, values: Values) -> bool:
        """Whether the amounts themselves give the score, compared without a division."""
        if self.amounts is None:
            return False
        executed, base = values[self.amounts.executed], values[self.amounts.base]
        if base <= ZERO:
            return False
        return printed_range(values[self.score]).scaled(base).holds(values[self.weight] * min(executed, base))

    def _computed(self, values: Values) -> Decimal:
        score = values[self.score]
        shares = self._shares(values) or self._amount_share(values) or [ZERO]
        found = (written(values[self.weight] * min(ONE, share), decimals_of(score)) for share in shares)
        return min(found, key=lambda computed: abs(computed - score))


class Within(NamedTuple):
    """`0 <= score <= weight`: covers nothing, but no explanation of a failure may break it."""

    rule: RuleCode
    key: str
    score: str
    weight: str | None

    @property
    def fields(self) -> tuple[str, ...]:
        """The score and, if printed, its weight."""
        return (self.score,) if self.weight is None else (self.score, self.weight)

    def outcome(self, values: Values) -> Outcome:
        """Fails below 0 and above the weight."""
        score = values[self.score]
        top = score if self.weight is None else values[self.weight]
        if score < ZERO:
            return Outcome("fails", score, ZERO, ZERO)
        return Outcome("exact" if score <= top else "fails", score, top, ZERO)

    def cover(self, values: Values, outcome: Outcome) -> Cover:  # noqa: ARG002 - whatever the values, a bound proves none of them
        """Nothing: a bound proves no number."""
        return Cover((), ())

    def habit(self, values: Values) -> str | None:  # noqa: ARG002 - a score above its weight has no known excuse
        """None: a score above its weight has no known excuse."""
        return None

    def solutions(self, values: Values, pointer: str) -> Iterator[Decimal]:  # noqa: ARG002 - a bound names no value
        """None: a bound names no number."""
        yield from ()


_SHARE_DECIMALS = 12
"""Decimals of a quotient that is only shown or turned into a candidate; what holds is decided without one."""

_INVERSE = {ONE: ONE, HUNDRED: Decimal("0.01")}


def _scales(rate: Decimal, *, percent: bool) -> tuple[Decimal, ...]:
    """By what a quotient is multiplied to be printed as `rate`: 100, or also 1 where it can be a fraction."""
    if percent or rate > _CERTAINLY_PERCENT or rate == ZERO:
        return (HUNDRED,)
    return (HUNDRED, ONE)


def _is_quotient(rate: Decimal, numerator: Decimal, base: Decimal, *, whole: bool) -> bool:
    """Whether `numerator / base`, rounded or truncated, is printed as `rate`; 0 / 0 is printed as 0."""
    if base == ZERO:
        return numerator == ZERO and rate == ZERO
    if whole:
        return rate * base == numerator
    return printed_range(rate).scaled(base).holds(numerator)


def _scale_that_fits(rate: Decimal, executed: Decimal, base: Decimal) -> Decimal:
    """The scale under which the quotient comes nearest to the rate."""
    return min((HUNDRED, ONE), key=lambda scale: abs(executed * scale - rate * base))


def _shown_quotient(rate: Decimal, numerator: Decimal, base: Decimal) -> Decimal:
    return ZERO if base == ZERO else quotient(numerator, base, decimals_of(rate))
