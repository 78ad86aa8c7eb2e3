"""From cell ids to a grounded form: Draft (which cell is which field) and Extraction (with its proof)."""

from typing import Literal

from schemas.base import Record
from schemas.evidence import Evidence, Origin, Span
from schemas.form import FormKind, FundSource, SelfEvaluation
from schemas.layout import CellDoubt
from schemas.reading import ReadingSource, Role, SlotState

Take = Literal["text", "labelled", "number", "quantity", "year", "unit", "points", "level", "title"]
"""How a field is taken from its cells: as text, as the text behind a label and its colon, as one number,
as target or actual, a year in a heading, the unit of money in a label, points in a label (`产出指标(50分)`),
a level label without its points, a title without its year."""


class DraftField(Record):
    """One field of the form and the cells that hold it; ids only, no digits."""

    pointer: str
    """JSON pointer into SelfEvaluation, such as `/indicators/0/score`."""
    take: Take
    cells: tuple[str, ...]
    """Cell or line ids in printed order; a split target gives operator, value, unit."""
    parts: tuple[Literal["operator", "value", "unit"], ...] = ()
    """For a split target: what each of `cells` is."""
    label: str = ""
    """The printed label, for extras."""
    slots: tuple[int, ...] = ()
    """The slots of the template on whose roles this field rests; empty if on none."""


class DraftFund(Record):
    """One fund row: its source and the cell of its label."""

    source: FundSource
    label_cell: str
    slots: tuple[int, ...] = ()


class CellUse(Record):
    """A cell that is no field: what it is instead."""

    cell: str
    role: Literal["label", "header", "note"]


class Draft(Record):
    """Which cell of a Region is which field. Code moves the digits: nothing here is a value."""

    kind: FormKind
    funds: tuple[DraftFund, ...]
    indicator_count: int
    fields: tuple[DraftField, ...]
    uses: tuple[CellUse, ...]
    missing: tuple[str, ...] = ()
    """Required pointers that the layout has and that could not be located."""


CellRole = Literal["value", "label", "text", "header", "note"]


class Claim(Record):
    """One cell role that claims a cell's numeric tokens; `pointers` are the fields it feeds."""

    role: CellRole
    pointers: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    """What its column and its label were read as; empty if nobody said."""


class TokenCell(Record):
    """A cell or line with numeric tokens and everything that claims them: exactly one claim is right."""

    cell: str
    tokens: tuple[str, ...]
    claims: tuple[Claim, ...]
    spans: tuple[Span, ...] = ()
    bare: bool = False
    """It is one number and nothing else, sign and % aside."""


class Standing(Record):
    """How one field came to be this field: what confidence, diagnosis and the acceptance law look at."""

    state: SlotState
    """The weakest state among the slots it rests on; `agreed` if it rests on none."""
    agreeing: tuple[ReadingSource, ...] = ()
    probability: float | None = None
    """The model's probability for the role; None where no model spoke."""
    origin: Origin = "text"
    doubts: tuple[CellDoubt, ...] = ()
    wrapped: int = 0
    """Line breaks inside the cells."""
    stitched: bool = False
    """The cell goes on over a page break."""
    hidden_text: bool = False


class Extraction(Record):
    """A grounded form: every value with its evidence, every numeric token with its claims."""

    form: SelfEvaluation
    evidence: dict[str, Evidence]
    """By JSON pointer; targets and actuals have one record each."""
    standings: dict[str, Standing]
    """By JSON pointer, one for each pointer of `evidence` and for located blanks."""
    unread: tuple[str, ...] = ()
    """Pointers whose cell is there but could not be read."""
    missing: tuple[str, ...] = ()
    """Required pointers that were not located."""
    tokens: tuple[TokenCell, ...] = ()
    hidden: tuple[Span, ...] = ()
    """Places of text that a reader of the page cannot see."""
    outside: tuple[Span, ...] = ()
    """Places of text between the form's tables that may be a value and was not read as one."""
