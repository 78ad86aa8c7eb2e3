"""Workbooks as other programs, copying and long use make them: read as their sheets look, or told."""

import io
import zipfile
from pathlib import Path

import pytest
from booked import THIN, book, rewritten, rows, settled, shape
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Border, Font, PatternFill
from openpyxl.styles.colors import Color
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.mapping.lexicon import standard
from pipeline.read import read
from schemas.errors import DocumentError


def slow_cells(name: str) -> bytes:
    """The stored sheet of a million cells that were formatted and never written, below and right of two that were."""
    blank = b"".join(b'<c r="%s" s="1"/>' % col for col in (b"A%d", b"B%d", b"C%d", b"D%d", b"XFD%d"))
    rows = b"".join(b'<row r="%d">%s</row>' % (at, blank.replace(b"%d", b"%d" % at)) for at in range(2, 100_002))
    first = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{name}</t></is></c><c r="B1"><v>9</v></c></row>'.encode()
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return head + first + rows + b"</sheetData></worksheet>"


def with_sheet(path: Path, data: bytes) -> Path:
    """The workbook with other bytes for its first sheet."""
    stream = io.BytesIO()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after:
        for member in before.infolist():
            after.writestr(member, data if member.filename == "xl/worksheets/sheet1.xml" else before.read(member))
    path.write_bytes(stream.getvalue())
    return path


def test_a_sheet_that_was_only_formatted_to_its_end_is_read(tmp_path: Path) -> None:
    """Half a million blank cells with a look hold nothing; a table is not refused for them."""
    book(tmp_path, rows(("x", 1)))
    path = with_sheet(tmp_path / "made.xlsx", slow_cells("项目名称"))
    told = read(path, "made.xlsx", standard(), None)
    assert shape(told) == [("表1!A1", "项目名称", 1, 1), ("表1!B1", "9", 1, 1)]


def test_a_sheet_of_too_many_filled_cells_is_refused(tmp_path: Path) -> None:
    """It is a database, and is told as one before it fills the memory."""
    book(tmp_path, rows(("x", 1)))
    filled = slow_cells("a").replace(b' s="1"/>', b"><v>1</v></c>")
    with pytest.raises(DocumentError) as raised:
        read(with_sheet(tmp_path / "made.xlsx", filled), "made.xlsx", standard(), None)
    assert raised.value.code == "formats.sheet_too_large"


@pytest.mark.parametrize("name", ["a", "a.xls", "a.et", "a.docx"])
def test_a_workbook_is_read_under_any_name(tmp_path: Path, name: str) -> None:
    """A member of an archive has no ending, and many a workbook has an old one."""
    book(tmp_path, rows(("得分", 9)))
    path = (tmp_path / "made.xlsx").rename(tmp_path / name)
    assert [cell.text for cell in read(path, name, standard(), None).grids[0].cells] == ["得分", "9"]


def test_a_workbook_of_the_strict_kind_is_read(tmp_path: Path) -> None:
    """Excel saves it on demand; the names in it are other ones."""
    book(tmp_path, rows(("得分", 9)))
    stream = io.BytesIO()
    with zipfile.ZipFile(tmp_path / "made.xlsx") as before, zipfile.ZipFile(stream, "w") as after:
        for member in before.infolist():
            data = before.read(member)
            for part in (b"officeDocument", b"spreadsheetml"):
                names = b"http://schemas.openxmlformats.org/%s/2006/" % part
                data = data.replace(names, b"http://purl.oclc.org/ooxml/%s/" % part)
            after.writestr(member.filename, data)
    (tmp_path / "strict.xlsx").write_bytes(stream.getvalue())
    assert shape(read(tmp_path / "strict.xlsx", "x", standard(), None))[1] == ("表1!B1", "9", 1, 1)


def test_formulas_that_were_never_computed_are_unread(tmp_path: Path) -> None:
    """Every one has the value 0, as of a program that cannot compute; with another value among them all are read."""
    book(tmp_path, rows(("a", "=1+1"), ("b", "=0+0")))
    (tmp_path / "made.xlsx").write_bytes(settled(tmp_path / "made.xlsx"))
    path = rewritten(tmp_path / "made.xlsx", b"<v></v>", b"<v>0</v>")
    assert [cell.unread for cell in read(path, "x", standard(), None).grids[0].cells] == [False, True, False, True]
    path = rewritten(path, b"<f>1+1</f><v>0</v>", b"<f>1+1</f><v>2</v>")
    assert [cell.text for cell in read(path, "x", standard(), None).grids[0].cells] == ["a", "2", "b", "0"]


def test_formulas_that_are_to_be_computed_anew_are_unread(tmp_path: Path) -> None:
    """The workbook says that its stored values are of an earlier time."""
    book(tmp_path, rows(("a", "=1+1")))
    path = rewritten(tmp_path / "made.xlsx", b"<v></v>", b"<v>2</v>")
    assert [cell.unread for cell in read(path, "x", standard(), None).grids[0].cells] == [False, True]


def test_a_text_of_several_looks_is_read_as_seen(tmp_path: Path) -> None:
    """Struck letters and those in the colour behind them are hidden, raised digits are no digits of a number."""

    def fill(sheet: Worksheet) -> None:
        plain = InlineFont()
        sheet["A1"] = CellRichText(TextBlock(InlineFont(strike=True), "90"), TextBlock(plain, "95"))
        sheet["B1"] = CellRichText("98.5", TextBlock(InlineFont(vertAlign="superscript"), "1"))
        sheet["C1"] = CellRichText("分", TextBlock(InlineFont(color=Color(rgb="FFFFFFFF")), "机密"))
        sheet["D1"] = 8
        sheet["D1"].font = Font(strike=True)
        sheet["E1"] = 7
        sheet["E1"].font = Font(color=Color(indexed=9))
        sheet["F1"] = 6
        sheet["F1"].font, sheet["F1"].fill = Font(color="FF1F4E79"), PatternFill("solid", fgColor="001F4E79")

    assert [(cell.text, cell.hidden_text) for cell in book(tmp_path, fill).grids[0].cells] == [
        ("95", True),
        ("98.5¹", False),
        ("分", True),
        ("", True),
        ("", True),
        ("", True),
    ]


def test_rows_of_no_height_and_blanks_behind_the_table(tmp_path: Path) -> None:
    """A row of half a point is hidden; spaces and bare lines below and beside the table are none of it."""

    def fill(sheet: Worksheet) -> None:
        rows(("a", "b"), ("c", "d"), ("e", "f"), (" ", None))(sheet)
        sheet.row_dimensions[2].height = 0.5
        for row in range(1, 30):
            for col in (1, 2, 3, 4):
                sheet.cell(row, col).border = Border(left=THIN, right=THIN)

    (grid,) = book(tmp_path, fill).grids
    assert [[cell.text for cell in row] for row in grid.rows()] == [["a", "b"], ["e", "f"]]
    assert [span.model_dump() for span in grid.hidden] == [{"cell": "表1!2:2"}]


def test_characters_that_print_nothing_are_left_out(tmp_path: Path) -> None:
    """A number copied from a web page or a chat brings marks for wraps and joins along."""
    told = book(tmp_path, rows(("\ufeff项目\u200b名称", "615.90\u200b")))
    assert [cell.text for cell in told.grids[0].cells] == ["项目名称", "615.90"]
