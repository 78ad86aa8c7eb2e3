"""A printed number comes in, the range of values it could have been printed from goes out.

Nothing here knows a tolerance: how far two numbers may lie apart follows from the decimals that were
printed. Quotients are compared by multiplying out (`executed = rate x budget`), so no digit is lost to
a division and no epsilon is needed.
"""

from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import NamedTuple

_DIGITS = 100_000
"""More than any cell holds; an operation takes only the digits it needs."""

EXACT = Context(prec=_DIGITS)
"""Sums and products of printed numbers lose no digit in it."""

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
_HALF = Decimal("0.5")
_GUARD = 12
"""Digits behind the last one shown, so that it is rounded from the true quotient."""


class Range(NamedTuple):
    """The values between `low` and `high`; an open end is not one of them."""

    low: Decimal
    high: Decimal
    low_open: bool = False
    high_open: bool = False

    def holds(self, value: Decimal) -> bool:
        """Whether `value` is one of the range's values."""
        above = self.low < value or (self.low == value and not self.low_open)
        below = value < self.high or (self.high == value and not self.high_open)
        return above and below

    def meets(self, other: "Range") -> bool:
        """Whether both ranges have a value in common."""
        return _before(self.low, self.low_open, other.high, other.high_open) and _before(
            other.low,
            other.low_open,
            self.high,
            self.high_open,
        )

    def times(self, other: "Range") -> "Range":
        """Every product of a value of each, for ranges of which both ends are 0 or above."""
        return Range(
            self.low * other.low,
            self.high * other.high,
            self.low_open or other.low_open,
            self.high_open or other.high_open,
        )

    def scaled(self, factor: Decimal) -> "Range":
        """Every value times `factor`, which is 0 or above."""
        return Range(self.low * factor, self.high * factor, self.low_open, self.high_open)

    def capped(self, top: Decimal) -> "Range":
        """Every value, but never more than `top`."""
        if self.high <= top:
            return self
        return Range(min(self.low, top), top, self.low_open and self.low < top, high_open=False)

    def floored(self) -> "Range":
        """Its values from 0 on, for a quantity that is never negative."""
        return Range(max(self.low, ZERO), max(self.high, ZERO), self.low_open and self.low > ZERO, self.high_open)


def unit_of(value: Decimal) -> Decimal:
    """One unit of the last printed decimal: 0.01 for 99.87, 1 for 86."""
    exponent = value.as_tuple().exponent
    return _power_of_ten(exponent) if isinstance(exponent, int) and exponent < 0 else ONE


def decimals_of(value: Decimal) -> int:
    """How many decimals were printed."""
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


@cache
def _power_of_ten(exponent: int) -> Decimal:
    return ONE.scaleb(exponent)


def printed_range(value: Decimal) -> Range:
    """Every value that is printed as `value` when rounded half up, rounded half to even, or truncated.

    99.87 stands for [99.865, 99.88): from 99.865 on it is rounded up to it, below 99.88 it is cut down
    to it. Below zero both rules mirror. A printed 0 is taken for one of a quantity that is never negative.
    """
    unit = unit_of(value)
    if value < ZERO:
        return Range(value - unit, value + unit * _HALF, low_open=True)
    return Range(value - unit * _HALF, value + unit, high_open=True)


def total_range(values: Iterable[Decimal]) -> Range:
    """Every sum of values that could have been printed as `values`."""
    low = high = ZERO
    low_open = high_open = False
    for value in values:
        part = printed_range(value)
        low += part.low
        high += part.high
        low_open = low_open or part.low_open
        high_open = high_open or part.high_open
    return Range(low, high, low_open, high_open)


def hidden_by_rounding(total: Decimal, parts: tuple[Decimal, ...]) -> Decimal:
    """The largest error in a sum that printed precision could hide, in whole units of the finest operand."""
    unit = min(unit_of(value) for value in (total, *parts))
    whole, summed = printed_range(total), total_range(parts)
    added = sum(parts, ZERO)
    reach = max((summed.high - added) + (total - whole.low), (added - summed.low) + (whole.high - total))
    return reach.quantize(unit, rounding=ROUND_DOWN, context=EXACT)


def quotient(numerator: Decimal, denominator: Decimal, decimals: int, rounding: str = ROUND_HALF_UP) -> Decimal:
    """`numerator / denominator` written with `decimals`; `denominator` is not 0."""
    digits = max(numerator.adjusted() - denominator.adjusted(), 0) + decimals + _GUARD
    return written(Context(prec=digits).divide(numerator, denominator), decimals, rounding)


def written(value: Decimal, decimals: int, rounding: str = ROUND_HALF_UP) -> Decimal:
    """`value` with `decimals`."""
    return value.quantize(_power_of_ten(-decimals), rounding=rounding, context=EXACT)


def _before(low: Decimal, low_open: bool, high: Decimal, high_open: bool) -> bool:  # noqa: FBT001 - an end and whether it is open are one thing
    return low < high or (low == high and not low_open and not high_open)
