"""Runs that stand in no table become Lines; running heads and page numbers are told apart."""

import math
import re
from collections import Counter
from collections.abc import Collection, Sequence

from pipeline.layout.lattice import SAME_LINE, line_text
from pipeline.layout.marks import PageMarks, Piece, TextRun
from schemas.amount import normalised
from schemas.evidence import BBox
from schemas.layout import Line

_PAGE_NUMBER = re.compile(r"[-—–·.]*(第?[0-9ivxIVX]{1,5}页?)([/共,，]*[0-9]{1,5}页?)?[-—–·.]*")
# A running head or foot stands in the outer share of the page's height.
MARGIN = 0.12


def lines_outside(marks: PageMarks, runs: Sequence[TextRun], first: int) -> tuple[Line, ...]:
    """Lines from top to bottom, numbered from `first`; hidden text gets lines of its own."""
    lines: list[list[TextRun]] = []
    for run in sorted(runs, key=lambda run: (run.hidden, run.baseline, run.bbox.x0)):
        before = lines[-1][0] if lines else None
        together = before is not None and before.hidden == run.hidden
        if before is not None and together and run.baseline - before.baseline < SAME_LINE * before.size:
            lines[-1].append(run)
        else:
            lines.append([run])
    found = []
    for line in lines:
        pieces = [
            Piece(run.text, run.bbox.x0, run.bbox.x1, run.baseline, run.size, run.upright, run.hidden)
            for run in sorted(line, key=lambda run: run.bbox.x0)
        ]
        text = line_text(pieces)
        if text:
            found.append((text, _around(line), line[0].hidden))
    found.sort(key=lambda entry: (entry[1].y0, entry[1].x0))
    return tuple(
        Line(number=number, text=text, page=marks.number, bbox=bbox, hidden=hidden)
        for number, (text, bbox, hidden) in enumerate(found, start=first)
    )


def _around(line: Sequence[TextRun]) -> BBox:
    return BBox(
        min(run.bbox.x0 for run in line),
        min(run.bbox.y0 for run in line),
        max(run.bbox.x1 for run in line),
        max(run.bbox.y1 for run in line),
    )


def furniture(lines: Sequence[Line], heights: dict[int, float], titles: Collection[str]) -> frozenset[int]:
    """Numbers of the lines that belong to the page, not to a form: page numbers and running heads.

    A running head is a line in the outer margin that stands, digits aside, on at least three pages and on
    four of five; a line with one of `titles` in it heads a form, however often it is printed, unless another
    such line stands under it on some page: then it is the name of a collection.
    """
    titled = {line.number: _bare(line) for line in lines if any(title in line.text for title in titles)}
    on_page: dict[int, list[tuple[str, int]]] = {}
    for line in lines:
        if line.number in titled:
            on_page.setdefault(line.page, []).append(titled[line.number])
    heads = {bares[0] for bares in on_page.values() if len(set(bares)) > 1}
    marginal = [line for line in lines if _in_margin(line, heights) and titled.get(line.number) in {None, *heads}]
    repeated = Counter(_bare(line) for line in marginal)
    often = max(3, math.ceil(len(heights) * 0.8))
    return frozenset(
        line.number
        for line in marginal
        if _PAGE_NUMBER.fullmatch(normalised(line.text)) or repeated[_bare(line)] >= often
    )


def _in_margin(line: Line, heights: dict[int, float]) -> bool:
    height = heights.get(line.page, 0.0)
    if line.bbox is None or not height:
        return False
    return line.bbox.y1 < MARGIN * height or line.bbox.y0 > (1 - MARGIN) * height


def _bare(line: Line) -> tuple[str, int]:
    """The line without its digits and its height on the page in steps of four points."""
    return re.sub(r"[0-9]+", "", normalised(line.text)), round(line.bbox.y0 / 4) if line.bbox else 0
