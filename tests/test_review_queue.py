"""The queue: what waits for a person, the most doubtful first, counted under every filter; stores of before."""

import base64
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from reviewed import DISCREPANCY, SOUND, Silent, card, form_ids, own_copy, reviewing, session

from pipeline.batch import Batch
from pipeline.batch.digest import conditions
from pipeline.mapping.library import Library
from pipeline.mapping.settle import confirmed
from pipeline.review.records import Neighbours, QueueFilter, QueuePage
from pipeline.review.requests import ReportIsWrong, Settle, SetValue
from pipeline.review.review import Review
from pipeline.store import Store, lot_of
from schemas.errors import ReviewError


@pytest.fixture
def review(read: Path, tmp_path: Path) -> Iterator[Review]:
    """A review of this test's own results, without a sample."""
    with reviewing(own_copy(read, tmp_path), share=0.0) as opened:
        yield opened


def indexes(page: QueuePage) -> list[int]:
    """The forms of a page by their place in the document."""
    return [int(item.form_id.rpartition("-")[2]) for item in page.items]


def counts(page: QueuePage, facet: str) -> dict[str, int]:
    """The counts of one filter."""
    return {count.value: count.forms for name, found in page.counts.items() if name == facet for count in found}


def _cursor(text: str) -> str:
    """A cursor that holds this text."""
    return base64.urlsafe_b64encode(text.encode()).decode()


def test_open_forms_come_with_their_reasons_in_words(review: Review) -> None:
    """The four forms that do not add up wait, each with its reasons and the number of places to look at."""
    page = review.queue(QueueFilter())
    assert sorted(indexes(page)) == [7, 13, 16, 17]
    assert {(item.reason_words, item.rules, item.doubts) for item in page.items} == {
        (("算式不成立", "没有算式证明"), ("fund_parts_sum",), 4),
    }
    assert page.items[0].name == "嘉定区城市运行管理中心会议室音视频升级改造"
    assert (page.total, page.position, page.next_cursor, page.layouts) == (4, 0, None, ())


def test_counts_say_what_each_filter_would_leave(review: Review) -> None:
    """All other filters applied, its own left out."""
    page = review.queue(QueueFilter(status="all", rule="fund_parts_sum"))
    assert counts(page, "status") == {
        "open": 4,
        "review": 4,
        "sample": 0,
        "accepted": 0,
        "settled": 0,
        "dropped": 0,
        "all": 4,
    }
    assert counts(page, "reason") == {"rule_failed": 4, "uncovered": 4}
    assert counts(page, "field") == {"initial_budget": 4}
    assert counts(page, "document") == {"a.pdf": 4}
    assert counts(review.queue(QueueFilter(status="accepted")), "status")["accepted"] == 14


@pytest.mark.parametrize(
    ("wanted", "forms"),
    [
        (QueueFilter(status="accepted"), 14),
        (QueueFilter(status="all"), 18),
        (QueueFilter(status="all", document="a.pdf"), 18),
        (QueueFilter(status="all", document="b.pdf"), 0),
        (QueueFilter(status="all", department=""), 0),
        (QueueFilter(reason="uncovered", field="initial_budget"), 4),
        (QueueFilter(field="score"), 0),
        (QueueFilter(status="all", text="会议室"), 1),
        (QueueFilter(status="all", text="Ｉ ＤＣ托管"), 1),
        (QueueFilter(status="all", text="会议室 升级"), 1),
        (QueueFilter(status="all", text="100%_"), 0),
    ],
)
def test_filters_narrow_the_queue(review: Review, wanted: QueueFilter, forms: int) -> None:
    """Every filter that is set applies; width and spaces of a text do not matter, its signs are no wildcards."""
    assert review.queue(wanted).total == forms


def test_pages_go_on_where_the_last_one_ended(review: Review) -> None:
    """18 forms in pages of 5: each once, in one order; a form that leaves in between moves no other."""
    wanted = QueueFilter(status="all")
    whole = indexes(review.queue(wanted, limit=100))
    seen, cursor, positions = [], None, []
    while True:
        page = review.queue(wanted, cursor, 5)
        seen += indexes(page)
        positions.append(page.position)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert (seen, positions) == (whole, [0, 5, 10, 15])


@pytest.mark.parametrize(
    "cursor",
    [
        "no cursor",
        "é",
        _cursor('["a", "b"]'),
        _cursor('[NaN, "", "", 0]'),
        _cursor('[1e999, "", "", 0]'),
        _cursor(f'[{10**400}, "", "", 0]'),
        _cursor(f'[1, "", "", {2**63}]'),
        _cursor('[1, "", "", -1]'),
        _cursor('[1, "\\ud800", "", 0]'),
        _cursor("[" * 100_000),
        "A" * 5,
    ],
)
def test_cursor_that_no_page_gave_is_refused(review: Review, cursor: str) -> None:
    """Typed, cut short, or made to hurt: numbers beyond SQLite's, text that is none, a nest without a bottom."""
    with pytest.raises(ReviewError) as refused:
        review.queue(QueueFilter(status="all"), cursor)
    assert refused.value.code == "review.bad_cursor"


