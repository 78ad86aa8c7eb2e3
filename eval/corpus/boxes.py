"""A document that a browser prints comes in, where each labelled value was put goes out.

The document is printed once more with an ink of its own under every cell and text that prints a labelled value: a
rectangle of that colour in the PDF is its place. The copy is thrown away; it counts only if its characters stand where
those of the committed document stand.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pymupdf

from eval.boxes import DocumentBoxes, FormBoxes, PageBox, PrintedAt
from eval.corpus.paint import Paint, Part
from eval.corpus.render import browser_pdf
from schemas.errors import UsageError


class _Place(NamedTuple):
    """One cell or line with labelled values, and its inks."""

    fields: tuple[str, ...]
    inks: dict[Part, int]


class _Painter:
    """Gives every place inks of its own and remembers which; black is the rules'."""

    def __init__(self) -> None:
        self.places: list[_Place] = []
        self._inks = 0

    def paint(self, fields: Sequence[str], part: Part) -> str:
        """A Paint: a cell first, then its text. A draft's values belong to no form and are not looked for."""
        own = tuple(field for field in fields if not field.startswith("/"))
        if not own:
            return ""
        self._inks += 1
        last = self.places[-1] if self.places else None
        if last is not None and part == "text" and last.fields == own and "text" not in last.inks:
            last.inks[part] = self._inks
        else:
            self.places.append(_Place(own, {part: self._inks}))
        return f' style="background: #{self._inks:06x}"'


def boxes_of(page: Callable[[Paint], str], pdf: Path, forms: int) -> DocumentBoxes:
    """The places of a document's values; UsageError if the page is not the one that the PDF was printed from."""
    painter = _Painter()
    with tempfile.TemporaryDirectory() as scratch:
        source, copy = Path(scratch) / "page.html", Path(scratch) / "page.pdf"
        source.write_text(page(painter.paint), encoding="utf-8")
        browser_pdf(source, copy)
        with pymupdf.open(copy) as painted, pymupdf.open(pdf) as kept:
            if _characters(painted) != _characters(kept):
                raise UsageError("corpus.another_page", path=str(pdf))
            found = list(_inked(painted))
    by_ink: dict[int, list[PageBox]] = {}
    for ink, box in found:
        by_ink.setdefault(ink, []).append(box)
    return DocumentBoxes(
        sha256=sha256(pdf.read_bytes()).hexdigest(),
        forms=tuple(_form(painter.places, by_ink, position) for position in range(forms)),
    )


def _form(places: Sequence[_Place], by_ink: dict[int, list[PageBox]], position: int) -> FormBoxes:
    """What one form's cells and lines print, in the order of the page."""
    found = []
    for place in places:
        own = tuple(pointer.field for pointer in map(_Pointer.of, place.fields) if pointer.form == position)
        boxes = {part: tuple(_whole(by_ink.get(ink, ()))) for part, ink in place.inks.items()}
        if own and any(boxes.values()):
            found.append(PrintedAt(fields=own, cell=boxes.get("cell", ()), text=boxes.get("text", ())))
    return tuple(found)


class _Pointer(NamedTuple):
    """A value of a document: its form's position, its pointer there."""

    form: int
    field: str

    @staticmethod
    def of(text: str) -> "_Pointer":
        position, slash, field = text.partition("/")
        return _Pointer(int(position), slash + field)


def _whole(boxes: Iterable[PageBox]) -> Iterator[PageBox]:
    """One rectangle a page: around the lines of a wrapped text."""
    by_page: dict[int, list[PageBox]] = {}
    for box in boxes:
        by_page.setdefault(box.page, []).append(box)
    for page, own in by_page.items():
        yield PageBox(
            page,
            min(box.x0 for box in own),
            min(box.y0 for box in own),
            max(box.x1 for box in own),
            max(box.y1 for box in own),
        )


def _inked(document: pymupdf.Document) -> Iterator[tuple[int, PageBox]]:
    """Every coloured rectangle: its ink, its place."""
    for number, page in enumerate(document.pages(), start=1):
        for drawing in page.get_drawings():
            ink = int("".join(f"{round(255 * share):02x}" for share in drawing["fill"] or (0, 0, 0)), 16)
            for item in drawing["items"]:
                if ink and item[0] == "re":
                    x0, y0, x1, y1 = (round(float(edge), 2) for edge in item[1])
                    yield ink, PageBox(number, x0, y0, x1, y1)


class _Character(NamedTuple):
    page: int
    text: str
    x: float
    y: float


def _characters(document: pymupdf.Document) -> list[_Character]:
    """Every character with the point that it was put at, in a fixed order."""
    return sorted(
        _Character(number, char["c"], round(char["origin"][0], 1), round(char["origin"][1], 1))
        for number, page in enumerate(document.pages(), start=1)
        for block in page.get_text("rawdict")["blocks"]
        for line in block.get("lines", ())
        for span in line["spans"]
        for char in span["chars"]
    )
