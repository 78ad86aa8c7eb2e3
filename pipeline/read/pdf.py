"""A PDF file becomes the marks of its pages; only this module and picture.py import PyMuPDF."""

from collections import Counter
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple, TypedDict, cast

import pymupdf

from pipeline.layout.marks import PageMarks, Rule, TextRun
from pipeline.layout.overprint import printed_once
from pipeline.layout.struck import struck_out
from pipeline.read.dots import dotted
from schemas.errors import DamagedDocument, LockedDocument
from schemas.evidence import BBox

# A ruling line is drawn as a stroke or as a filled rectangle at most this thick (points).
THICKEST_RULE = 3.0
# Text below this size (points) cannot be read on paper.
TINY = 2.0
# Typesetters put up to a quarter of the font size between Chinese and Latin: not a printed space.
AUTO_SPACE = 0.3
# Text with less of its colour than this (of 255) leaves no trace on paper.
FAINT = 26
# Colours whose channels differ by no more than this (of 255) cannot be told apart.
SAME_COLOUR = 24
# An area that ends this short of a run (points) reaches over all of it.
SLACK = 1.0
# A file's end mark stands in its last bytes.
_TAIL = 2048
# A page of which this share of the characters lies on its side lies on its side.
_ALL = 0.9

# Vectors come with the text, in the order of drawing: a page is interpreted once. Not TEXT_COLLECT_STYLES: telling
# underlined text apart compares every character with every line and costs three times the rest.
_FLAGS = pymupdf.TEXT_PRESERVE_LIGATURES | pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_COLLECT_VECTORS
_TEXT, _VECTOR = 0, 3
_FILLED = 16
_STROKED = 32
_CHARACTER, _BOX = itemgetter("c"), itemgetter("bbox")

Point = tuple[float, float]
Box = tuple[float, float, float, float]


class _Char(TypedDict):
    c: str
    bbox: Box
    synthetic: bool


class _Span(TypedDict):
    size: float
    color: int
    alpha: int
    char_flags: int
    origin: Point
    bbox: Box
    chars: list[_Char]


class _Line(TypedDict):
    wmode: int
    dir: Point
    spans: list[_Span]


class _Block(TypedDict, total=False):
    """Text or a vector: a rectangle, a piece of a path, or what a path covers (`isrect` is False)."""

    type: int
    lines: list[_Line]
    bbox: Box
    isrect: bool
    stroked: bool
    continues: bool
    color: int
    alpha: int


class _Drawing(TypedDict, total=False):
    type: str
    items: list[tuple[object, ...]]
    fill_opacity: float


class _Area(NamedTuple):
    """A filled rectangle that text may stand on, or under."""

    bbox: Box
    colour: int
    order: int
    covers: bool
    """Nothing under it can be seen."""


def read_pages(path: Path) -> Iterator[PageMarks]:
    """The marks of each page in order.

    Raises LockedDocument if a password is needed, DamagedDocument if the bytes are no PDF or hold no page.
    """
    pymupdf.TOOLS.mupdf_display_errors(on=False)
    pymupdf.TOOLS.mupdf_display_warnings(on=False)
    try:
        stored = path.read_bytes()
        document = pymupdf.open(stream=stored, filetype="pdf")
    except (pymupdf.FileDataError, pymupdf.EmptyFileError, RuntimeError):
        raise DamagedDocument("errors.damaged_pdf") from None
    with document:
        if document.needs_pass:
            raise LockedDocument("errors.locked_pdf")
        # Repaired and without its end: the rest never arrived, whatever can still be shown of it.
        cut_off = document.is_repaired and b"%%EOF" not in stored[-_TAIL:]
        if document.page_count == 0 or cut_off:
            raise DamagedDocument("errors.damaged_pdf")
        for index in range(document.page_count):
            try:
                yield page_marks(document[index], index + 1)
            except (RuntimeError, ValueError):
                raise DamagedDocument("errors.damaged_page", page=index + 1) from None


def page_marks(page: pymupdf.Page, number: int) -> PageMarks:
    """Runs, ruling lines and areas of one page, in points from its top left."""
    if page.rotation:
        # Both extractions speak of the page as stored; a reader sees it turned.
        page.remove_rotation()
    blocks = _blocks(page)
    turned = _lies_on_its_side(blocks)
    if turned:
        page.set_rotation(turned * 90)
        page.remove_rotation()
        blocks = _blocks(page)
    frame = BBox(0.0, 0.0, page.rect.width, page.rect.height)
    horizontal, vertical, areas = _vectors(blocks)
    if any(_is_outline(block) or _is_dot(block) for block in blocks):
        drawings = cast("list[_Drawing]", page.get_cdrawings())
        horizontal, vertical = _drawn(drawings)
        across, down = dotted(_dots(drawings))
        horizontal, vertical = horizontal + across, vertical + down
    runs = [
        _run(span, line, _Ground(areas, order, frame))
        for order, block in enumerate(blocks)
        if block["type"] == _TEXT
        for line in block["lines"]
        for span in line["spans"]
        if span["chars"]
    ]
    runs, horizontal = struck_out(runs, horizontal)
    return PageMarks(number, frame.x1, frame.y1, printed_once(runs), tuple(horizontal), tuple(vertical), turned)


