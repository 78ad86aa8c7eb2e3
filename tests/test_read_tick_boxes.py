"""Boxes to tick in the picture of a line are told by their ink, wherever nothing was read for them."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.read.ocr import Read
from pipeline.read.tick_boxes import with_boxes

Grey = NDArray[np.uint8]

_TICK, _CROSS = ((0.2, 0.5), (0.45, 0.8), (0.8, 0.2)), ((0.15, 0.15), (0.85, 0.85), (0.15, 0.85), (0.85, 0.15))


def line(*boxes: tuple[float, str]) -> Grey:
    """A line 48 pixels high and 480 wide with boxes at shares of its width: empty, tick, cross or full."""
    made = np.full((48, 480), 255, np.uint8)
    for at, held in boxes:
        left, top, side = round(at * 480) - 15, 9, 30
        cv2.rectangle(made, (left, top), (left + side, top + side), 0, -1 if held == "full" else 2)
        strokes = {"tick": (_TICK,), "cross": (_CROSS[:2], _CROSS[2:])}.get(held, ())
        for stroke in strokes:
            points = [(left + round(x * side), top + round(y * side)) for x, y in stroke]
            cv2.polylines(made, [np.array(points, np.int32)], isClosed=False, color=0, thickness=2)
    return np.asarray(cv2.GaussianBlur(made, (0, 0), 0.8), np.uint8)


@pytest.mark.parametrize(("held", "sign"), [("empty", "□"), ("tick", "☑"), ("cross", "☒"), ("full", "■")])
def test_a_box_that_was_read_as_nothing_is_what_it_holds(held: str, sign: str) -> None:
    """It stands where its ink stands: between the two letters."""
    read = with_boxes(line((0.5, held)), Read("甲乙", 0.97, (0.2, 0.8)))
    assert (read.text, [round(at, 2) for at in read.at]) == (f"甲{sign}乙", [0.2, 0.5, 0.8])


def test_a_lone_box_is_a_reading() -> None:
    """Nothing at all was read in the cell, and the reader was sure of nothing."""
    read = with_boxes(line((0.5, "tick")), Read("", 0.0, ()))
    assert (read.text, read.score) == ("☑", 1.0)


def test_a_tick_in_a_box_that_was_read_as_empty_is_seen() -> None:
    """One sign for all empty boxes: the other empty one is read as another of Unicode's."""
    read = with_boxes(line((0.3, "tick"), (0.7, "empty")), Read("是□ 否☐", 0.9, (0.1, 0.3, 0.5, 0.7)))
    assert read.text == "是☑ 否□"


def test_a_letter_that_looks_like_a_box_stays_a_letter() -> None:
    """口, 日, 国: whatever was read on a box's place stays as read."""
    assert with_boxes(line((0.5, "empty")), Read("人口", 0.9, (0.1, 0.52))).text == "人口"
    assert with_boxes(line((0.5, "tick")), Read("中国", 0.9, (0.1, 0.48))).text == "中国"


def test_a_frame_that_is_open_or_oblong_is_no_box() -> None:
    """A bracket, and a box twice as wide as high."""
    made = np.full((48, 480), 255, np.uint8)
    cv2.rectangle(made, (60, 9), (90, 39), 0, 2)
    made[5:45, 86:95] = 255
    cv2.rectangle(made, (200, 9), (260, 39), 0, 2)
    assert with_boxes(made, Read("甲", 0.9, (0.9,))).text == "甲"
