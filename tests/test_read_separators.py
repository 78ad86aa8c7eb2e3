"""Points and commas in numbers read from pictures."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.read.separators import separated


def printed(mark: str) -> NDArray[np.uint8]:
    """4?000 with digits 40 pixels high, 24 wide, 12 apart; a point of 6 × 6, a comma of 7 × 13 that hangs below."""
    crop = np.full((70, 200), 255, np.uint8)
    for number in range(4):
        left = 10 + number * 36 + (20 if number else 0)
        cv2.rectangle(crop, (left, 10), (left + 23, 49), 0, 5)
    right, foot = (44, 49) if mark == "." else (45, 56)
    cv2.rectangle(crop, (39, 44), (right, foot), 0, -1)
    return crop


MIDDLES = (0.11, 0.21, 0.385, 0.565, 0.745)


@pytest.mark.parametrize(("read", "mark", "expected"), [("4.000", ",", "4,000"), ("4.000", ".", "4.000")])
def test_a_lone_mark_before_three_digits_is_told_by_its_shape(read: str, mark: str, expected: str) -> None:
    """What hangs below the line and is high is a comma, though it was read as a point."""
    assert separated(printed(mark), read, MIDDLES) == expected


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        ("900.000.00", "900,000.00"),
        ("1.836,000.00", "1,836,000.00"),
        ("1.836.000", "1,836,000"),
        ("2023.10.31", "2023.10.31"),
        ("9.87", "9.87"),
        ("0.958", "0.958"),
        ("接收档案3.2万卷.完成编纂", "接收档案3.2万卷，完成编纂"),
        ("99.1%.", "99.1%"),
        ("98°%", "98%"),
        ("改造路灯3.200盏，节电率12.345%", "改造路灯3,200盏，节电率12.345%"),
        ("≥4.386人次", "≥4,386人次"),
        ("提高3.250个百分点", "提高3.250个百分点"),
        ("人均3.250亩，1.250人均", "人均3.250亩，1.250人均"),
        ("3.1.2", "3.1.2"),
    ],
)
def test_a_number_has_one_point(read: str, expected: str) -> None:
    """Of several marks between groups of three all but a last point are commas; dates and other rows stay."""
    assert separated(np.full((70, 200), 255, np.uint8), read, ()) == expected


def sign(*strokes: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """A sign drawn of lines in the left quarter, and digits 40 pixels high behind it."""
    crop = np.full((70, 200), 255, np.uint8)
    for left in (70, 110, 150):
        cv2.rectangle(crop, (left, 10), (left + 23, 49), 0, 5)
    for x0, y0, x1, y1 in strokes:
        cv2.line(crop, (x0, y0), (x1, y1), 0, 4)
    return crop


CHEVRON = ((20, 12, 48, 24), (48, 24, 20, 36))
FOUR = (0.17, 0.41, 0.61, 0.81)


@pytest.mark.parametrize(
    ("strokes", "expected"), [((*CHEVRON, (20, 48, 48, 48)), "≥100"), (CHEVRON, ">100")], ids=["bar", "none"]
)
def test_a_sign_with_a_bar_below_it_says_or_equal(
    strokes: tuple[tuple[int, int, int, int], ...], expected: str
) -> None:
    """It was read as > both times."""
    assert separated(sign(*strokes), ">100", FOUR) == expected


def ringed(foot: int) -> NDArray[np.uint8]:
    """Three digits and a ring at the top; with a foot of 49 also a slash and a second ring on the line."""
    crop = np.full((70, 200), 255, np.uint8)
    for left in (10, 50, 90):
        cv2.rectangle(crop, (left, 10), (left + 23, 49), 0, 5)
    cv2.circle(crop, (135, 17), 6, 0, 3)
    if foot == 49:
        cv2.line(crop, (165, 10), (140, 49), 0, 3)
        cv2.circle(crop, (168, 42), 6, 0, 3)
    return crop


@pytest.mark.parametrize(
    ("foot", "text", "expected"), [(49, "100°", "100%"), (20, "100°", "100°"), (49, "98°C", "98°C")]
)
def test_a_ring_that_reaches_the_line_is_a_percent_sign(foot: int, text: str, expected: str) -> None:
    """A degree stays above it; degrees of heat stay what they are."""
    at = (0.1, 0.3, 0.5, 0.76)[: len(text)]
    assert separated(ringed(foot), text, at) == expected
