"""One form on a reviewer's desk: its fields, what is doubtful and why, failed equations, history. Values only."""

from typing import Literal

from pipeline.review.requests import AcceptField, NotInForm, SetValue
from schemas.base import Record
from schemas.check import RuleCode, Severity, Verdict
from schemas.decision import ReasonCode
from schemas.evidence import Origin, Span
from schemas.run import Edit, FormRecord

FieldKind = Literal["text", "long", "number", "money", "quantity", "year", "choice"]
"""How a field is typed: `choice` is one of `FieldView.options`."""

FieldState = Literal["proven", "located", "doubtful", "confirmed", "edited", "blank"]
"""`proven`: an equation covers it; `located`: text, target or actual under a settled role; `doubtful`: it waits for a
person; `confirmed`: a person accepted it; `edited`: a person's value; `blank`: its cell is empty, or there is none."""


class FieldView(Record):
    """One field of the form, also a blank one."""

    pointer: str
    row: str | None = None
    """Id of the row it stands in; None for the form's own fields."""
    label: str
    """The field's name in words, without its row."""
    where: str
    """The same with its row: 资金第 1 行的年初预算数."""
    kind: FieldKind
    options: tuple[tuple[str, str], ...] = ()
    """For a choice: value and words."""
    text: str | None
    """What the form says now: a target as printed with sign and unit, a number without separators; None if blank."""
    as_read: str | None
    """What was read before any edit; None too for a field of a row that a person added."""
    printed: str
    """The whole text of the cells it was taken from."""
    state: FieldState
    confidence: float | None
    why: tuple[str, ...]
    """The signals behind the confidence in words, for a tooltip."""
    origin: Origin
    spans: tuple[Span, ...]
    """Where it stands: light these up on the page, or the cells of the same ids in the table."""
    cells: tuple[str, ...] = ()
    """The cells (CellView.cell) at those places."""


class RowView(Record):
    """One row of funds or indicators, by its id."""

    row: str
    table: Literal["funds", "indicators"]
    index: int
    title: str
    """The fund's label, the indicator's name; "" if it has none."""
    added: bool = False
    """By a person."""


class Doubt(Record):
    """One place that waits for a person, in order of visit: failed equations' operands first, then as one reads."""

    number: int
    """Counts from 1."""
    pointer: str
    """A field's pointer, or the id of a cell whose number no field took."""
    where: str
    codes: tuple[ReasonCode, ...]
    reasons: tuple[str, ...]
    """Why, in sentences."""
    findings: tuple[str, ...] = ()
    """Ids of the cards it is an operand of."""
    accept: AcceptField
    absent: NotInForm | None = None
    """Ready edits for one key; `absent` is None where the field cannot be null."""


class Operand(Record):
    """One number of a failed equation."""

    pointer: str
    where: str
    text: str | None
    is_result: bool
    """The printed result; the others are what it should be made of."""
    spans: tuple[Span, ...]
    cells: tuple[str, ...] = ()


class Guess(Record):
    """What the diagnosis would change, ready to be applied."""

    message: str
    explained_by: str
    edits: tuple[SetValue, ...]
    """One a field, to be applied in order; empty if the guess is not a value that can be set."""


class EquationCard(Record):
    """One finding that failed."""

    finding_id: str
    rule: RuleCode
    name: str
    message: str
    severity: Severity
    verdict: Verdict | None
    printed: str | None
    computed: str | None
    difference: str | None
    """computed - printed with its sign; None where they are no numbers."""
    operands: tuple[Operand, ...]
    guesses: tuple[Guess, ...]
    """The diagnosis, the most suspect first."""
    confirmed: bool
    """A person said that the report is wrong."""
    blocks: bool
    """It still keeps the form open."""
    can_confirm: bool
    """ReportIsWrong may be said of it."""


class CellView(Record):
    """One cell or line of the form's region, to be picked from or shown where there are no pages."""

    cell: str
    kind: Literal["cell", "line"]
    text: str
    row: int
    col: int
    row_span: int
    col_span: int
    """A line stands outside the grid: row and col are 0, spans 0; headings come before the cells, notes after."""
    spans: tuple[Span, ...]
    pointers: tuple[str, ...]
    """The fields that stand in it now."""


class HistoryEntry(Record):
    """One event, for people."""

    edit: Edit
    words: str
    """What was done, in a sentence."""
    undone: bool
    can_undo: bool


class FormDesk(Record):
    """One form with all that a reviewer needs."""

    record: FormRecord
    """The form as edited, as it goes out."""
    version: str
    """To be given with the next edit; opaque."""
    name: str
    dropped: bool
    """Declared no form or joined to another: only Undo applies."""
    sampled: bool
    """Accepted by rules, drawn for a look, and not settled by a person yet."""
    rows: tuple[RowView, ...]
    fields: tuple[FieldView, ...]
    """In reading order: the form's own fields, funds, indicators, totals; blanks included, extras as texts."""
    doubts: tuple[Doubt, ...]
    cards: tuple[EquationCard, ...]
    """What failed, errors first; `record.findings` has the information too."""
    notes: tuple[str, ...]
    """Reasons that no single field settles (a proposed layout, an incomplete run): settling the form settles them."""
    can_settle: bool
    """Nothing waits but notes; otherwise Settle needs `accept_rest`."""
    equations_block: int
    """Failed equations nobody confirmed or resolved: Settle is refused until there are none."""
    cells: tuple[CellView, ...]
    history: tuple[HistoryEntry, ...]
    """The newest first."""
    has_next: bool
    """Another region of the document follows: JoinNext applies."""


class EditResult(Record):
    """What holds after an edit."""

    desk: FormDesk
    edits: tuple[Edit, ...]
    """The events that were appended."""
    changed: tuple[str, ...]
    """Pointers of fields whose value, state or doubt is not what it was."""
    row: str | None = None
    """Id of the row that was added."""
    others: tuple[str, ...] = ()
    """Ids of other forms that came, changed or went: after NoForm, JoinNext, SplitForm and their Undo."""