def _blocks(page: pymupdf.Page) -> list[_Block]:
    return cast("list[_Block]", page.get_text("rawdict", flags=_FLAGS, clip=pymupdf.INFINITE_RECT())["blocks"])


def _lies_on_its_side(blocks: list[_Block]) -> int:
    """Quarter turns clockwise after which nearly all of a page's text runs to the right, 0 if none."""
    ways = Counter[int]()
    for block in blocks:
        for line in block["lines"] if block["type"] == _TEXT else ():
            along, down = line["dir"]
            quarters = 0 if abs(along) >= abs(down) and along > 0 else 2 if abs(along) >= abs(down) else 3
            ways[1 if quarters == 3 and down < 0 else quarters] += sum(len(span["chars"]) for span in line["spans"])  # noqa: PLR2004 - three quarters
    most, count = ways.most_common(1)[0] if ways else (0, 0)
    return most if count >= _ALL * ways.total() else 0


class _Ground(NamedTuple):
    """What a run stands on: the areas of its page, when it was drawn among them, the page."""

    areas: list[_Area]
    order: int
    frame: BBox


def _run(span: _Span, line: _Line, ground: _Ground) -> TextRun:
    size, bbox, chars = span["size"], BBox(*span["bbox"]), span["chars"]
    text = "".join(map(_CHARACTER, chars))
    if " " in text:
        narrow = size * AUTO_SPACE
        chars = [char for char in chars if not char["synthetic"] or char["bbox"][2] - char["bbox"][0] >= narrow]
        text = "".join(map(_CHARACTER, chars))
    starts, _, ends, _ = zip(*map(_BOX, chars), strict=True) if chars else ((), (), (), ())
    upright = line["wmode"] == 0 and line["dir"][0] > 0.99  # noqa: PLR2004 - cosine of 8 degrees
    return TextRun(text, starts, ends, bbox, span["origin"][1], size, upright, _is_hidden(span, bbox, ground))


def _is_hidden(span: _Span, bbox: BBox, ground: _Ground) -> bool:
    """True if no reader of the paper sees a span."""
    areas, order, frame = ground
    return (
        span["alpha"] < FAINT
        or span["size"] < TINY
        or not span["char_flags"] & (_FILLED | _STROKED)
        or bbox.x1 <= frame.x0
        or bbox.x0 >= frame.x1
        or bbox.y1 <= frame.y0
        or bbox.y0 >= frame.y1
        or (bool(areas or span["color"]) and _same_colour(span["color"], _background(bbox, areas, order)))
        or any(area.covers and area.order > order and _lies_on(area, bbox) for area in areas)
    )


def _background(bbox: BBox, areas: list[_Area], order: int) -> int:
    """The colour of the last area drawn under the middle of a run; paper is white."""
    x, y = (bbox.x0 + bbox.x1) / 2, (bbox.y0 + bbox.y1) / 2
    for area in reversed(areas):
        x0, y0, x1, y1 = area.bbox
        if area.order < order and x0 <= x < x1 and y0 <= y < y1:
            return area.colour
    return 0xFFFFFF


def _lies_on(area: _Area, bbox: BBox) -> bool:
    """True if an area reaches over the whole width of a run and its middle height."""
    x0, y0, x1, y1 = area.bbox
    return x0 <= bbox.x0 + SLACK and bbox.x1 - SLACK <= x1 and y0 <= (bbox.y0 + bbox.y1) / 2 < y1


def _same_colour(first: int, second: int) -> bool:
    return all(abs((first >> shift & 255) - (second >> shift & 255)) <= SAME_COLOUR for shift in (0, 8, 16))


def _vectors(blocks: list[_Block]) -> tuple[list[Rule], list[Rule], list[_Area]]:
    """Ruling lines and areas among a page's rectangles, in the order of drawing.

    A stroke's rectangle is its line grown by its width on every side; outlines are left to `_drawn`.
    """
    horizontal: list[Rule] = []
    vertical: list[Rule] = []
    areas: list[_Area] = []
    path: list[_Area] = []
    for order, block in enumerate(blocks):
        if block["type"] != _VECTOR or not block["isrect"] or not block["alpha"]:
            continue
        x0, y0, x1, y1 = bbox = block["bbox"]
        if block["stroked"]:
            grown = min(x1 - x0, y1 - y0) / 2
            _thin((x0 + grown, y0 + grown, x1 - grown, y1 - grown), horizontal, vertical)
        elif not _thin(bbox, horizontal, vertical):
            path.append(_Area(bbox, _on_paper(block["color"], block["alpha"]), order, _covers(block)))
        if path and not block["continues"]:
            areas += [] if _hollow([area.bbox for area in path]) else path
            path = []
    return horizontal, vertical, areas


