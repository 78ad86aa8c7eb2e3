"""A Word document is read as its final text looks: merged cells, tables in tables; nothing hidden, nothing deleted."""

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from worded import NS, cell, document, paragraph, shape, table

from pipeline.mapping.lexicon import standard
from pipeline.read import read
from schemas.errors import DocumentError


def test_merged_cells_are_one_cell(tmp_path: Path) -> None:
    """A gridSpan to the right, vMerge downwards; ids count the grid's rows and columns, evidence names the cell."""
    told = document(
        tmp_path,
        table(
            cell("项目资金", merge="restart") + cell("年初", span=2),
            cell("", merge="continue") + cell("1") + cell("2"),
            cell("", merge="continue") + cell("3") + cell("4"),
        ),
    )
    assert shape(told) == [
        ("p1t1r0c0", "项目资金", 3, 1),
        ("p1t1r0c1", "年初", 1, 2),
        ("p1t1r1c1", "1", 1, 1),
        ("p1t1r1c2", "2", 1, 1),
        ("p1t1r2c1", "3", 1, 1),
        ("p1t1r2c2", "4", 1, 1),
    ]
    assert [span.model_dump() for span in told.grids[0].cells[2].spans] == [{"cell": "p1t1r1c1"}]
    assert (told.pages, told.grids[0].pages) == ((), ())


def test_lines_of_a_cell_are_its_paragraphs_and_breaks(tmp_path: Path) -> None:
    """Joined without a space they are the text."""
    told = document(
        tmp_path, table(cell("<w:p><w:r><w:t>满意</w:t><w:br/><w:t>度</w:t></w:r></w:p>" + paragraph("指标")))
    )
    assert told.grids[0].cells[0].lines == ("满意", "度", "指标")
    assert told.grids[0].cells[0].text == "满意度指标"


def test_text_around_tables_becomes_lines_in_order(tmp_path: Path) -> None:
    """A grid knows the first line below its top."""
    told = document(tmp_path, paragraph("自评表"), table(cell("a")), paragraph("注"), table(cell("b")))
    assert [(line.number, line.text) for line in told.lines] == [(1, "自评表"), (2, "注")]
    assert [grid.top_line for grid in told.grids] == [2, 3]


def test_a_table_inside_a_cell_is_laid_open(tmp_path: Path) -> None:
    """Its rows and columns become the outer table's; the label beside it goes down over all of them."""
    inner = table(cell("年初") + cell("全年"), cell("1") + cell("2"))
    told = document(
        tmp_path,
        table(cell("名称") + cell("道路"), cell("资金") + cell(inner + paragraph("")), cell("等级") + cell("优")),
    )
    assert shape(told) == [
        ("p1t1r0c0", "名称", 1, 1),
        ("p1t1r0c1", "道路", 1, 2),
        ("p1t1r1c0", "资金", 2, 1),
        ("p1t1r1c1", "年初", 1, 1),
        ("p1t1r1c2", "全年", 1, 1),
        ("p1t1r2c1", "1", 1, 1),
        ("p1t1r2c2", "2", 1, 1),
        ("p1t1r3c0", "等级", 1, 1),
        ("p1t1r3c1", "优", 1, 2),
    ]


def test_a_frame_around_a_table_disappears(tmp_path: Path) -> None:
    """A table of one cell that holds a title and a table: the title is a line, the table the grid."""
    told = document(tmp_path, table(cell(paragraph("自评表") + table(cell("a") + cell("b")) + paragraph(""))))
    assert [line.text for line in told.lines] == ["自评表"]
    assert [text for _, text, _, _ in shape(told)] == ["a", "b"]


def test_hidden_text_is_reported_by_its_place_and_gives_no_value(tmp_path: Path) -> None:
    """Vanished, tiny and white on white; white on a shaded cell is seen."""
    shaded = '<w:shd w:val="clear" w:fill="1F4E79"/>'
    told = document(
        tmp_path,
        paragraph("机密", "<w:vanish/>"),
        table(
            cell(paragraph("9", "<w:vanish/>") + paragraph("8"))
            + cell(paragraph("7", '<w:color w:val="FFFFFF"/>'))
            + cell(paragraph("6", '<w:color w:val="FFFFFF"/>'), look=shaded)
            + cell(paragraph("5", '<w:sz w:val="2"/>'))
            + cell(paragraph("4", '<w:vanish w:val="0"/>')),
        ),
    )
    assert [(cell.text, cell.hidden_text) for cell in told.grids[0].cells] == [
        ("8", True),
        ("", True),
        ("6", False),
        ("", True),
        ("4", False),
    ]
    assert [(line.text, line.hidden) for line in told.lines] == [("机密", True)]


