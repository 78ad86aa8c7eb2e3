"""What Word writes besides plain text: changes, fields, symbols, controls, lists; each is read as it looks, or told."""

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from PIL import Image
from worded import NS, cell, document, paragraph, shape, table

from pipeline.mapping.lexicon import standard
from pipeline.read import read
from schemas.errors import DocumentError

R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


CHANGE = 'w:id="1" w:author="x" w:date="2025-01-01T00:00:00Z"'


def runs(*contents: str) -> str:
    """A paragraph of runs with these contents."""
    return "<w:p>" + "".join(f"<w:r>{content}</w:r>" for content in contents) + "</w:p>"


def test_changes_that_nobody_accepted_are_told_by_their_place(tmp_path: Path) -> None:
    """Text that a change brings is read, text that it takes is not; both mark their cell, a cell its table."""
    told = document(
        tmp_path,
        table(
            cell(f"<w:p><w:ins {CHANGE}><w:r><w:t>12</w:t></w:r></w:ins></w:p>")
            + cell(f"<w:p><w:r><w:t>8</w:t></w:r><w:del {CHANGE}><w:r><w:delText>9</w:delText></w:r></w:del></w:p>")
            + cell(f"<w:p><w:r><w:t>7</w:t></w:r><w:ins {CHANGE}><w:r><w:t> </w:t></w:r></w:ins></w:p>"),
        ),
        table(cell("a") + cell("b", look=f"<w:cellDel {CHANGE}/>"), cell("c") + cell("d")),
        paragraph("以前"),
        f"<w:p><w:ins {CHANGE}><w:r><w:t>2024年度</w:t></w:r></w:ins></w:p>",
    )
    assert [(cell.text, cell.hidden_text) for cell in told.grids[0].cells] == [("12", True), ("8", True), ("7", False)]
    assert [cell.text for cell in told.grids[1].cells] == ["a", "c", "d"]
    assert [span.model_dump() for span in told.grids[1].hidden] == [{"cell": "p1t2"}]
    assert [(line.text, line.hidden) for line in told.lines] == [
        ("以前", False),
        ("2024年度", False),
        ("2024年度", True),
    ]


def test_struck_text_is_hidden(tmp_path: Path) -> None:
    """A reader knows that it does not count; a paragraph of a struck style as well, unless its run says no."""
    told = document(
        tmp_path,
        table(
            cell(paragraph("90", "<w:strike/>") + paragraph("95"))
            + cell(paragraph("80", "<w:dstrike/>"))
            + cell(paragraph("70", '<w:strike w:val="false"/>'))
        ),
    )
    assert [(cell.text, cell.hidden_text) for cell in told.grids[0].cells] == [("95", True), ("", True), ("70", False)]


def test_text_in_the_colour_behind_it_is_hidden(tmp_path: Path) -> None:
    """Blue on the same blue; blue on white and white on a pattern are seen."""
    blue, ground = '<w:color w:val="1F4E79"/>', '<w:shd w:val="clear" w:fill="1F4E79"/>'
    pattern = '<w:shd w:val="pct50" w:color="000000" w:fill="FFFFFF"/>'
    told = document(
        tmp_path,
        table(
            cell(paragraph("1", blue), look=ground)
            + cell(paragraph("2", blue))
            + cell(paragraph("3", '<w:color w:val="FFFFFF"/>'), look=pattern)
            + cell(paragraph("4", f'{blue}<w:highlight w:val="yellow"/>'), look=ground)
        ),
    )
    assert [(cell.text, cell.hidden_text) for cell in told.grids[0].cells] == [
        ("", True),
        ("2", False),
        ("3", False),
        ("4", False),
    ]


