"""A form on the desk: every kind of edit is an event, checks and decision follow at once, undo brings all back."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from reviewed import (
    DISCREPANCY,
    SOUND,
    Silent,
    as_read,
    card,
    field,
    form_ids,
    own_copy,
    reviewing,
    session,
)

from pipeline.batch import Batch, input_files
from pipeline.batch.again import check_again
from pipeline.batch.digest import conditions
from pipeline.catalogue import explain
from pipeline.edits.rows import pointer_now
from pipeline.mapping.library import Library
from pipeline.review.desk import FormDesk
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
from pipeline.review.review import Review
from pipeline.store import Store
from schemas.errors import ConflictError, ReviewError


@pytest.fixture
def folder(read: Path, tmp_path: Path) -> Path:
    """Results and library of this test's own."""
    return own_copy(read, tmp_path)


@pytest.fixture
def review(folder: Path) -> Iterator[Review]:
    """A review of the test's own results."""
    with reviewing(folder) as opened:
        yield opened


def desk_of(review: Review, index: int) -> FormDesk:
    """The desk for the form at a place in the document."""
    return review.form(form_ids(review)[index])


def do(review: Review, desk: FormDesk, *requests: EditRequest) -> FormDesk:
    """One edit after the other, each from what the last one left."""
    for request in requests:
        desk = review.edit(desk.record.form_id, request, desk.version).desk
    return desk


def refused(review: Review, desk: FormDesk, request: EditRequest) -> str:
    """The sentence with which an edit is refused; nothing was appended."""
    with pytest.raises(ReviewError) as error:
        review.edit(desk.record.form_id, request, desk.version)
    assert review.form(desk.record.form_id) == desk
    return explain(error.value, "zh")


def test_card_of_a_discrepancy_names_printed_computed_and_difference(review: Review) -> None:
    """70.00 is printed over 74.85: result and part with their places, and the first guess as a ready edit."""
    desk = desk_of(review, DISCREPANCY)
    told = card(desk)
    assert (told.printed, told.computed, told.difference, told.blocks) == ("70.00", "74.85", "+4.85", True)
    assert [(operand.where, operand.text, operand.is_result) for operand in told.operands] == [
        ("资金第 1 行的年初预算数", "70.00", True),
        ("资金第 2 行的年初预算数", "74.85", False),
    ]
    assert all(operand.spans and operand.cells for operand in told.operands)
    assert told.guesses[0].edits == (SetValue(pointer="/funds/0/initial_budget", text="74.85", reason="照提示修改"),)


def test_doubts_come_in_the_order_of_visit(review: Review) -> None:
    """Operands of the failed equation first, then the blanks of its column that nothing proves."""
    desk = desk_of(review, DISCREPANCY)
    assert [(doubt.number, doubt.pointer) for doubt in desk.doubts] == [
        (at + 1, f"/funds/{at}/initial_budget") for at in range(4)
    ]
    assert desk.doubts[0].findings == (card(desk).finding_id,)
    assert [doubt.codes for doubt in desk.doubts[1:3]] == [("rule_failed", "uncovered"), ("uncovered",)]
    assert (desk.can_settle, desk.equations_block) == (False, 1)


def test_confirmed_discrepancy_stays_on_record_and_blocks_no_more(review: Review) -> None:
    """Two edits settle the form; the finding stays, confirmed, and forms.jsonl says who decided."""
    desk = desk_of(review, DISCREPANCY)
    desk = do(review, desk, ReportIsWrong(finding=card(desk).finding_id, reason="预算批复如此"), Settle())
    assert (desk.record.status, desk.record.decision.by, desk.record.decision.reasons) == ("accepted", "reviewer", ())
    finding = desk.record.findings[0]
    assert (finding.rule, finding.verdict, finding.params["confirmed"]) == (
        "fund_parts_sum",
        "source_discrepancy",
        "yes",
    )
    review.write_results()
    line = json.loads((review.folder / "forms.jsonl").read_text("utf-8").splitlines()[DISCREPANCY])
    assert (line["status"], line["decision"]["by"]) == ("accepted", "reviewer")
    assert [(edit["kind"], edit["author"]) for edit in line["edits"]] == [("source_error", "李"), ("settle", "李")]


def test_confirmation_is_of_these_numbers_only(review: Review) -> None:
    """Who confirmed 70.00 against 74.85 said nothing of 71.00 against 74.85."""
    desk = desk_of(review, DISCREPANCY)
    desk = do(review, desk, ReportIsWrong(finding=card(desk).finding_id))
    desk = do(review, desk, SetValue(pointer="/funds/0/initial_budget", text="71.00"))
    assert (desk.record.status, card(desk).confirmed, card(desk).difference) == ("review", False, "+3.85")


