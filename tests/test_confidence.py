"""Confidence puts fields in order and says why; it is no probability."""

from decimal import Decimal

import pytest

from pipeline.confidence import Confidence, confidence
from schemas.check import CheckReport, Finding, Held
from schemas.extraction import Extraction, Standing
from schemas.form import SelfEvaluation

FIELD = "/total_score"
PROVEN = CheckReport(findings=(), held=(Held(rule="scores_sum", fields=(FIELD,), outcome="exact", slack=Decimal(0)),))
ROUNDED = CheckReport(
    findings=(),
    held=(Held(rule="execution_rate", fields=(FIELD,), outcome="within_rounding", slack=Decimal(0)),),
)
SILENT = CheckReport(findings=(), held=())
FAILED = CheckReport(
    findings=(Finding(rule="scores_sum", verdict="source_discrepancy", severity="error", fields=(FIELD,)),), held=()
)


def of(report: CheckReport, **standing: object) -> Confidence:
    """The confidence of one field."""
    how = Standing.model_validate({"state": "agreed"} | standing)
    extraction = Extraction(form=SelfEvaluation(), evidence={}, standings={FIELD: how})
    return confidence(extraction, report)[FIELD]


def test_the_surest_field_is_near_1_and_names_its_signals() -> None:
    """Three readings, a sure model and an exact equation."""
    sure = of(PROVEN, agreeing=("model", "lexicon", "content"), probability=0.99)
    assert sure == (0.9997, ("role_agreed", "three_readings", "model_sure", "proven_exactly"))


@pytest.mark.parametrize(
    ("signal", "standing"),
    [
        ("role_single", {"state": "single"}),
        ("role_undiscriminated", {"state": "undiscriminated"}),
        ("role_disputed", {"state": "disputed"}),
        ("role_unread", {"state": "unread"}),
        ("model_unsure", {"probability": 0.4}),
        ("origin_ocr", {"origin": "ocr"}),
        ("uncertain_cut", {"doubts": ("cut",)}),
        ("uncertain_join", {"doubts": ("join",)}),
        ("uncertain_reading", {"doubts": ("reading",)}),
        ("stitched", {"stitched": True}),
        ("wrapped", {"wrapped": 2}),
        ("hidden_text", {"hidden_text": True}),
    ],
)
def test_every_doubt_lowers_it_and_is_named(signal: str, standing: dict[str, object]) -> None:
    """Whatever the equations say."""
    for report in (PROVEN, ROUNDED, SILENT, FAILED):
        doubted = of(report, **standing)
        assert doubted.score < of(report).score
        assert signal in doubted.reasons


def test_equations_put_the_same_field_in_order() -> None:
    """Proven exactly, within rounding, not at all, in an equation that fails."""
    scores = [of(report).score for report in (PROVEN, ROUNDED, SILENT, FAILED)]
    assert scores == sorted(set(scores), reverse=True)
    assert "in_failing_equation" in of(FAILED).reasons


def test_person_s_word_counts_most_and_unread_is_nothing() -> None:
    """A confirmed role is surer than an agreed one; a cell that could not be read has none at all."""
    assert of(SILENT, state="human", origin="human").score > of(SILENT).score
    standings = {FIELD: Standing(state="agreed")}
    unread = Extraction(form=SelfEvaluation(), evidence={}, standings=standings, unread=(FIELD,))
    assert confidence(unread, PROVEN)[FIELD] == (0.0, ("unread",))


def test_information_and_unchecked_findings_cast_no_doubt() -> None:
    """What holds within rounding, or could not be checked, is no failure."""
    for finding in (
        Finding(rule="fund_parts_sum", verdict=None, severity="information", fields=(FIELD,)),
        Finding(rule="scores_sum", verdict="not_checkable", severity="warning", fields=(FIELD,)),
    ):
        assert of(CheckReport(findings=(finding,), held=())) == of(SILENT)
