"""An archive's files are files of the batch; an archive that is hostile, locked or damaged is one line."""

import io
import json
import shutil
import struct
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.batch import input_files
from pipeline.batch.files import opened_at
from pipeline.cli import main
from pipeline.read.archive import members
from schemas.errors import DamagedDocument, DocumentError

DATA = Path(__file__).parent.parent / "eval" / "data" / "jiading-2024"


def archive(path: Path, files: dict[str, bytes], *, compressed: bool = True) -> Path:
    """A zip file with these members."""
    method = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", method) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return path


def unmarked(path: Path, name: bytes) -> Path:
    """A zip file whose only member has a name in bytes, without a mark of their encoding."""
    placeholder = "x" * len(name)
    archive(path, {placeholder: b"a"})
    path.write_bytes(path.read_bytes().replace(placeholder.encode(), name))
    return path


def test_members_are_files_of_the_batch(tmp_path: Path) -> None:
    """In natural order, folders inside included; what programs leave there is not."""
    folder = tmp_path / "in"
    folder.mkdir()
    held = {"局/表10.txt": b"1", "局/表2.txt": b"2", "__MACOSX/._a": b"3", "局/~$a.docx": b"4", ".DS_Store": b"5"}
    archive(folder / "b.zip", held)
    (folder / "a.txt").write_text("x", encoding="utf-8")
    files = input_files([folder], tmp_path / "out")
    assert [file.name for file in files] == ["a.txt", "b.zip!/局/表2.txt", "b.zip!/局/表10.txt"]
    with files[1].opened() as path:
        assert path.read_bytes() == b"2"
    assert not path.exists()


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_without_a_mark_are_decoded(tmp_path: Path, encoding: str) -> None:
    """As Chinese Windows wrote them, or as a Mac did."""
    path = unmarked(tmp_path / "a.zip", "部门\\自评表.pdf".encode(encoding))
    assert [member.name for member in members(path)] == ["部门/自评表.pdf"]


def test_a_name_ending_in_any_bytes_is_found_by_content(tmp_path: Path) -> None:
    """An archive under another ending is an archive, a .docx is none."""
    archive(tmp_path / "a.pdf", {"b.txt": b"1"})
    shutil.copy(DATA / "report.docx", tmp_path / "c.zip")
    assert [file.name for file in input_files([tmp_path], tmp_path / "out")] == ["a.pdf!/b.txt", "c.zip"]


