"""A web page becomes a Document: its tables with their spans as grids, the text around them as lines.

Nothing is fetched and nothing is run. What style sheets in the page or the elements themselves hide is reported by
its place and gives no value.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from pipeline.read.blocks import Block, Held, Paragraph, Source, Table, document_of
from pipeline.read.css import State, Styles
from pipeline.read.encoding import decoded
from pipeline.read.symbols import lowered, raised
from schemas.errors import DamagedDocument
from schemas.layout import Document

_SKIPPED = frozenset(
    {"script", "style", "head", "template", "noscript", "iframe", "object", "embed", "svg", "datalist", "rt", "rp"}
)
_INLINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
    }
    | {
        "mark",
        "q",
        "rb",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "nobr",
        "o:p",
    }
)
_FIELDS = frozenset({"text", "number", "date", ""})
_SPACE = re.compile(r"[ \t\r\n\f]+")
_BOXES = {"checkbox": "☑☐", "radio": "●○"}
_SHIFTS = {"sup": raised, "sub": lowered}
_MOST_SPAN = 1000


def read_html(path: Path, source: Source) -> Document:
    """The body of a web page in the encoding its bytes are in. Raises DamagedDocument."""
    text = decoded(path.read_bytes())
    if text is None:
        raise DamagedDocument("errors.not_text", file=source.name)
    # The bytes say their encoding to the parser once; what the page says of itself was true of other bytes.
    parser = HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = document_fromstring(text.encode("utf-8"), parser=parser)
        return document_of(source, tuple(_Walk(root).blocks()))
    except (etree.LxmlError, ValueError, RecursionError):
        raise DamagedDocument("formats.damaged_html") from None


class _Part(NamedTuple):
    """A stretch of text that a reader sees or does not."""

    text: str
    hidden: bool


class _Walk:
    """Goes through a page once and gives its blocks in the order of the source."""

    def __init__(self, root: HtmlElement) -> None:
        self._root = root
        self._styles = Styles(root)
        self._open: list[_Part] = []

    def blocks(self) -> Iterator[Block]:
        """Paragraphs and tables of the whole page."""
        body = self._root.find("body")
        yield from self._children(self._root if body is None else body, State())
        yield from self._close()

    def _children(self, element: HtmlElement, state: State) -> Iterator[Block]:
        self._say(element.text, state)
        for child in element:
            if isinstance(child.tag, str):
                yield from self._element(child, state)
            self._say(child.tail, state)

    def _element(self, element: HtmlElement, around: State) -> Iterator[Block]:
        tag = element.tag.lower()
        if tag in _SKIPPED:
            return
        state = self._styles.inside(element, around)
        if tag == "br":
            self._open.append(_Part("\n", state.lost))
        elif tag in {"input", "textarea", "select"}:
            self._say(_entered(element), state)
        elif tag == "table":
            yield from self._close()
            if state.hidden:
                yield Paragraph("".join(element.itertext()), hidden=True)
            else:
                for caption in element.iterfind("caption"):
                    yield from self._element(caption, state)
                yield self._table(element, state)
        elif tag in _INLINE:
            yield from self._children(element, state)
        else:
            yield from self._close()
            yield from self._children(element, state)
            yield from self._close()

    def _say(self, text: str | None, state: State) -> None:
        if text:
            printed = _SHIFTS.get(state.shift, str)(text if state.kept else _SPACE.sub(" ", text))
            self._open.append(_Part(printed, state.lost))

    def _close(self) -> Iterator[Block]:
        """The paragraph that ends here, line by line, then a mark if something in it is hidden."""
        seen = "".join(part.text for part in self._open if not part.hidden)
        hidden = "".join(part.text for part in self._open if part.hidden).strip()
        self._open = []
        for line in seen.split("\n"):
            if line.strip():
                yield Paragraph(re.sub(" +", " ", line).strip())
        if hidden:
            yield Paragraph(hidden, hidden=True)

    def _table(self, table: HtmlElement, state: State) -> Table:
        """Cells by the places that earlier spans leave free; a span never reaches below its row group."""
        held: list[Held] = []
        taken: set[tuple[int, int]] = set()
        number, widest, hidden = 0, 0, False
        gone = self._styles.is_gone
        for rows in _row_groups(table):
            shown = [row for row in rows if not gone(row) and not gone(row.getparent())]
            hidden |= any("".join(row.itertext()).strip() for row in rows if row not in shown)
            end = number + len(shown)
            for row in shown:
                around = self._styles.inside(row, self._of_group(row, state))
                col = 0
                for cell in (child for child in row if child.tag in {"td", "th"}):
                    if gone(cell):
                        hidden |= bool("".join(cell.itertext()).strip())
                        continue
                    while (number, col) in taken:
                        col += 1
                    width = _span(cell, "colspan") or 1
                    height = min(_span(cell, "rowspan") or end - number, end - number)
                    free = next((at for at in range(col, col + width) if (number, at) in taken), col + width)
                    taken |= {(at, over) for at in range(number, number + height) for over in range(col, free)}
                    held.append(self._held(cell, (number, col, height, free - col), around))
                    col = free
                    widest = max(widest, col)
                number += 1
        return Table(number, widest, tuple(held), hidden)

    def _of_group(self, row: HtmlElement, state: State) -> State:
        group = row.getparent()
        return state if group is None or group.tag == "table" else self._styles.inside(group, state)

    def _held(self, cell: HtmlElement, place: tuple[int, int, int, int], around: State) -> Held:
        content: list[str | Table] = []
        hidden = False
        outer, self._open = self._open, []
        for block in (*self._children(cell, self._styles.inside(cell, around)), *self._close()):
            if isinstance(block, Table):
                content.append(block)
            elif block.hidden:
                hidden = True
            else:
                content.append(block.text)
        self._open = outer
        return Held(*place, tuple(content), hidden)


def _row_groups(table: HtmlElement) -> Iterator[list[HtmlElement]]:
    """The rows of a table's head, bodies and foot; rows that stand outside of any are a group too."""
    loose: list[HtmlElement] = []
    foot: list[list[HtmlElement]] = []
    for child in table:
        if child.tag == "tr":
            loose.append(child)
            continue
        if loose:
            yield loose
            loose = []
        rows = [row for row in child if row.tag == "tr"] if child.tag in {"thead", "tbody", "tfoot"} else []
        if child.tag == "tfoot":
            foot.append(rows)
        elif rows:
            yield rows
    if loose:
        yield loose
    yield from foot


def _span(cell: HtmlElement, name: str) -> int:
    text = (cell.get(name) or "1").strip()
    return min(int(text), _MOST_SPAN) if text.isdecimal() else 1


def _entered(element: HtmlElement) -> str:
    """What a form on the page shows in a field."""
    if element.tag == "input":
        kind = (element.get("type") or "").lower()
        if kind in _BOXES:
            return _BOXES[kind][0 if "checked" in element.attrib else 1]
        return (element.get("value") or "") if kind in _FIELDS else ""
    if element.tag == "select":
        chosen = [option for option in element.iter("option") if "selected" in option.attrib]
        return "".join((chosen or list(element.iter("option")))[0].itertext()) if len(element) else ""
    return element.text or ""
