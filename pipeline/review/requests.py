"""What a reviewer may do to one form: one record a kind of edit. Pointers are those of the form as it is shown.

Row pointers hold the row's present index (`/indicators/3/score`): the expected version makes them safe. The event
that is kept names the row by its id, so that it still means the same row after others were added or deleted.
"""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Record

Text = Annotated[str, Field(max_length=20_000)]
Why = Annotated[str, Field(max_length=2_000)]
Name = Annotated[str, Field(max_length=200)]


class SetValue(Record):
    """A field's value, typed, or taken from a cell: then its evidence is that cell, origin human.

    Exactly one of `text` and `cell`. A number is typed as printed (`3,616.90`, `99%`); a target or actual with its sign
    and unit. Refused if the text is no value of this field (`review.no_number` and so on).
    """

    kind: Literal["value"] = "value"
    pointer: Name
    text: Text | None = None
    cell: Name | None = None
    """Id of a cell or line of the form's region (CellView.cell)."""
    reason: Why = ""


class AcceptField(Record):
    """A doubtful field is right as it stands. Also for a cell whose number is no field (`pointer` is the cell's id)."""

    kind: Literal["accept"] = "accept"
    pointer: Name
    reason: Why = ""


class NotInForm(Record):
    """The form does not have this field: it becomes null."""

    kind: Literal["absent"] = "absent"
    pointer: Name
    reason: Why = ""


class ReportIsWrong(Record):
    """The report itself is wrong: the finding stays as a confirmed source_discrepancy and blocks no more.

    Every number of its equation counts as seen by this person.
    """

    kind: Literal["source_error"] = "source_error"
    finding: Name
    """EquationCard.finding_id."""
    reason: Why = ""


class AddRow(Record):
    """A new row without values, to be filled by SetValue; EditResult.row is its id."""

    kind: Literal["add_row"] = "add_row"
    table: Literal["funds", "indicators"]
    after: Name | None = None
    """Id of the row above; None: the first row."""
    reason: Why = ""


class DeleteRow(Record):
    """A row that is none: its cells' numbers are no fields by this person's word."""

    kind: Literal["delete_row"] = "delete_row"
    row: Name
    reason: Why = ""


class SplitRow(Record):
    """A row that holds two: a new row below it with the same level 1 and 2 (a fund: the same source), the rest null."""

    kind: Literal["split_row"] = "split_row"
    row: Name
    reason: Why = ""


class MergeRows(Record):
    """Two rows that are one: the second's texts are joined to the first's, its numbers fill what the first lacks.

    A number that both print stays the first's; the second's goes to the row's extras.
    """

    kind: Literal["merge_rows"] = "merge_rows"
    row: Name
    second: Name
    reason: Why = ""


class NoForm(Record):
    """The region is no form: it leaves the results and stays in the log."""

    kind: Literal["no_form"] = "no_form"
    reason: Why = ""


class JoinNext(Record):
    """The region and the next one of the document are one form; the next one leaves the results."""

    kind: Literal["join"] = "join"
    reason: Why = ""


class SplitForm(Record):
    """The region is two forms: the second begins with the row of `cell`. A cell that spans both rows is refused."""

    kind: Literal["split"] = "split"
    cell: Name
    reason: Why = ""


class Settle(Record):
    """The form is settled: accepted, decided by the reviewer.

    Refused (`review.still_open`) while doubts are open, unless `accept_rest`: then each of them is accepted as it
    stands, an event each. A failed equation that nobody confirmed is never accepted along with the rest.
    """

    kind: Literal["settle"] = "settle"
    accept_rest: bool = False
    reason: Why = ""


class Reopen(Record):
    """A settled or accepted form goes back to review."""

    kind: Literal["reopen"] = "reopen"
    reason: Why = ""


class Undo(Record):
    """The event `edit_id` is taken back, or the last one that still counts; undoing an undo brings the event back."""

    kind: Literal["undo"] = "undo"
    edit_id: Name | None = None
    reason: Why = ""


EditRequest = Annotated[
    SetValue
    | AcceptField
    | NotInForm
    | ReportIsWrong
    | AddRow
    | DeleteRow
    | SplitRow
    | MergeRows
    | NoForm
    | JoinNext
    | SplitForm
    | Settle
    | Reopen
    | Undo,
    Field(discriminator="kind"),
]
