"""What a reviewer asks for comes in; the events that say so go out, or ReviewError says why it does not fit. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.edits.effective import effective, form_digest, undone
from pipeline.edits.reshape import parted
from pipeline.edits.rows import TABLES, Spot, TableName, pointer_of, spot_of
from pipeline.edits.tables import Tables
from pipeline.edits.values import NEVER_NULL, picked, typed, written
from pipeline.edits.word import can_confirm, finding_id, is_confirmed
from pipeline.review.opened import Opened
from pipeline.review.requests import (
    AcceptField,
    AddRow,
    DeleteRow,
    EditRequest,
    JoinNext,
    MergeRows,
    NoForm,
    NotInForm,
    Reopen,
    ReportIsWrong,
    Settle,
    SetValue,
    SplitForm,
    SplitRow,
    Undo,
)
from pipeline.store import open_places
from schemas.check import Finding
from schemas.errors import ReviewError
from schemas.run import Edit, EditKind


@dataclass(frozen=True)
class Writer:
    """Who makes events: a person, a clock, new ids."""

    author: str
    now: Callable[[], str]
    new_id: Callable[[], str]

    def event(
        self,
        kind: EditKind,
        reason: str,
        pointer: str = "",
        old: str | None = None,
        new: str | None = None,
        **more: str | None,
    ) -> Edit:
        """One event, now."""
        return Edit(
            edit_id=self.new_id(),
            at=self.now(),
            author=self.author,
            pointer=pointer,
            old=old,
            new=new,
            reason=reason,
            kind=kind,
            **more,
        )


def events_for(form: Opened, request: EditRequest, writer: Writer) -> tuple[Edit, ...]:
    """The events of one request; raises ReviewError, and then nothing is to be appended."""
    if form.dropped and not isinstance(request, Undo):
        raise ReviewError("review.is_dropped")
    match request:
        case SetValue() | AcceptField() | NotInForm() | ReportIsWrong():
            return (_of_a_field(form, request, writer),)
        case AddRow() | DeleteRow() | SplitRow() | MergeRows():
            return (_row(form, request, writer),)
        case NoForm() | JoinNext() | SplitForm():
            return (_of_a_region(form, request, writer),)
        case Settle():
            return _settled(form, request, writer)
        case Reopen() | Undo():
            return (_back(form, request, writer),)


def _of_a_field(form: Opened, request: SetValue | AcceptField | NotInForm | ReportIsWrong, writer: Writer) -> Edit:
    """A value, a word on a value, or on the equation it stands in."""
    if isinstance(request, SetValue):
        return _value(form, request, writer)
    if isinstance(request, AcceptField):
        return _accepted(form, request.pointer, request.reason, writer)
    if isinstance(request, ReportIsWrong):
        return _confirmed(form, request, writer)
    spot, now = _field(form, request.pointer)
    if spot.field in NEVER_NULL:
        raise ReviewError("review.never_null")
    return writer.event("absent", request.reason, request.pointer, old=now, row=spot.row or None)


def _of_a_region(form: Opened, request: NoForm | JoinNext | SplitForm, writer: Writer) -> Edit:
    """What is a form, and where it ends."""
    if isinstance(request, NoForm):
        return writer.event("no_form", request.reason)
    if isinstance(request, JoinNext):
        if form.next_form is None:
            raise ReviewError("review.no_next_form")
        return writer.event("join", request.reason, new=form.next_form)
    if form.region is None or not parted(form.region, request.cell, form.region.index + 1):
        raise ReviewError("review.cannot_split_here")
    return writer.event("split", request.reason, cell=request.cell)


def _back(form: Opened, request: Reopen | Undo, writer: Writer) -> Edit:
    """A decision or an event is taken back."""
    if isinstance(request, Undo):
        return _undo(form, request, writer)
    if form.record.status != "accepted":
        raise ReviewError("review.is_open")
    return writer.event("reopen", request.reason)


def _field(form: Opened, pointer: str) -> tuple[Spot, str | None]:
    """The spot of a field and what stands there now; raises ReviewError."""
    spot = spot_of(pointer, form.rows)
    tables = Tables(form.record.form, form.rows)
    if spot is None or not tables.has(spot):
        raise ReviewError("review.no_such_field", field=pointer)
    return spot, written(tables.get(spot))


def _value(form: Opened, request: SetValue, writer: Writer) -> Edit:
    spot, old = _field(form, request.pointer)
    if (request.text is None) == (request.cell is None):
        raise ReviewError("review.one_of_text_and_cell")
    if request.cell is None:
        new = written(typed(spot.field, request.text or ""))
    else:
        place = form.places.get(request.cell)
        if place is None:
            raise ReviewError("review.no_such_cell", cell=request.cell)
        new = written(picked(spot.field, place).value)
    return writer.event(
        "value", request.reason, request.pointer, old=old, new=new, row=spot.row or None, cell=request.cell
    )


def _accepted(form: Opened, pointer: str, why: str, writer: Writer) -> Edit:
    """A field, or a cell whose number is no field."""
    if not pointer.startswith("/"):
        place = form.places.get(pointer)
        if place is None:
            raise ReviewError("review.no_such_cell", cell=pointer)
        return writer.event("accept", why, pointer, old=place.text, new=place.text, cell=pointer)
    spot, now = _field(form, pointer)
    return writer.event("accept", why, pointer, old=now, new=now, row=spot.row or None)


def _confirmed(form: Opened, request: ReportIsWrong, writer: Writer) -> Edit:
    for finding in form.record.findings:
        if can_confirm(finding) and finding_id(finding, form.rows) == request.finding:
            first = finding.fields[0] if finding.fields else ""
            return writer.event(
                "source_error", request.reason, first, finding.printed, finding.computed, finding=request.finding
            )
    raise ReviewError("review.no_such_finding")


def _row(form: Opened, request: AddRow | DeleteRow | SplitRow | MergeRows, writer: Writer) -> Edit:
    """A row comes, goes, is parted or joined; an added row has the id of the event that added it."""
    why = request.reason
    if isinstance(request, AddRow):
        known = list(form.rows.get(request.table, ()))
        if request.after is not None and request.after not in known:
            raise ReviewError("review.no_such_row", row=request.after)
        at = 0 if request.after is None else known.index(request.after) + 1
        return _adding(writer, "add_row", why, f"/{request.table}/{at}", request.after)
    table, index, title = _known_row(form, request.row)
    pointer = f"/{table}/{index}"
    if isinstance(request, SplitRow):
        return _adding(writer, "split_row", why, f"/{table}/{index + 1}", request.row)
    if isinstance(request, DeleteRow):
        return writer.event("delete_row", why, pointer, old=title, row=request.row)
    other_table, _, other_title = _known_row(form, request.second)
    if other_table != table or request.second == request.row:
        raise ReviewError("review.cannot_merge")
    return writer.event("merge_rows", why, pointer, title, other_title, row=request.row, other_row=request.second)


def _adding(writer: Writer, kind: EditKind, why: str, pointer: str, after: str | None) -> Edit:
    made = writer.event(kind, why, pointer, other_row=after)
    return made.model_copy(update={"row": f"+{made.edit_id}"})


def _known_row(form: Opened, row: str) -> tuple[TableName, int, str]:
    """Table, index and title of a row; raises ReviewError."""
    for table in TABLES:
        known = list(form.rows.get(table, ()))
        if row in known:
            index = known.index(row)
            lines = form.record.form
            title = lines.funds[index].label if table == "funds" else lines.indicators[index].name
            return table, index, title or ""
    raise ReviewError("review.no_such_row", row=row)


def _settled(form: Opened, request: Settle, writer: Writer) -> tuple[Edit, ...]:
    """The form as it stands; what is still doubtful is accepted first, an event each, if the person says so."""
    open_equations = [finding for finding in _blocking(form) if not is_confirmed(finding)]
    if open_equations:
        raise ReviewError("review.equations_open", number=len(open_equations))
    rest = open_places(form.record)
    if rest and not request.accept_rest:
        raise ReviewError("review.still_open", number=len(rest))
    accepted = [_accepted(form, place, request.reason, writer) for place in rest if _is_there(form, place)]
    return (*accepted, writer.event("settle", request.reason, new=form_digest(form.record.form)))


def _is_there(form: Opened, place: str) -> bool:
    """Whether an event can speak of it: a field of the form, or a cell of its region."""
    if not place.startswith("/"):
        return place in form.places
    spot = spot_of(place, form.rows)
    return (
        spot is not None and pointer_of(spot, form.rows) is not None and Tables(form.record.form, form.rows).has(spot)
    )


def _blocking(form: Opened) -> list[Finding]:
    """The findings for which the form is in review."""
    failed = {(reason.rule, reason.fields) for reason in form.record.decision.reasons if reason.code == "rule_failed"}
    return [finding for finding in form.record.findings if (finding.rule, finding.fields) in failed]


def _undo(form: Opened, request: Undo, writer: Writer) -> Edit:
    """One event is taken back: the one named, else the last that counts."""
    counting = effective(form.edits)
    if request.edit_id is None:
        target = next(reversed(counting), None)
    else:
        gone = undone(form.edits)
        named = (event for event in form.edits if event.edit_id == request.edit_id and event.edit_id not in gone)
        target = next(named, None)
    if target is None:
        raise ReviewError("review.nothing_to_undo")
    return writer.event("undo", request.reason, target.pointer, target.new, target.old, undoes=target.edit_id)
