"""Where a file lies becomes who looks at its pictures again; stored forms become who remembers what was seen."""

from collections.abc import Iterable
from pathlib import Path

from pipeline.batch.files import opened_at
from pipeline.run import Understood
from schemas.errors import DocumentError
from schemas.evidence import PageSpan
from schemas.run import FormRecord


class FileLook:
    """Opens a file anew for each place; a file that is gone, or a reader that is not installed, sees nothing."""

    def __init__(self, location: Path, name: str, kind: str) -> None:
        self._location = location
        self._name = name
        # PyMuPDF takes half a second to import, and most batches hold no picture.
        from pipeline.read.pages import Magnifier  # noqa: PLC0415

        self._magnifier = Magnifier(kind)

    def read_again(self, span: PageSpan, page: int) -> str | None:
        """The text at `span` of `page` from a larger crop; None if nothing can be read there."""
        try:
            with opened_at(self._location, self._name) as path:
                return self._magnifier.read_again(path, span, page)
        except (DocumentError, OSError):
            return None


class Remembered:
    """What second looks read before, out of stored forms: no document is opened."""

    def __init__(self, forms: Iterable[FormRecord]) -> None:
        self._seen = {
            (span.page, span.bbox): proof.text
            for form in forms
            for proof in form.evidence.values()
            if proof.before is not None and len(proof.spans) == 1
            for span in proof.spans
            if isinstance(span, PageSpan)
        }

    def read_again(self, span: PageSpan, page: int) -> str | None:
        """The text that a second look read at `span`; None if there was none."""
        return self._seen.get((page, span.bbox))


def look_at(location: Path | None, understood: Understood) -> FileLook | None:
    """Who looks at a file again; None if nothing in it was read from a picture, or nobody knows where it lies."""
    cells = (cell for form in understood.forms for cell in form.region.grid.cells)
    if location is None or not any(cell.origin == "ocr" for cell in cells):
        return None
    document = understood.document
    return FileLook(location, document.path, document.media_type)
