"""A form's numbers by pointer, and the form with some of them replaced."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks.sheet import equation_numbers, pointers_of, with_numbers
from schemas.form import FundLine, IndicatorRow, SelfEvaluation

D = Decimal
FORM = SelfEvaluation(
    funds=(FundLine(source="total", label="t", executed=D("56.03")),),
    indicators=(IndicatorRow(weight=D("90"), score=D("89")), IndicatorRow(level1_weight=D("50"))),
    total_weight=D("100"),
    total_score=D("98.83"),
)


def test_every_number_has_its_pointer_in_reading_order() -> None:
    """Blanks have none."""
    assert list(equation_numbers(FORM)) == [
        "/funds/0/executed",
        "/indicators/0/weight",
        "/indicators/0/score",
        "/indicators/1/level1_weight",
        "/total_weight",
        "/total_score",
    ]
    assert pointers_of("funds", "score", 2) == ("/funds/0/score", "/funds/1/score")


def test_numbers_are_replaced_in_every_table_and_emptied_with_none() -> None:
    """A fund, an indicator, a total; what is not named stays as it was."""
    changed = with_numbers(FORM, {"/funds/0/executed": D("1"), "/indicators/0/score": None, "/total_score": D("2")})
    assert equation_numbers(changed) == {
        "/funds/0/executed": D("1"),
        "/indicators/0/weight": D("90"),
        "/indicators/1/level1_weight": D("50"),
        "/total_weight": D("100"),
        "/total_score": D("2"),
    }


@given(number=st.decimals(min_value=0, max_value=10_000, places=2), at=st.integers(min_value=0, max_value=5))
def test_what_was_put_at_a_pointer_is_read_there(number: Decimal, at: int) -> None:
    """One number changes, all others stay."""
    pointer = list(equation_numbers(FORM))[at]
    assert equation_numbers(with_numbers(FORM, {pointer: number})) == equation_numbers(FORM) | {pointer: number}
