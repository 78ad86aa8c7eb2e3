"""One page of a PDF file becomes a PNG as a reader sees it, in the same points that evidence counts in."""

from pathlib import Path
from typing import NamedTuple

import pymupdf

from schemas.errors import DamagedDocument, LockedDocument

# A page is never rendered with more pixels than this: a poster would fill the memory.
MOST_PIXELS = 24_000_000


class Picture(NamedTuple):
    """A rendered page; `width` and `height` are the page's size in points."""

    png: bytes
    width: float
    height: float


class PageSize(NamedTuple):
    """A page's width and height in points, turned as a reader sees it."""

    width: float
    height: float


def page_sizes(path: Path) -> tuple[PageSize, ...]:
    """The size of every page; raises LockedDocument, DamagedDocument, OSError."""
    with _opened(path) as document:
        return tuple(PageSize(page.rect.width, page.rect.height) for page in document)


def picture(path: Path, number: int, zoom: float) -> Picture:
    """Page `number`, counted from 1, at `zoom` pixels a point; raises LockedDocument, DamagedDocument, OSError."""
    with _opened(path) as document:
        if not 1 <= number <= document.page_count:
            raise DamagedDocument("errors.damaged_page", page=number)
        try:
            page = document[number - 1]
            size = page.rect
            scale = min(zoom, (MOST_PIXELS / max(1.0, size.width * size.height)) ** 0.5)
            pixels = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), alpha=False)
            return Picture(pixels.tobytes("png"), size.width, size.height)
        except (RuntimeError, ValueError):
            raise DamagedDocument("errors.damaged_page", page=number) from None


def _opened(path: Path) -> pymupdf.Document:
    pymupdf.TOOLS.mupdf_display_errors(on=False)
    pymupdf.TOOLS.mupdf_display_warnings(on=False)
    try:
        document = pymupdf.open(path, filetype="pdf")
    except (pymupdf.FileDataError, pymupdf.EmptyFileError, RuntimeError):
        raise DamagedDocument("errors.damaged_pdf") from None
    if document.needs_pass:
        document.close()
        raise LockedDocument("errors.locked_pdf")
    return document
