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
        ("3.1.2", "3.1.2"),
    ],
)
def test_a_number_has_one_point(read: str, expected: str) -> None:
    """Of several marks between groups of three all but a last point are commas; dates and other rows stay."""
    assert separated(np.full((70, 200), 255, np.uint8), read, ()) == expected
