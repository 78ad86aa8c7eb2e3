"""A document of pages becomes a Document: the text of a page if it has any of use, else what its picture shows."""

from collections.abc import Callable, Collection, Iterator
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pipeline.layout import Laid, lay_out
from pipeline.layout.marks import PageMarks
from pipeline.mapping.lexicon import Lexicon
from pipeline.read.blocks import Source
from pipeline.read.extras import optional
from pipeline.read.kinds import PDF, PICTURES
from pipeline.read.pdf import read_pages
from pipeline.read.picture import image_share, page_count, page_pixels
from pipeline.read.readings import Line as ReadLine
from pipeline.read.recurring import settled
from pipeline.read.spelling import spelled
from pipeline.read.turns import Tilt, on_the_page, turned_back
from pipeline.settings import cache_folder
from schemas.evidence import BBox, PageSpan, Span
from schemas.layout import Cell, Document, Grid, Line, Page

if TYPE_CHECKING:
    from pipeline.read.scan import Scanner, Upright

# A page with this many characters that a reader sees is read as text.
ENOUGH_TEXT = 100
# A page without enough text is a picture if an image covers this share of it,
PICTURE_SHARE = 0.4
# or if lines are drawn on it as in a table and no character stands between them.
DRAWN_RULES = 8
# Text is of no use if this share of its characters are no characters of any script.
GARBLED = 0.3
# A picture taken at fewer dots an inch than this is enlarged.
_LEAST_DPI, _LEAST_DPI_DRAWN = 150.0, 200.0


def read_paged(path: Path, source: Source, lexicon: Lexicon) -> Document:
    """A PDF or a picture file. Raises DocumentError, UnsupportedFormat if a page needs an extra that is not there."""
    reader = _Pages(path, source.media_type, lexicon.words())
    laid = reader.as_scanned(lay_out(reader.marks(), lexicon.levels, lexicon.titles, lexicon.words()))
    return Document(
        path=source.name,
        sha256=source.sha256,
        media_type=source.media_type,
        pages=laid.pages,
        lines=laid.lines,
        grids=laid.grids,
    )


class _Pages:
    """The pages of one file; remembers which of them were read from their pictures."""

    def __init__(self, path: Path, kind: str, words: Collection[str]) -> None:
        self._path = path
        self._kind = kind
        self._words = words
        self._unsure: dict[int, frozenset[str]] = {}
        self._disputed: dict[int, tuple[BBox, ...]] = {}
        self._read: list[ReadLine] = []
        self._places: dict[int, Callable[[BBox], BBox]] = {}
        self._sizes: dict[int, tuple[float, float]] = {}
        self._settled: dict[str, str] = {}

    def marks(self) -> Iterator[PageMarks]:
        """What layout needs of each page, in order."""
        if self._kind != PDF:
            for number in range(1, page_count(self._path, PICTURES[self._kind]) + 1):
                yield self._scanned(number, _LEAST_DPI)
            return
        for page in read_pages(self._path):
            useful = useful_text(page)
            if useful >= ENOUGH_TEXT:
                yield self._turned(page)
            elif image_share(self._path, page.number) >= PICTURE_SHARE:
                yield self._scanned(page.number, _LEAST_DPI)
            elif useful == 0 and (page.runs or len(page.horizontal) + len(page.vertical) >= DRAWN_RULES):
                yield self._scanned(page.number, _LEAST_DPI_DRAWN)
            else:
                yield self._turned(page)

    def _turned(self, page: PageMarks) -> PageMarks:
        """Remembers how a page of text lies that was turned to be read."""
        if page.turned:
            own = (page.height, page.width) if page.turned % 2 else (page.width, page.height)
            self._sizes[page.number] = own
            self._places[page.number] = partial(_turned_back, page.turned, own)
        return page

    @cached_property
    def _scanner(self) -> "Scanner":
        return scanner()

    def _scanned(self, number: int, least: float) -> PageMarks:
        scanning = self._scanner
        filetype = PICTURES.get(self._kind, "pdf")
        pixels = page_pixels(self._path, number, filetype=filetype, least=least)
        read = scanning.page(number, pixels)
        self._unsure[number] = read.unsure
        self._disputed[number] = read.disputed
        self._read += read.lines
        self._places[number] = partial(_untilted, read.tilt)
        self._sizes[number] = pixels.width, pixels.height
        return read.marks

    def as_scanned(self, laid: Laid) -> Laid:
        """The same with what was read from pictures marked so, and turned back onto the pages as they are."""
        if not self._places:
            return laid
        self._settled = settled(self._read)
        return Laid(
            tuple(self._page(page) for page in laid.pages),
            tuple(self._line(line) for line in laid.lines),
            tuple(self._grid(grid) for grid in laid.grids),
        )

    def _page(self, page: Page) -> Page:
        width, height = self._sizes.get(page.number, (page.width, page.height))
        return page.model_copy(update={"width": width, "height": height})

    def _line(self, line: Line) -> Line:
        if line.page not in self._places or line.bbox is None:
            return line
        update: dict[str, object] = {"bbox": self._places[line.page](line.bbox)}
        if line.page in self._unsure:
            update |= {"origin": "ocr", "text": self._settled.get(line.text, line.text)}
        return line.model_copy(update=update)

    def _grid(self, grid: Grid) -> Grid:
        if not any(page in self._places for page in grid.pages):
            return grid
        place = self._places.get(grid.pages[0])
        box = place(grid.bbox) if place is not None and grid.bbox is not None else grid.bbox
        return grid.model_copy(update={"cells": tuple(self._cell(cell) for cell in grid.cells), "bbox": box})

    def _cell(self, cell: Cell) -> Cell:
        pages = {span.page for span in cell.spans if isinstance(span, PageSpan)}
        if not pages & set(self._places):
            return cell
        update: dict[str, object] = {"spans": tuple(self._span(span) for span in cell.spans)}
        if not pages & set(self._unsure):
            return cell.model_copy(update=update)
        update |= {"origin": "ocr"}
        if any(isinstance(span, PageSpan) and self._is_disputed(span) for span in cell.spans):
            update |= {"doubts": (*cell.doubts, "reading")}
        unsure = {line for page in pages for line in self._unsure.get(page, ())}
        text, lines = cell.text, tuple(self._settled.get(line, line) for line in cell.lines)
        for line, told in zip(cell.lines, lines, strict=True):
            text = text.replace(line, told, 1)
        known = spelled(text, self._words) if unsure & set(cell.lines) else text
        update |= {"text": known, "lines": lines if known == text else (known,)}
        return cell.model_copy(update=update)

    def _is_disputed(self, span: PageSpan) -> bool:
        """True if a line whose numbers are in dispute stands in a place of layout."""
        return any(
            span.bbox.x0 <= (box.x0 + box.x1) / 2 <= span.bbox.x1
            and span.bbox.y0 <= (box.y0 + box.y1) / 2 <= span.bbox.y1
            for box in self._disputed.get(span.page, ())
        )

    def _span(self, span: Span) -> Span:
        if not isinstance(span, PageSpan) or span.page not in self._places:
            return span
        return span.model_copy(update={"bbox": self._places[span.page](span.bbox)})


