"""The store keeps one batch: whole files or nothing, edits for ever, one run at a time."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest

from pipeline.catalogue import LANGUAGES, explain
from pipeline.store import Batch, FileState, Store, natural_key
from pipeline.store.connection import _CODE_OF, renamed_errors
from schemas.errors import StoreError
from schemas.evidence import BBox, PageSpan
from schemas.layout import Cell, Grid, Region
from schemas.run import Call, DocumentInfo, Edit, FileOutcome, FormRecord, Run, Usage

LINE = (Path(__file__).parent / "files" / "forms.jsonl").read_text("utf-8").splitlines()[0]
RECORD = FormRecord.model_validate_json(LINE)
SHA = RECORD.document.sha256

CHILD = """
import sys, time
from pathlib import Path
sys.path.insert(0, {root!r})
from pipeline.store import Store
from schemas.run import FileOutcome, FormRecord, Run
record = FormRecord.model_validate_json(Path({record!r}).read_text("utf-8").splitlines()[0])
def run(path):
    file = FileOutcome(path=path, sha256="a" * 64, media_type=None, pages=None, outcome="read", reason=None, forms=2)
    forms = tuple(
        record.model_copy(update={{"form_id": f"{{path}}-{{n}}", "form_index": n,
            "document": record.document.model_copy(update={{"path": path}})}}) for n in range(2))
    return Run(file=file, digest="d", forms=forms)
store = Store.open(Path({folder!r}))
store.put_run(run("一.pdf"))
{then}
print("ready", flush=True)
time.sleep(60)
"""


def made_run(path: str, forms: int = 1, sha256: str = SHA, digest: str = "digest-1") -> Run:
    """One file's result with the hand-made record as each of its forms."""
    records = tuple(
        RECORD.model_copy(
            update={
                "form_id": f"{sha256[:16]}-{index}",
                "form_index": index,
                "document": RECORD.document.model_copy(update={"path": path, "sha256": sha256}),
            },
        )
        for index in range(forms)
    )
    file = FileOutcome(
        path=path,
        sha256=sha256,
        media_type="application/pdf",
        pages=23,
        outcome="read" if forms else "no_form",
        reason=None if forms else "no_form",
        forms=forms,
    )
    reasons = {record.form_id: {"/indicators/0/score": ("agreed", "equation_exact")} for record in records}
    return Run(file=file, digest=digest, forms=records, confidence_reasons=reasons, usage=Usage(calls=2, seconds=1.5))


def edit(edit_id: str, pointer: str, new: str | None) -> Edit:
    """One change by a person; the old value does not matter here."""
    return Edit(
        edit_id=edit_id, at="2025-03-01T09:00:00Z", author="王会计", pointer=pointer, old=None, new=new, reason=""
    )


def child(folder: Path, then: str) -> subprocess.Popen[str]:
    """A hedui of its own that has put one file, done `then`, and waits to be killed."""
    root = Path(__file__).parent.parent
    script = CHILD.format(
        root=str(root), record=str(root / "tests" / "files" / "forms.jsonl"), folder=str(folder), then=then
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, encoding="utf-8")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_run_comes_back_as_it_was_put(tmp_path: Path) -> None:
    """Outcome, digest, forms, confidence reasons and usage survive a round trip through the file."""
    run = made_run("2024/自评 表.pdf", forms=3)
    with Store.open(tmp_path / "结果") as store:
        store.put_run(run)
    with Store.open(tmp_path / "结果", "read") as store:
        assert store.run("2024/自评 表.pdf") == run
        assert store.run_digest("2024/自评 表.pdf") == FileState(SHA, "digest-1")
        assert store.run_digest("2024/别的.pdf") is None
        assert store.form(f"{SHA[:16]}-2") == run.forms[2]
        assert store.confidence_reasons(f"{SHA[:16]}-2") == {"/indicators/0/score": ("agreed", "equation_exact")}
        assert store.form("nothing-0") is None


