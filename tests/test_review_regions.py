"""What is a form: a region declared none, two joined, one split; the others of the document stay as they are."""

import pytest
from reviewed import SOUND, as_read, form_ids

from pipeline.catalogue import explain
from pipeline.edits.reshape import in_order, parted, reshaped
from pipeline.review.records import QueueFilter
from pipeline.review.requests import JoinNext, NoForm, Settle, SetValue, SplitForm, Undo
from pipeline.review.review import Review
from pipeline.store import Store
from schemas.errors import ReviewError


def forms_counted(review: Review) -> int:
    """How many forms files.jsonl says there are."""
    with Store.open(review.folder, "read") as store:
        return sum(file.forms for file in store.files())


def test_region_that_is_no_form_leaves_the_results_and_comes_back(review: Review) -> None:
    """17 forms are left; the dropped one is found under its own filter, and undone it is as it was."""
    form_id = form_ids(review)[SOUND]
    before = review.form(form_id)
    done = review.edit(form_id, NoForm(reason="目录"), before.version)
    assert (done.desk.dropped, done.desk.can_settle, forms_counted(review)) == (True, False, 17)
    assert form_id not in form_ids(review)
    assert [item.form_id for item in review.queue(QueueFilter(status="dropped")).items] == [form_id]
    with pytest.raises(ReviewError) as error:
        review.edit(form_id, Settle(), done.desk.version)
    assert explain(error.value, "zh") == "这张表已被移出结果。请先撤销。"
    back = review.edit(form_id, Undo(), done.desk.version)
    assert as_read(back.desk) == as_read(before)
    assert forms_counted(review) == 18


def test_two_regions_become_one_form_of_a_layout_of_its_own(review: Review) -> None:
    """The joined form holds the rows of both, waits for its layout, and names the form that went into it."""
    ids = form_ids(review)
    first, second = review.form(ids[SOUND]), review.form(ids[SOUND + 1])
    done = review.edit(ids[SOUND], JoinNext(), first.version)
    assert (done.others, done.edits[0].new) == ((ids[SOUND + 1],), ids[SOUND + 1])
    rows = len(first.record.form.indicators) + len(second.record.form.indicators)
    assert len(done.desk.record.form.indicators) == rows
    assert done.desk.record.pages == (3, 4, 5)
    assert done.desk.record.template.state == "proposed"
    assert [(item.forms, item.waiting) for item in review.queue(QueueFilter()).layouts] == [(1, 1)]
    assert (review.form(ids[SOUND + 1]).dropped, forms_counted(review)) == (True, 17)
    back = review.edit(ids[SOUND], Undo(), done.desk.version)
    assert as_read(back.desk) == as_read(first)
    assert as_read(review.form(ids[SOUND + 1])) == as_read(second)


def test_last_region_has_nothing_to_be_joined_with(review: Review) -> None:
    """The request is refused in words."""
    desk = review.form(form_ids(review)[-1])
    assert not desk.has_next
    with pytest.raises(ReviewError) as error:
        review.edit(desk.record.form_id, JoinNext(), desk.version)
    assert error.value.code == "review.no_next_form"


def test_joined_regions_can_be_split_where_the_second_began(review: Review) -> None:
    """Joined and split again both forms have their own rows; the split-off form has a new name behind the first."""
    ids = form_ids(review)
    first, second = review.form(ids[SOUND]), review.form(ids[SOUND + 1])
    desk = review.edit(ids[SOUND], JoinNext(), first.version).desk
    begins = next(cell.cell for cell in second.cells if cell.kind == "cell")
    done = review.edit(ids[SOUND], SplitForm(cell=begins), desk.version)
    assert len(done.desk.record.form.indicators) == len(first.record.form.indicators)
    (other,) = done.others
    assert other == f"{ids[SOUND]}".rpartition("-")[0] + f"-{1000 + SOUND}"
    assert [row.name for row in review.form(other).record.form.indicators] == [
        row.name for row in second.record.form.indicators
    ]


