"""Headings nested over two rows without any line between them are told by where they stand."""

from collections.abc import Sequence
from pathlib import Path

import pymupdf
import pytest
from drawn import laid, spans, write

# 产出 | 三级指标 | 计划 实际 上年 (under 指标值) | 分值 | 自评 复核 (under 得分)
CENTRES = (70.0, 130.0, 210.0, 260.0, 310.0, 365.0, 420.0, 475.0)
BESIDE = {0: "一级⏎指标", 1: "三级指标", 5: "分值"}
UNDER = {2: "计划值", 3: "完成值", 4: "上年值", 6: "自评", 7: "复核"}
NUMBERS = (("里程", "≥12公里", "12公里", "9公里", "20", "20", "19"), ("合格率", "100%", "98%", "99%", "30", "29", "28"))


def centred(page: pymupdf.Page, x: float, y: float, text: str) -> None:
    """A text in the middle of its cell, ⏎ begins a new line; (x, y) is the middle of its baselines."""
    lines = text.split("⏎")
    for number, line in enumerate(lines):
        width = sum(10.0 if ord(character) > 255 else 5.0 for character in line)
        write(page, x - width / 2, y + (number - (len(lines) - 1) / 2) * 13.5, line)


def body(page: pymupdf.Page, ys: Sequence[float] = (160, 190)) -> None:
    """A level over two rows of numbers."""
    centred(page, CENTRES[0], sum(ys) / 2, "产出指标")
    for y, texts in zip(ys, NUMBERS, strict=True):
        for x, text in zip(CENTRES[1:], texts, strict=True):
            centred(page, x, y, text)


def heads(page: pymupdf.Page, over: dict[str, tuple[float, float]], beside: float, under: float) -> None:
    """Headings at these places over the columns, and at these heights beside those and under them."""
    for text, (x, y) in over.items():
        centred(page, x, y, text)
    for col, text in BESIDE.items():
        centred(page, CENTRES[col], beside, text)
    for col, text in UNDER.items():
        centred(page, CENTRES[col], under, text)


@pytest.mark.parametrize("beside", [110.0, 100.0])
def test_headings_over_several_columns_stand_over_them(tmp_path: Path, beside: float) -> None:
    """指标值 spans three columns, 得分 two; what stands beside them, between their heights or level, has both rows."""

    def draw(page: pymupdf.Page) -> None:
        heads(page, {"指标值": (260, 100), "得分": (447.5, 100)}, beside, 120)
        body(page)

    (grid,) = laid(tmp_path, draw).grids
    found = spans(grid)
    assert (found["指标值"], found["得分"]) == ((0, 2, 1, 3), (0, 6, 1, 2))
    assert (found["一级指标"], found["三级指标"], found["分值"]) == ((0, 0, 2, 1), (0, 1, 2, 1), (0, 5, 2, 1))
    assert (found["计划值"], found["上年值"], found["复核"]) == ((1, 2, 1, 1), (1, 4, 1, 1), (1, 7, 1, 1))
    assert (found["产出指标"], found["98%"], found["28"]) == ((2, 0, 2, 1), (3, 3, 1, 1), (3, 7, 1, 1))
    assert not any(cell.doubts for cell in grid.cells)


def test_neighbours_under_two_headings_part_where_both_stand_in_the_middle(tmp_path: Path) -> None:
    """Five columns side by side under 目标 and 结果: the first has two of them, the second three."""

    def draw(page: pymupdf.Page) -> None:
        for text, x in (("目标", 235), ("结果", 365)):
            centred(page, x, 100, text)
        for x, text in ((70, "三级指标"), (475, "分值")):
            centred(page, x, 110, text)
        for x, text in zip((210, 260, 310, 365, 420), ("年初", "年末", "自报", "核定", "上年"), strict=True):
            centred(page, x, 120, text)
        for y, texts in (
            (160, ("里程", "1", "2", "3", "4", "5", "9")),
            (190, ("数量", "6", "7", "8", "9", "10", "11")),
        ):
            for x, text in zip((70, 210, 260, 310, 365, 420, 475), texts, strict=True):
                centred(page, x, y, text)

    (grid,) = laid(tmp_path, draw).grids
    found = spans(grid)
    assert (found["目标"], found["结果"]) == ((0, 1, 1, 2), (0, 3, 1, 3))


def test_a_heading_off_the_middle_of_its_columns_nests_nothing(tmp_path: Path) -> None:
    """Which columns it stands over is not known: the page stays text and nothing is guessed."""

    def draw(page: pymupdf.Page) -> None:
        heads(page, {"指标值": (285, 100), "得分": (447.5, 100)}, 110, 120)
        body(page)

    assert laid(tmp_path, draw).grids == ()


def test_the_table_above_ends_where_nested_headings_begin(tmp_path: Path) -> None:
    """A table of the same columns stands right over them: its last row is no heading."""

    def draw(page: pymupdf.Page) -> None:
        for col, text in enumerate(("来源", "项目", "年初", "全年", "执行", "分值", "执行率", "得分")):
            centred(page, CENTRES[col], 30, text)
        for col, text in enumerate(("财政", "总额", "50", "50", "40", "10", "80%", "8")):
            centred(page, CENTRES[col], 60, text)
        heads(page, {"指标值": (260, 100), "评分": (447.5, 100)}, 110, 120)
        body(page)

    (grid,) = laid(tmp_path, draw).grids
    found = spans(grid)
    assert (found["总额"][0], found["指标值"][0], found["计划值"][0], found["里程"][0]) == (1, 2, 3, 4)
    assert found["指标值"][1] == found["计划值"][1]
    assert sum(found["指标值"][1::2]) == sum(found["上年值"][1::2]) == found["分值"][1]