def test_neighbours_are_those_of_the_filter(review: Review) -> None:
    """Before the first and after the last there is none; a form that left the queue still has its place."""
    ids = [item.form_id for item in review.queue(QueueFilter()).items]
    assert review.neighbours(ids[0], QueueFilter()) == Neighbours(before=None, after=ids[1])
    assert review.neighbours(ids[3], QueueFilter()) == Neighbours(before=ids[2], after=None)
    desk = review.form(ids[1])
    review.edit(ids[1], ReportIsWrong(finding=card(desk).finding_id), desk.version)
    assert review.queue(QueueFilter()).total == 3
    assert review.queue(QueueFilter(status="settled")).total == 1


def test_waiting_layout_stands_on_top_and_settling_it_empties_the_queue(unconfirmed: Path, tmp_path: Path) -> None:
    """18 forms wait for one layout; confirmed, 14 of them are accepted at once."""
    with reviewing(own_copy(unconfirmed, tmp_path), share=0.0) as review:
        page = review.queue(QueueFilter())
        assert [(item.forms, item.waiting, item.state) for item in page.layouts] == [(18, 18, "proposed")]
        assert page.total == 18
        layout = review.layout(page.layouts[0].key)
        applied = review.apply_layout(layout.item.key, {}, layout.version)
        assert (applied.files, applied.accepted, applied.review) == (1, 14, 4)
        page = review.queue(QueueFilter())
        assert (page.layouts, page.total) == ((), 4)


def test_a_share_of_accepted_forms_joins_the_queue_for_good(read: Path, tmp_path: Path) -> None:
    """Which forms are drawn hangs on their ids alone: the same at every start, about as many as the share says."""
    folder = own_copy(read, tmp_path)
    with reviewing(folder, share=0.3) as review:
        drawn = {item.form_id for item in review.queue(QueueFilter(status="sample")).items}
        accepted = {item.form_id for item in review.queue(QueueFilter(status="accepted"), limit=100).items}
        assert drawn == {form_id for form_id in accepted if lot_of(form_id) < 0.3}
        assert drawn
        assert review.queue(QueueFilter()).total == 4 + len(drawn)
    drawn_of_many = sum(lot_of(f"{number:016x}-0") < 0.02 for number in range(20_000))
    assert 340 < drawn_of_many < 460


def test_sampled_form_leaves_the_queue_once_it_is_settled(read: Path, tmp_path: Path) -> None:
    """Looked at and right: it counts as seen and right, and waits no more."""
    with reviewing(own_copy(read, tmp_path), share=1.0) as review:
        form_id = form_ids(review)[SOUND]
        desk = review.form(form_id)
        assert (desk.sampled, desk.can_settle) == (True, True)
        review.edit(form_id, Settle(), desk.version)
        assert form_id not in {item.form_id for item in review.queue(QueueFilter(), limit=100).items}
        told = review.dashboard()
        assert (told.sample, told.sample_seen, told.sample_right) == (14, 1, 1)


def test_store_of_the_first_version_is_brought_up_to_date_and_loses_nothing(read: Path, tmp_path: Path) -> None:
    """A store without an index gets one when it is opened to edit; reading alone leaves it as it is."""
    folder = own_copy(read, tmp_path)
    with Store.open(folder / "out", "read") as store:
        before = list(store.form_lines())
    with sqlite3.connect(folder / "out" / "hedui.db") as connection:
        connection.executescript("DROP TABLE queue; DROP TABLE facets; DROP TABLE dropped; DROP TABLE regions_read;")
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    shutil.copytree(folder / "out", folder / "old")
    with Store.open(folder / "old", "read") as store:
        assert list(store.form_lines()) == before
    with reviewing(folder, share=0.0) as review:
        assert sorted(indexes(review.queue(QueueFilter()))) == [7, 13, 16, 17]
        desk = review.form(form_ids(review)[DISCREPANCY])
        review.edit(desk.record.form_id, SetValue(pointer="/grade", text="良"), desk.version)
    with Store.open(folder / "out", "read") as store:
        lines = list(store.form_lines())
    assert [line for at, line in enumerate(lines) if at != DISCREPANCY] == [
        line for at, line in enumerate(before) if at != DISCREPANCY
    ]


def test_event_made_while_a_file_is_finished_is_not_lost(read: Path, tmp_path: Path) -> None:
    """A layout is confirmed in a run while a person edits beside it: the run ends with the person's value in place."""
    folder = own_copy(read, tmp_path)
    ways = session(folder).ways()
    library = Library(folder / "library.db")

    class Meanwhile(Batch):
        """A batch beside which a person works: an edit comes in when the file is done."""

        def _finished(self, *given: object) -> object:  # type: ignore[override]  # only passes on what it is given
            done = super()._finished(*given)  # type: ignore[arg-type]
            if not edited:
                with reviewing(folder) as review:
                    desk = review.form(form_id)
                    edited.append(review.edit(form_id, SetValue(pointer="/grade", text="良"), desk.version))
            return done

    edited: list[object] = []
    with Store.open(folder / "out") as store:
        form_id = next(iter(store.forms())).form_id
        batch = Meanwhile(store, library, ways, conditions(ways, "none", ""), Silent())
        batch.map_again(confirmed(library.all()[0], {}))
        record = store.form(form_id)
    assert record is not None
    assert (record.form.grade, len(record.edits), record.decision.by) == ("良", 1, "reviewer")
