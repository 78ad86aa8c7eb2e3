"""A PDF's page as marks: ruling lines however they are drawn, runs as a reader sees them, hidden text told apart."""

from pathlib import Path

import pymupdf
import pytest
from drawn import laid, marks, pdf, table, texts, write

from pipeline.layout.marks import PageMarks, Rule
from pipeline.read.pdf import read_pages
from schemas.errors import DamagedDocument, LockedDocument

XS = (50.0, 150.0, 250.0, 350.0)
YS = (100.0, 130.0, 160.0)
AES_256 = 5


def visible(page: PageMarks) -> list[str]:
    """Texts of the runs that a reader can see."""
    return [run.text for run in page.runs if not run.hidden]


def hidden(page: PageMarks) -> list[str]:
    """Texts of the runs that a reader cannot see."""
    return [run.text for run in page.runs if run.hidden]


def test_text_that_no_reader_of_the_paper_sees_is_hidden(tmp_path: Path) -> None:
    """White on paper, render mode 3, size 1, fully or almost transparent, beside or below the page."""

    def draw(page: pymupdf.Page) -> None:
        write(page, 50, 50, "可见 53.00")
        write(page, 50, 70, "白色", color=(1, 1, 1))
        write(page, 50, 90, "隐形", render_mode=3)
        write(page, 50, 110, "微小", fontsize=1)
        write(page, 50, 130, "透明", fill_opacity=0)
        write(page, 50, 150, "几乎透明", fill_opacity=0.02)
        write(page, 700, 170, "页右")
        write(page, 50, 900, "页下")
        write(page, 50, -20, "页上")

    (page,) = marks(tmp_path, draw)
    assert visible(page) == ["可见 53.00"]
    assert sorted(hidden(page)) == sorted(["白色", "隐形", "微小", "透明", "几乎透明", "页右", "页下", "页上"])


def test_white_text_on_a_dark_header_is_visible_and_light_text_on_light_is_not(tmp_path: Path) -> None:
    """What counts is the colour of the area under the text."""

    def draw(page: pymupdf.Page) -> None:
        page.draw_rect((50, 30, 250, 60), fill=(0, 0, 0.4), color=None)
        write(page, 60, 50, "表头", color=(1, 1, 1))
        page.draw_rect((50, 60, 250, 90), fill=(0.9, 0.9, 0.9), color=None)
        write(page, 60, 80, "同色", color=(0.9, 0.9, 0.9))
        write(page, 160, 80, "黑字")
        page.draw_rect((50, 90, 250, 120), fill=(0, 0, 0), color=None)
        write(page, 60, 110, "涂黑")
        page.draw_rect((50, 120, 250, 150), fill=(0, 0, 0), color=None, fill_opacity=0.1)
        write(page, 60, 140, "水印上")

    (page,) = marks(tmp_path, draw)
    assert visible(page) == ["表头", "黑字", "水印上"]
    assert hidden(page) == ["同色", "涂黑"]


def test_text_that_is_painted_over_is_hidden(tmp_path: Path) -> None:
    """By a later white or black area over all of it; not by a marker's colour, nor by an area beside or before it."""

    def draw(page: pymupdf.Page) -> None:
        for number, text in enumerate(("修正", "涂黑", "划重点", "半遮", "底色")):
            write(page, 60, 50 + 30 * number, text)
        page.draw_rect((50, 35, 250, 55), fill=(1, 1, 1), color=None)
        page.draw_rect((50, 65, 250, 85), fill=(0, 0, 0), color=None)
        page.draw_rect((50, 95, 250, 115), fill=(1, 1, 0), color=None)
        page.draw_rect((70, 125, 250, 145), fill=(1, 1, 1), color=None)
        page.draw_rect((50, 155, 250, 175), fill=(1, 1, 1), color=None, fill_opacity=0.5)
        write(page, 60, 50, "新值")

    (page,) = marks(tmp_path, draw)
    assert visible(page) == ["划重点", "半遮", "底色", "新值"]
    assert hidden(page) == ["修正", "涂黑"]


def test_a_text_that_is_struck_out_is_hidden_and_its_line_is_no_rule(tmp_path: Path) -> None:
    """A line under a text, and a border between two texts, are what they were."""

    def draw(page: pymupdf.Page) -> None:
        write(page, 60, 50, "60.00")
        page.draw_line((60, 46.5), (110, 46.5), width=0.7)
        write(page, 120, 50, "53.00")
        page.draw_line((120, 52), (170, 52), width=0.7)
        page.draw_line((50, 60), (250, 60), width=0.7)

    (page,) = marks(tmp_path, draw)
    assert (visible(page), hidden(page)) == (["53.00"], ["60.00"])
    assert sorted(rule.at for rule in page.horizontal) == [52.0, 60.0]


def test_the_borders_of_a_path_of_many_strokes_are_found(tmp_path: Path) -> None:
    """Corners drawn as one line, a table's lines in one path, and thick lines are rules where they are seen."""

    def draw(page: pymupdf.Page) -> None:
        corner, lines = page.new_shape(), page.new_shape()
        corner.draw_polyline([(50, 300), (50, 200), (250, 200)])
        corner.finish(width=1, closePath=False)
        corner.commit()
        lines.draw_line((50, 100), (250, 100))
        lines.draw_line((50, 130), (250, 130))
        lines.finish(width=3, closePath=False)
        lines.commit()

    (page,) = marks(tmp_path, draw)
    assert sorted(page.horizontal) == [Rule(100.0, 50.0, 250.0), Rule(130.0, 50.0, 250.0), Rule(200.0, 50.0, 250.0)]
    assert page.vertical == (Rule(50.0, 200.0, 300.0),)