def test_location_of_a_file_is_kept_beside_its_run(tmp_path: Path) -> None:
    """Where a file lies is known for links, absolute, and None where nobody said it."""
    with Store.open(tmp_path) as store:
        store.put_run(made_run("a.pdf"), tmp_path / "来源" / "a.pdf")
        store.put_run(made_run("b.pdf", sha256="b" * 64))
        assert store.location("a.pdf") == (tmp_path / "来源" / "a.pdf").resolve()
        assert store.location("b.pdf") is None
        assert store.location("c.pdf") is None


def test_form_lines_are_the_records_as_json(tmp_path: Path) -> None:
    """A line is what the record dumps, and an edited form's line holds the person's value."""
    with Store.open(tmp_path) as store:
        store.put_run(made_run("a.pdf", forms=2))
        store.add_edit(f"{SHA[:16]}-1", edit("e1", "/grade", "良"))
        assert list(store.form_lines()) == [form.model_dump_json() for form in store.forms()]
        assert '"grade":"良"' in list(store.form_lines())[1]


def test_closed_store_is_one_file(tmp_path: Path) -> None:
    """After a clean end hedui.db alone holds the batch: no journal, no lock beside it."""
    with Store.open(tmp_path) as store:
        store.put_run(made_run("a.pdf"))
    assert [path.name for path in tmp_path.iterdir()] == ["hedui.db"]


def test_second_run_of_a_file_replaces_the_first(tmp_path: Path) -> None:
    """A file done again has the new forms only: of 3 forms then 2, two are left."""
    with Store.open(tmp_path) as store:
        store.put_run(made_run("a.pdf", forms=3))
        store.put_run(made_run("a.pdf", forms=2, sha256="b" * 64, digest="digest-2"))
        assert [form.form_id for form in store.forms()] == ["bbbbbbbbbbbbbbbb-0", "bbbbbbbbbbbbbbbb-1"]
        assert [(file.path, file.forms) for file in store.files()] == [("a.pdf", 2)]
        assert store.run_digest("a.pdf") == FileState("b" * 64, "digest-2")


def test_files_and_forms_come_in_natural_order(tmp_path: Path) -> None:
    """表2 stands before 表10, and forms follow their files, then their index."""
    with Store.open(tmp_path) as store:
        for path, sha in (("表10.pdf", "a" * 64), ("表2.pdf", "b" * 64), ("表2.PDF", "c" * 64)):
            store.put_run(made_run(path, forms=2, sha256=sha))
        assert [file.path for file in store.files()] == ["表2.PDF", "表2.pdf", "表10.pdf"]
        assert [(form.document.path, form.form_index) for form in store.forms()] == [
            ("表2.PDF", 0),
            ("表2.PDF", 1),
            ("表2.pdf", 0),
            ("表2.pdf", 1),
            ("表10.pdf", 0),
            ("表10.pdf", 1),
        ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a9.pdf", "a10.pdf"),
        ("2/10", "10/2"),
        ("第007号", "第8号"),
        ("a", "a1"),
        ("v99999999999999", "v100000000000000"),
    ],
)
def test_natural_key_counts_digits_as_numbers(first: str, second: str) -> None:
    """Numbers inside names are compared by value, leading zeros aside."""
    assert natural_key(first) < natural_key(second)


