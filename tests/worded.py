"""Word documents written by hand in tests: elements of its XML become a file, the file what is read of it."""

import re
from pathlib import Path

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from pipeline.mapping.lexicon import standard
from pipeline.read import read
from schemas.layout import Document

NS = nsdecls("w")


def document(folder: Path, *bodies: str) -> Document:
    """What is read of a Word document with these elements in its body."""
    made = docx.Document()
    for body in bodies:
        spaces = (
            'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
            'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
            'xmlns:v="urn:schemas-microsoft-com:vml" '
        )
        element = parse_xml(re.sub(r"^<w:(\w+)", rf"<w:\1 {NS} {spaces}", body, count=1))
        made.element.body.insert(len(made.element.body) - 1, element)
    path = folder / "made.docx"
    made.save(str(path))
    return read(path, "made.docx", standard(), None)


def paragraph(text: str, properties: str = "") -> str:
    """A paragraph of one run."""
    return f'<w:p><w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def cell(content: str, *, span: int = 1, merge: str = "", look: str = "") -> str:
    """A table cell; `merge` is restart or continue."""
    down = f'<w:vMerge w:val="{merge}"/>' if merge else ""
    inner = content if content.startswith("<") else paragraph(content)
    return f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/>{down}{look}</w:tcPr>{inner}</w:tc>'


def table(*rows: str) -> str:
    """A table of rows of cells."""
    return "<w:tbl><w:tblPr/>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


def shape(told: Document, number: int = 0) -> list[tuple[str, str, int, int]]:
    """Id, text and spans of each cell."""
    cells = told.grids[number].cells
    return [(cell.cell_id, cell.text, cell.row_span, cell.col_span) for cell in cells]
