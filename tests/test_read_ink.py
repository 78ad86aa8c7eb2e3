"""A picture's geometry: how far it is tilted, which lines are ruled, where text lies, what is a seal."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.read.ink import Strip, sheet_of, skew, text_lines
from pipeline.read.strokes import lone_mark

SCALE = 2.0
Picture = NDArray[np.uint8]


def paper(width: int = 1190, height: int = 1684) -> Picture:
    """A white page of 144 dots an inch."""
    return np.full((height, width, 3), 255, np.uint8)


def ruled(xs: tuple[int, ...] = (100, 400, 700, 1090), ys: tuple[int, ...] = (200, 260, 320, 380)) -> Picture:
    """A page with one table; each cell holds a word."""
    page = paper()
    for x in xs:
        cv2.line(page, (x, ys[0]), (x, ys[-1]), (0, 0, 0), 2)
    for y in ys:
        cv2.line(page, (xs[0], y), (xs[-1], y), (0, 0, 0), 2)
        for x in xs[:-1]:
            if y != ys[-1]:
                cv2.putText(page, "615.90", (x + 40, y + 40), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0, 0, 0), 2)
    return page


def tilted(page: Picture, degrees: float) -> Picture:
    """The page turned counter-clockwise around its middle."""
    height, width = page.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(page, turn, (width, height), borderValue=(255, 255, 255)), np.uint8)


@pytest.mark.parametrize("degrees", [-1.0, -0.4, 0.0, 0.3, 0.8])
def test_a_tilted_page_is_turned_back(degrees: float) -> None:
    """To less than a tenth of a degree: two points over the width of a page."""
    assert sheet_of(tilted(ruled(), degrees), SCALE).angle == pytest.approx(-degrees, abs=0.1)


def test_a_page_without_lines_is_turned_by_its_text() -> None:
    """Forty rows of words, tilted by a degree."""
    page = paper()
    for row in range(40):
        cv2.putText(
            page, "performance of the year " * 3, (90, 150 + row * 36), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (0, 0, 0), 2
        )
    grey = np.asarray(cv2.cvtColor(tilted(page, 1.0), cv2.COLOR_BGR2GRAY), np.uint8)
    assert skew(grey, SCALE) == pytest.approx(-1.0, abs=0.15)


def test_ruling_lines_are_found_and_letters_are_none() -> None:
    """Four lines across, four down, each from end to end; nothing of the words."""
    sheet = sheet_of(ruled(), SCALE)
    assert [round(rule.at, -1) for rule in sheet.horizontal] == [200, 260, 320, 380]
    assert sorted(round(rule.at, -1) for rule in sheet.vertical) == [100, 400, 700, 1090]
    assert all(rule.end - rule.start > 980 for rule in sheet.horizontal)


def test_a_blank_page_has_no_ink() -> None:
    """No line, no tilt, no text."""
    sheet = sheet_of(paper(), SCALE)
    assert (sheet.horizontal, sheet.vertical, sheet.angle) == ((), (), 0.0)
    assert text_lines(sheet.ink, Strip(0, 0, 1190, 1684), SCALE) == ()


def test_a_cells_text_is_found_line_by_line() -> None:
    """Two lines of a cell, each trimmed to its ink; a speck is no line; the ruling lines are gone."""
    page = ruled()
    cv2.putText(page, "7.00", (440, 255), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1)
    cv2.circle(page, (1080, 210), 0, (0, 0, 0), -1)
    sheet = sheet_of(page, SCALE)
    first, second = text_lines(sheet.ink, Strip(402, 202, 698, 258), SCALE)
    assert abs(first.x0 - 441) < 4
    assert abs(first.x1 - 520) < 6
    assert first.y1 <= second.y0
    assert len(text_lines(sheet.ink, Strip(702, 202, 1088, 258), SCALE)) == 1


def test_a_seal_vanishes_and_the_text_under_it_stays() -> None:
    """A red ring with a star over a number: the ring leaves no lines and no text, the number is still there."""
    page = ruled()
    layer = paper()
    cv2.circle(layer, (900, 300), 110, (60, 50, 200), 6)
    cv2.rectangle(layer, (740, 275), (1000, 305), (60, 50, 200), -1)
    page = np.minimum(page, layer)
    sheet = sheet_of(page, SCALE)
    assert len(sheet.horizontal) == 4
    assert sorted(round(rule.at, -1) for rule in sheet.vertical) == [100, 400, 700, 1090]
    (line,) = text_lines(sheet.ink, Strip(702, 262, 1088, 318), SCALE)
    assert abs(line.x0 - 741) < 4
    assert abs(line.x1 - 820) < 6


def test_thin_print_under_a_seals_strokes_is_found_from_end_to_end() -> None:
    """Compressed by a scanner, with the letters of a seal across both ends of a number."""
    page = ruled(ys=(200, 260, 320))
    cv2.putText(page, "1286.40", (500, 800), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (40, 40, 40), 1, cv2.LINE_AA)
    layer = paper()
    cv2.circle(layer, (545, 800), 100, (60, 50, 200), 6)
    for left in (480, 560):
        cv2.rectangle(layer, (left, 780), (left + 26, 806), (60, 50, 200), 3)
    seen = cv2.GaussianBlur(np.minimum(page, layer), (0, 0), 0.6)
    _, data = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, 50])
    sheet = sheet_of(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8), SCALE)
    (line,) = text_lines(sheet.ink, Strip(480, 770, 610, 815), SCALE)
    assert (line.x0, line.x1) == pytest.approx((502, 577), abs=4)
    assert line.y1 - line.y0 <= 24


def test_red_letters_are_no_seal() -> None:
    """A heading printed in red is text."""
    page = paper()
    cv2.putText(page, "2024", (300, 300), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0, 0, 200), 2)
    assert len(text_lines(sheet_of(page, SCALE).ink, Strip(0, 0, 1190, 1684), SCALE)) == 1


def test_the_feet_of_digits_are_no_line() -> None:
    """A row of 4s whose bars touch, longer than the shortest rule: no ruling line, all of its ink stays text."""
    page = ruled()
    for column in range(24):
        left = 720 + column * 15
        cv2.line(page, (left, 290), (left + 15, 290), (0, 0, 0), 2)
        cv2.line(page, (left + 9, 276), (left + 9, 298), (0, 0, 0), 2)
        cv2.line(page, (left + 2, 290), (left + 9, 276), (0, 0, 0), 2)
    sheet = sheet_of(page, SCALE)
    assert [round(rule.at) for rule in sheet.horizontal] == [200, 260, 320, 380]
    (line,) = text_lines(sheet.ink, Strip(705, 270, 1085, 315), SCALE)
    assert (line.x0, line.x1) == pytest.approx((719, 1081), abs=4)


@pytest.mark.parametrize(("width", "sign"), [(20, "═"), (13, "=")])
def test_two_bars_as_wide_as_a_letter_are_a_sign_of_their_own(width: int, sign: str) -> None:
    """Beside a line of text that is 19 pixels high; one bar of that width is a dash."""
    page = ruled()
    for top in (350, 354):
        page[top : top + 2, 940 : 940 + width] = 0
    page[290:292, 940:960] = 0
    sheet = sheet_of(np.asarray(cv2.GaussianBlur(page, (0, 0), 0.6), np.uint8), SCALE)
    for (top, low), expected in {(322, 378): sign, (262, 318): "—"}.items():
        (line,) = text_lines(sheet.ink, Strip(900, top, 1000, low), SCALE)
        assert lone_mark(sheet, line, 19.0) == expected


@pytest.mark.parametrize("black", [0, 120])
def test_a_blurred_bar_is_a_dash_and_dots_are_dots_in_black_and_in_pale_print(black: int) -> None:
    """A bar as wide as a letter, and rows of three and six dots; their blur makes them as high as two bars."""
    page = ruled()
    page[290:292, 940:960] = black
    for first, count in ((940, 3), (1000, 6)):
        for dot in range(count):
            page[350:352, first + 6 * dot : first + 6 * dot + 3] = black
    sheet = sheet_of(np.asarray(cv2.GaussianBlur(page, (0, 0), 1.2), np.uint8), SCALE)
    marks = [
        lone_mark(sheet, line, 18.0)
        for box in (Strip(900, 262, 980, 318), Strip(900, 322, 980, 378), Strip(980, 322, 1060, 378))
        for line in text_lines(sheet.ink, box, SCALE)
    ]
    assert marks == ["—", "…", "……"]
