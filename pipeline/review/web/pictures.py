"""A form's document and a page number come in, the page's picture goes out; what was rendered is kept for a while."""

import threading
from collections import OrderedDict
from pathlib import Path

from pipeline.read.picture import PageSize, page_sizes, picture
from pipeline.review.review import Source

_KEPT_BYTES = 96_000_000
_KEPT_SIZES = 256
PDF = "application/pdf"


class Pictures:
    """Renders pages, one at a time (MuPDF takes no two threads), and keeps the latest in memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pngs: OrderedDict[tuple[str, int, int], bytes] = OrderedDict()
        self._sizes: OrderedDict[str, tuple[PageSize, ...]] = OrderedDict()
        self._held = 0

    def sizes(self, source: Source) -> tuple[PageSize, ...]:
        """The document's pages in points; empty if it has none that can be shown. Raises DocumentError, OSError."""
        path, sha256 = _drawable(source), source.document.sha256
        if path is None:
            return ()
        with self._lock:
            if sha256 not in self._sizes:
                self._sizes[sha256] = page_sizes(path)
                while len(self._sizes) > _KEPT_SIZES:
                    self._sizes.popitem(last=False)
            return self._sizes[sha256]

    def png(self, source: Source, page: int, zoom: int) -> bytes | None:
        """One page; None if the document has no pages or is not there. Raises DocumentError, OSError."""
        path, key = _drawable(source), (source.document.sha256, page, zoom)
        if path is None:
            return None
        with self._lock:
            if key not in self._pngs:
                self._pngs[key] = picture(path, page, zoom).png
                self._held += len(self._pngs[key])
                while self._held > _KEPT_BYTES and len(self._pngs) > 1:
                    self._held -= len(self._pngs.popitem(last=False)[1])
            self._pngs.move_to_end(key)
            return self._pngs[key]


def _drawable(source: Source) -> Path | None:
    return source.path if source.document.media_type == PDF and source.document.pages else None
