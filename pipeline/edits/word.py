"""The law's answer and a person's word come in; the answer with that person as a witness goes out. Pure.

A person's word stands for what was looked at: a field accepted, an equation confirmed as the report's own error. A
settled form is accepted on the person's word for exactly the values it held.
"""

import hashlib
import json
from collections.abc import Iterator

from pipeline.edits.effective import Word
from pipeline.edits.rows import RowIds, spot_of
from schemas.check import CheckReport, Finding
from schemas.decision import Decision, Reason, ReasonCode

OF_THE_WHOLE: frozenset[ReasonCode] = frozenset(
    {"run_incomplete", "layout_proposed", "nothing_to_prove", "reopened", "settled_otherwise"},
)
"""Reasons that no single field settles: settling the form does."""


def finding_id(finding: Finding, rows: RowIds) -> str:
    """A finding for good: its rule, the fields by their rows' ids, and its numbers.

    Other numbers make it another finding: who confirmed 70.00 against 74.85 said nothing of 70.00 against 75.
    """
    spots = [spot_of(field, rows) or field for field in finding.fields]
    params = {key: value for key, value in finding.params.items() if key != "confirmed"}
    said = json.dumps([finding.rule, spots, finding.printed, finding.computed, params], sort_keys=True)
    return f"{finding.rule}:{hashlib.sha256(said.encode()).hexdigest()[:12]}"


def can_confirm(finding: Finding) -> bool:
    """Whether a person can say of it that the report is wrong: it failed, and it speaks of fields."""
    return finding.verdict in {"source_discrepancy", "misread_suspected"} and finding.rule != "numbers_conserved"


def confirmed_report(report: CheckReport, word: Word, rows: RowIds) -> CheckReport:
    """The report; findings that a person confirmed are source discrepancies, and say so."""
    if not word.confirmed:
        return report
    findings = tuple(
        finding.model_copy(update={"verdict": "source_discrepancy", "params": {**finding.params, "confirmed": "yes"}})
        if can_confirm(finding) and finding_id(finding, rows) in word.confirmed
        else finding
        for finding in report.findings
    )
    return report.model_copy(update={"findings": findings})


def is_confirmed(finding: Finding) -> bool:
    """Whether a person said that the report is wrong here."""
    return finding.params.get("confirmed") == "yes"


def operands(finding: Finding, rows: RowIds) -> tuple[str, ...]:
    """Every field of a finding's equation, also the parts of 0 that it does not tell."""
    column = finding.params.get("column")
    whole = (f"/funds/{at}/{column}" for at in range(len(rows.get("funds", ())))) if column is not None else ()
    return tuple(dict.fromkeys((*finding.fields, *whole)))


def under_word(decision: Decision, report: CheckReport, word: Word, digest: str, rows: RowIds) -> Decision:
    """The decision with the person as a witness; `digest` is of the form as it is now."""
    if word.settled == digest:
        return Decision(status="accepted", by="reviewer", located_only=decision.located_only)
    reasons = (*_open(decision, report, word, rows), *_withdrawn(word))
    by_person = word.spoke and not reasons
    return Decision(
        status="review" if reasons else "accepted",
        by="reviewer" if by_person else "rules",
        reasons=reasons,
        located_only=decision.located_only,
    )


def _open(decision: Decision, report: CheckReport, word: Word, rows: RowIds) -> Iterator[Reason]:
    """What is left of the law's reasons: the fields that nobody looked at."""
    confirmed = [finding for finding in report.findings if is_confirmed(finding)]
    errors = {(finding.rule, finding.fields) for finding in confirmed}
    seen = word.accepted.union(*(operands(finding, rows) for finding in confirmed))
    for reason in decision.reasons:
        if reason.code == "rule_failed":
            if (reason.rule, reason.fields) not in errors:
                yield reason
        elif not reason.fields:
            yield reason
        elif left := tuple(field for field in reason.fields if field not in seen):
            yield reason.model_copy(update={"fields": left})


def _withdrawn(word: Word) -> Iterator[Reason]:
    """The person took the settling back, or settled other values."""
    if word.reopened:
        yield Reason(code="reopened")
    if word.settled is not None:
        yield Reason(code="settled_otherwise")