def test_two_members_of_one_name_are_two_files(tmp_path: Path) -> None:
    """A zip file may hold the same name twice."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.writestr("b.txt", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("b.txt", b"2")
    assert [member.name for member in members(tmp_path / "a.zip")] == ["b.txt", "b.txt#2"]


@pytest.mark.parametrize(
    "name", ["../evil.pdf", "a/../../evil.pdf", "/etc/passwd", "C:/evil.pdf", "..\\evil.pdf", "C:\\evil.pdf"]
)
def test_a_path_out_of_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    """The whole archive, with one sentence."""
    archive(tmp_path / "a.zip", {"b.txt": b"1", name: b"2"})
    with pytest.raises(DocumentError) as raised:
        members(tmp_path / "a.zip")
    assert raised.value.code == "formats.zip_outside"


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    """Thirty megabytes of nothing in thirty kilobytes."""
    archive(tmp_path / "a.zip", {"b.txt": bytes(30 * 2**20)})
    with pytest.raises(DocumentError) as raised:
        members(tmp_path / "a.zip")
    assert raised.value.code == "formats.zip_bomb"


def test_an_archive_that_lies_about_its_size_gives_no_more_than_it_says(tmp_path: Path) -> None:
    """The directory says ten bytes, the data go on: the member is damaged, and the memory stays free."""
    path = archive(tmp_path / "a.zip", {"b.txt": bytes(2**20)})
    data = path.read_bytes()
    path.write_bytes(data.replace(struct.pack("<I", 2**20), struct.pack("<I", 10)))
    (file,) = input_files([path], tmp_path / "out")
    with pytest.raises(DamagedDocument), file.opened():
        pass


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    """Five thousand and one."""
    archive(tmp_path / "a.zip", {f"{number}.txt": b"" for number in range(5001)}, compressed=False)
    with pytest.raises(DocumentError) as raised:
        members(tmp_path / "a.zip")
    assert (raised.value.code, raised.value.params) == ("formats.zip_too_many", {"found": 5001, "most": 5000})


def test_a_size_beyond_reason_is_refused(tmp_path: Path) -> None:
    """The directory says that one file has 300 megabytes."""
    path = archive(tmp_path / "a.zip", {"b.txt": b"x" * 1234}, compressed=False)
    data = path.read_bytes()
    at = data.rindex(b"PK\x01\x02")
    path.write_bytes(data[: at + 24] + struct.pack("<I", 300 * 2**20) + data[at + 28 :])
    with pytest.raises(DocumentError) as raised:
        members(path)
    assert raised.value.code == "formats.zip_too_large"


def encrypted(path: Path) -> Path:
    """A zip file whose member is marked as encrypted."""
    data = bytearray(archive(path, {"b.txt": b"1"}).read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    path.write_bytes(bytes(data))
    return path


def test_the_archive_has_a_line_of_its_own_only_if_it_failed(tmp_path: Path) -> None:
    """files.jsonl after a run over a good, a locked, an empty, a cut archive, and one inside another."""
    folder = tmp_path / "in"
    folder.mkdir()
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as made:
        made.writestr("c.txt", b"1")
    archive(folder / "good.zip", {"会议.txt": "会议纪要\n讨论了三件事。\n".encode(), "in.zip": inner.getvalue()})
    encrypted(folder / "locked.zip")
    archive(folder / "empty.zip", {})
    (folder / "cut.zip").write_bytes((folder / "good.zip").read_bytes()[:-40])
    call = ["run", str(folder), "-o", str(tmp_path / "out"), "--templates", str(tmp_path / "l.db"), "--model", "none"]
    ran = CliRunner().invoke(main, [*call, "--lang", "en"], catch_exceptions=False)
    assert ran.exit_code == 1
    lines = [json.loads(line) for line in (tmp_path / "out" / "files.jsonl").read_text("utf-8").splitlines()]
    assert {line["path"]: (line["outcome"], (line["reason"] or "").split(".")[0]) for line in lines} == {
        "cut.zip": ("failed", "This archive (or office file) is damaged and cannot be opened"),
        "empty.zip": ("failed", "There is no file to read in this archive"),
        "good.zip!/in.zip": ("failed", "This is an archive (or one inside another), not a document"),
        "good.zip!/会议.txt": ("no_form", "No self-evaluation form was found"),
        "locked.zip": ("failed", "This archive needs a password"),
    }
    assert all(len(line["sha256"]) == 64 for line in lines)


def test_a_member_of_an_earlier_batch_is_found_again(tmp_path: Path) -> None:
    """By where the archive lies and what the output calls the member; one that is gone is told."""
    path = archive(tmp_path / "a.zip", {"b.txt": b"1", "c.txt": b"2"})
    with opened_at(path, "x/a.zip!/c.txt") as member:
        assert member.read_bytes() == b"2"
    with opened_at(path, "a.zip") as whole:
        assert whole == path
    with pytest.raises(DamagedDocument), opened_at(path, "a.zip!/d.txt"):
        pass


def test_forms_are_read_out_of_an_archive(tmp_path: Path) -> None:
    """The report of eighteen forms in a zip: the same forms under the member's name."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.write(DATA / "report.docx", "局/report.docx")
    call = ["run", str(path), "-o", str(tmp_path / "out"), "--templates", str(tmp_path / "l.db"), "--model", "none"]
    CliRunner().invoke(main, call, catch_exceptions=False)
    (line,) = [json.loads(line) for line in (tmp_path / "out" / "files.jsonl").read_text("utf-8").splitlines()]
    assert (line["path"], line["outcome"], line["forms"]) == ("a.zip!/局/report.docx", "read", 18)
