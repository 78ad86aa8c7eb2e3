"""A Word document (.docx) becomes a Document: its paragraphs as lines, its tables with their real merged cells.

Read is what a reader of the final text sees: inserted text, text boxes, content controls. Deleted text is not read;
hidden text (vanished, white on white, tiny, in a hidden row or a swallowed cell) is reported by its place.
"""

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, cast

import docx
from docx.opc.exceptions import PackageNotFoundError
from lxml import etree

from pipeline.read.blocks import Block, Held, Paragraph, Source, Table, document_of
from pipeline.read.numbering import Numbering
from pipeline.read.packages import checked_office_file
from schemas.errors import DamagedDocument
from schemas.layout import Document

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

Element = etree._Element  # noqa: SLF001 - lxml gives its element's type no other name

# What stands for a text of its own.
_CHARACTERS: Mapping[str, str] = {
    f"{_W}tab": " ",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "-",
    f"{_W}ptab": " ",
}
# What a reader of the final text does not see, and what is no text.
_SKIPPED = frozenset(
    f"{_W}{name}"
    for name in ("del", "moveFrom", "delText", "instrText", "delInstrText", "rt", "pPr", "rPr", "tblPr", "sectPr")
) | {f"{_MC}Fallback"}
_OFF = frozenset({"0", "false", "off", "none"})
# Half points: what is smaller cannot be read on paper.
_TINY = 4
_DEEPEST = 60


def read_docx(path: Path, source: Source) -> Document:
    """The body of a Word document; headers, footers, notes and comments are left out. Raises DocumentError."""
    checked_office_file(path)
    try:
        opened = docx.Document(str(path))
        return document_of(source, tuple(_Reader(opened).blocks(cast("Element", opened.element.body), 0)))
    except (PackageNotFoundError, KeyError, ValueError, AttributeError, etree.LxmlError, zipfile.BadZipFile, OSError):
        raise DamagedDocument("formats.damaged_office") from None


class _Row(NamedTuple):
    """A row's cells with the grid columns in front of them."""

    before: int
    cells: tuple[Element, ...]


class _Reader:
    """Walks one document; what its styles hide is looked up once."""

    def __init__(self, opened: docx.document.Document) -> None:
        self._opened = opened
        self._numbering = Numbering.of(opened)

    def blocks(self, container: Element, depth: int) -> Iterator[Block]:
        """Paragraphs and tables of a body, a cell or a text box, in order."""
        if depth > _DEEPEST:
            raise ValueError(depth)
        for child in container:
            if child.tag == f"{_W}p":
                yield from self._paragraph(child, depth)
            elif child.tag == f"{_W}tbl":
                yield self._table(child, depth)
            elif child.tag not in _SKIPPED and isinstance(child.tag, str):
                yield from self.blocks(_chosen(child), depth + 1)

    def _paragraph(self, paragraph: Element, depth: int) -> Iterator[Block]:
        """The visible text of a paragraph, then a mark where text is hidden, then what its text boxes hold."""
        seen: list[str] = []
        hidden: list[str] = []
        boxes: list[Element] = []
        white = self._is_white_paper(paragraph)
        for run in _runs(paragraph):
            (hidden if self._is_hidden(run, paragraph, white=white) else seen).extend(_text_of(run, boxes))
        text = "".join(seen)
        if text.strip():
            text = self._numbering.label(paragraph) + text
        yield Paragraph(text)
        if "".join(hidden).strip():
            yield Paragraph("".join(hidden), hidden=True)
        for box in boxes:
            yield from self.blocks(box, depth + 1)

    def _table(self, table: Element, depth: int) -> Table:
        """Rows and cells by their grid columns; a cell that goes on downwards is one cell."""
        held: list[Held] = []
        open_above: dict[tuple[int, int], int] = {}
        widest, number, hidden = 0, 0, False
        for element in _rows(table):
            properties = element.find(f"{_W}trPr")
            if properties is not None and properties.find(f"{_W}del") is not None:
                continue
            if properties is not None and _is_on(properties.find(f"{_W}hidden")):
                hidden |= any((text.text or "").strip() for text in element.iter(f"{_W}t"))
                continue
            row = _row(element)
            col, below = row.before, dict[tuple[int, int], int]()
            for cell in row.cells:
                width, merge = _width(cell), _merge(cell)
                above = open_above.get((col, width)) if merge == "continue" else None
                if above is not None:
                    grown = held[above]
                    swallowed = any(_visible(block) for block in self.blocks(cell, depth + 1))
                    held[above] = grown._replace(row_span=grown.row_span + 1, hidden=grown.hidden or swallowed)
                    below[col, width] = above
                else:
                    below |= {(col, width): len(held)} if merge else {}
                    held.append(_held(number, col, width, self.blocks(cell, depth + 1)))
                col += width
            open_above = below
            widest = max(widest, col)
            number += 1
        return Table(number, widest, tuple(held), hidden)

    def _is_hidden(self, run: Element, paragraph: Element, *, white: bool) -> bool:
        own = run.find(f"{_W}rPr")
        chain = [own] if own is not None else []
        chain += [style for name in _style_names(run, paragraph) for style in self._style_chain(name)]
        vanish = next((mark for level in chain if (mark := level.find(f"{_W}vanish")) is not None), None)
        size = next((mark for level in chain if (mark := level.find(f"{_W}sz")) is not None), None)
        colour = next((mark for level in chain if (mark := level.find(f"{_W}color")) is not None), None)
        tiny = size is not None and _number(size, default=_TINY) < _TINY
        shaded = own is not None and (_is_shaded(own) or own.find(f"{_W}highlight") is not None)
        pale = colour is not None and (colour.get(f"{_W}val") or "").upper() == "FFFFFF"
        return _is_on(vanish) or tiny or (pale and white and not shaded)

    def _is_white_paper(self, paragraph: Element) -> bool:
        """True if nothing behind a paragraph has a colour."""
        own = paragraph.find(f"{_W}pPr")
        if own is not None and _is_shaded(own):
            return False
        cells = paragraph.iterancestors(f"{_W}tc")
        tables = paragraph.iterancestors(f"{_W}tbl")
        if any((look := cell.find(f"{_W}tcPr")) is not None and _is_shaded(look) for cell in cells):
            return False
        names = [table.find(f"{_W}tblPr/{_W}tblStyle") for table in tables]
        return not any(name is not None and name.get(f"{_W}val") in self._shaded_styles for name in names)

    def _style_chain(self, name: str) -> list[Element]:
        """The run properties of a style and of those that it is based on."""
        found, seen = [], set[str]()
        while name in self._styles and name not in seen:
            seen.add(name)
            style = self._styles[name]
            properties = style.find(f"{_W}rPr")
            found += [properties] if properties is not None else []
            base = style.find(f"{_W}basedOn")
            name = "" if base is None else base.get(f"{_W}val") or ""
        return found

    @cached_property
    def _styles(self) -> dict[str, Element]:
        root = cast("Element", self._opened.styles.element)
        return {style.get(f"{_W}styleId") or "": style for style in root.iterfind(f"{_W}style")}

    @cached_property
    def _shaded_styles(self) -> frozenset[str]:
        return frozenset(
            name
            for name, style in self._styles.items()
            if any(_is_shaded(look) for tag in ("tcPr", "tblPr") for look in style.iter(f"{_W}{tag}"))
        )


