"""One page of a PDF or picture file becomes a PNG as a reader sees it, in the same points that evidence counts in."""

from pathlib import Path
from typing import NamedTuple, cast

import pymupdf

from schemas.errors import DamagedDocument, LockedDocument

# A page is never rendered with more pixels than this: a poster would fill the memory.
MOST_PIXELS = 24_000_000
# A JPEG that does not end with its mark was cut off: the lower part of the page is missing.
_JPEG_END, _TAIL = b"\xff\xd9", 4096
# The longer side of an A4 page; the finest resolution that letters gain anything by.
_A4_INCHES, _MOST_DPI = 11.7, 300.0


class Picture(NamedTuple):
    """A rendered page; `width` and `height` are the page's size in points."""

    png: bytes
    width: float
    height: float


class PageSize(NamedTuple):
    """A page's width and height in points, turned as a reader sees it."""

    width: float
    height: float


def page_sizes(path: Path, filetype: str = "pdf") -> tuple[PageSize, ...]:
    """The size of every page; `filetype` as in `page_pixels`. Raises LockedDocument, DamagedDocument, OSError."""
    with _opened(path, filetype) as document:
        try:
            return tuple(PageSize(page.rect.width, page.rect.height) for page in document)
        except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase):
            raise DamagedDocument(_damaged(filetype)) from None


def picture(path: Path, number: int, zoom: float, filetype: str = "pdf") -> Picture:
    """Page `number`, counted from 1, at `zoom` pixels a point; raises LockedDocument, DamagedDocument, OSError."""
    with _opened(path, filetype) as document:
        if not 1 <= number <= document.page_count:
            raise DamagedDocument("errors.damaged_page", page=number)
        try:
            page = document[number - 1]
            size = page.rect
            scale = min(zoom, (MOST_PIXELS / max(1.0, size.width * size.height)) ** 0.5)
            if filetype != "pdf":  # a picture holds no more than its own dots
                scale = min(scale, max((_density(found) for found in page.get_image_info()), default=scale))
            pixels = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), alpha=False)
            return Picture(pixels.tobytes("png"), size.width, size.height)
        except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase):
            raise DamagedDocument("errors.damaged_page", page=number) from None


def _damaged(filetype: str) -> str:
    """The code of the sentence for a file that cannot be opened."""
    return "errors.damaged_pdf" if filetype == "pdf" else "formats.damaged_picture"


def _opened(path: Path, filetype: str = "pdf") -> pymupdf.Document:
    pymupdf.TOOLS.mupdf_display_errors(on=False)
    pymupdf.TOOLS.mupdf_display_warnings(on=False)
    if filetype == "jpeg" and _JPEG_END not in path.read_bytes()[-_TAIL:]:
        raise DamagedDocument("formats.damaged_picture")
    try:
        document = pymupdf.open(path, filetype=filetype)
    except pymupdf.FileNotFoundError:
        raise FileNotFoundError(path) from None
    except (pymupdf.FileDataError, pymupdf.EmptyFileError, RuntimeError, ValueError):
        raise DamagedDocument(_damaged(filetype)) from None
    if document.needs_pass:
        document.close()
        raise LockedDocument("errors.locked_pdf")
    return document


class PagePixels(NamedTuple):
    """A page as pixels, rows from the top: three bytes a pixel, red, green, blue."""

    pixels: bytes
    columns: int
    rows: int
    width: float
    """Of the page, in points."""
    height: float


def image_share(path: Path, number: int) -> float:
    """How much of a PDF's page (0 to 1) its largest image covers."""
    with _opened(path) as document:
        page = document[number - 1]
        area = max(1.0, page.rect.width * page.rect.height)
        boxes = (pymupdf.Rect(found["bbox"]) & page.rect for found in page.get_image_info())
        return max((box.width * box.height / area for box in boxes), default=0.0)


def page_pixels(path: Path, number: int, *, filetype: str = "pdf", least: float = 150.0) -> PagePixels:
    """A page at the resolution of its largest image, at least `least` and at most 300 dots an inch of an A4 page.

    `filetype` is pdf, png, jpeg or tiff. Raises LockedDocument, DamagedDocument, OSError.
    """
    with _opened(path, filetype) as document:
        try:
            page = document[number - 1]
            size = page.rect
            longest = max(size.width, size.height, 1.0)
            native = max((_density(found) for found in page.get_image_info()), default=0.0)
            # Dots along the longer side; an A4 page is 11.7 inches long, whatever size the file gives it.
            dots = min(max(native * longest, least * _A4_INCHES), _MOST_DPI * _A4_INCHES)
            # A hair less: a page is rounded up to whole pixels, and its image must not be stretched over one more.
            scale = min(dots / longest, (MOST_PIXELS / max(1.0, size.width * size.height)) ** 0.5) * 0.9999
            made = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csRGB, alpha=False)
        except (RuntimeError, ValueError, IndexError, pymupdf.mupdf.FzErrorBase):
            code = "errors.damaged_page" if filetype == "pdf" else "formats.damaged_picture"
            raise DamagedDocument(code, page=number) from None
        return PagePixels(bytes(made.samples), made.width, made.height, size.width, size.height)


def page_count(path: Path, filetype: str) -> int:
    """How many pages a picture file has; raises DamagedDocument."""
    with _opened(path, filetype) as document:
        return int(document.page_count)


def _density(found: dict[str, object]) -> float:
    """Dots of an image a point of the page."""
    box = pymupdf.Rect(found["bbox"])
    area = max(1.0, box.width * box.height)
    return float((cast("int", found["width"]) * cast("int", found["height"]) / area) ** 0.5)
