"""When equations fail, the number that was misread stands first among those that could explain it."""

from decimal import Decimal
from typing import cast

import pytest

from pipeline.checks import check
from schemas.check import Diagnosis
from schemas.extraction import Claim, Extraction, Standing, TokenCell
from schemas.form import FundLine, FundSource, IndicatorRow, SelfEvaluation

D = Decimal
COLUMNS = ("initial_budget", "adjusted_budget", "executed", "weight", "execution_rate", "score")
CLAIMED = (TokenCell(cell="p1t1r5c2", tokens=("10",), claims=(Claim(role="value"),)),)

FUNDS = {
    "total": "301.71 301.71 296.60 10.00 98.30 9.83",
    "fiscal": "301.71 301.71 296.60 - 98.30 -",
    "carryover": "0.00 0.00 0.00 - 0.00 -",
}
ROWS = ("10.00 10.00", "20.00 20.00", "30.00 30.00", "15.00 15.00", "15.00 14.00")


def form(funds: dict[str, str] | None = None, rows: tuple[str, ...] = ROWS, score: str = "98.83") -> SelfEvaluation:
    """A form of the published report with some cells changed."""
    lines = []
    for source, printed in (FUNDS | (funds or {})).items():
        cells = {column: D(text) for column, text in zip(COLUMNS, printed.split(), strict=True) if text != "-"}
        lines.append(FundLine(source=cast("FundSource", source), label=source, **cells))
    points = [pair.split() for pair in rows]
    indicators = tuple(IndicatorRow(weight=D(weight), score=D(score)) for weight, score in points)
    return SelfEvaluation(funds=tuple(lines), indicators=indicators, total_weight=D("100.00"), total_score=D(score))


def diagnoses(evaluation: SelfEvaluation, **doubts: object) -> tuple[Diagnosis, ...]:
    """The diagnosis of the first failure; `doubts` are standings by pointer, the rest is certain."""
    pointers = [f"/funds/{at}/{column}" for at in range(3) for column in COLUMNS]
    pointers += [f"/indicators/{at}/{column}" for at in range(5) for column in ("weight", "score")]
    standings = {pointer: Standing(state="agreed") for pointer in (*pointers, "/total_weight", "/total_score")}
    extraction = Extraction.model_validate(
        {"form": evaluation, "evidence": {}, "standings": {**standings, **doubts}, "tokens": CLAIMED},
    )
    return check(extraction).findings[0].diagnosis


def test_unchanged_form_has_nothing_to_explain() -> None:
    """The form that the others are changed from holds."""
    extraction = Extraction(form=form(), evidence={}, standings={}, tokens=CLAIMED)
    assert check(extraction).findings == ()


@pytest.mark.parametrize(
    ("changed", "field", "explained_by", "would_be"),
    [
        (form(rows=(*ROWS[:2], "38.00 30.00", *ROWS[3:])), "/indicators/2/weight", "one_digit", "30.00"),
        (form(rows=(*ROWS[:2], "30.00 3.00", *ROWS[3:])), "/indicators/2/score", "lost_point", "30.00"),
        (form(rows=("10.00 10.00", "20.00 2.00", *ROWS[2:])), "/indicators/1/score", "lost_point", "20.00"),
        (form(rows=("10.00 10.00", "20.00 0.00", *ROWS[2:])), "/indicators/1/score", "one_digit", "20.00"),
        (form(score="93.83"), "/total_score", "one_digit", "98.83"),
        (form({"total": "307.71 301.71 296.60 10.00 98.30 9.83"}), "/funds/0/initial_budget", "one_digit", "301.71"),
        (form({"total": "30.17 301.71 296.60 10.00 98.30 9.83"}), "/funds/0/initial_budget", "one_digit", "301.71"),
        (form({"total": "30171 301.71 296.60 10.00 98.30 9.83"}), "/funds/0/initial_budget", "lost_point", "301.71"),
        (form({"fiscal": "301.71 301.71 296.60 - 93.30 -"}), "/funds/1/execution_rate", "one_digit", "98.30"),
    ],
)  # fmt: skip
def test_misread_number_comes_first(changed: SelfEvaluation, field: str, explained_by: str, would_be: str) -> None:
    """One digit changed or dropped, or a lost point, with what it would have to be."""
    first = diagnoses(changed)[0]
    assert (first.fields, first.explained_by) == ((field,), explained_by)
    assert D(first.would_be[0]) == D(would_be)