def _visible(block: Block) -> bool:
    return isinstance(block, Table) or (bool(block.text.strip()) and not block.hidden)


def _held(row: int, col: int, width: int, blocks: Iterable[Block]) -> Held:
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


def _chosen(element: Element) -> Element:
    """Of content given in two ways the first one."""
    if element.tag != f"{_MC}AlternateContent":
        return element
    choice = element.find(f"{_MC}Choice")
    if choice is not None:
        return choice
    fallback = element.find(f"{_MC}Fallback")
    return element if fallback is None else fallback


def _runs(element: Element) -> Iterator[Element]:
    """Runs and formulas of a paragraph in order, those of links, fields, insertions and controls too."""
    for child in element:
        if child.tag in {f"{_W}r", f"{_M}r"}:
            yield child
        elif child.tag not in _SKIPPED and isinstance(child.tag, str):
            yield from _runs(_chosen(child))


def _text_of(run: Element, boxes: list[Element]) -> Iterator[str]:
    """The characters of a run; text boxes are put aside."""
    for child in run:
        if child.tag in {f"{_W}t", f"{_M}t"}:
            yield child.text or ""
        elif child.tag in _CHARACTERS:
            yield _CHARACTERS[child.tag]
        elif child.tag == f"{_W}txbxContent":
            boxes.append(child)
        elif child.tag == f"{_W}ruby":
            for base in child.iterfind(f"{_W}rubyBase"):
                for inner in _runs(base):
                    yield from _text_of(inner, boxes)
        elif child.tag not in _SKIPPED and isinstance(child.tag, str):
            yield from _text_of(_chosen(child), boxes)


def _rows(table: Element) -> Iterator[Element]:
    for child in table:
        if child.tag == f"{_W}tr":
            yield child
        elif child.tag not in _SKIPPED and child.tag != f"{_W}tblGrid" and isinstance(child.tag, str):
            yield from _rows(_chosen(child))


def _row(row: Element) -> _Row:
    before = row.find(f"{_W}trPr/{_W}gridBefore")
    return _Row(0 if before is None else _number(before, default=0), tuple(_cells(row)))


def _cells(row: Element) -> Iterator[Element]:
    for child in row:
        if child.tag == f"{_W}tc":
            yield child
        elif child.tag not in _SKIPPED and child.tag != f"{_W}trPr" and isinstance(child.tag, str):
            yield from _cells(_chosen(child))


def _width(cell: Element) -> int:
    span = cell.find(f"{_W}tcPr/{_W}gridSpan")
    return 1 if span is None else max(1, _number(span, default=1))


def _merge(cell: Element) -> str | None:
    merge = cell.find(f"{_W}tcPr/{_W}vMerge")
    return None if merge is None else merge.get(f"{_W}val") or "continue"


def _style_names(run: Element, paragraph: Element) -> Iterator[str]:
    for name in (run.find(f"{_W}rPr/{_W}rStyle"), paragraph.find(f"{_W}pPr/{_W}pStyle")):
        if name is not None:
            yield name.get(f"{_W}val") or ""


def _is_on(mark: Element | None) -> bool:
    return mark is not None and (mark.get(f"{_W}val") or "true") not in _OFF


def _is_shaded(properties: Element) -> bool:
    shade = properties.find(f"{_W}shd")
    return shade is not None and (shade.get(f"{_W}fill") or "auto").upper() not in {"AUTO", "FFFFFF"}


def _number(mark: Element, *, default: int) -> int:
    text = mark.get(f"{_W}val") or ""
    return int(text) if text.isdecimal() and len(text) < 6 else default  # noqa: PLR2004 - no span is that wide
