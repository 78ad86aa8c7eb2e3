"""A plain text file becomes a Document of lines, numbered as the file counts them."""

import hashlib
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path

from schemas.errors import DamagedDocument
from schemas.layout import Document, Line

MEDIA_TYPE = "text/plain"

# Not str.splitlines: a form feed or U+2028 inside a line does not end what an editor calls a line.
_LINE_END = re.compile(r"\r\n|\r|\n")
# Characters that no text file holds: controls other than tab, line ends, vertical tab and form feed.
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def read_text(path: Path, name: str | None = None) -> Document:
    """Read a text in UTF-8, UTF-16 with a byte order mark, or GB18030; `name` is the path told in the output.

    Every physical line is counted, blank ones are not kept; form feeds count the pages. Raises DamagedDocument
    ("errors.not_text").
    """
    data = path.read_bytes()
    told = path.as_posix() if name is None else name
    text = _decoded(data, told)
    lines: list[Line] = []
    page = 1
    for number, physical in enumerate(_LINE_END.split(text), start=1):
        # A form feed is the mark of a page's end, not a character of the line it stands in.
        page += physical.count("\f") if physical.startswith("\f") else 0
        line = physical.replace("\f", "").rstrip()
        if line:
            lines.append(Line(number=number, text=line, page=page))
        page += 0 if physical.startswith("\f") else physical.count("\f")
    return Document(
        path=told,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=MEDIA_TYPE,
        pages=(),
        lines=tuple(lines),
        grids=(),
    )


def _decoded(data: bytes, told: str) -> str:
    """The characters of a text file; each encoding is tried strictly, the most telling first."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif data.startswith(BOM_UTF8):
        encodings = ["utf-8-sig"]
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _NOT_TEXT.search(text):
            return text
    raise DamagedDocument("errors.not_text", file=told)
