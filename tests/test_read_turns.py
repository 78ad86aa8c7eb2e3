"""Pages that lie on their side are turned to be read, and what is found on them is told where it lies."""

import shutil
from pathlib import Path

import pymupdf
import pytest
from drawn import FORM_ROWS, FORM_TEXTS, form, pdf, pictured, table

from pipeline.mapping.lexicon import standard
from pipeline.read import read
from pipeline.read.turns import turned, turned_back
from schemas.evidence import BBox, PageSpan
from schemas.layout import Document

XS, YS = (60, 260, 380, 520), (200, 230, 260)
pytestmark = pytest.mark.usefixtures("own_cache")


def drawn(folder: Path) -> Path:
    """A page with a title, a table and lines of prose."""
    return form(folder, XS, YS, prose=6)


def lying(upright: Path, target: Path, turns: int, dpi: int | None) -> Path:
    """The page turned counter-clockwise by quarters without saying so; with `dpi`, as a picture."""
    if dpi is not None:
        return pictured(upright, target, dpi, turns=turns)
    with pymupdf.open(upright) as given, pymupdf.open() as made:
        width, height = (595, 842) if turns % 2 == 0 else (842, 595)
        page = made.new_page(width=width, height=height)
        page.show_pdf_page(page.rect, given, 0, rotate=90 * turns)
        made.save(target)
    return target


def told(path: Path) -> Document:
    """What is read of a file."""
    return read(path, path.name, standard(), None)


@pytest.mark.parametrize("dpi", [None, 150])
@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_page_on_its_side_gives_the_table_of_the_upright_one(tmp_path: Path, turns: int, dpi: int | None) -> None:
    """As text and as a picture; the cell of 9.87 lies where it is on the page as it is, which keeps its size."""
    document = told(lying(drawn(tmp_path), tmp_path / "lying.pdf", turns, dpi))
    assert [[cell.text for cell in row] for row in document.grids[0].rows()] == FORM_ROWS
    (page,) = document.pages
    assert (page.width, page.height) == ((595, 842) if turns == 2 else (842, 595))
    (span,) = next(cell for cell in document.grids[0].cells if cell.text == "9.87").spans
    assert isinstance(span, PageSpan)
    places = {1: (230, 75, 260, 215), 2: (75, 582, 215, 612), 3: (582, 380, 612, 520)}
    assert span.bbox == pytest.approx(places[turns], abs=3)


def test_a_page_of_two_directions_stays_as_it_is(tmp_path: Path) -> None:
    """A table upright and a note along the margin: nothing is turned."""

    def draw(page: pymupdf.Page) -> None:
        table(page, XS, YS, FORM_TEXTS)
        page.insert_text((580, 700), "道路养护项目绩效自评表说明" * 2, fontname="china-s", rotate=90)

    document = told(pdf(tmp_path, draw))
    assert [[cell.text for cell in row] for row in document.grids[0].rows()] == FORM_ROWS
    assert (document.pages[0].width, document.pages[0].height) == (595, 842)


def test_a_page_that_says_that_it_is_turned_is_read_as_seen(tmp_path: Path) -> None:
    """/Rotate 90 over a table drawn lying: places count on the page as a reader sees it."""
    path = lying(drawn(tmp_path), tmp_path / "lying.pdf", 1, None)
    shutil.copy(path, tmp_path / "said.pdf")
    with pymupdf.open(tmp_path / "said.pdf") as document:
        document[0].set_rotation(90)
        document.saveIncr()
    seen = told(tmp_path / "said.pdf")
    assert [[cell.text for cell in row] for row in seen.grids[0].rows()] == FORM_ROWS
    (span,) = next(cell for cell in seen.grids[0].cells if cell.text == "9.87").spans
    assert isinstance(span, PageSpan)
    assert span.bbox == pytest.approx((380, 230, 520, 260), abs=3)


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (0, BBox(10, 20, 30, 60)),
        (1, BBox(20, 170, 60, 190)),
        (2, BBox(70, 140, 90, 180)),
        (3, BBox(40, 10, 80, 30)),
    ],
)
def test_a_rectangle_is_turned_back_and_forth(turns: int, expected: BBox) -> None:
    """On a page of 100 × 200 points, as found after so many quarters."""
    box = BBox(10, 20, 30, 60)
    back = turned_back(box, turns, 100, 200)
    assert back == expected
    assert turned(back, turns, 100, 200) == box
