"""The log and the numbers: every event in every export, safe for spreadsheets; agreement with its interval."""

import csv
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import openpyxl
import pytest
from reviewed import DISCREPANCY, SOUND, card, form_ids, own_copy, reviewing, session

from pipeline.catalogue import codes
from pipeline.confidence import _SIGNALS
from pipeline.review.numbers import wilson
from pipeline.review.requests import AddRow, DeleteRow, ReportIsWrong, Settle, SetValue, Undo
from pipeline.review.review import Review
from schemas.decision import ReasonCode
from schemas.reading import ROLES_OF
from schemas.run import EditKind


@pytest.fixture
def review(read: Path, tmp_path: Path) -> Iterator[Review]:
    """A review in which everything accepted is sampled."""
    with reviewing(own_copy(read, tmp_path), share=1.0) as opened:
        yield opened


def rows_of(text: str) -> list[dict[str, str]]:
    """A CSV text as rows by heading."""
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_log_holds_every_event_with_author_time_old_new_and_reason(review: Review) -> None:
    """An edit and its undo are two rows; what was taken back says so."""
    form_id = form_ids(review)[SOUND]
    desk = review.form(form_id)
    desk = review.edit(form_id, SetValue(pointer="/grade", text="良", reason="看错"), desk.version, author="王").desk
    review.edit(form_id, Undo(), desk.version)
    value, undo = review.audit()
    assert (value.author, value.at, value.kind_words, value.field) == (
        "王",
        "2026-03-01T08:00:00+00:00",
        "改值",
        "评分等级",
    )
    assert (value.old, value.new, value.reason, value.undone, value.document) == ("优", "良", "看错", True, "a.pdf")
    assert (undo.author, undo.kind, undo.words, undo.undone) == ("李", "undo", "撤销：评分等级：优 改为 良", False)


def test_log_as_csv_runs_no_formula(review: Review, tmp_path: Path) -> None:
    """What a person typed goes behind an apostrophe where a spreadsheet would run it; download and file are one."""
    form_id = form_ids(review)[SOUND]
    desk = review.form(form_id)
    review.edit(form_id, SetValue(pointer="/grade", text='=HYPERLINK("x")', reason="@A1"), desk.version, author="+王")
    text = "".join(review.audit_csv())
    assert text.startswith("\ufeff时间,修改人,做了什么,")
    (row,) = rows_of(text)
    assert (row["新值"], row["原因"], row["修改人"]) == ('\'=HYPERLINK("x")', "'@A1", "'+王")
    assert review.write_audit(tmp_path / "log.csv").read_bytes() == text.encode()


def test_final_value_and_history_stand_in_every_export(review: Review) -> None:
    """forms.jsonl has value and events; forms.xlsx the value, what was edited in its row, and the whole log."""
    form_id = form_ids(review)[SOUND]
    desk = review.form(form_id)
    rows = [row for row in desk.rows if row.table == "indicators"]
    desk = review.edit(form_id, SetValue(pointer="/indicators/3/weight", text="9.00"), desk.version).desk
    review.edit(form_id, DeleteRow(row=rows[0].row), desk.version)
    review.write_results()
    line = json.loads((review.folder / "forms.jsonl").read_text("utf-8").splitlines()[SOUND])
    assert line["form"]["indicators"][2]["weight"] == "9.00"
    assert [edit["row"] for edit in line["edits"]] == [rows[3].row, rows[0].row]
    assert line["rows"]["indicators"][2] == rows[3].row
    book = openpyxl.load_workbook(review.folder / "forms.xlsx")
    log = list(book["修改记录"].iter_rows(values_only=True))
    assert [row[2] for row in log[1:]] == ["改值", "删除行"]
    heads = [found.value for found in book["指标"][1]]
    edited = [row for row in book["指标"].iter_rows(min_row=2, values_only=True) if row[heads.index("人工复核")]]
    assert [(row[heads.index("序号")], row[heads.index("分值")]) for row in edited] == [(3, 9)]


def test_forms_without_events_are_written_as_they_were(review: Review) -> None:
    """Settling one form leaves every other line of forms.jsonl as it was, byte for byte."""
    before = (review.folder / "forms.jsonl").read_text("utf-8").splitlines()
    form_id = form_ids(review)[SOUND]
    review.edit(form_id, Settle(), review.form(form_id).version)
    review.write_results()
    after = (review.folder / "forms.jsonl").read_text("utf-8").splitlines()
    assert [at for at, (old, new) in enumerate(zip(before, after, strict=True)) if old != new] == [SOUND]


