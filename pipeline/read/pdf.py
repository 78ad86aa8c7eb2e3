"""A PDF file becomes the marks of its pages: the only place that imports PyMuPDF."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypedDict, cast

import pymupdf

from pipeline.layout.marks import Glyph, PageMarks, Rule, TextRun
from pipeline.layout.overprint import printed_once
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

# Not TEXT_COLLECT_STYLES: it compares every character with every line and every other character of the page.
# Without styles: telling underlined text apart costs three times the rest, and nobody here asks.
_FLAGS = pymupdf.TEXT_PRESERVE_LIGATURES | pymupdf.TEXT_PRESERVE_WHITESPACE
_FILLED = 16
_STROKED = 32

Point = tuple[float, float]
Box = tuple[float, float, float, float]


class _Char(TypedDict):
    c: str
    bbox: Box
    origin: Point
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


class _Block(TypedDict):
    type: int
    lines: list[_Line]


class _Drawing(TypedDict, total=False):
    type: str
    items: list[tuple[object, ...]]
    fill: tuple[float, ...]
    fill_opacity: float
    rect: Box


class _Area(NamedTuple):
    """A filled rectangle that text may stand on."""

    bbox: BBox
    colour: int


def read_pages(path: Path) -> Iterator[PageMarks]:
    """The marks of each page in order.

    Raises LockedDocument if a password is needed, DamagedDocument if the bytes are no PDF or hold no page.
    """
    pymupdf.TOOLS.mupdf_display_errors(on=False)
    pymupdf.TOOLS.mupdf_display_warnings(on=False)
    try:
        document = pymupdf.open(path, filetype="pdf")
    except (pymupdf.FileDataError, pymupdf.EmptyFileError, RuntimeError):
        raise DamagedDocument("errors.damaged_pdf") from None
    with document:
        if document.needs_pass:
            raise LockedDocument("errors.locked_pdf")
        if document.page_count == 0:
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
    horizontal: list[Rule] = []
    vertical: list[Rule] = []
    areas: list[_Area] = []
    for drawing in cast("list[_Drawing]", page.get_cdrawings()):
        _rules_of(drawing, horizontal, vertical, areas)
    frame = BBox(0.0, 0.0, page.rect.width, page.rect.height)
    blocks = cast("list[_Block]", page.get_text("rawdict", flags=_FLAGS, clip=pymupdf.INFINITE_RECT())["blocks"])
    runs = [
        _run(span, line, areas, frame)
        for block in blocks
        if block["type"] == 0
        for line in block["lines"]
        for span in line["spans"]
        if span["chars"]
    ]
    return PageMarks(number, frame.x1, frame.y1, printed_once(runs), tuple(horizontal), tuple(vertical))


def _run(span: _Span, line: _Line, areas: list[_Area], frame: BBox) -> TextRun:
    size, colour, bbox = span["size"], span["color"], BBox(*span["bbox"])
    narrow = size * AUTO_SPACE
    glyphs = [
        Glyph(char["c"], (box := char["bbox"])[0], box[2])
        for char in span["chars"]
        if not char["synthetic"] or char["bbox"][2] - char["bbox"][0] >= narrow
    ]
    hidden = (
        span["alpha"] < FAINT
        or size < TINY
        or not span["char_flags"] & (_FILLED | _STROKED)
        or bbox.x1 <= frame.x0
        or bbox.x0 >= frame.x1
        or bbox.y1 <= frame.y0
        or bbox.y0 >= frame.y1
        or (bool(areas or colour) and _same_colour(colour, _background(bbox, areas)))
    )
    upright = line["wmode"] == 0 and line["dir"][0] > 0.99  # noqa: PLR2004 - cosine of 8 degrees
    return TextRun(glyphs, bbox, span["origin"][1], size, upright, hidden)


def _background(bbox: BBox, areas: list[_Area]) -> int:
    """The colour of the last area drawn under the middle of a run; paper is white."""
    x, y = (bbox.x0 + bbox.x1) / 2, (bbox.y0 + bbox.y1) / 2
    for area in reversed(areas):
        if area.bbox.x0 <= x < area.bbox.x1 and area.bbox.y0 <= y < area.bbox.y1:
            return area.colour
    return 0xFFFFFF


def _same_colour(first: int, second: int) -> bool:
    return all(abs((first >> shift & 255) - (second >> shift & 255)) <= SAME_COLOUR for shift in (0, 8, 16))


def _rules_of(drawing: _Drawing, horizontal: list[Rule], vertical: list[Rule], areas: list[_Area]) -> None:
    """Sort one drawing's items into ruling lines and areas; curves and slanted lines are neither."""
    stroked = "s" in drawing["type"]
    opacity = drawing.get("fill_opacity", 1.0) if "f" in drawing["type"] else 0.0
    filled = opacity > 0
    hollow = filled and _hollow(drawing["items"])
    for item in drawing["items"]:
        kind = item[0]
        if kind == "re":
            x0, y0, x1, y1 = cast("Box", item[1])
            if filled and not _thin((x0, y0, x1, y1), horizontal, vertical) and not hollow:
                areas.append(_Area(BBox(x0, y0, x1, y1), _packed(drawing.get("fill") or (1.0,), opacity)))
            if stroked and not filled and _thin((x0, y0, x1, y1), horizontal, vertical):
                continue
            if stroked:
                horizontal += (Rule(y0, x0, x1), Rule(y1, x0, x1))
                vertical += (Rule(x0, y0, y1), Rule(x1, y0, y1))
        elif kind == "l":
            (ax, ay), (bx, by) = cast("Point", item[1]), cast("Point", item[2])
            _thin((min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)), horizontal, vertical)
        elif kind == "qu" and stroked:
            _quad(cast("tuple[Point, Point, Point, Point]", item[1]), horizontal, vertical)


def _hollow(items: list[tuple[object, ...]]) -> bool:
    """True if a path has a rectangle inside another: a frame, whose inside is not filled."""
    boxes = [cast("Box", item[1]) for item in items if item[0] == "re"]
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
    if height <= THICKEST_RULE and width > height:
        horizontal.append(Rule((y0 + y1) / 2, x0, x1))
        return True
    if width <= THICKEST_RULE and height > width:
        vertical.append(Rule((x0 + x1) / 2, y0, y1))
        return True
    return width <= THICKEST_RULE and height <= THICKEST_RULE


def _packed(fill: tuple[float, ...], opacity: float) -> int:
    """A colour on white paper as 0xRRGGBB; grey and CMYK are converted."""
    if len(fill) == 1:
        red = green = blue = fill[0]
    elif len(fill) == 3:  # noqa: PLR2004 - RGB
        red, green, blue = fill
    else:
        cyan, magenta, yellow, black = fill
        red, green, blue = ((1 - ink) * (1 - black) for ink in (cyan, magenta, yellow))
    red, green, blue = (1 - opacity * (1 - channel) for channel in (red, green, blue))
    return round(red * 255) << 16 | round(green * 255) << 8 | round(blue * 255)
