"""What a queue, a dashboard and an audit log are made of. Values only."""

from typing import Literal

from schemas.base import Record
from schemas.decision import Status
from schemas.reading import TemplateState
from schemas.run import EditKind

QueueStatus = Literal["open", "review", "sample", "accepted", "settled", "dropped", "all"]
"""`open`: what waits for a person, that is `review` and `sample`. `sample`: accepted by rules, drawn for a look,
not looked at yet. `accepted`: by rules. `settled`: by a person. `dropped`: declared no form, or joined to another.
`all`: everything but `dropped`."""

Facet = Literal["status", "document", "department", "rule", "reason", "field"]


class QueueFilter(Record):
    """What the queue is narrowed to; every field that is set must apply."""

    status: QueueStatus = "open"
    document: str | None = None
    """The file's path as in files.jsonl."""
    department: str | None = None
    """The supervising department as printed; "" for forms that name none."""
    rule: str | None = None
    """Code of a rule with a finding that failed."""
    reason: str | None = None
    """Code of a reason that still keeps the form open."""
    field: str | None = None
    """A field's own name without its row, `initial_budget`: forms in which one such field is in doubt."""
    layout: str | None = None
    """Key of a layout."""
    text: str = ""
    """Stands in the project's name, an organisation, the title, an indicator's name, the path or the form's id;
    compared without whitespace and width."""


class FacetCount(Record):
    """How many forms one more filter value would leave."""

    value: str
    """To be put into the filter's field of the facet's name."""
    label: str
    """For people: the rule's name, the reason's, the field's; a document's or department's own name."""
    forms: int


class QueueItem(Record):
    """One form of the queue."""

    form_id: str
    name: str
    """The project's name, else the organisation's; "" if the form has none."""
    document: str
    pages: tuple[int, ...]
    department: str
    status: Status
    decided_by: Literal["rules", "reviewer"]
    sampled: bool
    """Accepted by rules and drawn for a look."""
    dropped: bool = False
    total_score: str | None = None
    reasons: tuple[str, ...]
    """Codes that keep it open."""
    reason_words: tuple[str, ...]
    """The same as short names for people, in order."""
    rules: tuple[str, ...]
    """Codes of rules that failed."""
    doubts: int
    """How many places wait for a person's word."""
    doubt: float
    """What the queue is ordered by, the largest first: failed equations, then fields by what their confidence lacks."""
    edits: int
    template_key: str
    template_state: TemplateState


class LayoutItem(Record):
    """One layout that waits for confirmation, or that was settled."""

    key: str
    state: TemplateState
    decided_by: Literal["rules", "human"]
    headers: tuple[str, ...]
    """The headers of its columns."""
    open_columns: int
    """How many columns and labels still have no settled role."""
    forms: int
    """Stored forms of this layout."""
    waiting: int
    """Those of them that are in review and wait for its confirmation."""


class QueuePage(Record):
    """A page of the queue."""

    layouts: tuple[LayoutItem, ...]
    """新版式确认: layouts still proposed that forms in review wait for, the one most wait for first. On the first
    page only, and only under the status `open`, `review` or `all`."""
    items: tuple[QueueItem, ...]
    total: int
    """Forms under this filter, on all pages."""
    position: int
    """How many forms come before this page."""
    next_cursor: str | None
    """Give it to `queue` for the next page; None on the last."""
    counts: dict[Facet, tuple[FacetCount, ...]]
    """By facet, the most first: what each value would leave, all other filters applied. `status` has a count for each
    QueueStatus; `document` and `department` at most 200 values."""


class Neighbours(Record):
    """The forms before and after one in the queue; None at its ends."""

    before: str | None
    after: str | None


class Interval(Record):
    """A share with its Wilson interval at 95 %; all None where nothing was looked at."""

    share: float | None
    low: float | None
    high: float | None


class CountOf(Record):
    """A number under a name; `label` for people."""

    value: str
    label: str
    count: int
    of: int
    """Out of how many."""


class DayCount(Record):
    """What a day saw."""

    day: str
    """YYYY-MM-DD, as the clock on this machine shows it."""
    settled: int
    """Forms settled that day by a person and still settled."""
    edits: int


class Dashboard(Record):
    """Where the review stands."""

    forms: int
    by_rules: int
    """Accepted by rules."""
    by_reviewer: int
    """Settled by a person."""
    open: int
    """In review."""
    dropped: int
    layouts_waiting: int
    share: float
    """The setting `[review] share`."""
    sample: int
    """Forms accepted by rules that were drawn."""
    sample_seen: int
    """Those that a person settled."""
    sample_right: int
    """Those in which the person changed no value and no row."""
    agreement: Interval
    """`sample_right` out of `sample_seen`."""
    fields_seen: int
    """Fields of the forms of the sample that were seen."""
    fields_right: int
    field_agreement: Interval
    median_seconds: float | None
    """Between the first and the settling event of a form, half of the forms took less; None before the first."""
    days: tuple[DayCount, ...]
    """The last 14 days with any event, the newest first."""
    by_rule: tuple[CountOf, ...]
    """Forms in which a rule failed, by rule, out of all forms, the most first."""
    by_family: tuple[CountOf, ...]
    """Forms in which a person changed a value or a row, by layout, out of its settled forms, the most first; `label`
    is the layout's headers."""


class AuditRow(Record):
    """One event of the log."""

    at: str
    author: str
    kind: EditKind
    kind_words: str
    words: str
    """The whole event in a sentence."""
    form_id: str
    """The layout's key behind `layout-`, for a change of a layout."""
    name: str
    document: str
    pointer: str
    field: str
    """The field in words."""
    old: str | None
    new: str | None
    reason: str
    undone: bool
    """A later event took it back."""
    edit_id: str
