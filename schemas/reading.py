"""Roles, and who says what: the questions a model may be asked, its answers, a layout's Template.

A *slot* is one header or label of a layout that needs a role. A *reading* is one source's opinion of
a slot. A Template holds every slot of a layout with its readings and the role they led to.
"""

from typing import Literal

from schemas.base import Record

Section = Literal["field", "fund_column", "fund_row", "goal", "indicator_column", "total_row"]
"""Where a slot stands: a label beside its value, a column or a row of the funds table, a heading over
a goal's text, a column of the indicator table, a closing row with totals or the grade."""

Role = Literal[
    # field
    "project_name",
    "project_code",
    "supervising_department",
    "implementing_unit",
    "organisation",
    "fiscal_year",
    "amount_unit",
    "grade",
    # goal
    "expected_goal",
    "actual_achievement",
    # fund_column (weight, score and source also there)
    "source",
    "initial_budget",
    "adjusted_budget",
    "executed",
    "execution_rate",
    # fund_row
    "total",
    "fiscal",
    "carryover",
    "special_account",
    "own",
    "central",
    "local",
    "other",
    # indicator_column
    "level1",
    "level2",
    "name",
    "operator",
    "target",
    "unit",
    "actual",
    "deviation_note",
    # columns of both tables
    "weight",
    "score",
    # anywhere
    "section",
    "extra",
    "note",
]
"""What a header or label means. `section` heads a block and has no value of its own, `extra` has a
value the schema has no place for, `note` is no field (signatures, footnotes)."""

ROLES_OF: dict[Section, tuple[Role, ...]] = {
    "field": (
        "project_name",
        "project_code",
        "supervising_department",
        "implementing_unit",
        "organisation",
        "fiscal_year",
        "amount_unit",
        "expected_goal",
        "actual_achievement",
        "grade",
        "total",
        "section",
        "extra",
        "note",
    ),
    "goal": ("expected_goal", "actual_achievement", "section", "extra", "note"),
    "fund_column": (
        "source",
        "initial_budget",
        "adjusted_budget",
        "executed",
        "weight",
        "execution_rate",
        "score",
        "deviation_note",
        "extra",
    ),
    "fund_row": ("total", "fiscal", "carryover", "special_account", "own", "central", "local", "other", "extra"),
    "indicator_column": (
        "level1",
        "level2",
        "name",
        "operator",
        "target",
        "unit",
        "actual",
        "weight",
        "score",
        "deviation_note",
        "extra",
    ),
    "total_row": ("total", "grade", "extra", "note"),
}
"""The roles that can stand in each section."""

ReadingSource = Literal["model", "lexicon", "content", "human"]
"""`content` is what a column holds and where it stands, counted as one source."""


class Reading(Record):
    """One source's opinion of one slot. A source with nothing to say gives no Reading."""

    source: ReadingSource
    role: Role
    probability: float | None = None
    """The model's probability at the answer's own token; None for other sources."""
    reason: str = ""
    """Code in the message catalogue of why; never a text of the document."""
    rivals: tuple[tuple[Role, float], ...] = ()
    """The model's other answers with their probabilities, best first."""


SlotState = Literal["agreed", "single", "disputed", "undiscriminated", "human", "unread"]
"""`agreed`: two independent readings say so; `single`: one does; `disputed`: readings differ and no
equation decides; `undiscriminated`: its exchange with another role breaks no equation and no two
independent readings agree; `human`: a person said so; `unread`: no reading at all."""


class Slot(Record):
    """One header or label of a layout with its readings and the role they led to."""

    number: int
    """Counts from 1 in reading order; what `hedui layouts show` prints."""
    section: Section
    table: int = 0
    """Which table of the form a column or row belongs to, from 0."""
    text: str
    """The label as printed; a nested header's levels joined by " / "."""
    span: int = 1
    role: Role | None = None
    state: SlotState = "unread"
    readings: tuple[Reading, ...] = ()
    undiscriminated_with: tuple[int, ...] = ()
    """Slots whose exchange with this one breaks no equation on any form seen."""


