"""Old workbooks written by three programs, and by hand as the oldest ones did: read as their sheets look, or told."""

import struct
from pathlib import Path

import pytest

from pipeline.mapping.lexicon import standard
from pipeline.read import read
from pipeline.read.kinds import media_type
from schemas.layout import Document

FILES = Path(__file__).parent / "files"


def told(path: Path) -> Document:
    """What is read of a workbook."""
    return read(path, path.name, standard(), None)


def test_formulas_show_their_stored_values_on_every_sheet() -> None:
    """Numbers under their format, texts, an error's name, a zero among others; struck letters are hidden."""
    first, second = told(FILES / "computed.xls").grids
    assert [[cell.text for cell in row] for row in first.rows()] == [
        ["甲", "1", "2", "300.00%", "优"],
        ["乙", "0", "0", "0", "#DIV/0!"],
        ["日期", "2024年3月5日"],
        ["新", "TRUE"],
    ]
    assert [cell.cell_id for cell in first.cells if cell.hidden_text] == ["表!A4"]
    assert not any(cell.unread for cell in first.cells)
    assert (second.sheet, [cell.text for cell in second.cells]) == ("第二张", ["x"])


def test_a_workbook_whose_formulas_were_never_computed_leaves_them_unread() -> None:
    """A library wrote it: 0 or an empty text is stored with each formula, which is no value of it."""
    (grid,) = told(FILES / "written.xls").grids
    assert [cell.cell_id for cell in grid.cells if cell.unread] == ["自评表!C2"]


def test_struck_raised_and_painted_over_text_low_rows_and_bare_lines_are_seen_as_a_reader_does() -> None:
    """95 beside a struck 90, 98.5 with a raised 1, yellow on yellow; a row of one point; ruled rows without text."""
    (grid,) = told(FILES / "written.xls").grids
    assert [(cell.cell_id, cell.text, cell.hidden_text, cell.col_span) for cell in grid.cells] == [
        ("自评表!A1", "项目支出绩效自评表", False, 3),
        ("自评表!A2", "年初", False, 1),
        ("自评表!B2", "615.90", False, 1),
        ("自评表!C2", "", False, 1),
        ("自评表!A3", "95", True, 1),
        ("自评表!B3", "98.5¹", False, 1),
        ("自评表!C3", "", True, 1),
        ("自评表!A5", "尾", False, 3),
    ]
    assert [span.model_dump() for span in grid.hidden] == [{"cell": "自评表!4:4"}]


def record(kind: int, data: bytes) -> bytes:
    """One record of a workbook's stream."""
    return struct.pack("<HH", kind, len(data)) + data


def of_1995(text: bytes, codepage: int | None) -> bytes:
    """A workbook of Excel 5 with a text and a number, without a compound file around it."""
    head = record(0x809, struct.pack("<HHHH", 0x500, 5, 0, 0))
    head += b"" if codepage is None else record(0x42, struct.pack("<H", codepage))
    head += record(0x31, struct.pack("<HHHHHBBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0, 1) + b"A")
    head += record(0xE0, bytes(16))
    name = "表".encode("gb18030")
    start = len(head) + 4 + 7 + len(name) + 4
    head += record(0x85, struct.pack("<IBBB", start, 0, 0, len(name)) + name) + record(0x0A, b"")
    body = record(0x809, struct.pack("<HHHH", 0x500, 0x10, 0, 0))
    body += record(0x204, struct.pack("<HHHH", 0, 0, 0, len(text)) + text)
    return head + body + record(0x203, struct.pack("<HHHd", 0, 1, 0, 12.5)) + record(0x0A, b"")


@pytest.mark.parametrize("codepage", [936, 1252, None])
def test_chinese_of_old_workbooks_is_read_whatever_the_file_says(tmp_path: Path, codepage: int | None) -> None:
    """Its bytes are Chinese; the file says so, or says Western, or says nothing."""
    (tmp_path / "a.xls").write_bytes(of_1995("项目名称".encode("gbk"), codepage))
    (grid,) = told(tmp_path / "a.xls").grids
    assert [(cell.cell_id, cell.text) for cell in grid.cells] == [("表!A1", "项目名称"), ("表!B1", "12.5")]


def test_workbooks_of_the_oldest_kind_are_told_by_their_first_record(tmp_path: Path) -> None:
    """Excel 2 wrote one sheet and nothing around it; database programs still do."""
    text = "项目名称".encode("gbk")
    data = record(9, struct.pack("<HH", 2, 0x10))
    data += record(4, struct.pack("<HH3sB", 0, 0, bytes(3), len(text)) + text)
    (tmp_path / "a").write_bytes(data + record(3, struct.pack("<HH3sd", 0, 1, bytes(3), 12.5)) + record(0x0A, b""))
    assert media_type(tmp_path / "a") == "application/vnd.ms-excel"
    assert [cell.text for cell in told(tmp_path / "a").grids[0].cells] == ["项目名称", "12.5"]
