"""A workbook is read as its sheets look: merged cells, formats, sheets; nothing hidden, no formula computed."""

from pathlib import Path

import pytest
from booked import THIN, book, rewritten, rows, settled, shape
from openpyxl.styles import Border, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.mapping.lexicon import standard
from pipeline.read import read
from pipeline.segment import segment
from schemas.errors import DocumentError


def test_merged_cells_are_one_cell_with_its_own_address(tmp_path: Path) -> None:
    """Evidence is the sheet and the cell; there are no pages."""

    def fill(sheet: Worksheet) -> None:
        rows(("项目资金", "年初", None), (None, 1, 2))(sheet)
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:C1")

    told = book(tmp_path, fill)
    assert shape(told) == [
        ("表1!A1", "项目资金", 2, 1),
        ("表1!B1", "年初", 1, 2),
        ("表1!B2", "1", 1, 1),
        ("表1!C2", "2", 1, 1),
    ]
    assert [span.model_dump() for span in told.grids[0].cells[2].spans] == [{"cell": "表1!B2"}]
    assert (told.pages, told.grids[0].pages, told.lines) == ((), (), ())


def test_numbers_are_read_as_shown(tmp_path: Path) -> None:
    """615.9 under 0.00 is 615.90; a date under its format; a text of digits stays a text."""

    def fill(sheet: Worksheet) -> None:
        rows((615.9, 3616.9, 0.9987, "0012", 45356))(sheet)
        for col, code in enumerate(("0.00", "#,##0.00", "0.00%", "@", 'yyyy"年"m"月"d"日"'), start=1):
            sheet.cell(1, col).number_format = code

    told = book(tmp_path, fill)
    assert [cell.text for cell in told.grids[0].cells] == ["615.90", "3,616.90", "99.87%", "0012", "2024年3月5日"]


def test_forms_stacked_on_a_sheet_are_parted_by_blank_rows(tmp_path: Path) -> None:
    """Grids are trimmed to what is used; a blank row that is ruled parts nothing."""

    def fill(sheet: Worksheet) -> None:
        for at in (3, 7):
            for row, label, value in ((at, "项目名称", f"项目{at}"), (at + 1, "得分", "9")):
                sheet.cell(row, 2).value = label
                sheet.cell(row, 3).value = value
        for row in range(7, 11):
            for col in (2, 3):
                sheet.cell(row, col).border = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
        sheet.cell(10, 2).value = "等级"

    told = book(tmp_path, fill)
    assert [(grid.grid_id, grid.row_count, grid.col_count) for grid in told.grids] == [
        ("表1!B3", 2, 2),
        ("表1!B7", 4, 2),
    ]
    assert shape(told)[0] == ("表1!B3", "项目名称", 1, 1)


def test_every_sheet_is_a_form_of_its_own(tmp_path: Path) -> None:
    """Two sheets are two regions, whatever stands on them."""
    told = book(tmp_path, rows(("项目名称", "甲"), ("得分", 9)), rows(("说明", "乙"), ("二", "丙")))
    assert [region.grid.sheet for region in segment(told, standard())] == ["表1", "表2"]


def test_a_text_alone_in_its_row_runs_over_the_blank_cells_beside_it(tmp_path: Path) -> None:
    """A title that is not merged is one cell over the width; blanks between texts stay cells."""
    told = book(tmp_path, rows(("自评表", None, None), ("编码", None, "部门"), ("a", "b", "c")))
    assert [(cell.text, cell.col, cell.col_span) for cell in told.grids[0].cells[:4]] == [
        ("自评表", 0, 3),
        ("编码", 0, 1),
        ("", 1, 1),
        ("部门", 2, 1),
    ]


def test_hidden_rows_and_columns_are_reported_and_not_read(tmp_path: Path) -> None:
    """Row 2 and column B are no part of the grid; a merged cell that they cut is seen all the same."""

    def fill(sheet: Worksheet) -> None:
        rows(("a", "b", "c"), ("d", "e", "f"), ("g", "h", "i"), ("标题", None, None))(sheet)
        sheet.merge_cells("A4:C4")
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["B"].hidden = True

    told = book(tmp_path, fill)
    assert shape(told) == [
        ("表1!A1", "a", 1, 1),
        ("表1!C1", "c", 1, 1),
        ("表1!A3", "g", 1, 1),
        ("表1!C3", "i", 1, 1),
        ("表1!A4", "标题", 1, 2),
    ]
    assert [span.model_dump() for span in told.grids[0].hidden] == [{"cell": "表1!2:2"}, {"cell": "表1!B:B"}]