TemplateState = Literal["proposed", "confirmed"]


class Template(Record):
    """A layout that was read: serves every later form of that layout. Holds no values but the samples."""

    key: str
    """sha256 of the normalised header texts in reading order with their spans and the fixed rows' labels."""
    state: TemplateState
    slots: tuple[Slot, ...]
    forms_seen: int = 0
    decided_by: Literal["rules", "human"] = "rules"
    samples: tuple[tuple[str, ...], ...] = ()
    """Two rows per table of the layout, kept so that a person can confirm it without the document."""


class RoleQuestion(Record):
    """What does this header mean? One slot, its neighbours, one sample value."""

    section: Section
    text: str
    neighbours: tuple[str, ...]
    """Every label of the same row (columns) or list (rows, fields), in order, this one included."""
    sample: str | None
    """One value from under or beside the label, cut to 24 characters; None where there is none."""
    options: tuple[Role, ...]


class CutQuestion(Record):
    """Where do the cells end in this run of text? One of the possible cuts is right."""

    columns: tuple[str, ...]
    """The headers of the cells to be filled, in order."""
    text: str
    """The run of text, its printed lines joined by "⏎"."""
    candidates: tuple[tuple[str, ...], ...]
    """Each candidate gives one text a column."""


class NumberedCell(Record):
    """A cell or line of a form as a model is shown it."""

    number: int
    """What an answer calls it; counts from 1 in reading order."""
    text: str


class TranscriptionQuestion(Record):
    """A whole form: which value stands where? Rows as printed, lines above and below the table one a row."""

    rows: tuple[tuple[NumberedCell, ...], ...]


class Quote(Record):
    """A value as a model copied it. It counts only if it stands exactly so in that cell."""

    cell: int
    text: str


class FundQuotes(Record):
    """One row of the funds table, transcribed."""

    source: Literal["total", "fiscal", "carryover", "special_account", "own", "central", "local", "other"]
    label: Quote
    initial_budget: Quote | None = None
    adjusted_budget: Quote | None = None
    executed: Quote | None = None
    weight: Quote | None = None
    execution_rate: Quote | None = None
    score: Quote | None = None


class IndicatorQuotes(Record):
    """One third-level indicator, transcribed."""

    level1: Quote | None = None
    level2: Quote | None = None
    name: Quote | None = None
    operator: Quote | None = None
    """≥ and the like, where they have a column of their own."""
    target: Quote | None = None
    unit: Quote | None = None
    """The target's unit, where it has a column of its own."""
    actual: Quote | None = None
    weight: Quote | None = None
    score: Quote | None = None
    deviation_note: Quote | None = None


class Transcription(Record):
    """A whole form as a model transcribed it: raw strings and the cells they stand in, no number of its own."""

    title: Quote | None = None
    fiscal_year: Quote | None = None
    project_name: Quote | None = None
    project_code: Quote | None = None
    supervising_department: Quote | None = None
    implementing_unit: Quote | None = None
    amount_unit: Quote | None = None
    funds: tuple[FundQuotes, ...] = ()
    expected_goal: Quote | None = None
    actual_achievement: Quote | None = None
    indicators: tuple[IndicatorQuotes, ...] = ()
    total_weight: Quote | None = None
    total_score: Quote | None = None
    grade: Quote | None = None
    extras: tuple[Quote, ...] = ()
    """Values of other labels; the label is the cell before each."""


class RoleAnswer(Record):
    """A model's answer to a RoleQuestion. `probability` is None where the endpoint gives none."""

    role: Role
    probability: float | None
    rivals: tuple[tuple[Role, float], ...] = ()


class CutAnswer(Record):
    """A model's answer to a CutQuestion: the index of a candidate."""

    choice: int
    probability: float | None
