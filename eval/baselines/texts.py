"""A document comes in, the texts that a model is asked to transcribe go out: one a form, in one of three writings."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import openpyxl
import pdfplumber
import pymupdf
import pymupdf4llm
from pdfplumber.page import Page

from pipeline.mapping.lexicon import standard
from schemas.amount import normalised

Writing = Literal["text", "markdown", "tables"]

Rows = list[list[str]]

_LONGEST_TITLE = 40
_THIN = 2.0
"""Points between two tables that hold no line."""


def chunks(path: Path, writing: Writing) -> tuple[str, ...]:
    """The text of each form of a document: cut before every line that is a form's title, as a user would."""
    lines = _WRITERS[writing](path).splitlines()
    starts = [at for at, line in enumerate(lines) if _is_title(line)]
    if not starts:
        return ("\n".join(lines),)
    ends = [*starts[1:], len(lines)]
    return tuple("\n".join(lines[start:end]) for start, end in zip(starts, ends, strict=True))


def tables(path: Path) -> Rows:
    """Every line outside tables and every row of every table, in reading order; a line is a row of one cell."""
    if path.suffix.lower() == ".xlsx":
        return _sheets(path)
    rows: Rows = []
    with pdfplumber.open(path) as document:
        for page in document.pages:
            below = 0.0
            for table in sorted(page.find_tables(), key=lambda table: table.bbox[1]):
                rows += _lines(page, below, table.bbox[1])
                rows += [["".join((cell or "").split("\n")) for cell in row] for row in table.extract()]
                below = table.bbox[3]
            rows += _lines(page, below, page.height)
    return rows


def _lines(page: Page, top: float, bottom: float) -> Rows:
    """The lines of text between two tables."""
    if bottom - top < _THIN:
        return []
    text = page.crop((0, max(top, page.bbox[1]), page.width, min(bottom, page.bbox[3]))).extract_text()
    return [[line] for line in (text or "").splitlines()]


def is_title(cells: Sequence[str]) -> bool:
    """Whether a row is a form's title and nothing else."""
    filled = [cell for cell in cells if cell]
    return len(filled) == 1 and _is_title(filled[0])


def _is_title(line: str) -> bool:
    text = normalised(line).strip("#*|-")
    return len(text) <= _LONGEST_TITLE and any(word in text for word in standard().titles)


def _sheets(path: Path) -> Rows:
    book = openpyxl.load_workbook(path, data_only=True)
    return [
        ["" if value is None else str(value) for value in row]
        for sheet in book.worksheets
        for row in sheet.iter_rows(values_only=True)
        if any(value is not None for value in row)
    ]


def _text(path: Path) -> str:
    if path.suffix.lower() == ".xlsx":
        return "\n".join("\n".join(cell for cell in row if cell) for row in _sheets(path))
    with pymupdf.open(path) as document:
        return "\n".join(page.get_text() for page in document)


def _markdown(path: Path) -> str:
    if path.suffix.lower() == ".xlsx":
        return "\n".join("|" + "|".join(row) + "|" for row in _sheets(path))
    return re.sub(r"<br>|\*\*", "", str(pymupdf4llm.to_markdown(str(path))))


def _tables(path: Path) -> str:
    return "\n".join(" | ".join(cell for cell in row if cell) for row in tables(path))


_WRITERS: dict[Writing, Callable[[Path], str]] = {"text": _text, "markdown": _markdown, "tables": _tables}
