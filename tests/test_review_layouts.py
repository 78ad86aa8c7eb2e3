"""A layout is settled once for all its forms: what every alternative would do, a preview, a correction, and back."""

import shutil
from pathlib import Path

import pytest
from reviewed import SOUND, as_read, form_ids, own_copy, reviewing

from pipeline.review.layouts import LayoutPage, RoleOption, SlotView
from pipeline.review.requests import Settle, SetValue
from pipeline.review.review import Review
from pipeline.review.trying import MOST_TRIED, spread
from pipeline.store import Store
from schemas.errors import ConflictError, ReviewError, UsageError
from schemas.reading import Role


def only_layout(review: Review) -> LayoutPage:
    """The page of the one layout."""
    (item,) = review.layouts()
    return review.layout(item.key[:8])


def slot(page: LayoutPage, text: str, section: str = "fund_column") -> SlotView:
    """A column by its header."""
    return next(slot for slot in page.slots if (slot.text, slot.section) == (text, section))


def option(options: tuple[RoleOption, ...], role: Role) -> RoleOption:
    """One role of a column."""
    return next(found for found in options if found.role == role)


def exchanged(review: Review) -> dict[int, Role]:
    """The correction that takes 年初预算数 for 全年预算数 and the other way round."""
    page = only_layout(review)
    return option(slot(page, "年初预算数").options, "adjusted_budget").roles


def test_page_shows_columns_readings_and_samples(unconfirmed: Path, tmp_path: Path) -> None:
    """A layout that waits: each column with its reading in words, sample rows, some forms to look at."""
    with reviewing(own_copy(unconfirmed, tmp_path)) as review:
        page = only_layout(review)
    assert (page.item.state, page.item.forms, page.item.waiting, page.item.open_columns > 0) == (
        "proposed",
        18,
        18,
        True,
    )
    budget = slot(page, "年初预算数")
    assert (budget.role, budget.role_words, budget.section_words) == ("initial_budget", "年初预算数", "资金栏")
    assert [reading.words for reading in budget.readings if reading.source == "lexicon"] == ["词表：年初预算数"]
    assert len(page.sample_forms) == 5
    funds, indicators = page.samples
    assert (funds.headers[1], funds.slots[:2]) == ("年初预算数", (0, budget.number))
    assert [row[:2] for row in funds.rows] == [("年度资金总额：", "615.90"), ("其中：当年财政拨款", "615.90")]
    assert [row[2] for row in indicators.rows] == ["聘用人员总数", "一网统管工作质量"]


def test_every_column_and_label_shows_what_stands_there(review: Review) -> None:
    """Values of several forms, each once; a label's own value; the numbers of a row of funds in one text."""
    page = only_layout(review)
    assert slot(page, "年初预算数").values == ("615.90", "0.00", "167.00")
    assert slot(page, "项目名称", "field").values[0] == "政府聘用辅助人员经费"
    assert slot(page, "年度资金总额：", "fund_row").values[0] == "615.90 · 615.90 · 615.14 · 10.00 · 99.87 · 9.99"
    assert all(len(value) <= 61 for one in page.slots for value in one.values)
    assert max(len(one.values) for one in page.slots) == 3


def test_of_very_many_forms_so_many_are_tried_as_stand_evenly_among_them() -> None:
    """The first, and then at even distances; all of them where there are few."""
    assert spread(range(10), 4) == [0, 2, 5, 7]
    assert spread("abc", 4) == ["a", "b", "c"]
    assert len(set(spread(range(5004), MOST_TRIED))) == 200


def test_layout_settled_from_another_folder_shows_and_saves_its_forms_as_they_now_read(
    read: Path, tmp_path: Path
) -> None:
    """Two folders share a library; a row of funds becomes an extra in one: the other's forms follow when opened."""
    one, two = own_copy(read, tmp_path / "one"), own_copy(read, tmp_path / "two")
    shutil.copy(one / "library.db", two / "library.db")
    with reviewing(one) as first:
        page = only_layout(first)
        other = slot(page, "其他资金", "fund_row")
        first.apply_layout(page.item.key, {other.number: "extra"}, page.version)
        expected = first.form(form_ids(first)[SOUND]).record.form
    assert len(expected.funds) == 3
    shutil.copy(one / "library.db", two / "library.db")
    with reviewing(two) as second:
        desk = second.form(form_ids(second)[SOUND])
        assert (desk.record.form, len([row for row in desk.rows if row.table == "funds"])) == (expected, 3)
        assert any("这个版式在别处改过" in note for note in desk.notes)
        done = second.edit(desk.record.form_id, SetValue(pointer="/grade", text="良"), desk.version)
        assert not any("这个版式在别处改过" in note for note in done.desk.notes)
        with Store.open(second.folder, "read") as store:
            kept = store.form(desk.record.form_id)
    assert kept is not None
    assert (kept.form.funds, kept.form.grade) == (expected.funds, "良")


def test_every_alternative_says_what_it_would_do_to_the_equations(review: Review) -> None:
    """Weight for score makes forms fail; the chosen role has no effect to tell."""
    page = only_layout(review)
    weight = slot(page, "分值", "indicator_column")
    options = review.role_options(page.item.key, weight.number)
    assert {found.role for found in options if found.effect is None} == {"weight"}
    swapped = option(options, "score")
    assert swapped.effect is not None
    assert (swapped.effect.forms, swapped.effect.of, swapped.effect.hold_now) == (18, 18, 14)
    assert swapped.effect.hold_then < 14
    assert swapped.effect.failing_then > swapped.effect.failing_now == 4
    assert swapped.roles == {weight.number: "score", swapped.exchanged_with[0]: "weight"}