def test_a_row_too_low_for_a_character_is_hidden(tmp_path: Path) -> None:
    """One point high and not to grow."""
    rows = table(cell("a"), cell("b")).replace(
        "<w:tr>", '<w:tr><w:trPr><w:trHeight w:val="20" w:hRule="exact"/></w:trPr>', 1
    )
    told = document(tmp_path, rows)
    assert [cell.text for cell in told.grids[0].cells] == ["b"]
    assert [span.model_dump() for span in told.grids[0].hidden] == [{"cell": "p1t1"}]


def test_symbols_are_read_as_they_look(tmp_path: Path) -> None:
    """Inserted symbols, private characters and letters in a symbol font; what is not known is seen to be there."""
    told = document(
        tmp_path,
        runs('<w:sym w:font="Symbol" w:char="F0B3"/>', "<w:t>95%</w:t>"),
        runs(
            '<w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr><w:t>þ</w:t>',
            "<w:t>是</w:t>",
            '<w:rPr><w:rFonts w:hAnsi="Wingdings 2"/></w:rPr><w:t>\uf0a3</w:t>',
            "<w:t>否</w:t>",
            '<w:sym w:font="Wingdings" w:char="F04A"/>',
            '<w:sym w:font="宋体" w:char="2265"/>',
        ),
    )
    assert [line.text for line in told.lines] == ["≥95%", "☑是☐否�≥"]


def test_raised_and_lowered_digits_are_no_digits_of_the_number(tmp_path: Path) -> None:
    """98.5 with a raised 1 is not 98.51; a power in a formula, a fraction's bar."""
    maths = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    part = "<m:r><m:t>{}</m:t></m:r>"
    told = document(
        tmp_path,
        runs("<w:t>98.5</w:t>", '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>1</w:t>'),
        runs("<w:t>CO</w:t>", '<w:rPr><w:vertAlign w:val="subscript"/></w:rPr><w:t>2</w:t>'),
        f"<w:p><m:oMath {maths}><m:f><m:num>{part.format(1)}</m:num><m:den>{part.format(2)}</m:den></m:f>"
        f"<m:sSup><m:e>{part.format(10)}</m:e><m:sup>{part.format(3)}</m:sup></m:sSup></m:oMath></w:p>",
    )
    assert [line.text for line in told.lines] == ["98.5¹", "CO₂", "1/210³"]


def field(code: str, result: str | None) -> tuple[str, ...]:
    """The runs of a field."""
    ends = [f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "separate", "end")]
    shown = () if result is None else (ends[1], result)
    return (ends[0], code, *shown, ends[2])


def test_a_fields_code_is_no_text_even_where_it_holds_fields(tmp_path: Path) -> None:
    """A sum of a reference: the inner result is a part of the code; the outer one is read."""
    inner = field("<w:instrText>REF a</w:instrText>", "<w:t>40</w:t>")
    begin, end = '<w:fldChar w:fldCharType="begin"/>', '<w:fldChar w:fldCharType="end"/>'
    separate = '<w:fldChar w:fldCharType="separate"/>'
    told = document(
        tmp_path,
        runs(begin, "<w:instrText>= 1 + </w:instrText>", *inner, separate, "<w:t>41</w:t>", end, "<w:t>分</w:t>"),
        runs(*field("<w:instrText>eq \\o\\ac(○,3)</w:instrText>", None), "<w:t>合计</w:t>"),
        runs("<w:t>共</w:t>", *field("<w:instrText>=SUM(LEFT)</w:instrText>", None)),
        runs(begin, "<w:t>x</w:t>"),
        paragraph("后文"),
    )
    assert [line.text for line in told.lines] == ["41分", "③合计", "共�", "后文"]


