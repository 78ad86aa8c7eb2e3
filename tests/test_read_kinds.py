"""A file is what its content says, whatever its name says; what no reader takes is told with a remedy."""

import io
import shutil
import zipfile
from pathlib import Path

import pytest

from pipeline.catalogue import explain
from pipeline.mapping.lexicon import standard
from pipeline.read import read
from pipeline.read.encoding import decoded
from pipeline.read.kinds import media_type
from schemas.errors import DamagedDocument, DocumentError, LockedDocument

DATA = Path(__file__).parent.parent / "eval" / "data" / "jiading-2024"


def kind(folder: Path, data: bytes) -> str:
    """The media type of a file with these bytes and a name that says nothing."""
    file = folder / "file.bin"
    file.write_bytes(data)
    return media_type(file)


def zipped(*names: str, content: bytes = b"x") -> bytes:
    """A zip file with members of these names."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name in names:
            made.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\r\n junk %PDF-1.4\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0....", "image/jpeg"),
        (b"II*\x00....", "image/tiff"),
        (b"{\\rtf1\\ansi ...}", "application/rtf"),
        (zipped("a.pdf", "b/c.docx"), "application/zip"),
        (
            zipped("[Content_Types].xml", "word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            zipped("[Content_Types].xml", "xl/workbook.xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (
            zipped("mimetype", content=b"application/vnd.oasis.opendocument.text"),
            "application/vnd.oasis.opendocument.text",
        ),
        ("<!DOCTYPE html>\n<html><body>表</body></html>".encode("gb18030"), "text/html"),
        (
            b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- x --><html xmlns="x"><table><tr><td>1</td></tr></table>',
            "text/html",
        ),
        ("项目,年初,全年\na,1,2\nb,3,4\n".encode("gb18030"), "text/csv"),
        ("项目\t年初\t全年\na\t1\t2\nb\t3\t4\n".encode("utf-16"), "text/csv"),
        ("今天，开会，讨论。\n第二行,有一个逗号。\n第三行\n".encode(), "text/plain"),
    ],
)
def test_kind_is_told_by_content(tmp_path: Path, data: bytes, expected: str) -> None:
    """Magic numbers, the members of a zip, the first tag of a page, columns of one width; the name is never asked."""
    assert kind(tmp_path, data) == expected


def test_a_wrong_ending_does_not_matter(tmp_path: Path) -> None:
    """A PDF that is called .docx and a text that is called .pdf are read as what they are."""
    shutil.copy(DATA / "report-libreoffice.pdf", tmp_path / "a.docx")
    (tmp_path / "b.pdf").write_text("会议纪要\n今天讨论了三件事。\n", encoding="utf-8")
    assert len(read(tmp_path / "a.docx", "a.docx", standard(), None).pages) == 23
    told = read(tmp_path / "b.pdf", "b.pdf", standard(), None)
    assert (told.media_type, [line.text for line in told.lines]) == ("text/plain", ["会议纪要", "今天讨论了三件事。"])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "errors.empty_file"),
        (b" \r\n ", "errors.empty_file"),
        (b"\x00\x01\x02\x03" * 99, "errors.unsupported_format"),
        (b"Rar!\x1a\x07\x01\x00\xff\xff\xff", "formats.unsupported_rar"),
        (b"7z\xbc\xaf\x27\x1c\x00\xff\xff", "formats.unsupported_7z"),
        (b"GIF89a\x00\x01\xff", "formats.unsupported_picture"),
        (zipped("OFD.xml", "Doc_0/Document.xml"), "formats.unsupported_ofd"),
        (zipped("ppt/presentation.xml"), "formats.unsupported_presentation"),
        (zipped("a.pdf")[:-30], "formats.damaged_zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and nothing more", "formats.damaged_office"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related\n", "formats.unsupported_mhtml"),
    ],
)
def test_what_is_not_read_says_what_to_do(tmp_path: Path, data: bytes, code: str) -> None:
    """One error with a sentence in both languages; never a traceback."""
    with pytest.raises(DocumentError) as raised:
        kind(tmp_path, data)
    assert raised.value.code == code
    assert explain(raised.value, "zh").endswith("。")
    assert explain(raised.value, "en").endswith(".")


def compound(*streams: str) -> bytes:
    """A compound file with empty streams of these names at its root, written by hand."""
    end, free, table = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    entries = [("Root Entry", 5, free, free, 1)]
    entries += [
        (name, 2, free, at + 1 if at < len(streams) else free, free) for at, name in enumerate(streams, start=1)
    ]
    directory = b""
    for name, what, left, right, child in entries:
        text = name.encode("utf-16-le") + b"\0\0"
        directory += text.ljust(64, b"\0") + len(text).to_bytes(2, "little") + bytes([what, 1])
        directory += b"".join(number.to_bytes(4, "little") for number in (left, right, child)) + bytes(48)
    directory = directory.ljust(-(-len(directory) // 512) * 512, b"\0")
    sectors = len(directory) // 512
    chain = [*range(2, sectors + 1), end] if sectors > 1 else [end]
    fat = [table, *chain]
    fat += [free] * (128 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\0\x03\0\xfe\xff\x09\0\x06\0" + bytes(10)
    header += (1).to_bytes(4, "little") + (1).to_bytes(4, "little") + bytes(4) + (4096).to_bytes(4, "little")
    header += end.to_bytes(4, "little") + bytes(4) + end.to_bytes(4, "little") + bytes(4)
    header += (0).to_bytes(4, "little") + free.to_bytes(4, "little") * 108
    return header + b"".join(number.to_bytes(4, "little") for number in fat) + directory


@pytest.mark.parametrize(
    ("streams", "expected"),
    [
        (("WordDocument", "1Table"), "application/msword"),
        (("SummaryInformation", "Data", "Other", "Workbook"), "application/vnd.ms-excel"),
        (("Book",), "application/vnd.ms-excel"),
    ],
)
def test_old_office_files_are_told_by_their_streams(tmp_path: Path, streams: tuple[str, ...], expected: str) -> None:
    """Only streams at the root count; a .wps is a Word document, an .et a workbook."""
    assert kind(tmp_path, compound(*streams)) == expected


def test_an_office_file_with_a_password_is_told(tmp_path: Path) -> None:
    """The encrypted package of a .docx or .xlsx stands in a compound file."""
    with pytest.raises(LockedDocument) as raised:
        kind(tmp_path, compound("EncryptionInfo", "EncryptedPackage"))
    assert raised.value.code == "formats.locked_office"


def test_a_compound_file_whose_directory_is_a_loop_ends(tmp_path: Path) -> None:
    """A chain of sectors that comes back to itself is an error, not a program that hangs."""
    data = bytearray(compound("WordDocument"))
    data[512 + 4 : 512 + 8] = (1).to_bytes(4, "little")
    data[48:52] = (2).to_bytes(4, "little")
    with pytest.raises(DamagedDocument):
        kind(tmp_path, bytes(data))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "gb18030", "utf-8-sig", "utf-8"])
def test_text_comes_out_of_every_encoding(encoding: str) -> None:
    """UTF-16 without its mark as well: as GB18030 the same bytes would be other characters."""
    text = "项目名称：政府聘用辅助人员经费\r\n执行率≥98%，得分 10.00 分\r\n"
    assert decoded(text.encode(encoding)) == text


def test_a_table_of_separated_values_is_a_grid_with_evidence_by_cell(tmp_path: Path) -> None:
    """A lone first text is the heading; a comma inside quotes parts nothing; blank cells stay."""
    file = tmp_path / "a.txt"
    file.write_bytes('项目支出绩效自评表,,\n项目,年初,"全年\n预算"\n道路,"1,000.00",\n'.encode("gb18030"))
    told = read(file, "a.txt", standard(), None)
    (grid,) = told.grids
    assert [line.text for line in told.lines] == ["项目支出绩效自评表"]
    assert [[cell.text for cell in row] for row in grid.rows()] == [
        ["项目", "年初", "全年预算"],
        ["道路", "1,000.00", ""],
    ]
    assert [span.model_dump() for span in grid.cells[4].spans] == [{"cell": "p1t1r1c1"}]
    assert (told.pages, grid.pages) == ((), ())


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_broken_byte_breaks_one_character_and_not_the_text(encoding: str) -> None:
    """It is seen where it stands; a text cut in the middle of its last character is read to there."""
    text = "项目支出绩效自评表的填报说明与评分办法" * 6
    broken = (text + "甲").encode(encoding)[:-1]
    assert decoded(broken) == f"{text}\ufffd"
    assert decoded(text.encode(encoding) + b"\xff" + "乙".encode(encoding)) == f"{text}\ufffd乙"


def test_what_a_text_ends_with_under_dos_is_none_of_it() -> None:
    """An old program's mark for the end of a file."""
    assert decoded("合计\r\n".encode("gb18030") + b"\x1a") == "合计\r\n"