def test_preview_names_every_change_and_changes_nothing(review: Review) -> None:
    """Two columns of money exchanged: which forms, which fields, from what to what; the store stays as it is."""
    page = only_layout(review)
    before = [as_read(review.form(form_id)) for form_id in form_ids(review)]
    preview = review.preview_layout(page.item.key, exchanged(review))
    assert (preview.accepted_now, preview.effect.hold_now) == (14, 14)
    assert preview.accepted_then < 14
    change = next(change for change in preview.forms if change.form_id.endswith("-7"))
    assert ("资金第 1 行的年初预算数", "70.00", "57.00") in change.changes
    assert ("资金第 1 行的全年预算数", "57.00", "70.00") in change.changes
    assert [as_read(review.form(form_id)) for form_id in form_ids(review)] == before
    assert only_layout(review) == page


def test_correction_maps_all_forms_again_and_can_be_taken_back(review: Review) -> None:
    """Applied, every form has the columns exchanged; put back, every record is as it was; both stand in the log."""
    page = only_layout(review)
    before = [as_read(review.form(form_id)) for form_id in form_ids(review)]
    done = review.apply_layout(page.item.key, exchanged(review), page.version, reason="看错栏")
    assert (done.files, done.page.version > page.version) == (1, True)
    assert str(review.form(form_ids(review)[7]).record.form.funds[0].initial_budget) == "57.00"
    assert [row.words for row in review.audit()] == [
        "版式第 4 栏：年初预算数 改为 全年预算数",
        "版式第 5 栏：全年预算数 改为 年初预算数",
    ]
    earlier = next(version for version in done.page.versions if version.number == page.version)
    assert dict(earlier.roles) == {4: "initial_budget", 5: "adjusted_budget"}
    back = review.put_layout_back(page.item.key, earlier.number, done.page.version)
    assert (back.accepted, back.review) == (14, 4)
    assert [as_read(review.form(form_id)) for form_id in form_ids(review)] == before


def test_events_of_a_form_outlive_a_correction_of_its_layout(review: Review) -> None:
    """A value stays on its field; a settled form whose values the correction changed is open again."""
    form_id = form_ids(review)[SOUND]
    desk = review.form(form_id)
    desk = review.edit(form_id, SetValue(pointer="/grade", text="良"), desk.version).desk
    desk = review.edit(form_id, Settle(), desk.version).desk
    assert desk.record.decision.by == "reviewer"
    page = only_layout(review)
    weight = slot(page, "分值", "indicator_column")
    roles = option(weight.options, "weight").roles | {weight.number: "extra"}
    done = review.apply_layout(page.item.key, roles, page.version)
    now = review.form(form_id).record
    assert (now.form.grade, now.status) == ("良", "review")
    assert "settled_otherwise" in {reason.code for reason in now.decision.reasons}
    review.put_layout_back(page.item.key, page.version, done.page.version)
    assert review.form(form_id).record.decision.by == "reviewer"


def test_second_window_on_a_layout_is_told(review: Review) -> None:
    """A correction from an old page is refused, and an edit of a form that was mapped meanwhile too."""
    page = only_layout(review)
    desk = review.form(form_ids(review)[SOUND])
    done = review.apply_layout(page.item.key, exchanged(review), page.version)
    with pytest.raises(ConflictError) as error:
        review.apply_layout(page.item.key, {}, page.version)
    assert error.value.params["version"] == done.page.version
    with pytest.raises(ConflictError):
        review.edit(desk.record.form_id, SetValue(pointer="/grade", text="良"), desk.version)


def test_layout_or_role_that_is_not_there_is_refused(review: Review) -> None:
    """By its key, its column, its role, its version."""
    page = only_layout(review)
    with pytest.raises(ReviewError, match=r"review\.no_such_layout"):
        review.layout("ffff")
    with pytest.raises(UsageError, match=r"layouts\.no_such_column"):
        review.preview_layout(page.item.key, {99: "weight"})
    with pytest.raises(UsageError, match=r"layouts\.no_such_role"):
        review.apply_layout(page.item.key, {4: "name"}, page.version)
    with pytest.raises(ReviewError, match=r"review\.no_such_version"):
        review.put_layout_back(page.item.key, 999, page.version)
    with pytest.raises(ReviewError, match=r"layouts\.no_such_column"):
        review.role_options(page.item.key, 99)
    assert only_layout(review) == page


def test_reasons_name_no_command_for_what_is_done_on_the_page(unconfirmed: Path, tmp_path: Path) -> None:
    """A form of a layout that waits: notes and doubts tell to confirm the layout, not to leave for a terminal."""
    with reviewing(own_copy(unconfirmed, tmp_path)) as review:
        desk = review.form(form_ids(review)[SOUND])
    told = [*desk.notes, *(reason for doubt in desk.doubts for reason in doubt.reasons)]
    assert desk.notes[0] == "新版式尚未确认。确认一次，同版式的表全部重新核对。"
    assert {code for doubt in desk.doubts for code in doubt.codes} >= {"single_reading"}
    assert [reason for reason in told if "hedui" in reason] == []