def test_forms_of_old_word_show_what_was_entered(tmp_path: Path) -> None:
    """A box that was ticked, one that was not, the chosen entry of a list; a control's prompt is no text."""

    def entry(data: str) -> tuple[str, str]:
        begin = f'<w:fldChar w:fldCharType="begin"><w:ffData>{data}</w:ffData></w:fldChar>'
        return begin, '<w:fldChar w:fldCharType="end"/>'

    choice = '<w:ddList><w:result w:val="1"/><w:listEntry w:val="良"/><w:listEntry w:val="优"/></w:ddList>'
    prompt = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    told = document(
        tmp_path,
        runs(
            *entry("<w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox>"),
            *entry("<w:checkBox><w:default w:val='0'/></w:checkBox>"),
            *entry(choice),
        ),
        "<w:p>" + prompt.format("<w:r><w:t>单击此处输入文字。</w:t></w:r>") + "<w:r><w:t>元</w:t></w:r></w:p>",
        table(prompt.format(cell("选择一项。")) + cell("优")),
    )
    assert [line.text for line in told.lines] == ["☑☐优", "元"]
    assert shape(told) == [("p1t1r0c0", "", 1, 1), ("p1t1r0c1", "优", 1, 1)]


def test_controls_around_cells_and_rows_and_old_merges_are_looked_through(tmp_path: Path) -> None:
    """A control around a row and one around a cell; cells merged to the right as old programs write it."""
    control = "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>"
    first, more = '<w:hMerge w:val="restart"/>', "<w:hMerge/>"
    rows = table(
        cell("项目", look=first) + cell("", look=more) + cell("x"), control.format(cell("1")) + cell("2") + cell("3")
    )
    last = control.format(f"<w:tr>{cell('4')}{cell('5', look=first)}{cell('吞', look=more)}</w:tr>")
    told = document(tmp_path, rows.replace("</w:tbl>", last + "</w:tbl>"))
    assert [(c.text, c.row, c.col, c.col_span, c.hidden_text) for c in told.grids[0].cells] == [
        ("项目", 0, 0, 2, False),
        ("x", 0, 2, 1, False),
        ("1", 1, 0, 1, False),
        ("2", 1, 1, 1, False),
        ("3", 1, 2, 1, False),
        ("4", 2, 0, 1, False),
        ("5", 2, 1, 2, True),
    ]


def test_rows_may_begin_and_end_inside_the_grid(tmp_path: Path) -> None:
    """A row's cells move to the right, its end stays free; columns that no cell begins in are none."""
    inset = (
        f'<w:tr><w:trPr><w:gridBefore w:val="1"/><w:gridAfter w:val="1"/></w:trPr>{cell("b", merge="continue")}</w:tr>'
    )
    rows = table(cell("a", span=4), cell("1") + cell("2") + cell("3", span=2))
    told = document(tmp_path, rows.replace("</w:tbl>", inset + "</w:tbl>"))
    assert [(cell.text, cell.row, cell.col, cell.col_span) for cell in told.grids[0].cells] == [
        ("a", 0, 0, 3),
        ("1", 1, 0, 1),
        ("2", 1, 1, 1),
        ("3", 1, 2, 1),
        ("b", 2, 1, 1),
    ]
    assert (told.grids[0].row_count, told.grids[0].col_count) == (3, 3)


def test_notes_comments_headers_and_footers_are_no_text_of_a_form(tmp_path: Path) -> None:
    """A comment on a number, a header and a footer: the body alone is read."""
    made = docx.Document()
    made.sections[0].header.paragraphs[0].text = "页眉"
    made.sections[0].footer.paragraphs[0].text = "第 1 页"
    run = made.add_table(1, 1).cell(0, 0).paragraphs[0].add_run("98")
    made.add_comment(run, text="应为 99", author="x")
    run._r.append(parse_xml(f'<w:footnoteReference {NS} w:id="1"/>'))
    made.save(str(tmp_path / "noted.docx"))
    told = read(tmp_path / "noted.docx", "noted.docx", standard(), None)
    assert (told.lines, [text for _, text, _, _ in shape(told)]) == ((), ["98"])