def test_typed_value_is_proven_at_once_and_the_place_stays_as_printed(review: Review) -> None:
    """74.85 for 70.00: the sum holds; the evidence still shows what the page prints."""
    desk = desk_of(review, DISCREPANCY)
    desk = do(review, desk, card(desk).guesses[0].edits[0])
    view = field(desk, "/funds/0/initial_budget")
    assert (view.text, view.as_read, view.printed, view.state) == ("74.85", "70.00", "70.00", "edited")
    assert (desk.record.status, desk.record.decision.by, desk.record.findings) == ("accepted", "reviewer", ())


def test_value_picked_from_a_cell_has_that_cell_as_its_proof(review: Review) -> None:
    """The executed amount clicked for the initial budget: origin human, the cell's own place and text."""
    desk = desk_of(review, DISCREPANCY)
    other = field(desk, "/funds/1/initial_budget")
    desk = do(review, desk, SetValue(pointer="/funds/0/initial_budget", cell=other.cells[0]))
    proof = desk.record.evidence["/funds/0/initial_budget"]
    assert (proof.origin, proof.text, proof.spans) == ("human", "74.85", other.spans)
    lost = [reason for reason in desk.record.decision.reasons if reason.code == "numbers_not_conserved"]
    assert other.cells[0] in lost[0].fields  # one number in two fields
    own = next(place for place in lost[0].fields if place != other.cells[0])
    assert next(cell.text for cell in desk.cells if cell.cell == own) == "70.00"  # and one in none


def test_number_that_is_no_field_can_be_put_aside(review: Review) -> None:
    """A cell whose number no field holds is a doubt of its own; accepted, it blocks no more."""
    desk = desk_of(review, SOUND)
    cell = field(desk, "/indicators/6/score").cells[0]
    desk = do(review, desk, NotInForm(pointer="/indicators/6/score"))
    assert cell in [doubt.pointer for doubt in desk.doubts]
    desk = do(review, desk, AcceptField(pointer=cell))
    assert cell not in [doubt.pointer for doubt in desk.doubts]
    assert "numbers_not_conserved" not in {reason.code for reason in desk.record.decision.reasons}


def test_second_window_is_told_and_nothing_is_lost(review: Review) -> None:
    """Two windows at one version: the second gets what the first did, and the first's value stands."""
    desk = desk_of(review, SOUND)
    review.edit(desk.record.form_id, SetValue(pointer="/grade", text="良"), desk.version, author="王")
    with pytest.raises(ConflictError) as error:
        review.edit(desk.record.form_id, SetValue(pointer="/grade", text="中"), desk.version)
    edits = error.value.params["edits"]
    assert isinstance(edits, tuple)
    event = edits[0]
    assert len(edits) == 1
    assert (event.author, event.new, error.value.params["version"]) == ("王", "良", "1" + desk.version[1:])
    now = review.form(desk.record.form_id)
    assert (now.record.form.grade, len(now.record.edits)) == ("良", 1)


def test_two_reviews_of_one_store_never_overwrite_each_other(folder: Path) -> None:
    """Two processes that read the same version: the store takes one."""
    with reviewing(folder) as one, reviewing(folder) as two:
        desk = desk_of(one, SOUND)
        one.edit(desk.record.form_id, SetValue(pointer="/grade", text="良"), desk.version)
        with pytest.raises(ConflictError):
            two.edit(desk.record.form_id, SetValue(pointer="/grade", text="中"), desk.version)


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (SetValue(pointer="/indicators/0/weight", text="十分"), "“十分”不是数字"),
        (SetValue(pointer="/fiscal_year", text="去年"), "“去年”不是年度"),
        (SetValue(pointer="/funds/0/source", text="gift"), "“gift”不在可选范围内"),
        (SetValue(pointer="/nowhere", text="1"), "没有 /nowhere 这一处"),
        (SetValue(pointer="/indicators/99/weight", text="1"), "没有 /indicators/99/weight 这一处"),
        (SetValue(pointer="/grade"), "二者取一"),
        (SetValue(pointer="/grade", text=" "), "没有输入内容"),
        (SetValue(pointer="/grade", cell="p9t9r9c9"), "没有单元格 p9t9r9c9"),
        (NotInForm(pointer="/funds/0/label"), "不能为空"),
        (AcceptField(pointer="p9t9r9c9"), "没有单元格 p9t9r9c9"),
        (ReportIsWrong(finding="scores_sum:0"), "这条问题已经不在了"),
        (DeleteRow(row="nobody"), "没有行 nobody"),
        (AddRow(table="funds", after="nobody"), "没有行 nobody"),
        (Undo(), "没有可以撤销的修改"),
        (Undo(edit_id="e99"), "没有可以撤销的修改"),
    ],
)
def test_edit_that_does_not_fit_is_refused_with_its_remedy(
    review: Review, request_: EditRequest, sentence: str
) -> None:
    """Nothing is appended, and the person is told what to do instead."""
    assert sentence in refused(review, desk_of(review, SOUND), request_)


