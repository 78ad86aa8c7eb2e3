"""A path becomes a Document; one module a format, chosen by the file's content, never by its name."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from pipeline.layout import lay_out
from pipeline.layout.flow import with_grids
from pipeline.mapping.lexicon import Lexicon
from pipeline.read.pdf import read_pages
from pipeline.read.text import read_text
from schemas.errors import DamagedDocument, UnsupportedFormat
from schemas.layout import Document
from schemas.reading import CutAnswer, CutQuestion

# A PDF may have other bytes in front of its header, but not more than these.
_HEADER_WITHIN = 1024

Chooser = Callable[[CutQuestion], CutAnswer | None]


def read(path: Path, name: str, lexicon: Lexicon, choose: Chooser | None) -> Document:
    """One file with its lines and grids; `name` is the path told in the output.

    `choose` settles where running text is cut into cells; None leaves such cells in doubt. Raises
    DocumentError with a code of the message catalogue, OSError if the bytes cannot be had.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEADER_WITHIN)
        stream.seek(0)
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    if not head.strip():
        raise DamagedDocument("errors.empty_file")
    if b"%PDF-" in head:
        laid = lay_out(read_pages(path), lexicon.levels, lexicon.titles)
        return Document(
            path=name,
            sha256=sha256,
            media_type="application/pdf",
            pages=laid.pages,
            lines=laid.lines,
            grids=laid.grids,
        )
    try:
        text = read_text(path, name)
    except DamagedDocument:
        raise UnsupportedFormat("errors.unsupported_format") from None
    return with_grids(text, lexicon.words(), choose)