def test_same_bytes_under_two_paths_give_one_set_of_forms(tmp_path: Path) -> None:
    """A duplicate is a file of its own without forms; the store tells under which paths the bytes are known."""
    duplicate = FileOutcome(
        path="副本.pdf", sha256=SHA, media_type="application/pdf", pages=23, outcome="duplicate", reason="原件.pdf"
    )
    with Store.open(tmp_path) as store:
        store.put_run(made_run("原件.pdf", forms=2))
        assert store.paths_of(SHA) == ("原件.pdf",)
        store.put_run(Run(file=duplicate, digest="digest-1"))
        assert store.paths_of(SHA) == ("副本.pdf", "原件.pdf")
        assert [form.form_id for form in store.forms()] == [f"{SHA[:16]}-0", f"{SHA[:16]}-1"]
        assert [file.outcome for file in store.files()] == ["duplicate", "read"]


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX")
def test_killed_between_two_files_keeps_exactly_the_first(tmp_path: Path) -> None:
    """A run killed after its first file leaves that file with both forms, nothing of the next, and no lock."""
    process = child(tmp_path, "")
    process.send_signal(signal.SIGKILL)
    process.wait()
    with Store.open(tmp_path) as store:
        assert [file.path for file in store.files()] == ["一.pdf"]
        assert [form.form_id for form in store.forms()] == ["一.pdf-0", "一.pdf-1"]
        store.put_run(made_run("二.pdf"))
        assert len(list(store.forms())) == 3


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX")
def test_killed_inside_a_put_keeps_the_old_file_whole(tmp_path: Path) -> None:
    """Killed after the old forms were deleted and one new one written, the store still holds the old ones."""
    then = """
inside = store._transaction()
connection = inside.__enter__()
connection.execute("DELETE FROM forms WHERE path = '一.pdf'")
connection.execute("INSERT INTO forms VALUES ('一.pdf', 0, 'half', '{}', '{}')")
"""
    process = child(tmp_path, then)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with Store.open(tmp_path) as store:
        assert [form.form_id for form in store.forms()] == ["一.pdf-0", "一.pdf-1"]


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX")
def test_second_run_is_told_that_the_folder_is_in_use(tmp_path: Path) -> None:
    """While one run lives, a second is refused with its own code; a reader and a reviewer are not."""
    process = child(tmp_path, "")
    try:
        with pytest.raises(StoreError) as refused:
            Store.open(tmp_path)
        assert refused.value.code == "store.in_use"
        with Store.open(tmp_path, "read") as store:
            assert len(list(store.forms())) == 2
        with Store.open(tmp_path, "edit") as store:
            store.add_edit("一.pdf-0", edit("e1", "/grade", "良"))
    finally:
        process.kill()
        process.wait()


def test_second_store_of_the_same_process_is_refused_until_the_first_closes(tmp_path: Path) -> None:
    """The lock holds inside one process as well, and closing frees it."""
    first = Store.open(tmp_path)
    with pytest.raises(StoreError, match="in_use"):
        Store.open(tmp_path)
    first.close()
    Store.open(tmp_path).close()


def test_readers_never_write(tmp_path: Path) -> None:
    """A store opened to read refuses a put and says so as StoreError."""
    Store.open(tmp_path).close()
    with Store.open(tmp_path, "read") as store, pytest.raises(StoreError, match=r"store\.not_writable"):
        store.put_run(made_run("a.pdf"))


def test_store_of_another_version_is_refused(tmp_path: Path) -> None:
    """A database written by a later hedui is named with both versions, and left as it is."""
    Store.open(tmp_path).close()
    with sqlite3.connect(tmp_path / "hedui.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError) as refused:
        Store.open(tmp_path)
    assert refused.value.code == "store.other_version"
    assert (refused.value.params["found"], refused.value.params["expected"]) == (99, 2)


@pytest.mark.parametrize(
    ("content", "code"), [(b"this is no database at all" * 100, "store.damaged"), (None, "store.not_hedui")]
)
def test_foreign_file_is_refused(tmp_path: Path, content: bytes | None, code: str) -> None:
    """Bytes that are no database, and a database of another program, are two different refusals."""
    path = tmp_path / "hedui.db"
    if content is not None:
        path.write_bytes(content)
    else:
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE theirs (x)")
        connection.close()
    with pytest.raises(StoreError) as refused:
        Store.open(tmp_path)
    assert refused.value.code == code


def test_missing_store_is_not_made_by_reading(tmp_path: Path) -> None:
    """`hedui show` in an empty folder says what is missing and leaves the folder empty."""
    with pytest.raises(StoreError, match=r"store\.missing"):
        Store.open(tmp_path, "read")
    assert list(tmp_path.iterdir()) == []


def test_output_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    """-o pointing at a file is a StoreError, not a traceback."""
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match=r"store\.not_writable"):
        Store.open(tmp_path / "out")


