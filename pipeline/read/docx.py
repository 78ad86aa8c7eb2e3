"""A Word document (.docx) becomes a Document: its paragraphs as lines, its tables with their real merged cells.

Read is what a reader of the final text sees: inserted text, text boxes, content controls. What was deleted or struck
out is not read; that it is there, and that changes are not yet accepted, is reported by its place, as hidden text is
(vanished, in the colour behind it, tiny, in a hidden row or a swallowed cell).
"""

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, cast

import docx
from docx.opc.constants import CONTENT_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.opc.part import PartFactory
from docx.package import Package
from docx.parts.document import DocumentPart
from lxml import etree

from pipeline.read.blocks import Block, Held, Paragraph, Source, Table, document_of
from pipeline.read.docx_look import Look, is_low
from pipeline.read.docx_runs import is_placeholder, pieces
from pipeline.read.docx_xml import Element, W, inside, is_on, number, value
from pipeline.read.numbering import Numbering
from pipeline.read.packages import checked_office_file, transitional
from schemas.errors import DamagedDocument, UnsupportedFormat
from schemas.layout import Document

_DEEPEST = 60
# Documents with macros and templates hold the same text; python-docx asks for a document by its type alone.
_TYPES = (
    CONTENT_TYPE.WML_DOCUMENT_MAIN,
    "application/vnd.ms-word.document.macroEnabled.main+xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
)
# Pictures, and tables of other programs that are shown as pictures.
_PICTURES = (
    "{http://schemas.openxmlformats.org/drawingml/2006/main}blip",
    "{urn:schemas-microsoft-com:vml}imagedata",
    "{urn:schemas-microsoft-com:office:office}OLEObject",
)
PartFactory.part_type_for.update(dict.fromkeys(_TYPES, DocumentPart))


def read_docx(path: Path, source: Source) -> Document:
    """The body of a Word document; headers, footers, notes and comments are left out. Raises DocumentError."""
    checked_office_file(path)
    try:
        with transitional(path) as stored:
            opened = Package.open(stored).main_document_part.document
        body = cast("Element", opened.element.body)
        told = document_of(source, tuple(_Reader(opened).blocks(body, 0)))
    except (PackageNotFoundError, etree.LxmlError, zipfile.BadZipFile, OSError):
        raise DamagedDocument("formats.damaged_office") from None
    # python-docx trusts the parts: what is missing or forged ends in errors of the language itself.
    except (LookupError, ValueError, AttributeError, TypeError):
        raise DamagedDocument("formats.damaged_office") from None
    if not told.lines and not told.grids and any(True for _ in body.iter(*_PICTURES)):
        raise UnsupportedFormat("formats.pictures_only")
    return told


class _Cell(NamedTuple):
    """A table's cell with those that it swallows to its right."""

    col: int
    width: int
    elements: tuple[Element, ...]
    blank: bool
    """It stands in a control that nobody filled in."""

    @property
    def merge(self) -> str | None:
        """`restart` or `continue` of a cell that goes on downwards."""
        found = self.elements[0].find(f"{W}tcPr/{W}vMerge")
        return None if found is None else found.get(f"{W}val") or "continue"

    @property
    def change(self) -> str | None:
        """`cellDel` or `cellIns` of a cell that a tracked change takes away or brings."""
        names = ("cellDel", "cellIns")
        return next((name for name in names if self.elements[0].find(f"{W}tcPr/{W}{name}") is not None), None)