@pytest.mark.parametrize(
    ("data", "head"),
    [
        ("\ufeffsep=;\r\n项目;年初;全年\r\n甲;1,5;2\r\n乙;3;4\r\n".encode(), ["项目", "年初", "全年"]),
        ("项目;年初;全年\n甲;1;2\n乙;3;4\n".encode("gb18030"), ["项目", "年初", "全年"]),
        ("项目\t年初\t全年\r甲\t1,000\t2\r乙\t3,000\t4\r".encode("utf-8-sig"), ["项目", "年初", "全年"]),
        ("项目|年初|全年\n甲|1|2\n乙|3|4\n".encode("utf-16"), ["项目", "年初", "全年"]),
        (b"\x84\x31\x95\x33" + "项目,年初,全年\n甲,1,2\n乙,3,4\n".encode("gb18030"), ["项目", "年初", "全年"]),
    ],
)
def test_separators_and_marks_of_byte_order_are_told_apart(tmp_path: Path, data: bytes, head: list[str]) -> None:
    """Semicolons with Excel's hint, tabs between numbers with commas, bars; marks in UTF-8, UTF-16 and GB18030."""
    (tmp_path / "a.csv").write_bytes(data)
    told = read(tmp_path / "a.csv", "a.csv", standard(), None)
    assert told.media_type == "text/csv"
    assert [cell.text for cell in told.grids[0].rows()[0]] == head
    assert told.lines == ()