def test_words_cannot_be_picked_for_a_number(review: Review) -> None:
    """A cell of text for a score is refused; the same cell for a name is taken whole."""
    desk = desk_of(review, SOUND)
    name = field(desk, "/indicators/0/name")
    assert "不是一个数字" in refused(review, desk, SetValue(pointer="/indicators/0/score", cell=name.cells[0]))
    desk = do(review, desk, SetValue(pointer="/indicators/1/name", cell=name.cells[0]))
    assert field(desk, "/indicators/1/name").text == name.text


def test_settling_waits_for_every_doubt_or_accepts_the_rest(review: Review) -> None:
    """An open equation is never accepted along; open places only if the person says so, an event each."""
    desk = desk_of(review, DISCREPANCY)
    assert "还有 1 条算式不成立" in refused(review, desk, Settle(accept_rest=True))
    desk = do(review, desk, SetValue(pointer="/indicators/0/score", text="1.00"))
    desk = do(review, desk, *(ReportIsWrong(finding=told.finding_id) for told in desk.cards if told.can_confirm))
    desk = do(review, desk, NotInForm(pointer="/total_weight"))
    left = len(desk.doubts)
    assert left > 0
    assert f"还有 {left} 处没有看过" in refused(review, desk, Settle())
    done = review.edit(desk.record.form_id, Settle(accept_rest=True), desk.version)
    assert [edit.kind for edit in done.edits] == ["accept"] * left + ["settle"]
    assert done.desk.record.decision.by == "reviewer"


def test_settled_form_that_changes_afterwards_is_open_again(review: Review) -> None:
    """A person's word is for the values it was given for."""
    desk = do(review, desk_of(review, SOUND), Settle())
    assert desk.record.decision.by == "reviewer"
    desk = do(review, desk, SetValue(pointer="/grade", text="良"))
    assert [reason.code for reason in desk.record.decision.reasons] == ["settled_otherwise"]
    desk = do(review, desk, Undo())
    assert desk.record.status == "accepted"
    assert do(review, desk, Reopen()).notes == ("复核人把这张表重新打开了。",)


def test_undo_of_an_undo_brings_the_event_back(review: Review) -> None:
    """Undo is an event too, and can be taken back by its id."""
    desk = do(review, desk_of(review, SOUND), SetValue(pointer="/grade", text="良"), Undo())
    assert desk.record.form.grade == "优"
    desk = do(review, desk, Undo(edit_id=desk.history[0].edit.edit_id))
    assert desk.record.form.grade == "良"
    assert [(entry.words, entry.undone) for entry in desk.history] == [
        ("撤销：撤销：评分等级：优 改为 良", False),
        ("撤销：评分等级：优 改为 良", True),
        ("评分等级：优 改为 良", False),
    ]


def test_missing_row_is_added_by_clicking_its_cells(review: Review) -> None:
    """A row deleted and put together again cell by cell is proven as before: every number from its own place."""
    desk = desk_of(review, SOUND)
    before = desk.record.form.indicators[6]
    rows = [row for row in desk.rows if row.table == "indicators"]
    cells = {
        name: field(desk, f"/indicators/6/{name}").cells[0] for name in ("name", "target", "actual", "weight", "score")
    }
    desk = do(review, desk, DeleteRow(row=rows[6].row))
    assert (len(desk.record.form.indicators), desk.record.status) == (6, "review")
    done = review.edit(desk.record.form_id, AddRow(table="indicators", after=rows[5].row), desk.version)
    assert done.row == f"+{done.edits[0].edit_id}"
    desk = do(
        review, done.desk, *(SetValue(pointer=f"/indicators/6/{name}", cell=cell) for name, cell in cells.items())
    )
    made = desk.record.form.indicators[6]
    assert (made.name, made.target, made.actual, made.weight, made.score) == (
        before.name,
        before.target,
        before.actual,
        before.weight,
        before.score,
    )
    assert (desk.record.status, desk.record.decision.by, desk.doubts) == ("accepted", "reviewer", ())
    assert desk.record.evidence["/indicators/6/score"].origin == "human"