def test_every_error_of_the_store_has_words_in_both_languages() -> None:
    """Each code that SQLite's errors are renamed to can be told in Chinese and English with its values."""
    for code in [*set(_CODE_OF.values()), "store.failed", "store.in_use", "store.missing", "store.not_hedui"]:
        for lang in LANGUAGES:
            assert "结果" in explain(StoreError(code, path="结果", reason="x"), lang)


def test_every_sqlite_error_becomes_a_store_error(tmp_path: Path) -> None:
    """No class of sqlite3's tree leaves the border under its own name."""
    kinds = [kind for kind in vars(sqlite3).values() if isinstance(kind, type) and issubclass(kind, sqlite3.Error)]
    assert len(kinds) >= 9
    for kind in kinds:
        with pytest.raises(StoreError), renamed_errors(tmp_path):
            raise kind


def test_edits_are_kept_for_ever(tmp_path: Path) -> None:
    """Neither SQL nor a new run of the file changes or deletes an edit; its value stays in the form."""
    form_id = f"{SHA[:16]}-0"
    with Store.open(tmp_path) as store:
        store.put_run(made_run("a.pdf"))
        store.add_edit(form_id, edit("e1", "/funds/0/initial_budget", "74.80"))
        store.add_edit(form_id, edit("e2", "/funds/0/initial_budget", "74.85"))
        for statement in ("UPDATE edits SET edit = '{}'", "DELETE FROM edits"):
            with pytest.raises(sqlite3.IntegrityError, match="append another"):
                store._connection.execute(statement)
        store.put_run(made_run("a.pdf", digest="digest-2"))
        form = store.form(form_id)
    assert form is not None
    assert str(form.form.funds[0].initial_budget) == "74.85"
    assert [made.edit_id for made in form.edits] == ["e1", "e2"]


@pytest.mark.parametrize(
    ("pointer", "new"),
    [
        ("/funds/9/executed", "1.00"),
        ("/funds/0/executed", "五"),
        ("/nothing", "1"),
        ("/funds", "1"),
        ("/funds/-1/label", "x"),
    ],
)
def test_edit_that_does_not_fit_is_listed_and_changes_nothing(tmp_path: Path, pointer: str, new: str) -> None:
    """An edit of a row that is gone, or of a number by a word, is on record and leaves the form as read."""
    with Store.open(tmp_path) as store:
        store.put_run(made_run("a.pdf"))
        store.add_edit(f"{SHA[:16]}-0", edit("e1", pointer, new))
        (form,) = store.forms()
    assert form.form == RECORD.form
    assert [made.pointer for made in form.edits] == [pointer]


def test_edit_can_empty_a_field_and_set_the_text_of_an_actual(tmp_path: Path) -> None:
    """Null takes a value away; a whole actual is given by its text."""
    with Store.open(tmp_path) as store:
        store.put_run(made_run("a.pdf"))
        store.add_edit(f"{SHA[:16]}-0", edit("e1", "/grade", None))
        store.add_edit(f"{SHA[:16]}-0", edit("e2", "/indicators/0/actual", "已完成"))
        (form,) = store.forms()
    assert form.form.grade is None
    assert form.form.indicators[0].actual is not None
    assert (form.form.indicators[0].actual.text, form.form.indicators[0].actual.value) == ("已完成", None)


def test_same_edit_twice_is_refused(tmp_path: Path) -> None:
    """An edit_id stands once: a request sent twice does not count twice."""
    with Store.open(tmp_path) as store:
        store.add_edit("x-0", edit("e1", "/grade", "良"))
        with pytest.raises(StoreError):
            store.add_edit("x-0", edit("e1", "/grade", "良"))
        assert len(store.edits("x-0")) == 1


def region(index: int, text: str) -> Region:
    """A form of one cell."""
    cell = Cell(
        cell_id="p1t1r0c0", row=0, col=0, text=text, spans=(PageSpan(page=1, bbox=BBox(1.5, 2.25, 3.125, 4.0)),)
    )
    return Region(
        index=index,
        pages=(1,),
        heading=(),
        grid=Grid(grid_id=f"p1t{index + 1}", pages=(1,), row_count=1, col_count=1, cells=(cell,)),
    )


