"""A document and the outputs read from it come in, the values whose place does not hold them go out.

The place is looked up in the document itself: characters of a PDF's page by PyMuPDF, characters of a text's lines.
Cells of formats without pages are looked up in the file as hedui reads it: only there they have a name.
"""

from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pymupdf

from eval.score.leaves import values
from pipeline.mapping.lexicon import standard
from pipeline.read import read
from pipeline.read.kinds import TEXT, media_type
from pipeline.read.text import read_text
from schemas.amount import normalised
from schemas.errors import DocumentError
from schemas.evidence import BBox, CellSpan, Evidence, LineSpan, PageSpan
from schemas.form import SelfEvaluation

BASELINE = 3.0
"""Points between two baselines; characters that are closer stand on one line."""
INSIDE = 0.5
"""A character counts to a rectangle if its centre lies at most so many points outside."""


class Mark(NamedTuple):
    """One character of a page: its centre, and the baseline it stands on."""

    x: float
    y: float
    baseline: float
    text: str


Finder = Callable[[Evidence], str]
"""Gives the text that the document holds at the spans of an evidence."""


def misplaced(form: SelfEvaluation, evidence: dict[str, Evidence], finder: Finder) -> tuple[str, ...]:
    """Pointers of values without evidence, or whose spans do not hold the evidence's text."""
    wrong = []
    for pointer in values(form):
        proof = evidence.get(pointer)
        if proof is None or normalised(proof.text) not in normalised(finder(proof)):
            wrong.append(pointer)
    return tuple(wrong)


def finder_of(path: Path, name: str) -> Finder | None:
    """What looks places up in a document; None where only a picture could tell, or the file cannot be read."""
    if path.suffix.lower() == ".pdf":
        with pymupdf.open(path) as document:
            pages = [_marks(page) for page in document]
        return _Pages(pages).text if any(pages) else None
    try:
        plain = media_type(path) == TEXT
        read_as = read_text(path, name) if plain else read(path, name, standard(), None)
    except DocumentError:
        return None
    if any(cell.origin == "ocr" for grid in read_as.grids for cell in grid.cells):
        return None
    lines = {line.number: line.text for line in read_as.lines}
    cells = {cell.cell_id: cell.text for grid in read_as.grids for cell in grid.cells}
    return _Places(lines, cells).text


class _Pages:
    """The pages of a PDF as characters."""

    def __init__(self, pages: list[list[Mark]]) -> None:
        self._pages = pages

    def text(self, proof: Evidence) -> str:
        """The characters inside the rectangles, line by line."""
        return "".join(
            _inside(self._pages[span.page - 1], span.bbox)
            for span in proof.spans
            if isinstance(span, PageSpan) and span.page <= len(self._pages)
        )


class _Places:
    """Lines and cells by what evidence calls them."""

    def __init__(self, lines: dict[int, str], cells: dict[str, str]) -> None:
        self._lines = lines
        self._cells = cells

    def text(self, proof: Evidence) -> str:
        """The characters of the lines, the texts of the cells."""
        found = []
        for span in proof.spans:
            if isinstance(span, LineSpan):
                found.append(self._lines.get(span.line, "")[span.start : span.end])
            elif isinstance(span, CellSpan):
                found.append(self._cells.get(span.cell, ""))
        return "".join(found)


def _marks(page: pymupdf.Page) -> list[Mark]:
    """Every printed character of a page, turned as a reader sees it."""
    turned = page.rotation_matrix
    found = []
    blocks = page.get_text("rawdict", flags=pymupdf.TEXT_PRESERVE_WHITESPACE)["blocks"]
    spans = chain.from_iterable(line["spans"] for block in blocks for line in block.get("lines", ()))
    for char in chain.from_iterable(span["chars"] for span in spans):
        box = pymupdf.Rect(char["bbox"]) * turned
        origin = pymupdf.Point(char["origin"]) * turned
        if char["c"].strip():
            found.append(Mark((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2, origin.y, char["c"]))
    return found


def _inside(marks: list[Mark], box: BBox) -> str:
    """The characters whose centre lies in a rectangle, top to bottom, left to right."""
    held = [
        mark
        for mark in marks
        if box.x0 - INSIDE <= mark.x <= box.x1 + INSIDE and box.y0 - INSIDE <= mark.y <= box.y1 + INSIDE
    ]
    lines: list[list[Mark]] = []
    for mark in sorted(held, key=lambda mark: mark.baseline):
        if lines and mark.baseline - lines[-1][-1].baseline < BASELINE:
            lines[-1].append(mark)
        else:
            lines.append([mark])
    return "".join(mark.text for line in lines for mark in sorted(line, key=lambda mark: mark.x))
