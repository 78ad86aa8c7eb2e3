"""Cells that were hardly read are told by cells of their page that look like them."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.read.alike import completed
from pipeline.read.ink import Sheet, Strip
from pipeline.read.readings import Line

SCALE = 2.0
CELLS = [Strip(10, top, 130, top + 50) for top in range(10, 310, 50)]


def page(texts: list[str], covered: list[int]) -> Sheet:
    """One cell a text, printed alike; what is left of a seal runs over the covered ones."""
    grey = np.full((330, 140), 255, np.uint8)
    for text, cell in zip(texts, CELLS, strict=False):
        cv2.putText(grey, text, (30, cell.y1 - 15), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 0, 2)
    ink = np.where(grey < 128, 255, 0).astype(np.uint8)
    seals: NDArray[np.uint8] = np.zeros_like(grey)
    for at in covered:
        cell = CELLS[at]
        seals[cell.y0 : cell.y1, cell.x0 : cell.x1] = 255
        cv2.line(grey, (10, cell.y0 + 10), (120, cell.y0 + 35), 170, 2)
    return Sheet(grey, ink, (), (), 0.0, seals, (grey, grey, grey, grey))


def read(at: int, text: str, score: float = 1.0, *, disputed: bool = False) -> Line:
    """A line in the middle of a cell as it was read (points)."""
    (wide, high), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.7, 2)
    foot = CELLS[at].y1 - 15
    box = (30 / SCALE, (foot - high) / SCALE, (30 + wide) / SCALE, (foot + 1) / SCALE)
    return Line(text=text, x0=box[0], y0=box[1], x1=box[2], y1=box[3], score=score, disputed=disputed)


def told(sheet: Sheet, *lines: Line) -> list[tuple[str, bool]]:
    """The texts in the end, and whether they are in dispute."""
    return [(line.text, line.disputed) for line in completed(sheet, CELLS, lines, SCALE)]


def test_what_was_not_read_or_misread_is_told_by_its_like() -> None:
    """A % that was read as b, and one that nobody saw."""
    sheet = page(["%", "100", "%", "%"], [2, 3])
    assert told(sheet, read(0, "%"), read(1, "100"), read(2, "b", 0.6)) == [
        ("%", False),
        ("100", False),
        ("%", False),
        ("%", False),
    ]


def test_a_number_is_told_where_it_is_in_dispute_and_stays_so() -> None:
    """0.00 read as D.00; one that the reader finds itself agreed on stays."""
    sheet = page(["0.00", "88.5", "0.00"], [2])
    others = read(0, "0.00"), read(1, "88.5")
    assert told(sheet, *others, read(2, "D.00", 0.9, disputed=True))[2] == ("0.00", True)
    assert told(sheet, *others, read(2, "6.00", 0.99))[2] == ("6.00", False)
    assert told(sheet, *others, read(2, "0.0)", 0.9))[2] == ("0.00", True)


def test_a_number_that_differs_by_one_character_need_not_be_so_much_alike() -> None:
    """0.00 read as 0.0 or as 88.00: under strokes of a seal it looks a little less like itself."""
    sheet = page(["0.00", "88.5", "0.00"], [2])
    cell = CELLS[2]
    for across in range(12, 120, 20):
        cv2.line(sheet.grey, (across, cell.y0), (across + 20, cell.y1 - 1), 130, 3)
    others = read(0, "0.00"), read(1, "88.5")
    assert told(sheet, *others, read(2, "0.0", 0.9, disputed=True))[2] == ("0.00", True)
    assert told(sheet, *others, read(2, "88.00", 0.9, disputed=True))[2] == ("88.00", True)


@pytest.mark.parametrize("text", ["K", "100%", "0.00 100"], ids=["unlike", "longer", "more"])
def test_what_looks_like_nothing_else_or_holds_more_stays_as_read(text: str) -> None:
    """Another letter, a longer number, and a second one beside it."""
    sheet = page(["%", "100", "0.00", text], [3])
    lines = [*map(read, range(3), ["%", "100", "0.00"]), read(3, text, 0.5, disputed=True)]
    assert told(sheet, *lines)[3] == (text, True)


def test_what_is_sure_stays_also_under_a_seal() -> None:
    """Nobody asks what else a cell looks like."""
    sheet = page(["%", "%", "100"], [1])
    assert told(sheet, read(0, "%"), read(1, "k"), read(2, "10", 0.7)) == [("%", False), ("k", False), ("10", False)]
    assert told(page(["%"], [])) == []


def test_a_pale_sign_under_no_seal_is_told_as_well() -> None:
    """One that was read as nothing, one that was hardly read; a blank cell stays blank."""
    sheet = page(["%", "100", "%", "%"], [])
    assert told(sheet, read(0, "%"), read(1, "100"), read(2, "b", 0.4)) == [
        ("%", False),
        ("100", False),
        ("%", False),
        ("%", False),
    ]