class _Reader:
    """Walks one document in the order of its text."""

    def __init__(self, opened: docx.document.Document) -> None:
        self._look = Look(opened)
        self._numbering = Numbering.of(opened)

    def blocks(self, container: Element, depth: int) -> Iterator[Block]:
        """Paragraphs and tables of a body, a cell or a text box, in order."""
        if depth > _DEEPEST:
            raise ValueError(depth)
        for child in inside(container):
            if child.tag == f"{W}p":
                yield from self._paragraph(child, depth)
            elif child.tag == f"{W}tbl":
                yield self._table(child, depth)
            elif child.tag == f"{W}altChunk":
                raise UnsupportedFormat("formats.embedded_text")
            elif not is_placeholder(child):
                yield from self.blocks(child, depth + 1)

    def _paragraph(self, paragraph: Element, depth: int) -> Iterator[Block]:
        """The visible text of a paragraph, then a mark where text is hidden or new, then what its text boxes hold."""
        seen: list[str] = []
        marked: list[str] = []
        boxes: list[Element] = []
        ground = self._look.ground(paragraph)
        for piece in pieces(paragraph):
            if piece.change == "taken" or self._look.is_hidden(piece.run, paragraph, ground):
                marked += [piece.text, *(_written(box) for box in piece.boxes)]
                continue
            seen.append(piece.text)
            boxes += piece.boxes
            marked += [piece.text] if piece.change == "brought" else []
        text = "".join(seen)
        marks = "".join(marked)
        # A list counts its blank paragraphs too, but none that is hidden.
        label = self._numbering.label(paragraph) if text.strip() or not marks.strip() else ""
        yield Paragraph(label + text)
        if marks.strip():
            yield Paragraph(marks, hidden=True)
        for box in boxes:
            yield from self.blocks(box, depth + 1)

    def _table(self, table: Element, depth: int) -> Table:
        """Rows and cells by their grid columns; a cell that goes on downwards is one cell."""
        held: list[Held] = []
        open_above: dict[tuple[int, int], int] = {}
        widest, height, hidden = 0, 0, False
        for row in _rows(table):
            taken = row.find(f"{W}trPr/{W}del") is not None
            away = is_on(row.find(f"{W}trPr/{W}hidden")) or is_low(row)
            hidden |= (taken or away or row.find(f"{W}trPr/{W}ins") is not None) and bool(_written(row))
            if taken or away:
                continue
            below = dict[tuple[int, int], int]()
            for cell in _cells_of(row):
                widest = max(widest, cell.col + cell.width)
                changed = any(
                    cell.elements[0].find(f"{W}tcPr/{W}{name}") is not None for name in ("cellDel", "cellIns")
                )
                hidden |= changed and bool(_written(cell.elements[0]))
                if cell.elements[0].find(f"{W}tcPr/{W}cellDel") is not None:
                    continue
                place = cell.col, cell.width
                above = open_above.get(place) if cell.merge == "continue" else None
                if above is None:
                    held.append(self._held(cell, height, depth))
                else:
                    held[above] = self._grown(held[above], cell, depth)
                below |= {place: len(held) - 1 if above is None else above} if cell.merge else {}
            open_above = below
            height += 1
        return Table(height, widest, tuple(held), hidden)

    def _held(self, cell: _Cell, row: int, depth: int) -> Held:
        own = () if cell.blank else self.blocks(cell.elements[0], depth + 1)
        held = _of_blocks(row, cell.col, cell.width, own)
        swallowed = any(_visible(block) for other in cell.elements[1:] for block in self.blocks(other, depth + 1))
        return held._replace(hidden=held.hidden or swallowed)

    def _grown(self, held: Held, cell: _Cell, depth: int) -> Held:
        """A cell that goes on over one more; text in what it swallows is hidden."""
        swallowed = [block for element in cell.elements for block in self.blocks(element, depth + 1)]
        hidden = held.hidden or any(map(_visible, swallowed))
        return held._replace(row_span=held.row_span + 1, hidden=hidden)


def _visible(block: Block) -> bool:
    return isinstance(block, Table) or (bool(block.text.strip()) and not block.hidden)


def _of_blocks(row: int, col: int, width: int, blocks: Iterable[Block]) -> Held:
    content: list[str | Table] = []
    hidden = False
    for block in blocks:
        if isinstance(block, Table):
            content.append(block)
        elif block.hidden:
            hidden = True
        else:
            content += [line for line in block.text.split("\n") if line.strip()]
    return Held(row, col, 1, width, tuple(content), hidden)


def _written(element: Element) -> str:
    """All that is written in an element, whether it is seen or not."""
    return "".join(text.text or "" for text in element.iter(f"{W}t", f"{W}delText")).strip()


def _rows(table: Element) -> Iterator[Element]:
    for child in inside(table):
        if child.tag == f"{W}tr":
            yield child
        else:
            yield from _rows(child)


def _cells_of(row: Element) -> list[_Cell]:
    cells: list[_Cell] = []
    col = number(row, "trPr/gridBefore", 0)
    for element, blank in _cells(row, blank=False):
        width = max(1, number(element, "tcPr/gridSpan", 1))
        merge = element.find(f"{W}tcPr/{W}hMerge")
        if cells and merge is not None and value(element, "tcPr/hMerge", "continue") == "continue":
            cells[-1] = cells[-1]._replace(width=cells[-1].width + width, elements=(*cells[-1].elements, element))
        else:
            cells.append(_Cell(col, width, (element,), blank))
        col += width
    return cells


def _cells(row: Element, *, blank: bool) -> Iterator[tuple[Element, bool]]:
    for child in inside(row):
        if child.tag == f"{W}tc":
            yield child, blank
        else:
            yield from _cells(child, blank=blank or is_placeholder(child))
