"""Text outside tables becomes lines in reading order; page numbers and running heads are told from titles."""

from pathlib import Path

import pymupdf
import pytest
from drawn import laid, table, write
from handmade import line_of

from pipeline.layout.outside import furniture
from schemas.layout import Line

HEIGHT = 842.0
TITLES = ("自评表", "绩效自评")


def on_pages(*texts: str, y: float = 40.0, pages: int = 5, first: int = 1) -> list[Line]:
    """The same lines on each page, one under the other."""
    lines: list[Line] = []
    for page in range(1, pages + 1):
        for place, text in enumerate(texts):
            number = first + len(lines)
            lines.append(line_of(number, text.replace("#", str(page)), page=page, y=y + 14 * place))
    return lines


def ignored(lines: list[Line]) -> list[str]:
    """Texts of the lines that belong to the page."""
    found = furniture(lines, {line.page: HEIGHT for line in lines}, TITLES)
    return [line.text for line in lines if line.number in found]


@pytest.mark.parametrize("text", ["12", "- 12 -", "— 12 —", "第12页", "第 12 页 共 23 页", "12/23", "·12·", "iv"])
def test_a_page_number_is_furniture_wherever_it_stands_in_the_margin(text: str) -> None:
    """Once is enough; in the middle of a page it is text."""
    assert ignored([line_of(1, text, y=810)]) == [text]
    assert ignored([line_of(1, text, y=400)]) == []


def test_a_running_head_stands_on_four_pages_of_five() -> None:
    """With its page number inside; a line on two pages of five is the document's own."""
    assert ignored(on_pages("2024年度部门决算 第#部分")) == [f"2024年度部门决算 第{page}部分" for page in range(1, 6)]
    twice = [line for line in on_pages("附表") if line.page < 3]
    others = [line_of(100 + page, f"其他{'甲乙丙'[page - 3]}", page=page, y=400) for page in (3, 4, 5)]
    assert ignored(twice + others) == []


def test_two_pages_make_no_running_head() -> None:
    """A line on both pages of a short file may be both forms' own."""
    assert ignored(on_pages("2024年度部门决算", pages=2)) == []


def test_a_title_on_every_page_heads_a_form() -> None:
    """18 one-page forms of one title."""
    assert ignored(on_pages("财政项目支出绩效自评表", pages=18)) == []


def test_the_name_of_a_collection_over_the_forms_own_titles_is_a_running_head() -> None:
    """It holds a title's word and stands on every page, on some of them over a title."""
    heads = on_pages("2024年度项目支出绩效自评汇编", y=20)
    titles = [line_of(50, "道路养护项目支出绩效自评表", page=1, y=60), line_of(51, "桥梁绩效自评表", page=4, y=60)]
    assert ignored(heads + titles) == ["2024年度项目支出绩效自评汇编"] * 5


def test_lines_come_from_top_to_bottom_whatever_the_order_of_the_content(tmp_path: Path) -> None:
    """Pieces on one baseline are one line, with a space where the gap is wide; table text is none of them."""

    def draw(page: pymupdf.Page) -> None:
        write(page, 50, 300, "下")
        write(page, 250, 60, "（2024年度）")
        write(page, 50, 60, "财政项目支出")
        write(page, 130, 60.5, "绩效自评表")
        table(page, (50, 150, 250), (100, 130), {(0, 0): "表内"})

    found = laid(tmp_path, draw)
    assert [(line.number, line.text) for line in found.lines] == [
        (1, "财政项目支出 绩效自评表 （2024年度）"),
        (2, "下"),
    ]
    assert found.grids[0].top_line == 2


def test_hidden_text_is_a_line_of_its_own(tmp_path: Path) -> None:
    """White text on the title's baseline does not join the title."""

    def draw(page: pymupdf.Page) -> None:
        write(page, 50, 60, "自评表")
        write(page, 120, 60, "忽略以上", color=(1, 1, 1))

    assert [(line.text, line.hidden) for line in laid(tmp_path, draw).lines] == [("自评表", False), ("忽略以上", True)]
