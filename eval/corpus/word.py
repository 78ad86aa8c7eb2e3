"""Tables and a Look, or blocks and an Ink, come in, one Word document goes out."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import cast

import docx
from docx.document import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.table import Table as WordTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from eval.corpus.blocks import Block, Break, Grid, Ink, Line, LineStyle
from eval.corpus.look import Look
from eval.corpus.table import COLUMNS, Printed, Ruled, Table

_A4 = (Pt(595.3), Pt(841.9))
_EPOCH = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
_PROPERTIES = "docProps/core.xml"
_MOMENT = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z")
_EIGHTHS = 8
_TWENTIETHS = 20
_SIDES: dict[LineStyle, WD_ALIGN_PARAGRAPH] = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "prose": WD_ALIGN_PARAGRAPH.LEFT,
    "heading": WD_ALIGN_PARAGRAPH.LEFT,
}


def save(tables: Iterable[Table], look: Look, path: Path) -> None:
    """Write the document; the same tables and Look give the same bytes."""
    _write_file(document(tables, look), path)


def save_blocks(blocks: Iterable[Block], ink: Ink, path: Path) -> None:
    """Write the document; the same blocks and Ink give the same bytes."""
    made = _empty(_look(ink, ()), turned=ink.landscape)
    for block in blocks:
        if isinstance(block, Break):
            made.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        elif isinstance(block, Line):
            size = ink.title_size if block.style in {"title", "cover"} else ink.size
            paragraph = made.add_paragraph()
            _line(paragraph, block.text, size)
            paragraph.alignment = _SIDES.get(block.style, WD_ALIGN_PARAGRAPH.CENTER)
        else:
            look = _look(ink, block.widths)
            _fill(_table(made, block, inside=ink.inside), block, look)
            made.add_paragraph()
    _write_file(made, path)


def document(tables: Iterable[Table], look: Look) -> Document:
    """One table a form under its two centred lines; merged cells are merged, rows may break over pages."""
    made = _empty(look)
    for position, table in enumerate(tables):
        title = made.add_paragraph()
        title.paragraph_format.page_break_before = look.new_page and position > 0
        _line(title, table.title, look.title_size)
        _line(made.add_paragraph(), table.year, look.size)
        _fill(made.add_table(rows=table.rows, cols=COLUMNS, style="Table Grid"), table, look)
    return made


def _empty(look: Look, *, turned: bool = False) -> Document:
    """A document of one section without a paragraph."""
    made = docx.Document()
    section = made.sections[0]
    section.start_type = WD_SECTION.NEW_PAGE
    section.page_width, section.page_height = reversed(_A4) if turned else _A4
    section.left_margin = section.right_margin = Pt(look.margin_x)
    section.top_margin = section.bottom_margin = Pt(look.margin_y)
    made.core_properties.created = made.core_properties.modified = _EPOCH
    _face(made, look)
    return made


def _table(made: Document, block: Grid, *, inside: bool) -> WordTable:
    """An empty table in the text, or inside the one cell of an outer one."""
    rows, columns = block.rows, len(block.widths)
    if not inside:
        return cast("WordTable", made.add_table(rows=rows, cols=columns, style="Table Grid"))
    table = cast("WordTable", made.add_table(rows=1, cols=1, style="Table Grid").cell(0, 0).add_table(rows, columns))
    table.style = made.styles["Table Grid"]
    return table


def _look(ink: Ink, widths: tuple[float, ...]) -> Look:
    known = ink.model_dump(include=set(Look.model_fields))
    return Look.model_validate({**known, "widths": widths, "new_page": False})


def _write_file(made: Document, path: Path) -> None:
    stream = io.BytesIO()
    made.save(stream)
    path.write_bytes(dateless_archive(stream.getvalue()))


def _face(made: Document, look: Look) -> None:
    normal = made.styles["Normal"]
    normal.font.name = look.font
    normal.font.size = Pt(look.size)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), look.font)
    normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)


def _line(paragraph: Paragraph, text: str, size: float) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    paragraph.add_run(text).font.size = Pt(size)


def _fill(grid: WordTable, table: Ruled, look: Look) -> None:
    grid.autofit = False
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    _measures(grid, look)
    for column, width in zip(grid.columns, look.widths, strict=True):
        column.width = Pt(width)
    for row in grid.rows:
        row.height_rule, row.height = WD_ROW_HEIGHT_RULE.AT_LEAST, Pt(look.row_height)
        for cell, width in zip(row.cells, look.widths, strict=True):
            cell.width = Pt(width)
    places = [list(row.cells) for row in grid.rows]
    prose = {printed.row for printed in table.cells if printed.align == "left"}
    whole = {printed.row for printed in table.cells} - prose
    for row in whole:
        grid.rows[row]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 - no call for it
    for printed in table.cells:
        first = places[printed.row][printed.column]
        last = places[printed.row + printed.rowspan - 1][printed.column + printed.colspan - 1]
        _write(first if first is last else first.merge(last), printed)


def _write(cell: _Cell, printed: Printed) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for extra in cell.paragraphs[1:]:
        extra._p.getparent().remove(extra._p)  # noqa: SLF001 - python-docx has no call that removes a paragraph
    for position, line in enumerate(printed.lines):
        paragraph = cell.add_paragraph() if position else cell.paragraphs[0]
        centred = printed.align == "centre"
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.LEFT
        paragraph.add_run(line)


def _measures(grid: WordTable, look: Look) -> None:
    """Rules of the Look's width and its padding, as the table's own properties."""
    properties = grid._tbl.tblPr  # noqa: SLF001 - borders and margins have no call in python-docx
    borders, margins = OxmlElement("w:tblBorders"), OxmlElement("w:tblCellMar")
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV"):
        rule = OxmlElement(f"w:{edge}")
        sides = {"val": "single", "sz": round(look.rule * _EIGHTHS), "space": 0, "color": "000000"}
        for name, value in sides.items():
            rule.set(qn(f"w:{name}"), str(value))
        borders.append(rule)
    for edge in ("top", "left", "bottom", "right"):
        margin = OxmlElement(f"w:{edge}")
        margin.set(qn("w:w"), str(round(look.padding * _TWENTIETHS)))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    layout = properties.get_or_add_tblLayout()
    layout.addprevious(borders)
    layout.addnext(margins)


def dateless_archive(archive: bytes) -> bytes:
    """The archive with one fixed date on every member and in its properties."""
    settled = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(settled, "w") as new:
        for member in old.infolist():
            entry = zipfile.ZipInfo(member.filename, date_time=(2025, 1, 1, 0, 0, 0))
            content = old.read(member)
            if member.filename == _PROPERTIES:
                content = _MOMENT.sub(b"2025-01-01T00:00:00Z", content)
            new.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return settled.getvalue()
