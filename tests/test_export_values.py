"""Numbers keep their value and their printed decimals on the way into a table; texts stay texts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.export.values import (
    difference,
    in_per_cent,
    in_wan,
    printable,
    starts_like_formula,
    width,
)


@pytest.mark.parametrize(
    ("amount", "unit", "wan"),
    [
        ("615.90", "万元", "615.90"),
        ("3616900", "元", "361.6900"),
        ("3616900.55", "人民币元", "361.690055"),
        ("12.5", "千元", "1.25"),
        ("1.2", "亿元", "12000"),
        ("1.23456", "亿元", "12345.6"),
        ("0.00", "元", "0.000000"),
        ("5", "美元", None),
        ("5", None, None),
        (None, "万元", None),
    ],
)
def test_amount_in_wan_is_exact(amount: str | None, unit: str | None, wan: str | None) -> None:
    """元 by 10,000 and 亿元 times 10,000, digit for digit; an unknown unit gives no money at all."""
    found = in_wan(None if amount is None else Decimal(amount), unit)
    assert (None if found is None else format(found, "f")) == wan


@given(st.decimals(min_value=0, max_value=10**15, places=2))
def test_wan_times_ten_thousand_is_the_amount(amount: Decimal) -> None:
    """No amount in 元 loses a digit on its way to 万元."""
    found = in_wan(amount, "元")
    assert found is not None
    assert found * 10000 == amount


@pytest.mark.parametrize(
    ("rate", "base", "executed", "printed", "per_cent"),
    [
        ("99.87", "615.90", "615.14", "99.87", "99.87"),
        ("0.958", "100", "95.8", "0.958", "95.8"),
        ("0.9580", "100", "95.8", "0.9580", "95.80"),
        ("1", "57.00", "57.00", "1", "100"),
        ("1", "57.00", "0.57", "1", "1"),
        ("0.96", "1000", "9.6", "0.96", "0.96"),
        ("1.15", "100", "115", "1.15", "115"),
        ("115", "100", "115", "115", "115"),
        ("90.2", "100", "95.8", "90.2", "90.2"),
        ("98", None, None, "98%", "98"),
        ("0.5", "100", "50", "0.5%", "0.5"),
        ("98", None, "5", "98", None),
        ("1", "0.00", "0.00", "1", None),
        ("0.00", "0.00", "0.00", "0.00", "0.00"),
        ("7", "100", "95", "7", None),
        (None, "100", "95", "", None),
    ],
)
def test_rate_in_per_cent_follows_what_the_number_can_be(
    rate: str | None, base: str | None, executed: str | None, printed: str, per_cent: str | None
) -> None:
    """Executed by budget, or a printed %, says which scale is meant; where neither can, the cell stays empty."""
    numbers = [None if text is None else Decimal(text) for text in (rate, base, executed)]
    found = in_per_cent(numbers[0], numbers[1], numbers[2], printed)
    assert (None if found is None else format(found, "f")) == per_cent


@pytest.mark.parametrize(
    ("printed", "computed", "expected"),
    [("70.00", "74.85", "-4.85"), ("100", "99.5", "0.5"), ("优", "90", None), (None, "1", None), ("1", "NaN", None)],
)
def test_difference_is_printed_minus_computed(printed: str | None, computed: str | None, expected: str | None) -> None:
    """Two numbers have a difference with its decimals; a grade and a number have none."""
    found = difference(printed, computed)
    assert (None if found is None else str(found)) == expected


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("=HYPERLINK(1)", True),
        ("+cmd", True),
        ("@SUM", True),
        ("-1+2", True),
        ("\t=1", True),
        ("\r=1", True),
        ("=355.00(个)", True),
        ("-5", False),
        ("+5.0", False),
        ("≥5", False),
        ("", False),
        ("项目=1", False),
    ],
)
def test_formula_is_seen_and_a_plain_number_is_none(text: str, *, formula: bool) -> None:
    """What a spreadsheet would run is recognised; -5 is a number."""
    assert starts_like_formula(text) is formula


def test_control_characters_become_visible() -> None:
    """NUL, ESC, DEL and a lone surrogate are shown as signs; a line break and a tab stay."""
    assert printable("a\x00b\x1bc\x7fd\ud800e\nf\tg") == "a␀b␛c␡d\ufffde\nf\tg"


@pytest.mark.parametrize(("text", "columns"), [("项目", 4), ("ab", 2), ("项a", 3), ("", 0)])
def test_width_counts_a_chinese_character_twice(text: str, columns: int) -> None:
    """Column widths are thought in Latin letters."""
    assert width(text) == columns
