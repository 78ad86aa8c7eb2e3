"""A form's document and a page number come in, the page's picture goes out; what was rendered is kept for a while."""

import threading
from collections import OrderedDict

from pipeline.read.kinds import PDF, PICTURES
from pipeline.read.picture import PageSize, page_sizes, picture
from pipeline.review.sources import Source

_KEPT_BYTES = 96_000_000
_KEPT_SIZES = 256
_FILETYPES = {PDF: "pdf", **PICTURES}


def has_pages(source: Source) -> bool:
    """Whether its kind of document has pages that can be drawn."""
    return source.document.media_type in _FILETYPES and bool(source.document.pages)


class Pictures:
    """Renders pages, one at a time (MuPDF takes no two threads), and keeps the latest in memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pngs: OrderedDict[tuple[str, int, int], bytes] = OrderedDict()
        self._sizes: OrderedDict[str, tuple[PageSize, ...]] = OrderedDict()
        self._held = 0

    def sizes(self, source: Source) -> tuple[PageSize, ...]:
        """The document's pages in points; empty if it has none, or is not there any more. Raises DocumentError."""
        sha256 = source.document.sha256
        if not _can_be_drawn(source):
            return ()
        with self._lock:
            if sha256 not in self._sizes:
                try:
                    with source.opened() as path:
                        self._sizes[sha256] = page_sizes(path, _FILETYPES[source.document.media_type])
                except OSError:  # it went between two looks
                    return ()
                while len(self._sizes) > _KEPT_SIZES:
                    self._sizes.popitem(last=False)
            return self._sizes[sha256]

    def png(self, source: Source, page: int, zoom: int) -> bytes | None:
        """One page; None if the document has no pages, or is not there any more. Raises DocumentError."""
        key = (source.document.sha256, page, zoom)
        if not _can_be_drawn(source):
            return None
        with self._lock:
            if key not in self._pngs:
                try:
                    with source.opened() as path:
                        self._pngs[key] = picture(path, page, zoom, _FILETYPES[source.document.media_type]).png
                except OSError:
                    return None
                self._held += len(self._pngs[key])
                while self._held > _KEPT_BYTES and len(self._pngs) > 1:
                    self._held -= len(self._pngs.popitem(last=False)[1])
            self._pngs.move_to_end(key)
            return self._pngs[key]


def _can_be_drawn(source: Source) -> bool:
    return source.location is not None and has_pages(source)