def test_hidden_rows_and_swallowed_cells_are_reported(tmp_path: Path) -> None:
    """A row that is hidden is no row; text in a cell that another one swallowed is hidden text."""
    hidden = f"<w:tr><w:trPr><w:hidden/></w:trPr>{cell('99')}{cell('98')}</w:tr>"
    rows = table(cell("a", merge="restart") + cell("1"), cell("吞", merge="continue") + cell("2"))
    told = document(tmp_path, rows.replace("</w:tbl>", hidden + "</w:tbl>"))
    assert told.grids[0].row_count == 2
    assert [span.model_dump() for span in told.grids[0].hidden] == [{"cell": "p1t1"}]
    assert [(cell.text, cell.hidden_text) for cell in told.grids[0].cells] == [("a", True), ("1", False), ("2", False)]


def test_deleted_text_is_not_read_and_inserted_text_is(tmp_path: Path) -> None:
    """Tracked changes: runs, moved text and rows."""
    change = 'w:id="1" w:author="x" w:date="2025-01-01T00:00:00Z"'
    told = document(
        tmp_path,
        table(
            cell(
                f"<w:p><w:del {change}><w:r><w:delText>10</w:delText></w:r></w:del>"
                f"<w:ins {change}><w:r><w:t>12</w:t></w:r></w:ins>"
                f"<w:moveFrom {change}><w:r><w:t>77</w:t></w:r></w:moveFrom></w:p>"
            )
        ).replace("</w:tbl>", f"<w:tr><w:trPr><w:del {change}/></w:trPr>{cell('99')}</w:tr></w:tbl>"),
    )
    assert [cell.text for cell in told.grids[0].cells] == ["12"]


def test_a_text_box_is_read_once(tmp_path: Path) -> None:
    """Its two descriptions, for new and for old programs, are one box; it stands behind its paragraph."""
    box = f"<w:txbxContent>{paragraph('（2024年度）')}</w:txbxContent>"
    told = document(
        tmp_path,
        "<w:p><w:r><w:t>自评表</w:t></w:r><w:r><mc:AlternateContent>"
        f"<mc:Choice Requires='wps'><wps:txbx>{box}</wps:txbx></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>",
    )
    assert [line.text for line in told.lines] == ["自评表", "（2024年度）"]


def test_fields_controls_and_links_are_read_as_shown(tmp_path: Path) -> None:
    """A field's result without its code, a control's content, a link's text."""
    told = document(
        tmp_path,
        '<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:fldSimple w:instr="X"><w:r><w:t>3</w:t></w:r></w:fldSimple>'
        "<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>☑</w:t></w:r></w:sdtContent></w:sdt>"
        "<w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink></w:p>",
    )
    assert [line.text for line in told.lines] == ["3☑链接"]


def test_a_lists_numbers_are_read_as_printed(tmp_path: Path) -> None:
    """The office program counts them, no text of the file holds them: 1、 2、 and 一、."""
    made = docx.Document()
    numbering = made.part.numbering_part.element
    for name, shape_, text in (("90", "decimal", "%1、"), ("91", "chineseCounting", "%1、")):
        numbering.insert(
            0,
            parse_xml(
                f'<w:abstractNum {NS} w:abstractNumId="{name}"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
                f'<w:numFmt w:val="{shape_}"/><w:lvlText w:val="{text}"/></w:lvl></w:abstractNum>'
            ),
        )
        numbering.append(parse_xml(f'<w:num {NS} w:numId="{name}"><w:abstractNumId w:val="{name}"/></w:num>'))
    for text, name in (("修路", "90"), ("架桥", "90"), ("总结", "91")):
        place = f'<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="{name}"/></w:numPr></w:pPr>'
        made.element.body.insert(
            len(made.element.body) - 1, parse_xml(f"<w:p {NS}>{place}<w:r><w:t>{text}</w:t></w:r></w:p>")
        )
    made.save(str(tmp_path / "list.docx"))
    told = read(tmp_path / "list.docx", "list.docx", standard(), None)
    assert [line.text for line in told.lines] == ["1、修路", "2、架桥", "一、总结"]


def rewritten(folder: Path, part: str, content: bytes) -> Path:
    """A Word document with one part replaced."""
    stream = io.BytesIO()
    docx.Document().save(stream)
    path = folder / "rewritten.docx"
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(member.filename, content if member.filename == part else old.read(member))
    return path


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', "formats.entities"),
        ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x []><x/>'.encode("utf-16"), "formats.entities"),
        (b"<w:document", "formats.damaged_office"),
        (b" " * 2**23, "formats.zip_bomb"),
    ],
)
def test_a_hostile_document_is_refused_with_one_sentence(tmp_path: Path, content: bytes, code: str) -> None:
    """Entities, cut XML, a part that unpacks a thousandfold."""
    with pytest.raises(DocumentError) as raised:
        read(rewritten(tmp_path, "word/document.xml", content), "x.docx", standard(), None)
    assert raised.value.code == code