def _is_outline(block: _Block) -> bool:
    """True for a vector whose rectangle does not tell where its lines run: more than one line's stroke, or a path."""
    if block["type"] != _VECTOR or not block["alpha"]:
        return False
    x0, y0, x1, y1 = block["bbox"]
    return not block["isrect"] or (block["stroked"] and min(x1 - x0, y1 - y0) > 2 * THICKEST_RULE)


def _is_dot(block: _Block) -> bool:
    """True for a filled square no larger than a line is thick; a path of them is told as one rectangle or more."""
    return _is_small(block["bbox"]) and block["type"] == _VECTOR and block["isrect"] and bool(block["alpha"])


def _is_small(box: Box) -> bool:
    x0, y0, x1, y1 = box
    return x1 - x0 <= THICKEST_RULE and y1 - y0 <= THICKEST_RULE


def _dots(drawings: list[_Drawing]) -> Iterator[Box]:
    """Filled squares no larger than a line is thick: a dotted border is a path of them."""
    for drawing in drawings:
        if "f" in drawing["type"] and drawing.get("fill_opacity") != 0:
            boxes = (cast("Box", item[1]) for item in drawing["items"] if item[0] == "re")
            yield from (box for box in boxes if _is_small(box))


def _covers(block: _Block) -> bool:
    """True if an area hides what was drawn before it; a light colour may be a marker's, which is multiplied."""
    shades = [block["color"] >> shift & 255 for shift in (0, 8, 16)]
    return block["alpha"] > 255 - FAINT and (min(shades) > 255 - SAME_COLOUR or max(shades) < SAME_COLOUR)


def _drawn(drawings: list[_Drawing]) -> tuple[list[Rule], list[Rule]]:
    """The ruling lines of a page from its paths; curves and slanted lines are none."""
    horizontal: list[Rule] = []
    vertical: list[Rule] = []
    for drawing in drawings:
        stroked = "s" in drawing["type"]
        if not stroked and drawing.get("fill_opacity") == 0:
            continue
        for item in drawing["items"]:
            kind = item[0]
            if kind == "re":
                x0, y0, x1, y1 = cast("Box", item[1])
                if not _thin((x0, y0, x1, y1), horizontal, vertical) and stroked:
                    horizontal += (Rule(y0, x0, x1), Rule(y1, x0, x1))
                    vertical += (Rule(x0, y0, y1), Rule(x1, y0, y1))
            elif kind == "l":
                (ax, ay), (bx, by) = cast("Point", item[1]), cast("Point", item[2])
                _thin((min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)), horizontal, vertical)
            elif kind == "qu" and stroked:
                _quad(cast("tuple[Point, Point, Point, Point]", item[1]), horizontal, vertical)
    return horizontal, vertical


def _hollow(boxes: list[Box]) -> bool:
    """True if a path has a rectangle inside another: a frame, whose inside is not filled."""
    if len(boxes) < 2:  # noqa: PLR2004 - a frame has two
        return False
    largest = max(boxes, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]))
    return any(
        box is not largest
        and largest[0] <= box[0]
        and largest[1] <= box[1]
        and box[2] <= largest[2]
        and box[3] <= largest[3]
        for box in boxes
    )


def _quad(corners: tuple[Point, Point, Point, Point], horizontal: list[Rule], vertical: list[Rule]) -> None:
    (ul, ur, ll, lr) = corners
    for (ax, ay), (bx, by) in ((ul, ur), (ll, lr), (ul, ll), (ur, lr)):
        _thin((min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)), horizontal, vertical)


def _thin(box: Box, horizontal: list[Rule], vertical: list[Rule]) -> bool:
    """Add a box as a ruling line if it is thin; a dot is none."""
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    if _is_small(box):
        return True
    if height <= THICKEST_RULE and width > height:
        horizontal.append(Rule((y0 + y1) / 2, x0, x1))
        return True
    if width <= THICKEST_RULE and height > width:
        vertical.append(Rule((x0 + x1) / 2, y0, y1))
        return True
    return False


def _on_paper(colour: int, alpha: int) -> int:
    """A colour (0xRRGGBB) as it looks on white paper."""
    shades = (255 - (255 - (colour >> shift & 255)) * alpha // 255 for shift in (16, 8, 0))
    red, green, blue = shades
    return red << 16 | green << 8 | blue
