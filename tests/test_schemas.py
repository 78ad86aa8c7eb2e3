"""The contract: what goes out validates, and the committed JSON schema is the one the code generates."""

import json
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError

from schemas.amount import Amount, is_not_available
from schemas.form import FundLine, Quantity
from schemas.run import Edit, FormRecord

FILES = Path(__file__).parent / "files"
SCHEMA = Path(__file__).parent.parent / "schemas" / "forms.schema.json"


def test_committed_json_schema_is_the_generated_one() -> None:
    """schemas/forms.schema.json is what FormRecord generates; `make schema` writes it anew."""
    assert json.loads(SCHEMA.read_text("utf-8")) == FormRecord.model_json_schema(mode="serialization")


def test_hand_made_record_validates_and_is_written_as_it_was_read() -> None:
    """A line typed by hand from the contract passes both validators and survives a round trip."""
    line = (FILES / "forms.jsonl").read_text("utf-8").splitlines()[0]
    jsonschema.validate(json.loads(line), json.loads(SCHEMA.read_text("utf-8")))
    record = FormRecord.model_validate_json(line)
    assert json.loads(record.model_dump_json()) == json.loads(line)


def test_unknown_field_is_refused() -> None:
    """A field the contract does not name never passes silently."""
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Quantity.model_validate({"text": "1", "amount": "1"})


def test_printed_zeros_are_kept() -> None:
    """615.90 goes out as "615.90", not as 615.9."""
    fund = FundLine(source="total", label="年度资金总额", executed=Decimal("615.90"))
    assert json.loads(fund.model_dump_json())["executed"] == "615.90"


def test_float_is_refused() -> None:
    """A float has lost the printed decimals and is no printed number."""
    with pytest.raises(TypeError, match="floats lose digits"):
        FundLine.model_validate({"source": "total", "label": "x", "executed": 615.9})


@pytest.mark.parametrize(
    ("raw", "value", "decimals"),
    [
        ("3,616.90", "3616.90", 2),
        ("１００", "100", 0),
        ("130.9\n3", "130.93", 2),
        ("-5.0", "-5.0", 1),
        ("100%", "100", 0),
        ("12,345,678,901,234,567,890", "12345678901234567890", 0),
    ],
)
def test_amount_is_read_as_printed(raw: str, value: str, decimals: int) -> None:
    """Separators, full-width digits and wraps are undone; digits are not."""
    amount = Amount.parse(raw)
    assert amount is not None
    assert (format(amount.value, "f"), amount.decimals) == (value, decimals)


@pytest.mark.parametrize(
    "raw", ["7,00.0", "10 20", "1\u30005", "1.2.3", "≥5", "5人", "", "-", "1,0000", "NaN", "1e5", "1" * 21]
)
def test_malformed_number_is_not_repaired(raw: str) -> None:
    """What is not exactly one well-formed number is no Amount."""
    assert Amount.parse(raw) is None


@pytest.mark.parametrize(("text", "empty"), [("—", True), (" / ", True), ("", True), ("0", False), ("无", False)])
def test_dashes_and_slashes_hold_nothing(text: str, *, empty: bool) -> None:
    """A printed 0 is a value, a dash is not."""
    assert is_not_available(text) is empty


def test_an_edit_is_written_without_what_it_does_not_speak_of() -> None:
    """A value of one row, taken from a cell: no other row, no finding, nothing undone."""
    edit = Edit(
        edit_id="1",
        at="2026-01-01T00:00:00+00:00",
        author="李",
        pointer="/indicators/0/score",
        old="9.00",
        new="10.00",
        reason="",
        row="r3",
        cell="p1t1r2c5",
    )
    written = edit.model_dump()
    assert (written["row"], written["cell"]) == ("r3", "p1t1r2c5")
    assert not {"other_row", "finding", "undoes"} & written.keys()
