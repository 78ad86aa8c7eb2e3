"""One file's result: FileOutcome and FormRecords as they go out, what they cost, who changed them."""

from typing import Literal

from pydantic import Field

from schemas.base import PrintedDecimal, Record
from schemas.check import Finding, RuleCode
from schemas.decision import Reason, Status
from schemas.evidence import Evidence
from schemas.form import SelfEvaluation
from schemas.reading import TemplateState

Outcome = Literal["read", "no_form", "target_only", "unfilled", "duplicate", "failed"]


class Usage(Record):
    """What a form, a file or a batch cost. `cached_tokens` are part of `prompt_tokens`."""

    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    cost: float | None = None
    """None unless the settings name a price."""

    def __add__(self, other: "Usage") -> "Usage":
        costs = [cost for cost in (self.cost, other.cost) if cost is not None]
        return Usage(
            calls=self.calls + other.calls,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            seconds=self.seconds + other.seconds,
            cost=sum(costs) if costs else None,
        )


class Call(Record):
    """One call of a model, for the account: ids and counts, never contents."""

    at: str
    model: str
    prompt_sha256: str
    why: str
    """Which kind of question, and for which layout key."""
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    seconds: float
    from_cache: bool = False
    """Answered from hedui's own store of answers; no call was made and every count is 0."""


class DocumentInfo(Record):
    """The file a form stands in. `pages` is None where the format has none."""

    path: str
    sha256: str
    media_type: str
    pages: int | None


class TemplateInfo(Record):
    """The layout a form was mapped with."""

    key: str
    state: TemplateState


class DecisionInfo(Record):
    """Who decided, and why it is not accepted."""

    by: Literal["rules", "reviewer"] = "rules"
    reasons: tuple[Reason, ...] = ()


EditKind = Literal[
    "value",
    "accept",
    "absent",
    "source_error",
    "add_row",
    "delete_row",
    "split_row",
    "merge_rows",
    "no_form",
    "join",
    "split",
    "settle",
    "reopen",
    "undo",
    "layout",
]
"""What a person did: gave a value; said that a field is right, that it is not in the form, that the report itself is
wrong; changed rows; said what is a form; settled or reopened it; took an event back; gave a layout's column
its role."""


def _is_none(value: object) -> bool:
    return value is None


def _is_empty(value: object) -> bool:
    return not value


class Edit(Record):
    """One change by a person: appended, never overwritten."""

    edit_id: str
    at: str
    author: str
    pointer: str
    """As the form stood then; "" where it speaks of no field. `row` says which row it was."""
    old: str | None
    new: str | None
    reason: str
    kind: EditKind = "value"
    row: str | None = Field(default=None, exclude_if=_is_none)
    """Id of the row that it changed, or that `pointer` points into: the same row for good, whatever its index."""
    other_row: str | None = Field(default=None, exclude_if=_is_none)
    """The row above an added one (None: it is the first); the row that was merged into `row`."""
    cell: str | None = Field(default=None, exclude_if=_is_none)
    """The cell or line that the value was taken from; the cell with which a split-off form begins."""
    finding: str | None = Field(default=None, exclude_if=_is_none)
    """Of a source_error: the confirmed finding, by rule, operands and numbers."""
    undoes: str | None = Field(default=None, exclude_if=_is_none)
    """Of an undo: the edit_id that is taken back."""


class FormRecord(Record):
    """One line of forms.jsonl."""

    schema_version: Literal[1] = 1
    form_id: str
    """First 16 hex digits of the document's sha256, "-", the form's index."""
    document: DocumentInfo
    form_index: int
    pages: tuple[int, ...]
    status: Status
    decision: DecisionInfo
    template: TemplateInfo
    form: SelfEvaluation
    evidence: dict[str, Evidence]
    unread: tuple[str, ...] = ()
    located_only: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    confidence: dict[str, float] = {}
    edits: tuple[Edit, ...] = ()
    """Every event, also those taken back, the oldest first."""
    rows: dict[Literal["funds", "indicators"], tuple[str, ...]] = Field(default={}, exclude_if=_is_empty)
    """Of an edited form: the ids of its rows as they stand now, which `Edit.row` speaks of; written only then."""
    rules_off: tuple[RuleCode, ...] = ()
    usage: Usage = Usage()


class FileOutcome(Record):
    """One line of files.jsonl. `reason` is None only for `read`."""

    path: str
    sha256: str | None
    """None if the bytes could not be read."""
    media_type: str | None
    pages: int | None
    outcome: Outcome
    reason: str | None
    forms: int = 0


class Run(Record):
    """One file's result: its outcome, and a FormRecord for each form that was read."""

    file: FileOutcome
    digest: str
    """Of program version, model, mapping, prompts, rules and the templates its own forms used."""
    forms: tuple[FormRecord, ...] = ()
    dropped: tuple[FormRecord, ...] = ()
    """What a person declared no form, or joined to another, as it was read."""
    by_rules: dict[str, Status] = {}
    """By form_id, of the edited forms: what the rules alone say."""
    incomplete: tuple[str, ...] = ()
    """Ids of forms of whose layout or cuts not every question could be asked."""
    confidence_reasons: dict[str, dict[str, tuple[str, ...]]] = {}
    """By form_id, then pointer: the named signals behind each confidence."""
    usage: Usage = Usage()


MoneyUnit = Literal["元", "万元", "千元", "亿元"]


class Price(Record):
    """What an endpoint charges, per million tokens."""

    prompt: PrintedDecimal
    cached: PrintedDecimal
    completion: PrintedDecimal
