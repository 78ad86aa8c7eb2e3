"""A plain text file becomes a Document of lines, numbered as the file counts them."""

import hashlib
import re
from pathlib import Path

from pipeline.read.encoding import decoded
from schemas.errors import DamagedDocument
from schemas.layout import Document, Line

MEDIA_TYPE = "text/plain"

# Not str.splitlines: a form feed or U+2028 inside a line does not end what an editor calls a line.
_LINE_END = re.compile(r"\r\n|\r|\n")


def read_text(path: Path, name: str | None = None) -> Document:
    """Read a text in UTF-8, UTF-16 or GB18030; `name` is the path told in the output.

    Every physical line is counted, blank ones are not kept; form feeds count the pages. Raises DamagedDocument
    ("errors.not_text").
    """
    data = path.read_bytes()
    told = path.as_posix() if name is None else name
    text = decoded(data)
    if text is None:
        raise DamagedDocument("errors.not_text", file=told)
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