def test_region_is_not_split_through_a_merged_cell_or_at_its_top(review: Review) -> None:
    """A cut is offered only where no cell spans both parts."""
    desk = review.form(form_ids(review)[SOUND])
    for cell in (desk.cells[0].cell, next(cell.cell for cell in desk.cells if cell.row == 4 and cell.text)):
        with pytest.raises(ReviewError) as error:
            review.edit(desk.record.form_id, SplitForm(cell=cell), desk.version)
        assert error.value.code == "review.cannot_split_here"


def test_part_that_is_no_form_of_its_own_stays_at_hand(review: Review) -> None:
    """Split above the indicators, the upper part holds no results: it is set aside and its undo is one key away."""
    form_id = form_ids(review)[SOUND]
    before = review.form(form_id)
    header = next(cell.cell for cell in before.cells if cell.text == "一级指标")
    done = review.edit(form_id, SplitForm(cell=header), before.version)
    assert as_read(review.edit(form_id, Undo(), done.desk.version).desk) == as_read(before)


def test_form_that_was_joined_split_and_then_dropped_is_shown_as_it_was_dropped(review: Review) -> None:
    """What is set aside has the rows that it had last, not those of the region as read; undo brings them back."""
    form_id = form_ids(review)[SOUND]
    done = review.edit(form_id, JoinNext(), review.form(form_id).version)
    last = next(view for view in reversed(done.desk.fields) if view.pointer.endswith("/name"))
    done = review.edit(form_id, SplitForm(cell=last.cells[0]), done.desk.version)
    rows = [(row.table, row.title) for row in done.desk.rows]
    assert len([table for table, _ in rows if table == "funds"]) == 8
    done = review.edit(form_id, NoForm(), done.desk.version)
    assert (done.desk.dropped, [(row.table, row.title) for row in done.desk.rows]) == (True, rows)
    done = review.edit(form_id, Undo(), done.desk.version)
    assert (done.desk.dropped, [(row.table, row.title) for row in done.desk.rows]) == (False, rows)


def test_values_a_person_gave_outlive_joining_and_its_undo(review: Review) -> None:
    """Rows keep their ids in the joined form: an edit made before is still there, on the same row."""
    form_id = form_ids(review)[SOUND]
    desk = review.form(form_id)
    desk = review.edit(form_id, SetValue(pointer="/indicators/3/name", text="新名称"), desk.version).desk
    joined = review.edit(form_id, JoinNext(), desk.version).desk
    assert joined.record.form.indicators[3].name == "新名称"
    assert review.edit(form_id, Undo(), joined.version).desk.record.form.indicators[3].name == "新名称"


def test_order_of_a_document_has_split_off_forms_behind_their_own() -> None:
    """Form 3 in two parts stands between 2 and 4."""
    assert in_order((1, 2, 3, 4, 1003)) == [1, 2, 3, 1003, 4]


def test_parts_of_a_region_hold_all_its_cells_and_lines(review: Review) -> None:
    """Nothing is lost by a cut: heading above, notes below, every cell in one part."""
    with Store.open(review.folder, "read") as store:
        (region, *_) = [found.region for found in store.regions_of("a.pdf") if found.region.index == SOUND]
    rows = [row[0] for row in region.grid.rows()[1:] if row]
    cut = next(cell for cell in rows if parted(region, cell.cell_id, 1002))
    first, second = parted(region, cut.cell_id, 1002)
    assert first.grid.row_count + second.grid.row_count == region.grid.row_count
    ids = [cell.cell_id for part in (first, second) for cell in part.grid.cells]
    assert ids == [cell.cell_id for cell in region.grid.cells]
    assert (first.heading, second.heading, first.trailing, second.trailing) == (region.heading, (), (), region.trailing)
    assert reshaped([region], []).regions == (region,)
