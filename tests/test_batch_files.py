"""Paths become files with the names they have in the output."""

import os
from pathlib import Path

import pytest

from pipeline.batch import input_files
from schemas.errors import UsageError


def write(folder: Path, *names: str) -> Path:
    """A folder with these files."""
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x", encoding="utf-8")
    return folder


def names(paths: list[Path], output: Path) -> list[str]:
    """The names in the output."""
    return [file.name for file in input_files(paths, output)]


def test_a_folders_files_are_named_relative_to_it_in_natural_order(tmp_path: Path) -> None:
    """POSIX, 表2 before 表10, folders below included."""
    folder = write(tmp_path / "2024", "表10.pdf", "表2.pdf", "局/b.docx", "局/a.pdf")
    assert names([folder], tmp_path / "out") == ["局/a.pdf", "局/b.docx", "表2.pdf", "表10.pdf"]
    assert input_files([folder], tmp_path / "out")[2].path == folder / "表2.pdf"


def test_a_file_given_alone_has_its_bare_name(tmp_path: Path) -> None:
    """Wherever it stands."""
    folder = write(tmp_path / "in", "deep/a.pdf")
    assert names([folder / "deep" / "a.pdf"], tmp_path / "out") == ["a.pdf"]


def test_of_several_paths_folders_stand_in_front(tmp_path: Path) -> None:
    """A file among them keeps its bare name."""
    write(tmp_path, "one/a.pdf", "two/a.pdf", "c.pdf")
    given = [tmp_path / "one", tmp_path / "two", tmp_path / "c.pdf"]
    assert names(given, tmp_path / "out") == ["c.pdf", "one/a.pdf", "two/a.pdf"]


def test_two_files_never_share_a_name(tmp_path: Path) -> None:
    """The second of one name gets folders of its path in front."""
    write(tmp_path, "one/a.pdf", "two/a.pdf", "x/data/a.pdf", "y/data/a.pdf")
    assert names([tmp_path / "one" / "a.pdf", tmp_path / "two" / "a.pdf"], tmp_path / "out") == ["a.pdf", "two/a.pdf"]
    twins = input_files([tmp_path / "x" / "data", tmp_path / "y" / "data"], tmp_path / "out")
    assert len({file.name for file in twins}) == 2


def test_a_file_reached_twice_is_read_once(tmp_path: Path) -> None:
    """By its folder and by its own path."""
    folder = write(tmp_path / "in", "a.pdf")
    assert names([folder, folder / "a.pdf"], tmp_path / "out") == ["in/a.pdf"]


def test_the_output_and_leftovers_are_no_input(tmp_path: Path) -> None:
    """An output folder inside the input, an office program's lock file, hidden files and folders."""
    folder = write(tmp_path / "in", "a.pdf", "out/forms.xlsx", "out/deep/b.pdf", "~$a.docx", ".DS_Store", ".git/c.pdf")
    assert names([folder], folder / "out") == ["a.pdf"]
    assert names([tmp_path / "in"], tmp_path / "in") == []


def test_a_hidden_folder_given_by_name_is_read(tmp_path: Path) -> None:
    """Only what lies below the given folder is left out for its name."""
    folder = write(tmp_path / ".cache", "a.pdf")
    assert names([folder], tmp_path / "out") == ["a.pdf"]


def test_a_path_that_does_not_exist_is_told(tmp_path: Path) -> None:
    """By its code and the path."""
    with pytest.raises(UsageError) as raised:
        input_files([tmp_path / "none.pdf"], tmp_path / "out")
    assert (raised.value.code, raised.value.params) == ("console.no_such_path", {"path": str(tmp_path / "none.pdf")})


def test_an_empty_folder_holds_no_files(tmp_path: Path) -> None:
    """That is no error."""
    (tmp_path / "in").mkdir()
    assert input_files([tmp_path / "in"], tmp_path / "out") == ()


def test_a_name_whose_bytes_are_no_utf8_is_told_in_the_characters_it_was_meant_in(tmp_path: Path) -> None:
    """As a Chinese Windows archive leaves it on another system."""
    raw = os.fsencode(tmp_path) + b"/" + "自评表.pdf".encode("gb18030")
    with open(raw, "wb") as stream:  # noqa: PTH123 - a path of bytes
        stream.write(b"x")
    assert names([tmp_path], tmp_path / "out") == ["自评表.pdf"]


def test_a_link_to_nothing_is_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """It is no line less in the output."""
    (tmp_path / "gone.pdf").symlink_to(tmp_path / "nowhere.pdf")
    (file,) = input_files([tmp_path], tmp_path / "out")
    with pytest.raises(OSError, match="No such file"), file.opened() as path:
        path.read_bytes()
