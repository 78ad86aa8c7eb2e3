"""What the desk keeps between edits changes nothing: every answer is what a look from scratch would say."""

from pathlib import Path

import pytest
from reviewed import DISCREPANCY, SOUND, field, form_ids, own_copy, reviewing, session

from pipeline.batch.again import check_again
from pipeline.batch.digest import conditions
from pipeline.mapping.library import Library
from pipeline.mapping.settle import rival_roles
from pipeline.review.desk import FormDesk
from pipeline.review.opened import Readings, opened
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
    SplitRow,
    Undo,
)
from pipeline.store import Store
from prompts.loader import all_sha256
from schemas.reading import ROLES_OF, Reading, Template


@pytest.fixture
def folder(read: Path, tmp_path: Path) -> Path:
    """Results and library of this test's own."""
    return own_copy(read, tmp_path)


def every_kind(desk: FormDesk) -> list[EditRequest]:
    """One request of each kind that fits a form as it was read, each possible after the ones before."""
    funds = [row.row for row in desk.rows if row.table == "funds"]
    lines = [row.row for row in desk.rows if row.table == "indicators"]
    wrong = [ReportIsWrong(finding=told.finding_id) for told in desk.cards]
    return [
        *wrong,
        SetValue(pointer="/indicators/1/score", text="1.00"),
        SetValue(pointer="/funds/0/initial_budget", cell=field(desk, "/funds/0/executed").cells[0]),
        AcceptField(pointer="/grade"),
        NotInForm(pointer="/total_weight"),
        AddRow(table="indicators", after=lines[0]),
        SplitRow(row=lines[1]),
        MergeRows(row=lines[2], second=lines[3]),
        DeleteRow(row=funds[-1]),
        Undo(),
        Undo(),
        JoinNext(),
        Undo(),
        NoForm(),
        Undo(),
    ]


@pytest.mark.parametrize("index", [DISCREPANCY, SOUND])
def test_an_edit_answers_what_a_fresh_look_shows(folder: Path, index: int) -> None:
    """After every kind of edit the desk that comes back is the desk that another process opens."""
    with reviewing(folder) as review:
        form_id = form_ids(review)[index]
        desk = review.form(form_id)
        for request in every_kind(desk):
            desk = review.edit(form_id, request, desk.version).desk
            with reviewing(folder) as other:
                assert other.form(form_id) == desk, request.kind


def test_settling_and_opening_again_answer_what_a_fresh_look_shows(folder: Path) -> None:
    """The two decisions of a person, on a form that the rules accepted."""
    with reviewing(folder) as review:
        form_id = form_ids(review)[SOUND]
        desk = review.form(form_id)
        for request in (Settle(), Reopen(), Settle()):
            desk = review.edit(form_id, request, desk.version).desk
            with reviewing(folder) as other:
                assert other.form(form_id) == desk


def disputed(template: Template) -> Template:
    """The layout with a model that took every column for another one."""
    slots = [
        slot.model_copy(update={"readings": (*slot.readings, _otherwise(slot.section, slot.role))})
        if slot.section.endswith("_column")
        else slot
        for slot in template.slots
    ]
    return template.model_copy(update={"slots": tuple(slots)})


def _otherwise(section: str, role: object) -> Reading:
    other = next(own for name, roles in ROLES_OF.items() if name == section for own in roles if own != role)
    return Reading(source="model", role=other, probability=0.6, reason="layouts.by_model")


def test_readings_that_were_kept_judge_as_those_made_anew(folder: Path) -> None:
    """A layout of fourteen disputed columns: after edits that break equations, `hedui check` finds the same records."""
    library = Library(folder / "library.db")
    library.put(disputed(library.all()[0]), "2026-01-01T00:00:00+00:00")
    assert len(rival_roles(library.all()[0])) >= 14
    ways = session(folder).ways()
    with Store.open(folder / "out") as store:
        check_again(store, library, ways, conditions(ways, "none", all_sha256()))
    with reviewing(folder) as review:
        for index in (DISCREPANCY, SOUND):
            form_id = form_ids(review)[index]
            desk = review.form(form_id)
            for text in ("1.00", "2.00", "3.00"):
                request = SetValue(pointer="/indicators/1/score", text=text)
                desk = review.edit(form_id, request, desk.version).desk
            desk = review.edit(form_id, DeleteRow(row=desk.rows[-1].row), desk.version).desk
            assert desk.record.status == "review"
    with Store.open(folder / "out") as store:
        before = [form.model_dump_json() for form in store.forms()]
        check_again(store, library, ways, conditions(ways, "none", "anew"))
        assert [form.model_dump_json() for form in store.forms()] == before


def test_a_reading_is_kept_for_its_template_alone(folder: Path) -> None:
    """The same region under another template is mapped by that one, and the first is forgotten."""
    ways = session(folder).ways()
    library = Library(folder / "library.db")
    template = library.all()[0]
    readings = Readings(ways)
    with Store.open(folder / "out", "read") as store:
        form_id = next(iter(store.forms())).form_id
        first = opened(store, library, readings, form_id)
        again = opened(store, library, readings, form_id)
        library.put(disputed(template), "2026-01-01T00:00:00+00:00")
        other = opened(store, library, readings, form_id)
    assert first.read is not None
    assert other.read is not None
    assert again.read is first.read
    assert other.read is not first.read
    assert (first.read.template, other.read.template) == (template, disputed(template))