def test_a_group_of_hidden_columns_is_hidden_whole(tmp_path: Path) -> None:
    """The file stores one width for columns B to D."""

    def fill(sheet: Worksheet) -> None:
        rows(("a", "b", "c", "d", "e"))(sheet)
        sheet.column_dimensions.group("B", "D", hidden=True)

    assert [cell.text for cell in book(tmp_path, fill).grids[0].cells] == ["a", "e"]


def test_hidden_sheets_are_reported_and_not_read(tmp_path: Path) -> None:
    """Very hidden ones too; every form of the workbook carries the mark."""

    def away(sheet: Worksheet) -> None:
        rows(("机密", 1), (2, 3))(sheet)
        sheet.sheet_state = "veryHidden"

    told = book(tmp_path, rows(("项目名称", "甲"), ("得分", 9)), away)
    assert [grid.sheet for grid in told.grids] == ["表1"]
    assert [span.model_dump() for span in told.grids[0].hidden] == [{"cell": "表2!A1:B2"}]


def test_what_a_cell_does_not_show_is_hidden_text(tmp_path: Path) -> None:
    """White on white, and the format ;;; that prints nothing; white on a filled cell is seen."""

    def fill(sheet: Worksheet) -> None:
        rows((1, 2, 3))(sheet)
        sheet["A1"].font = Font(color="FFFFFFFF")
        sheet["B1"].number_format = ";;;"
        sheet["C1"].font = Font(color="FFFFFFFF")
        sheet["C1"].fill = PatternFill("solid", fgColor="FF1F4E79")

    told = book(tmp_path, fill)
    assert [(cell.text, cell.hidden_text) for cell in told.grids[0].cells] == [("", True), ("", True), ("3", False)]


def test_a_formula_without_a_stored_value_is_unread(tmp_path: Path) -> None:
    """It is neither blank nor computed; one with a value shows it, one with an empty text is blank."""
    told = book(tmp_path, rows(("a", "=1+1"), ("b", 2)))
    assert [(cell.text, cell.unread) for cell in told.grids[0].cells] == [
        ("a", False),
        ("", True),
        ("b", False),
        ("2", False),
    ]
    (tmp_path / "made.xlsx").write_bytes(settled(tmp_path / "made.xlsx"))
    path = rewritten(tmp_path / "made.xlsx", b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
    assert [(cell.text, cell.unread) for cell in read(path, "x", standard(), None).grids[0].cells][1] == ("2", False)
    path = rewritten(path, b'<c r="B1"><f>1+1</f><v>2</v>', b'<c r="B1" t="str"><f>1</f><v></v>')
    assert not any(cell.unread for cell in read(path, "x", standard(), None).grids[0].cells)


def test_a_format_that_is_not_understood_leaves_its_cell_unread(tmp_path: Path) -> None:
    """A fraction is not shown as any number that hedui would print."""

    def fill(sheet: Worksheet) -> None:
        rows((1.5, 2))(sheet)
        sheet["A1"].number_format = "# ?/?"

    assert [(cell.text, cell.unread) for cell in book(tmp_path, fill).grids[0].cells] == [("", True), ("2", False)]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"<sheetData>", b"<!DOCTYPE x []><sheetData>", "formats.entities"),
        (
            b"</sheetData>",
            b"</sheetData><mergeCells><mergeCell ref='A1:XFD1048576'/></mergeCells>",
            "formats.sheet_too_large",
        ),
        (b"</sheetData>", b"", "formats.damaged_office"),
    ],
)
def test_a_hostile_workbook_is_refused_with_one_sentence(tmp_path: Path, old: bytes, new: bytes, code: str) -> None:
    """Document types, a merged range of a whole sheet, cut XML."""
    book(tmp_path, rows(("a", 1)))
    path = rewritten(tmp_path / "made.xlsx", old, new)
    with pytest.raises(DocumentError) as raised:
        read(path, "x.xlsx", standard(), None)
    assert raised.value.code == code


def test_a_cell_in_the_last_corner_of_a_sheet_costs_nothing(tmp_path: Path) -> None:
    """The grid has two rows and two columns, not sixteen thousand."""

    def fill(sheet: Worksheet) -> None:
        rows(("a",))(sheet)
        sheet["XFD1048576"] = "z"

    told = book(tmp_path, fill)
    assert [(grid.row_count, grid.col_count) for grid in told.grids] == [(1, 2), (1, 2)]
