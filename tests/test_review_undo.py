"""Any edits, all taken back, leave the form as it was read."""

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reviewed import DISCREPANCY, SOUND, read_report, session

from pipeline.mapping.lexicon import standard
from pipeline.mapping.library import Library
from pipeline.review.doing import Writer, events_for
from pipeline.review.opened import Opened, Readings, judged, opened
from pipeline.review.requests import (
    AcceptField,
    AddRow,
    DeleteRow,
    EditRequest,
    MergeRows,
    NotInForm,
    Reopen,
    ReportIsWrong,
    Settle,
    SetValue,
    SplitRow,
    Undo,
)
from pipeline.review.showing import desk_of
from pipeline.run import Ways
from pipeline.store import Store
from schemas.errors import ReviewError

TEXTS = ("1", "3,616.90", "99.87%", "≥53.00(人)", "优", "2024", "甲", "fiscal")


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Opened]:
    """Two forms of the report as they were read: one in review, one accepted."""
    folder = read_report(tmp_path_factory.mktemp("read"))
    ways = session(folder).ways()
    with Store.open(folder / "out", "read") as store:
        ids = [form.form_id for form in store.forms()]
        library = Library(folder / "library.db")
        return {at: opened(store, library, Readings(ways), ids[at]) for at in (DISCREPANCY, SOUND)}


def request_for(form: Opened, data: st.DataObject) -> EditRequest:
    """Anything a person could do to a form as it stands, also what does not fit."""
    desk = desk_of(form, "zh", sampled=False)
    pointer = data.draw(st.sampled_from([view.pointer for view in desk.fields]), label="pointer")
    row = data.draw(st.sampled_from([view.row for view in desk.rows] or ["nobody"]), label="row")
    second = data.draw(st.sampled_from([view.row for view in desk.rows] or ["nobody"]), label="second")
    cell = data.draw(st.sampled_from([view.cell for view in desk.cells]), label="cell")
    finding = data.draw(st.sampled_from([card.finding_id for card in desk.cards] or ["none"]), label="finding")
    requests: list[EditRequest] = [
        SetValue(pointer=pointer, text=data.draw(st.sampled_from(TEXTS), label="text")),
        SetValue(pointer=pointer, cell=cell),
        AcceptField(pointer=pointer),
        AcceptField(pointer=cell),
        NotInForm(pointer=pointer),
        ReportIsWrong(finding=finding),
        AddRow(table=data.draw(st.sampled_from(["funds", "indicators"])), after=row),
        DeleteRow(row=row),
        SplitRow(row=row),
        MergeRows(row=row, second=second),
        Settle(accept_rest=True),
        Reopen(),
        Undo(),
    ]
    return data.draw(st.sampled_from(requests), label="request")


def after(form: Opened, request: EditRequest, writer: Writer, ways: Ways) -> Opened:
    """The form after one more edit; the same form if the edit does not fit."""
    try:
        events = events_for(form, request, writer)
    except ReviewError:
        return form
    edits = (*form.edits, *events)
    made = judged(form, edits, ways)
    return form.now(made, edits)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_edits_all_taken_back_leave_the_form_as_it_was_read(forms: dict[int, Opened], data: st.DataObject) -> None:
    """In any order, some undone in between: values, evidence, findings, reasons, confidence and status come back."""
    numbers = count()
    writer = Writer("李", lambda: "2026-01-01T00:00:00+00:00", lambda: f"e{next(numbers)}")
    start = forms[data.draw(st.sampled_from([DISCREPANCY, SOUND]), label="form")]
    ways = Ways(standard(), "zh")
    form = start
    for _ in range(data.draw(st.integers(1, 6), label="edits")):
        form = after(form, request_for(form, data), writer, ways)
    while True:
        undone = after(form, Undo(), writer, ways)
        if undone is form:
            break
        form = undone
    assert form.record.model_dump(exclude={"edits", "rows"}) == start.record.model_dump(exclude={"edits", "rows"})
    assert form.rows == start.rows
