"""Old office files: workbooks by a library, the rest through LibreOffice, else one line that says what to do."""

import shutil
import zipfile
from pathlib import Path

import docx
import pytest

from pipeline.mapping.lexicon import standard
from pipeline.read import office, read
from schemas.errors import DocumentError, UnsupportedFormat

FILES = Path(__file__).parent / "files"
RTF = (
    rb"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}\f0 "
    rb"\trowd\cellx2000\cellx4000\intbl\'cf\'ee\'c4\'bf\'c3\'fb\'b3\'c6\cell\intbl\'b5\'c0\'c2\'b7\cell\row\pard\par}"
)


def test_an_old_workbook_is_read_as_its_sheet_shows_it() -> None:
    """Formats, merged cells, a formula without a value; a hidden row, a hidden sheet and white text are reported."""
    told = read(FILES / "odd.xls", "odd.xls", standard(), None)
    (grid,) = told.grids
    assert [(cell.cell_id, cell.text, cell.col_span) for cell in grid.cells] == [
        ("表!A1", "项目支出绩效自评表", 3),
        ("表!A2", "项目名称", 1),
        ("表!B2", "615.90", 1),
        ("表!C2", "2024年3月5日", 1),
        ("表!A4", "比率", 1),
        ("表!B4", "99.87%", 1),
        ("表!C4", "", 1),
        ("表!A5", "白", 1),
        ("表!B5", "", 1),
        ("表!C5", "TRUE", 1),
    ]
    assert [span.model_dump()["cell"] for span in grid.hidden] == ["藏!A1:A1", "表!3:3"]
    assert [cell.cell_id for cell in grid.cells if cell.hidden_text] == ["表!B5"]
    assert [cell.cell_id for cell in grid.cells if cell.unread] == ["表!C4"]
    assert (told.media_type, told.pages) == ("application/vnd.ms-excel", ())


@pytest.mark.parametrize("cut", [700, 2000, 3000, 4500])
def test_a_cut_workbook_is_damaged(tmp_path: Path, cut: int) -> None:
    """Wherever it is cut: one error, no traceback of the library."""
    (tmp_path / "a.xls").write_bytes((FILES / "odd.xls").read_bytes()[:cut])
    with pytest.raises(DocumentError) as raised:
        read(tmp_path / "a.xls", "a.xls", standard(), None)
    assert raised.value.code in {"formats.damaged_office", "errors.unsupported_format"}


@pytest.mark.usefixtures("libreoffice")
def test_rich_text_is_read_through_libreoffice(tmp_path: Path) -> None:
    """Under any name; the document keeps its own media type and its own bytes' sha256."""
    (tmp_path / "-o.pdf").write_bytes(RTF)
    told = read(tmp_path / "-o.pdf", "x", standard(), None)
    assert [cell.text for cell in told.grids[0].cells] == ["项目名称", "道路"]
    assert told.media_type == "application/rtf"
    assert told.grids[0].cells[0].cell_id == "p1t1r0c0"


@pytest.mark.usefixtures("libreoffice")
def test_an_old_word_document_is_read_as_a_new_one() -> None:
    """Merged cells, a symbol's ≥, a change that nobody accepted, hidden text: nothing is lost on the way."""
    told = read(FILES / "changed.doc", "changed.doc", standard(), None)
    assert [(cell.cell_id, cell.text, cell.row_span, cell.hidden_text) for cell in told.grids[0].cells] == [
        ("p1t1r0c0", "项目资金", 2, False),
        ("p1t1r0c1", "年初预算数", 1, False),
        ("p1t1r0c2", "执行率", 1, False),
        ("p1t1r1c1", "615.90", 1, True),
        ("p1t1r1c2", "≥95%", 1, False),
    ]
    assert [(line.text, line.hidden) for line in told.lines] == [("项目支出绩效自评表", False), ("机密", True)]
    assert told.media_type == "application/msword"


@pytest.mark.usefixtures("libreoffice")
def test_an_opendocument_workbook_keeps_its_formulas_values() -> None:
    """Formats, a date, an error's name, struck letters; each sheet under its own name."""
    told = read(FILES / "computed.ods", "computed.ods", standard(), None)
    assert [[cell.text for cell in row] for row in told.grids[0].rows()] == [
        ["甲", "1", "2", "300.00%", "优"],
        ["乙", "0", "0", "0", "#DIV/0!"],
        ["日期", "2024年3月5日"],
        ["新", "TRUE"],
    ]
    assert [cell.cell_id for cell in told.grids[0].cells if cell.hidden_text] == ["表!A4"]
    assert [grid.sheet for grid in told.grids] == ["表", "第二张"]


@pytest.mark.usefixtures("libreoffice")
def test_what_libreoffice_cannot_read_is_damaged(tmp_path: Path) -> None:
    """A file that only begins like an OpenDocument text."""
    with zipfile.ZipFile(tmp_path / "a.odt", "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    with pytest.raises(DocumentError) as raised:
        read(tmp_path / "a.odt", "a.odt", standard(), None)
    assert raised.value.code == "formats.damaged_office"


@pytest.mark.usefixtures("libreoffice")
def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scratch folder with the copy and the profile is gone when the text is read."""
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "a.rtf").write_bytes(RTF)
    read(tmp_path / "a.rtf", "a.rtf", standard(), None)
    assert not list((tmp_path / "scratch").glob("hedui-*"))


def test_without_libreoffice_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has no such program on its PATH, nor where Windows and macOS keep it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(office, "PLACES", ())
    (tmp_path / "a.rtf").write_bytes(RTF)
    with pytest.raises(UnsupportedFormat) as raised:
        read(tmp_path / "a.rtf", "a.rtf", standard(), None)
    assert raised.value.code == "formats.install_libreoffice"


@pytest.mark.usefixtures("libreoffice")
def test_links_to_other_files_bring_nothing_in(tmp_path: Path) -> None:
    """A field that includes a text file stays what it was when the document was saved."""
    (tmp_path / "secret.txt").write_text("SECRET", encoding="utf-8")
    place = (tmp_path / "secret.txt").as_posix()
    field = rb"{\field{\*\fldinst INCLUDETEXT " + f'"{place}"'.encode() + rb"}{\fldrslt old}}"
    (tmp_path / "a.rtf").write_bytes(RTF.replace(rb"\pard\par}", rb"\pard " + field + rb"\par}"))
    told = read(tmp_path / "a.rtf", "a.rtf", standard(), None)
    assert "SECRET" not in "".join(line.text for line in told.lines)


def test_a_word_document_keeps_its_reader_under_an_old_name(tmp_path: Path) -> None:
    """A .docx that is called .doc needs no office program."""
    made = docx.Document()
    made.add_paragraph("自评表")
    made.save(str(tmp_path / "new.docx"))
    shutil.move(tmp_path / "new.docx", tmp_path / "old.doc")
    assert [line.text for line in read(tmp_path / "old.doc", "old.doc", standard(), None).lines] == ["自评表"]
