"""A printed number stands for exactly the values that are rounded or cut off to it."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks.ranges import (
    Range,
    decimals_of,
    hidden_by_rounding,
    printed_range,
    quotient,
    total_range,
    unit_of,
)

D = Decimal


@pytest.mark.parametrize(
    ("printed", "value", "inside"),
    [
        ("99.87", "99.865", True),  # rounded half up
        ("99.87", "99.8649", False),
        ("99.87", "99.8799", True),  # cut off
        ("99.87", "99.88", False),
        ("86", "86.99", True),
        ("0", "0.9", True),
        ("0", "1", False),
        ("-5.0", "-5.09", True),  # below zero both rules mirror
        ("-5.0", "-5.1", False),
        ("-5.0", "-4.95", True),
    ],
)
def test_printed_number_stands_for_what_is_written_so(printed: str, value: str, *, inside: bool) -> None:
    """Rounding reaches half a unit below, cutting off a whole unit above."""
    assert printed_range(D(printed)).holds(D(value)) is inside


@given(
    value=st.decimals(min_value=-1000, max_value=1000, places=5),
    decimals=st.integers(min_value=0, max_value=4),
    rounding=st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN]),
)
def test_every_way_of_writing_is_in_the_range(value: Decimal, decimals: int, rounding: str) -> None:
    """Whatever a value is printed as by one of the three rules, it stands in that print's range."""
    printed = value.quantize(D(1).scaleb(-decimals), rounding=rounding)
    if printed != 0 or value >= 0:  # a printed 0 is that of a quantity which is never negative
        assert printed_range(printed).holds(value)


def test_ranges_that_only_touch_at_an_open_end_do_not_meet() -> None:
    """[9.985, 10) and [10, 11] have no value in common, [9.985, 10] and [10, 11] have one."""
    assert not Range(D("9.985"), D(10), high_open=True).meets(Range(D(10), D(11)))
    assert Range(D("9.985"), D(10)).meets(Range(D(10), D(11)))
    assert not Range(D(10), D(11)).meets(Range(D("9.985"), D(10), high_open=True))


def test_cap_and_floor_keep_what_is_left() -> None:
    """A rate is capped at 1 with the cap itself inside; an amount has no values below 0."""
    assert Range(D("0.9"), D("1.1"), high_open=True).capped(D(1)) == Range(D("0.9"), D(1))
    assert Range(D("0.5"), D("0.9"), high_open=True).capped(D(1)) == Range(D("0.5"), D("0.9"), high_open=True)
    assert Range(D("1.2"), D("1.4"), low_open=True).capped(D(1)) == Range(D(1), D(1))
    assert printed_range(D("0.0")).floored() == Range(D(0), D("0.1"), high_open=True)
    assert Range(D(-3), D(-1), low_open=True).floored() == Range(D(0), D(0))


def test_open_ends_survive_sum_product_and_scale() -> None:
    """What cannot be reached in an operand cannot be reached in the result."""
    assert total_range([D("1.0"), D("2.0")]) == Range(D("2.90"), D("3.2"), high_open=True)
    assert total_range([D("-1.0"), D("2.0")]) == Range(D("0.85"), D("1.15"), low_open=True, high_open=True)
    assert Range(D(1), D(2), high_open=True).times(Range(D(3), D(4))) == Range(D(3), D(8), high_open=True)
    assert Range(D(1), D(2), low_open=True).scaled(D(3)) == Range(D(3), D(6), low_open=True)


def test_largest_hidden_error_of_a_sum() -> None:
    """Three parts of two decimals can hide 0.03, one part 0.01, whole numbers among them by their unit."""
    assert hidden_by_rounding(D("70.00"), (D("74.85"), D("0.00"), D("0.00"))) == D("0.03")
    assert hidden_by_rounding(D("70.00"), (D("74.85"),)) == D("0.01")
    assert hidden_by_rounding(D(70), (D("69.9"),)) == D("1.0")


def test_units_and_quotients_follow_the_print() -> None:
    """Decimals are those printed; a quotient is rounded from its true digits."""
    assert (unit_of(D("99.87")), unit_of(D(86)), unit_of(D("1E+2"))) == (D("0.01"), D(1), D(1))
    assert decimals_of(D("10.00")) == 2
    assert quotient(D("61514.00"), D("615.90"), 2) == D("99.88")
    assert quotient(D("61514.00"), D("615.90"), 2, ROUND_DOWN) == D("99.87")
    assert quotient(D(1), D(3) * D(10) ** 40, 45) == D("0.000000000000000000000000000000000000000033333")
