"""Accepted, or for a person to look at: with every reason."""

from typing import Literal

from schemas.base import Record

Status = Literal["accepted", "review"]

ReasonCode = Literal[
    "run_incomplete",
    "required_missing",
    "unread",
    "not_as_printed",
    "rule_failed",
    "uncovered",
    "nothing_to_prove",
    "numbers_not_conserved",
    "readings_disagree",
    "undiscriminated",
    "single_reading",
    "uncertain_cut",
    "uncertain_reading",
    "ocr_unproven",
    "hidden_text",
    "outside_table",
    "layout_proposed",
    "reopened",
    "settled_otherwise",
]


class Reason(Record):
    """One thing that keeps a form from being accepted."""

    code: ReasonCode
    fields: tuple[str, ...] = ()
    rule: str | None = None
    message: str = ""
    """Rendered from the code in the reader's language."""


class Decision(Record):
    """The acceptance law's answer for one form."""

    status: Status
    by: Literal["rules", "reviewer"] = "rules"
    reasons: tuple[Reason, ...] = ()
    located_only: tuple[str, ...] = ()
    """Fields located exactly that no equation covers."""