def test_deleted_row_takes_its_numbers_out_and_undo_brings_them_back(review: Review) -> None:
    """The sums fail by what the row held; no number counts as lost, because a person said that they are no fields."""
    desk = desk_of(review, SOUND)
    start = as_read(desk)
    rows = [row for row in desk.rows if row.table == "indicators"]
    desk = do(review, desk, DeleteRow(row=rows[0].row))
    codes = {reason.code for reason in desk.record.decision.reasons}
    assert (desk.record.form.indicators[0].name, codes) == (rows[1].title, {"rule_failed", "uncovered"})
    assert as_read(do(review, desk, Undo())) == start


def test_split_row_shares_its_labels_and_merging_brings_the_parts_together(review: Review) -> None:
    """The new row stands under the same levels; merged again, the form is proven as before."""
    desk = desk_of(review, SOUND)
    first = next(row for row in desk.rows if row.table == "indicators")
    score = field(desk, "/indicators/0/score").cells[0]
    done = review.edit(desk.record.form_id, SplitRow(row=first.row), desk.version)
    assert done.row is not None
    made = done.desk.record.form.indicators[1]
    assert (made.level1, made.level2, made.name, made.score) == ("产出指标", "数量指标", None, None)
    desk = do(
        review, done.desk, SetValue(pointer="/indicators/1/score", cell=score), NotInForm(pointer="/indicators/0/score")
    )
    assert desk.record.form.indicators[0].score is None
    desk = do(review, desk, MergeRows(row=first.row, second=done.row))
    assert (str(desk.record.form.indicators[0].score), len(desk.record.form.indicators)) == ("10.00", 7)
    assert desk.record.status == "accepted"


def test_merging_two_full_rows_loses_no_number(review: Review) -> None:
    """Names are joined, the second's numbers go to the extras under their field's name."""
    desk = desk_of(review, SOUND)
    rows = [row for row in desk.rows if row.table == "indicators"]
    desk = do(review, desk, MergeRows(row=rows[0].row, second=rows[1].row))
    merged = desk.record.form.indicators[0]
    assert merged.name == rows[0].title + rows[1].title
    assert [(extra.label, extra.text) for extra in merged.extras] == [("weight", "10.00"), ("score", "10.00")]
    assert "numbers_not_conserved" not in {reason.code for reason in desk.record.decision.reasons}


def test_event_still_names_its_row_after_others_came_and_went(review: Review) -> None:
    """An edit of row 4 is one of row 3 once a row above is gone; export and history follow the row, not the index."""
    desk = desk_of(review, SOUND)
    rows = [row for row in desk.rows if row.table == "indicators"]
    desk = do(review, desk, SetValue(pointer="/indicators/3/name", text="新名称"), DeleteRow(row=rows[1].row))
    assert desk.record.form.indicators[2].name == "新名称"
    event = desk.record.edits[0]
    assert (event.pointer, event.row, pointer_now(event, desk.record.rows)) == (
        "/indicators/3/name",
        rows[3].row,
        "/indicators/2/name",
    )
    assert field(desk, "/indicators/2/name").state == "edited"


def test_checking_again_keeps_every_event(folder: Path) -> None:
    """`hedui check` maps, proves and decides under all events: nothing of a record changes."""
    with reviewing(folder) as review:
        desk = desk_of(review, SOUND)
        rows = [row for row in desk.rows if row.table == "indicators"]
        do(review, desk, SetValue(pointer="/grade", text="良"), SplitRow(row=rows[0].row), Settle())
    ways = session(folder).ways()
    with Store.open(folder / "out") as store:
        before = [form.model_dump_json() for form in store.forms()]
        check_again(store, Library(folder / "library.db"), ways, conditions(ways, "none", ""))
        assert [form.model_dump_json() for form in store.forms()] == before


def test_reading_the_file_again_keeps_every_event(folder: Path) -> None:
    """A run under other conditions reads the document anew; the person's value, row and decision stand."""
    with reviewing(folder) as review:
        desk = desk_of(review, SOUND)
        rows = [row for row in desk.rows if row.table == "indicators"]
        do(review, desk, SetValue(pointer="/grade", text="良"), DeleteRow(row=rows[0].row))
        form_id = desk.record.form_id
    ways = session(folder).ways()
    with Store.open(folder / "out") as store:
        before = store.form(form_id)
        batch = Batch(store, Library(folder / "library.db"), ways, conditions(ways, "none", "other"), Silent())
        assert batch.run(input_files([folder / "in"], folder / "out")).unchanged == 0
        assert store.form(form_id) == before
