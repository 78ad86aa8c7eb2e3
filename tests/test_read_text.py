"""A plain text becomes numbered lines, whatever its encoding; what is no text is refused."""

from pathlib import Path

import pytest

from pipeline.catalogue import say
from pipeline.read.text import read_text
from schemas.errors import DamagedDocument


def lines_of(tmp_path: Path, data: bytes) -> list[tuple[int, str, int]]:
    """Number, text and page of each line of a file with these bytes."""
    file = tmp_path / "report.txt"
    file.write_bytes(data)
    return [(line.number, line.text, line.page) for line in read_text(file).lines]


def test_blank_lines_are_counted_but_not_kept(tmp_path: Path) -> None:
    """A line's number is the one an editor shows."""
    assert lines_of(tmp_path, "\n项目名称\n  \n\n总分 100\n".encode()) == [(2, "项目名称", 1), (5, "总分 100", 1)]


def test_line_ends_of_three_systems_count_alike(tmp_path: Path) -> None:
    """CR LF is one line end, a lone CR is one too."""
    assert lines_of(tmp_path, b"a\r\nb\rc\nd") == [(1, "a", 1), (2, "b", 1), (3, "c", 1), (4, "d", 1)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_told_apart(tmp_path: Path, encoding: str) -> None:
    """The same characters come out of every encoding that Chinese offices use."""
    assert lines_of(tmp_path, "执行率≥98%".encode(encoding)) == [(1, "执行率≥98%", 1)]


def test_form_feeds_count_the_pages(tmp_path: Path) -> None:
    """The line behind a form feed is on the next page, and the form feed is no character of it."""
    assert lines_of(tmp_path, b"a\n\x0cb\nc\x0c\nd") == [(1, "a", 1), (2, "b", 2), (3, "c", 2), (4, "d", 3)]


def test_an_unusual_line_separator_stays_in_its_line(tmp_path: Path) -> None:
    """U+2028 ends no line in an editor, so it ends none here."""
    assert lines_of(tmp_path, "a\u2028b\nc".encode()) == [(1, "a\u2028b", 1), (2, "c", 1)]


@pytest.mark.parametrize("data", [b"PK\x03\x04\x00\x00", b"\x81", b"\xff\xfe\x00\xd8", b"\x00\x01"])
def test_what_is_no_text_is_refused_with_a_sentence(tmp_path: Path, data: bytes) -> None:
    """Bytes with controls, or that no encoding takes, are a damaged document, told in words."""
    with pytest.raises(DamagedDocument) as raised:
        lines_of(tmp_path, data)
    assert raised.value.code == "errors.not_text"
    assert "UTF-8" in say(raised.value.code, "en", **raised.value.params)


def test_a_document_of_text_has_no_pages_and_no_grids(tmp_path: Path) -> None:
    """Reading gives lines only; its sha256 is the file's."""
    file = tmp_path / "a.txt"
    file.write_bytes(b"x")
    document = read_text(file, "folder/a.txt")
    assert (document.path, document.media_type, document.pages, document.grids) == (
        "folder/a.txt",
        "text/plain",
        (),
        (),
    )
    assert document.sha256 == "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