def retyped(path: Path, target: Path, *changes: tuple[bytes, bytes]) -> Path:
    """An office file with some bytes of its XML replaced."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.infolist():
            data = old.read(member)
            for before, after in changes:
                data = data.replace(before, after)
            new.writestr(member.filename, data)
    return target


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            b"openxmlformats-officedocument.wordprocessingml.document.main+xml",
            b"ms-word.document.macroEnabled.main+xml",
        ),
        (b"wordprocessingml.document.main+xml", b"wordprocessingml.template.main+xml"),
        (b"http://schemas.openxmlformats.org/officeDocument/2006/", b"http://purl.oclc.org/ooxml/officeDocument/"),
    ],
)
def test_documents_of_other_kinds_are_read(tmp_path: Path, before: bytes, after: bytes) -> None:
    """With macros, a template, and of the strict kind, whose names are other ones."""
    made = docx.Document()
    made.add_paragraph("自评表")
    made.save(str(tmp_path / "a.docx"))
    strict = (
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/",
        b"http://purl.oclc.org/ooxml/wordprocessingml/",
    )
    changes = [(before, after), strict] if b"purl" in after else [(before, after)]
    path = retyped(tmp_path / "a.docx", tmp_path / "b.docm", *changes)
    assert [line.text for line in read(path, "b.docm", standard(), None).lines] == ["自评表"]


def test_a_document_of_pictures_alone_is_told(tmp_path: Path) -> None:
    """Scanned pages that somebody pasted into Word: one error that says what to do; beside text a picture is none."""
    picture = io.BytesIO()
    Image.new("L", (8, 8), 255).save(picture, "PNG")
    made = docx.Document()
    made.add_picture(picture)
    made.save(str(tmp_path / "a.docx"))
    with pytest.raises(DocumentError) as raised:
        read(tmp_path / "a.docx", "a.docx", standard(), None)
    assert raised.value.code == "formats.pictures_only"
    made.add_paragraph("自评表")
    made.save(str(tmp_path / "a.docx"))
    assert [line.text for line in read(tmp_path / "a.docx", "a.docx", standard(), None).lines] == ["自评表"]


def test_text_that_is_embedded_from_another_file_is_told(tmp_path: Path) -> None:
    """A part that Word would take in: one error that says what to do, never an empty document."""
    with pytest.raises(DocumentError) as raised:
        document(tmp_path, f'<w:altChunk xmlns:r="{R}" r:id="x"/>')
    assert raised.value.code == "formats.embedded_text"


@pytest.mark.parametrize(
    ("shape_", "texts"),
    [
        ("upperRoman", ["I.", "II."]),
        ("ideographTraditional", ["甲.", "乙."]),
        ("decimalEnclosedParen", ["⑴.", "⑵."]),
        ("chineseLegalSimplified", ["壹.", "贰."]),
        ("decimalZero", ["01.", "02."]),
    ],
)
def test_lists_count_in_their_own_digits_and_may_begin_anew(tmp_path: Path, shape_: str, texts: list[str]) -> None:
    """A column of numbers whose cells hold nothing else; a second list of the same kind begins at its own number."""
    made = docx.Document()
    numbering = made.part.numbering_part.element
    numbering.insert(
        0,
        parse_xml(
            f'<w:abstractNum {NS} w:abstractNumId="90"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
            f'<w:numFmt w:val="{shape_}"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
        ),
    )
    again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    for name, more in (("90", ""), ("91", again)):
        numbering.append(parse_xml(f'<w:num {NS} w:numId="{name}"><w:abstractNumId w:val="90"/>{more}</w:num>'))
    rows = made.add_table(4, 1)
    for at, name in enumerate(("90", "90", "91", "91")):
        place = f'<w:pPr {NS}><w:numPr><w:ilvl w:val="0"/><w:numId w:val="{name}"/></w:numPr></w:pPr>'
        rows.cell(at, 0).paragraphs[0]._p.insert(0, parse_xml(place))
    made.save(str(tmp_path / "list.docx"))
    told = read(tmp_path / "list.docx", "list.docx", standard(), None)
    assert [cell.text for cell in told.grids[0].cells] == [*texts, *texts]
