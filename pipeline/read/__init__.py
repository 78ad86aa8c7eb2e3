"""A path becomes a Document; one module a format, chosen by the file's content, never by its name."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, cast

from pipeline.layout.flow import with_grids
from pipeline.mapping.lexicon import Lexicon
from pipeline.read import office
from pipeline.read.blocks import Source
from pipeline.read.extras import Extra, optional
from pipeline.read.kinds import CSV, DOCX, HTML, PDF, PICTURES, TEXT, XLS, XLSX, ZIP, media_type
from pipeline.read.text import read_text
from pipeline.repeated import whole
from schemas.errors import UnsupportedFormat
from schemas.layout import Document
from schemas.reading import CutAnswer, CutQuestion

Chooser = Callable[[CutQuestion], CutAnswer | None]


class _Reader(NamedTuple):
    """A module and its function from a path and a Source to a Document; what it needs is imported when it is used."""

    module: str
    function: str
    extra: Extra | None = None


_READERS: Mapping[str, _Reader] = {
    CSV: _Reader("pipeline.read.separated", "read_separated"),
    DOCX: _Reader("pipeline.read.docx", "read_docx", "office"),
    HTML: _Reader("pipeline.read.html", "read_html", "office"),
    XLS: _Reader("pipeline.read.xls", "read_xls", "office"),
    XLSX: _Reader("pipeline.read.xlsx", "read_xlsx"),
}


def read(path: Path, name: str, lexicon: Lexicon, choose: Chooser | None) -> Document:
    """One file with its lines and grids; `name` is the path told in the output.

    `choose` settles where running text is cut into cells; None leaves such cells in doubt. Raises
    DocumentError with a code of the message catalogue, OSError if the bytes cannot be had.
    """
    document = _as_written(path, name, lexicon, choose)
    return document.model_copy(update={"grids": tuple(whole(grid) for grid in document.grids)})


def _as_written(path: Path, name: str, lexicon: Lexicon, choose: Chooser | None) -> Document:
    """The document with its tables as the file has them, cells taken apart as well."""
    kind = media_type(path)
    if kind == TEXT:
        return with_grids(read_text(path, name), lexicon.words(), choose)
    with path.open("rb") as stream:
        source = Source(name, hashlib.file_digest(stream, "sha256").hexdigest(), kind)
    if kind == PDF or kind in PICTURES:
        # PyMuPDF takes half a second to import, and most commands open no page.
        from pipeline.read.pages import read_paged  # noqa: PLC0415

        return read_paged(path, source, lexicon)
    if kind in _READERS:
        return _by(_READERS[kind], path, source)
    if kind in office.TO_DOCX or kind in office.TO_XLSX:
        with office.converted(path, kind) as made:
            return _by(_READERS[DOCX if kind in office.TO_DOCX else XLSX], made, source)
    raise UnsupportedFormat("formats.archive" if kind == ZIP else "errors.unsupported_format")


def _by(reader: _Reader, path: Path, source: Source) -> Document:
    found: object = getattr(optional(reader.module, reader.extra), reader.function)
    return cast("Callable[[Path, Source], Document]", found)(path, source)
