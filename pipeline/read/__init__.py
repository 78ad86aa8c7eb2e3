"""A path becomes a Document; one module a format, chosen by the file's content, never by its name."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import cast

from pipeline.layout import lay_out
from pipeline.layout.flow import with_grids
from pipeline.mapping.lexicon import Lexicon
from pipeline.read.blocks import Source
from pipeline.read.extras import optional
from pipeline.read.kinds import CSV, DOCX, HTML, PDF, TEXT, XLSX, ZIP, media_type
from pipeline.read.pdf import read_pages
from pipeline.read.separated import read_separated
from pipeline.read.text import read_text
from pipeline.read.xlsx import read_xlsx
from schemas.errors import UnsupportedFormat
from schemas.layout import Document
from schemas.reading import CutAnswer, CutQuestion

Chooser = Callable[[CutQuestion], CutAnswer | None]


def read(path: Path, name: str, lexicon: Lexicon, choose: Chooser | None) -> Document:
    """One file with its lines and grids; `name` is the path told in the output.

    `choose` settles where running text is cut into cells; None leaves such cells in doubt. Raises
    DocumentError with a code of the message catalogue, OSError if the bytes cannot be had.
    """
    kind = media_type(path)
    if kind == TEXT:
        return with_grids(read_text(path, name), lexicon.words(), choose)
    with path.open("rb") as stream:
        source = Source(name, hashlib.file_digest(stream, "sha256").hexdigest(), kind)
    if kind == PDF:
        laid = lay_out(read_pages(path), lexicon.words(), lexicon.titles)
        return Document(
            path=name,
            sha256=source.sha256,
            media_type=kind,
            pages=laid.pages,
            lines=laid.lines,
            grids=laid.grids,
        )
    if kind == CSV:
        return read_separated(path, source)
    if kind == DOCX:
        return cast("Document", optional("pipeline.read.docx", "office").read_docx(path, source))
    if kind == XLSX:
        return read_xlsx(path, source)
    if kind == HTML:
        return cast("Document", optional("pipeline.read.html", "office").read_html(path, source))
    if kind == ZIP:
        raise UnsupportedFormat("formats.archive")
    raise UnsupportedFormat("errors.unsupported_format")
