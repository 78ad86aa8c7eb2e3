"""An Extraction and its CheckReport come in, how far each field can be relied on goes out, with the signals."""

from typing import NamedTuple

from schemas.check import CheckReport
from schemas.extraction import Extraction, Standing


class Confidence(NamedTuple):
    """A score between 0 and 1 that puts fields in order, and the codes of the signals it was made from."""

    score: float
    reasons: tuple[str, ...]


_SIGNALS: dict[str, float] = {
    "unread": 0.0,
    "role_human": 1.0,
    "role_agreed": 0.98,
    "role_single": 0.75,
    "role_undiscriminated": 0.5,
    "role_disputed": 0.35,
    "role_unread": 0.2,
    "three_readings": 1.01,
    "model_sure": 1.01,
    "model_unsure": 0.85,
    "proven_exactly": 1.0,
    "proven_within_rounding": 0.97,
    "not_proven": 0.9,
    "in_failing_equation": 0.5,
    "origin_ocr": 0.8,
    "origin_human": 1.0,
    "uncertain_cut": 0.5,
    "uncertain_join": 0.6,
    "uncertain_reading": 0.4,
    "stitched": 0.97,
    "wrapped": 0.985,
    "hidden_text": 0.4,
}
"""By what each signal multiplies the score: below 1 it speaks against a field, above 1 for it."""

_SURE, _UNSURE = 0.95, 0.7
"""Model probabilities: measured on header words, all its wrong answers stood below 0.7."""

_ALL_READINGS = 3


def confidence(extraction: Extraction, report: CheckReport) -> dict[str, Confidence]:
    """For each field with a standing: how much speaks for it. It sorts the review queue and accepts nothing.

    The score is the product of the factors of `_SIGNALS` that apply, at most 1. It is rightly ordered (an
    additional doubt never raises it, an additional proof never lowers it) and no probability.
    """
    exactly, covered = report.covered_exactly(), report.covered()
    suspects = frozenset(
        field
        for finding in report.findings
        if finding.severity != "information" and finding.verdict != "not_checkable"
        for field in finding.fields
    )
    unread = frozenset(extraction.unread)
    found: dict[str, Confidence] = {}
    alike: dict[tuple[int, bool, str], Confidence] = {}
    for pointer, standing in extraction.standings.items():
        if pointer in unread:
            found[pointer] = Confidence(0.0, ("unread",))
            continue
        proof = "proven_exactly" if pointer in exactly else "not_proven"
        if proof == "not_proven" and pointer in covered:
            proof = "proven_within_rounding"
        suspect = pointer in suspects
        key = (id(standing), suspect, proof)  # fields that look alike share one standing
        if key not in alike:
            signals = [*_role(standing), *_place(standing), *(["in_failing_equation"] if suspect else []), proof]
            alike[key] = Confidence(_product(signals), tuple(signals))
        found[pointer] = alike[key]
    return found


def _role(standing: Standing) -> list[str]:
    """What speaks for the role: the state of its readings, how many agree, how sure the model was."""
    signals = [f"role_{standing.state}"]
    if len(standing.agreeing) >= _ALL_READINGS:
        signals.append("three_readings")
    if standing.probability is not None and standing.probability >= _SURE:
        signals.append("model_sure")
    elif standing.probability is not None and standing.probability < _UNSURE:
        signals.append("model_unsure")
    return signals


def _place(standing: Standing) -> list[str]:
    """What speaks against the cell: a picture, an uncertain cut or join, a page break, a wrap, hidden text."""
    signals = [] if standing.origin == "text" else [f"origin_{standing.origin}"]
    signals += [f"uncertain_{doubt}" for doubt in standing.doubts]
    if standing.stitched:
        signals.append("stitched")
    if standing.wrapped:
        signals.append("wrapped")
    if standing.hidden_text:
        signals.append("hidden_text")
    return signals


def _product(signals: list[str]) -> float:
    score = 1.0
    for signal in signals:
        score *= _SIGNALS[signal]
    return round(min(score, 1.0), 4)