def test_dashboard_tells_agreement_of_the_sample_and_errors(review: Review) -> None:
    """Three sampled forms looked at, one of them wrong in one field; one discrepancy confirmed."""
    ids = form_ids(review)
    for index in (0, 1, SOUND):
        desk = review.form(ids[index])
        if index == SOUND:
            desk = review.edit(ids[index], SetValue(pointer="/grade", text="良"), desk.version).desk
        review.edit(ids[index], Settle(), desk.version)
    desk = review.form(ids[DISCREPANCY])
    desk = review.edit(ids[DISCREPANCY], ReportIsWrong(finding=card(desk).finding_id), desk.version).desk
    review.edit(ids[DISCREPANCY], Settle(), desk.version)
    told = review.dashboard()
    assert (told.forms, told.by_rules, told.by_reviewer, told.open) == (18, 11, 4, 3)
    assert (told.sample, told.sample_seen, told.sample_right) == (14, 3, 2)
    assert (told.agreement.share, told.agreement.low, told.agreement.high) == (0.666667, 0.20766, 0.938508)
    assert told.fields_seen - told.fields_right == 1
    assert [(row.value, row.count, row.of) for row in told.by_rule] == [
        ("fund_parts_sum", 4, 18),
        ("grade_scale", 1, 18),
    ]
    assert [(row.count, row.of) for row in told.by_family] == [(1, 4)]
    assert [(day.day, day.settled, day.edits) for day in told.days] == [("2026-03-01", 4, 6)]
    assert told.median_seconds == 0.5


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the clock of this system cannot be set for one test")
def test_a_day_is_that_of_the_clock_on_the_wall(read: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """23:30 UTC is the next morning in China: settled and edited on the second of March."""
    folder = own_copy(read, tmp_path)
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        with Review.open(
            folder / "out", session(folder), author="li", now=lambda: "2026-03-01T23:30:00.000+00:00"
        ) as review:
            form_id = form_ids(review)[SOUND]
            review.edit(form_id, Settle(), review.form(form_id).version)
            assert [(day.day, day.settled, day.edits) for day in review.dashboard().days] == [("2026-03-02", 1, 1)]
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("right", "seen", "low", "high"),
    [(10, 10, 0.722467, 1.0), (0, 10, 0.0, 0.277533), (1, 1, 0.206549, 1.0), (98, 100, 0.929988, 0.994498)],
)
def test_wilson_interval(right: int, seen: int, low: float, high: float) -> None:
    """Values of the published formula; a perfect sample of ten still allows 28 % errors."""
    found = wilson(right, seen)
    assert (found.low, found.high) == (low, high)


def test_nothing_looked_at_gives_no_share(review: Review) -> None:
    """Not looked at is not right."""
    told = review.dashboard().agreement
    assert (told.share, told.low, told.high) == (None, None, None)


def test_every_code_of_the_review_can_be_told() -> None:
    """Kinds of edit, reasons, signals and roles have words in both languages."""
    known = codes("zh")
    wanted = [f"review.kind_{kind}" for kind in get_args(EditKind)]
    wanted += [f"review.did_{kind}" for kind in get_args(EditKind)]
    wanted += [f"review.reason_{code}" for code in get_args(ReasonCode)]
    wanted += [f"review.signal_{signal}" for signal in _SIGNALS]
    assert [code for code in wanted if code not in known] == []
    own = {"organisation", "operator", "unit", "section", "extra", "note"}
    for role in {role for roles in ROLES_OF.values() for role in roles}:
        codes_of = {f"review.role_{role}", f"fields.{role}", f"export.source_{role}"}
        assert codes_of & set(known), (role, own)


def test_added_row_is_told_by_its_place(review: Review) -> None:
    """A new first fund row reads as one."""
    form_id = form_ids(review)[SOUND]
    done = review.edit(form_id, AddRow(table="funds"), review.form(form_id).version)
    assert (done.desk.history[0].words, done.desk.record.form.funds[0].source) == ("新增资金第 1 行", "other")