def test_swapped_cells_are_one_explanation() -> None:
    """Weight and score of one row exchanged: no single number can mend both sums."""
    first = diagnoses(form(rows=(*ROWS[:4], "14.00 15.00")))[0]
    assert first.explained_by == "swapped_pair"
    assert dict(zip(first.fields, first.would_be, strict=True)) == {
        "/indicators/4/weight": "15.00",
        "/indicators/4/score": "14.00",
    }


def test_shifted_row_is_one_explanation() -> None:
    """The money of the total row moved one column to the right, the last cell come round to the first."""
    found = diagnoses(form({"total": "9.83 301.71 301.71 296.60 10.00 98.30"}))
    assert found[0].explained_by == "shifted_column"
    assert found[0].fields == tuple(f"/funds/0/{column}" for column in COLUMNS)
    assert found[0].would_be == ("301.71", "301.71", "296.60", "10.00", "98.30", "9.83")


def test_two_misread_numbers_of_one_trouble_are_found_together() -> None:
    """Two wrong sums that share a field need two changes where no one change mends both."""
    found = diagnoses(form({"total": "301.71 303.71 297.60 10.00 98.30 9.83"}))
    assert {"/funds/0/adjusted_budget", "/funds/0/executed"} <= {field for one in found for field in one.fields}


def test_unrelated_troubles_are_explained_apart() -> None:
    """A wrong amount and a wrong score: each finding has its own one-field explanation."""
    changed = form({"total": "307.71 301.71 296.60 10.00 98.30 9.83"}, score="93.83")
    extraction = Extraction(form=changed, evidence={}, standings={}, tokens=CLAIMED)
    firsts = [finding.diagnosis[0].fields for finding in check(extraction).findings]
    assert ("/total_score",) in firsts
    assert all(len(fields) == 1 for fields in firsts)


@pytest.mark.parametrize(
    "doubt",
    [
        Standing(state="agreed", origin="ocr"),
        Standing(state="agreed", doubts=("cut",)),
        Standing(state="disputed"),
        Standing(state="agreed", wrapped=1, stitched=True),
    ],
)
def test_evidence_against_a_field_moves_it_to_the_front(doubt: Standing) -> None:
    """70.00 above 74.85 could be either; the one read from a picture, or cut with doubt, is asked first."""
    changed = form({"total": "70.00 301.71 296.60 10.00 98.30 9.83", "fiscal": "74.85 301.71 296.60 - 98.30 -"})
    for suspect in ("/funds/0/initial_budget", "/funds/1/initial_budget"):
        assert diagnoses(changed, **{suspect: doubt})[0].fields == (suspect,)


def test_field_without_a_place_on_the_page_is_most_suspect() -> None:
    """A number that has no standing at all comes first."""
    changed = form({"total": "70.00 301.71 296.60 10.00 98.30 9.83", "fiscal": "74.85 301.71 296.60 - 98.30 -"})
    standings = {"/funds/0/initial_budget": Standing(state="agreed")}
    extraction = Extraction(form=changed, evidence={}, standings=standings, tokens=CLAIMED)
    assert check(extraction).findings[0].diagnosis[0].fields == ("/funds/1/initial_budget",)


def test_what_nothing_explains_has_no_diagnosis() -> None:
    """A score below 0 in a form without sums: a bound names no value."""
    extraction = Extraction(
        form=SelfEvaluation(indicators=(IndicatorRow(score=D(-1)),)), evidence={}, standings={}, tokens=CLAIMED
    )
    finding = next(finding for finding in check(extraction).findings if finding.rule == "score_range")
    assert finding.diagnosis == ()
