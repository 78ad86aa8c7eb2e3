"""The results are written anew while a person goes on: in a process of its own, never twice at a time, and at last."""

import json
import os
import threading
import time
from pathlib import Path

import pytest
from reviewed import SOUND, form_ids, own_copy, read_report, reviewing, session

from eval.review_bench import Window
from eval.reviewing import Stored, serving
from pipeline.catalogue import explain
from pipeline.review.requests import Settle
from pipeline.review.web.results import Results
from pipeline.review.writing import write_apart, write_results
from pipeline.session import Session
from schemas.errors import StoreError, UsageError


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report, read once for this module."""
    return read_report(tmp_path_factory.mktemp("read"))


def decided(out: Path) -> list[str]:
    """Who decided each form, as forms.jsonl says."""
    lines = (out / "forms.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["decision"]["by"] for line in lines]


def test_a_process_of_its_own_writes_the_same_files(read: Path, tmp_path: Path) -> None:
    """forms.jsonl and files.jsonl byte for byte, the workbook anew."""
    folder = own_copy(read, tmp_path)
    with reviewing(folder) as review:
        form_id = form_ids(review)[SOUND]
        review.edit(form_id, Settle(), review.form(form_id).version)
    out = folder / "out"
    here = [path.name for path in write_results(out, session(folder))]
    texts = [(out / name).read_bytes() for name in ("forms.jsonl", "files.jsonl")]
    stamp = (out / "forms.xlsx").stat().st_mtime_ns
    assert (
        [path.name for path in write_apart(out, session(folder))]
        == here
        == ["files.jsonl", "forms.jsonl", "forms.xlsx"]
    )
    assert [(out / name).read_bytes() for name in ("forms.jsonl", "files.jsonl")] == texts
    assert (out / "forms.xlsx").stat().st_mtime_ns > stamp
    assert decided(out).count("reviewer") == 1


class _Deadly(Session):
    """A session that kills the process which is given it."""

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (1,)


def test_a_writer_that_was_killed_is_told_with_its_remedy(read: Path) -> None:
    """No memory, or a person's hand: one sentence, no traceback, nothing of the server lost."""
    given = session(read)
    deadly = _Deadly(given.lang, given.settings, None, given.library_path)
    with pytest.raises(StoreError) as error:
        write_apart(read / "out", deadly)
    assert "hedui export" in explain(error.value, "zh")


def test_an_error_of_the_other_process_comes_back_whole(read: Path, tmp_path: Path) -> None:
    """A folder without a store is the same StoreError as here."""
    with pytest.raises(StoreError) as error:
        write_apart(tmp_path, session(read))
    assert error.value.code == "store.missing"


def test_results_are_written_when_the_server_is_stopped_at_once(confirmed_store: Stored, tmp_path: Path) -> None:
    """An edit, and Ctrl-C in the same second: forms.jsonl says what the person decided, forms.xlsx is newer."""
    stored = confirmed_store.copied(tmp_path)
    stamp = (stored.out / "forms.xlsx").stat().st_mtime_ns
    with serving(stored) as served:
        window = Window(served)
        found = json.loads(window.get("/api/queue?status=accepted"))["items"][0]
        desk = json.loads(window.get(f"/api/forms/{found['form_id']}"))
        body = {"request": {"kind": "settle"}, "version": desk["version"]}
        window.post(f"/api/forms/{found['form_id']}/edits", json.dumps(body))
    assert decided(stored.out).count("reviewer") == 1
    assert (stored.out / "forms.xlsx").stat().st_mtime_ns > stamp


class _Slow:
    """Writes as slowly as it is let, and notes how many write at the same time."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0)
        self.now = self.most = self.times = 0

    def __call__(self) -> tuple[Path, ...]:
        self.now += 1
        self.most = max(self.most, self.now)
        self.begun.release()
        assert self.go_on.acquire(timeout=30)
        self.now -= 1
        self.times += 1
        return (Path("forms.xlsx"),)


def test_what_changes_while_results_are_written_is_written_after_that() -> None:
    """Three changes, two of them during the first writing: two writings, never two at a time; the end waits for all."""
    slow = _Slow()
    results = Results(slow, pause=0.01)
    results.changed()
    assert slow.begun.acquire(timeout=30)
    results.changed()
    results.changed()
    assert results.busy
    slow.go_on.release()
    slow.go_on.release()
    deadline = time.monotonic() + 30
    while slow.times < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    results.finish()
    assert (slow.times, slow.most, results.busy) == (2, 1, False)


def test_a_workbook_open_elsewhere_is_told_until_a_writing_succeeds() -> None:
    """The sentence stands on queue and dashboard; who asks to write now gets it as an error."""
    held = [True, False]

    def write() -> tuple[Path, ...]:
        if held.pop(0):
            raise UsageError("export.file_open", path="forms.xlsx")
        return ()

    results = Results(write, pause=60)
    with pytest.raises(UsageError):
        results.write()
    assert "forms.xlsx" in str(results.trouble("zh"))
    results.write()
    assert results.trouble("zh") is None


def test_the_end_writes_what_a_pause_was_waited_for() -> None:
    """Nothing is left behind, and what failed is no traceback."""
    written: list[str] = []

    def write() -> tuple[Path, ...]:
        written.append("once")
        raise UsageError("export.file_open", path="forms.xlsx")

    results = Results(write, pause=60)
    results.finish()
    assert written == []
    results.changed()
    results.finish()
    assert (written, results.busy) == (["once"], False)