def test_regions_come_back_by_layout(tmp_path: Path) -> None:
    """Regions are found by their layout's key with their document, whole, and a new put replaces a file's old ones."""
    first = DocumentInfo(path="a.pdf", sha256="a" * 64, media_type="application/pdf", pages=2)
    second = DocumentInfo(path="b.docx", sha256="b" * 64, media_type="application/x", pages=None)
    with Store.open(tmp_path) as store:
        store.put_regions(first, [("k1", region(0, "项目名称")), ("k2", region(1, "甲"))])
        store.put_regions(second, [("k1", region(0, "乙"))])
        assert store.layout_keys() == ("k1", "k2")
        assert [(found.document, found.region) for found in store.regions_of_layout("k1")] == [
            (first, region(0, "项目名称")),
            (second, region(0, "乙")),
        ]
        store.put_regions(first, [("k3", region(0, "丙"))])
        assert store.layout_keys() == ("k1", "k3")
        assert list(store.regions_of_layout("k2")) == []


def test_regions_of_a_path_and_paths_of_a_layout(tmp_path: Path) -> None:
    """A path gives its regions in the forms' order and each of its keys once, a key every path that has it."""
    with Store.open(tmp_path) as store:
        for path in ("表10.pdf", "表2.pdf"):
            store.put_run(made_run(path, sha256="a" * 64))
            document = DocumentInfo(path=path, sha256="a" * 64, media_type="application/pdf", pages=2)
            store.put_regions(document, [("k2", region(0, "甲")), ("k1", region(1, "乙")), ("k2", region(2, "丙"))])
        assert [found.region.index for found in store.regions_of("表2.pdf")] == [0, 1, 2]
        assert sorted(store.keys_of("表2.pdf")) == ["k1", "k2"]
        assert sorted(store.paths_with("k1")) == ["表10.pdf", "表2.pdf"]
        assert store.regions_of("没有.pdf") == ()


@pytest.mark.parametrize(
    ("outcome", "sha256", "left"),
    [("read", "a", 1), ("failed", "a", 1), ("failed", "b", 0), ("failed", None, 0), ("duplicate", "a", 0)],
)
def test_regions_of_other_bytes_do_not_outlive_them(
    tmp_path: Path, outcome: Literal["read", "failed", "duplicate"], sha256: str | None, left: int
) -> None:
    """A file that changed, vanished or became a duplicate leaves no region that would be mapped again."""
    document = DocumentInfo(path="a.pdf", sha256="a" * 64, media_type="application/pdf", pages=2)
    bytes_now = None if sha256 is None else sha256 * 64
    file = FileOutcome(path="a.pdf", sha256=bytes_now, media_type=None, pages=None, outcome=outcome, reason="x")
    with Store.open(tmp_path) as store:
        store.put_regions(document, [("k1", region(0, "甲"))])
        store.put_run(Run(file=file, digest="d"))
        assert len(list(store.regions_of_layout("k1"))) == left


def test_calls_and_batches_are_appended(tmp_path: Path) -> None:
    """The account and the list of runs grow, oldest first, over several openings; usage is the files' sum."""
    call = Call(
        at="2025-03-01T09:00:00Z",
        model="m",
        prompt_sha256="c" * 64,
        why="role k1",
        prompt_tokens=100,
        cached_tokens=80,
        completion_tokens=2,
        seconds=0.5,
    )
    batch = Batch(at="2025-03-01T09:00:00Z", version="0.1.0", model=None, settings=(("model", "none"),))
    for number in (1, 2):
        with Store.open(tmp_path) as store:
            store.add_calls([call, call])
            store.add_batch(batch)
            store.put_run(made_run(f"{number}.pdf", sha256=str(number) * 64))
    with Store.open(tmp_path, "read") as store:
        assert list(store.calls()) == [call] * 4
        assert store.batches() == (batch, batch)
        assert store.usage() == Usage(calls=4, seconds=3.0)