def _untilted(tilt: Tilt, bbox: BBox) -> BBox:
    return on_the_page(bbox, tilt)


def _turned_back(turns: int, size: tuple[float, float], bbox: BBox) -> BBox:
    return turned_back(bbox, turns, *size)


class Magnifier:
    """Looks at places of a document's pages again, at double size; the last page looked at stays at hand."""

    def __init__(self, kind: str) -> None:
        self._filetype = PICTURES.get(kind, "pdf")
        self._page: tuple[int, Upright] | None = None

    @cached_property
    def _scanner(self) -> "Scanner":
        return scanner()

    def read_again(self, path: Path, span: PageSpan, page: int) -> str | None:
        """The text at `span` of `page`; None if nothing can be read there. Raises DocumentError."""
        if self._page is None or self._page[0] != page:
            pixels = page_pixels(path, page, filetype=self._filetype, least=_LEAST_DPI)
            self._page = page, self._scanner.upright(pixels)
        return self._scanner.again(self._page[1], span.bbox)


def scanner() -> "Scanner":
    """Who reads pictures, with the readings of this user. Raises UnsupportedFormat if the extra is not there."""
    return _scanner(cache_folder() / "readings")


@cache
def _scanner(folder: Path) -> "Scanner":
    """One for all files: its models take a second to load."""
    scan = optional("pipeline.read.scan", "ocr")
    shelf = optional("pipeline.read.readings", None).Folder(folder)
    return cast("Scanner", scan.Scanner(shelf))


def useful_text(page: PageMarks) -> int:
    """How many characters of a page a reader sees and a program can use; none if too many are garbled."""
    seen = [run.text for run in page.runs if not run.hidden]
    characters = [character for text in seen for character in text if not character.isspace()]
    garbled = sum(_is_garbled(character) for character in characters)
    return 0 if garbled > GARBLED * len(characters) else len(characters) - garbled


def _is_garbled(character: str) -> bool:
    """A character that no font agrees on: private, a control, a replacement."""
    code = ord(character)
    private = 0xE000 <= code <= 0xF8FF or code >= 0xF0000  # noqa: PLR2004 - Unicode's private areas
    return private or code in {0xFFFD, 0xFFFE, 0xFFFF} or code < ord(" ")
