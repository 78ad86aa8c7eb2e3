"""A layout as a person settles it: its columns, the readings behind each role, what every alternative would do."""

from pipeline.review.records import LayoutItem
from schemas.base import Record
from schemas.reading import ReadingSource, Role, Section, SlotState


class Effect(Record):
    """What the equations of the stored forms of a layout say under one reading of it, beside what they say now.

    As the forms were read: what a person edited in single forms does not count here.
    """

    forms: int
    """Forms that were tried."""
    of: int
    """Stored forms of the layout. Where there are more than `forms`, those tried are spread evenly over all."""
    hold_now: int
    """Forms in which no equation fails."""
    hold_then: int
    failing_now: int
    """Failing equations in all forms."""
    failing_then: int
    holding_now: int
    """Equations that hold, in all forms."""
    holding_then: int


class RoleOption(Record):
    """One role a column could have."""

    role: Role
    words: str
    chosen: bool
    proposed_by: tuple[ReadingSource, ...]
    """The readings that say so."""
    effect: Effect | None
    """None for the chosen role, and where it was not tried: `Review.role_options` tries every role of one column, a
    LayoutPage only what a reading proposed."""
    roles: dict[int, Role]
    """The whole correction, to be given to `preview_layout` or `apply_layout`."""
    exchanged_with: tuple[int, ...] = ()
    """Columns of the same table that would get this column's role instead."""


class ReadingView(Record):
    """One source's opinion of a column."""

    source: ReadingSource
    role: Role
    probability: float | None
    words: str


class SampleTable(Record):
    """The first rows of one table of a stored form, under its headers."""

    headers: tuple[str, ...]
    """Empty where no form of the layout is at hand."""
    slots: tuple[int, ...]
    """SlotView.number of each column; 0 where it has none."""
    rows: tuple[tuple[str, ...], ...]


class SlotView(Record):
    """One column or label of a layout."""

    number: int
    section: Section
    section_words: str
    table: int
    text: str
    role: Role | None
    role_words: str
    state: SlotState
    state_words: str
    """Why it is settled or not."""
    settled: bool
    values: tuple[str, ...]
    """What stands there in stored forms, as printed: at most 3 that differ."""
    readings: tuple[ReadingView, ...]
    options: tuple[RoleOption, ...]
    """Every role that can stand there: proposed ones first."""


class LayoutVersion(Record):
    """A template as it was kept at a time; the first of the list is the one in use."""

    number: int
    at: str
    state: str
    decided_by: str
    roles: tuple[tuple[int, Role | None], ...]
    """Those that differ from the one in use."""


class LayoutPage(Record):
    """One layout with all that is needed to settle it."""

    item: LayoutItem
    version: int
    """To be given with a correction: LayoutVersion.number of the one in use."""
    slots: tuple[SlotView, ...]
    samples: tuple[SampleTable, ...]
    """Two rows a table, as printed."""
    sample_forms: tuple[str, ...]
    """Ids of some stored forms of this layout, to be looked at."""
    versions: tuple[LayoutVersion, ...]


class FormChange(Record):
    """What a correction changes in one form."""

    form_id: str
    name: str
    document: str
    status_now: str
    status_then: str
    failing_now: int
    failing_then: int
    changes: tuple[tuple[str, str | None, str | None], ...]
    """Field in words, value now, value then; at most 40."""
    more: int
    """Changes beyond those."""


class LayoutPreview(Record):
    """What a correction would do."""

    key: str
    roles: dict[int, Role]
    effect: Effect
    accepted_now: int
    """Of the forms that were tried."""
    accepted_then: int
    changed: int
    """Tried forms with any change."""
    forms: tuple[FormChange, ...]
    """Those."""


class LayoutApplied(Record):
    """What a correction did."""

    page: LayoutPage
    files: int
    accepted: int
    review: int