def test_a_filled_frame_does_not_blacken_what_stands_inside_it(tmp_path: Path) -> None:
    """A border drawn as one rectangle minus another has paper inside."""

    def draw(page: pymupdf.Page) -> None:
        shape = page.new_shape()
        shape.draw_rect((50, 30, 250, 60))
        shape.draw_rect((51, 31, 249, 59))
        shape.finish(fill=(0, 0, 0), color=None, even_odd=True)
        shape.commit()
        write(page, 60, 50, "框内")

    (page,) = marks(tmp_path, draw)
    assert visible(page) == ["框内"]


def test_a_rule_is_a_stroke_a_thin_rectangle_or_a_rectangles_edge(tmp_path: Path) -> None:
    """All three are where they are seen; slanted lines, curves and thick bars are none."""

    def draw(page: pymupdf.Page) -> None:
        page.draw_line((50, 100), (350, 100), width=0.5)
        page.draw_rect((50, 119.5, 350, 120.5), fill=(0, 0, 0), color=None)
        page.draw_rect((50, 140, 350, 170), width=0.5)
        page.draw_line((50, 300), (350, 400), width=0.5)
        page.draw_circle((200, 500), 30)
        page.draw_rect((50, 600, 350, 640), fill=(0.5, 0.5, 0.5), color=None)

    (page,) = marks(tmp_path, draw)
    assert sorted(page.horizontal) == [
        Rule(100.0, 50.0, 350.0),
        Rule(120.0, 50.0, 350.0),
        Rule(140.0, 50.0, 350.0),
        Rule(170.0, 50.0, 350.0),
    ]
    assert sorted(page.vertical) == [Rule(50.0, 140.0, 170.0), Rule(350.0, 140.0, 170.0)]


def test_a_thin_space_that_a_typesetter_puts_between_scripts_is_no_character(tmp_path: Path) -> None:
    """A printed space is one."""
    (page,) = marks(tmp_path, lambda page: write(page, 50, 50, "全区 12街镇"))
    assert visible(page) == ["全区 12街镇"]


def test_a_turned_page_is_read_as_it_is_seen(tmp_path: Path) -> None:
    """A landscape table stored on a turned page has its rows and columns, its boxes lie on the page as shown."""

    def draw(page: pymupdf.Page) -> None:
        page.set_rotation(90)
        back = page.derotation_matrix
        for y in YS:
            page.draw_line(pymupdf.Point(50, y) * back, pymupdf.Point(750, y) * back, width=0.5)
        for x in (50, 400, 750):
            page.draw_line(pymupdf.Point(x, YS[0]) * back, pymupdf.Point(x, YS[-1]) * back, width=0.5)
        for x, y, text in ((60, 115, "项目名称"), (410, 115, "道路 53.00"), (410, 145, "左下")):
            page.insert_text(pymupdf.Point(x, y) * back, text, fontname="china-s", fontsize=10, rotate=90)

    found = laid(tmp_path, draw)
    assert (found.pages[0].width, found.pages[0].height) == (842.0, 595.0)
    (grid,) = found.grids
    assert texts(grid) == [["项目名称", "道路 53.00"], ["", "左下"]]
    assert grid.bbox == pytest.approx((50.0, 100.0, 750.0, 160.0), abs=0.5)


def test_a_cropped_page_counts_from_the_corner_that_is_seen(tmp_path: Path) -> None:
    """What lies outside the crop box is hidden, the rest moves with the corner."""

    def draw(page: pymupdf.Page) -> None:
        table(page, XS, YS, {(0, 0): "甲", (1, 1): "乙"})
        write(page, 50, 700, "框外")
        page.set_cropbox(pymupdf.Rect(30, 80, 430, 480))

    found = laid(tmp_path, draw)
    assert (found.pages[0].width, found.pages[0].height) == (400.0, 400.0)
    assert found.grids[0].bbox == pytest.approx((20.0, 20.0, 320.0, 80.0), abs=0.5)
    assert texts(found.grids[0]) == [["甲", "", ""], ["", "乙", ""]]
    assert [(line.text, line.hidden) for line in found.lines] == [("框外", True)]


def test_a_page_without_marks_gives_nothing(tmp_path: Path) -> None:
    """An empty page is a page."""
    (page,) = marks(tmp_path, lambda page: None)  # noqa: ARG005 - nothing is drawn
    assert (page.number, page.width, page.height) == (1, 595.0, 842.0)
    assert (page.runs, page.horizontal, page.vertical) == ((), (), ())


@pytest.mark.parametrize("content", [b"%PDF-1.7 and then nothing", b"%PDF-1.4\n%%EOF\n", b"no PDF at all"])
def test_bytes_that_are_no_pdf_are_damaged(tmp_path: Path, content: bytes) -> None:
    """Told as an error of the file, by its code."""
    path = tmp_path / "broken.pdf"
    path.write_bytes(content)
    with pytest.raises(DamagedDocument) as raised:
        list(read_pages(path))
    assert raised.value.code == "errors.damaged_pdf"


def test_a_file_that_needs_a_password_is_locked(tmp_path: Path) -> None:
    """One encrypted for printing only, with no password to open it, is read."""
    plain = pdf(tmp_path, lambda page: write(page, 50, 50, "可见"))
    locked, opened = tmp_path / "locked.pdf", tmp_path / "opened.pdf"
    with pymupdf.open(plain) as document:
        document.save(locked, encryption=AES_256, owner_pw="o", user_pw="u")
        document.save(opened, encryption=AES_256, owner_pw="o", user_pw="")
    with pytest.raises(LockedDocument) as raised:
        list(read_pages(locked))
    assert raised.value.code == "errors.locked_pdf"
    (page,) = read_pages(opened)
    assert visible(page) == ["可见"]
