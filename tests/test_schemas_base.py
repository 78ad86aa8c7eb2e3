"""What every record rests on: printed decimals, errors that travel between processes, costs that add up."""

import pickle

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.base import PrintedDecimal
from schemas.errors import DamagedDocument, UsageError
from schemas.run import Usage

NUMBER = TypeAdapter(PrintedDecimal)


def test_a_float_is_refused_because_it_has_lost_its_digits() -> None:
    """Text and Decimal keep every printed digit."""
    assert str(NUMBER.validate_python("10.00")) == "10.00"
    with pytest.raises(TypeError, match="floats lose digits"):
        NUMBER.validate_python(10.0)


@pytest.mark.parametrize("text", ["ten", "NaN", "Infinity"])
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    """Words, and the numbers that are none."""
    with pytest.raises(ValidationError, match="is not a"):
        NUMBER.validate_python(text)


def test_an_error_reaches_its_parent_process_whole() -> None:
    """Code and values survive being sent; the text names both for a log."""
    sent = pickle.loads(pickle.dumps(DamagedDocument("errors.damaged_pdf", path="a.pdf")))  # noqa: S301 - our own
    assert isinstance(sent, DamagedDocument)
    assert (sent.code, sent.params) == ("errors.damaged_pdf", {"path": "a.pdf"})
    assert str(sent) == "errors.damaged_pdf: path='a.pdf'"
    assert str(UsageError("console.nothing_to_read")) == "console.nothing_to_read"


def test_usage_adds_up_and_an_unknown_cost_stays_unknown() -> None:
    """Counts add; a cost that only one side knows is the sum's, none is none."""
    known = Usage(calls=1, prompt_tokens=2, cached_tokens=1, completion_tokens=3, seconds=0.5, cost=0.25)
    assert known + Usage(calls=1) == known.model_copy(update={"calls": 2})
    assert (known + known).cost == 0.5
    assert (Usage() + Usage()).cost is None
