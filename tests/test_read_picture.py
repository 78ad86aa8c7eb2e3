"""Claims about pictures of pages: their size in points, what is refused."""

from pathlib import Path

import pymupdf
import pytest
from drawn import pdf, write

from pipeline.read.picture import page_sizes, picture
from schemas.errors import DamagedDocument, LockedDocument

AES_256 = 5


def test_a_page_is_rendered_in_the_points_of_its_evidence(tmp_path: Path) -> None:
    """595 by 842 points at 2 pixels a point are a PNG of 1190 by 1684 pixels."""
    path = pdf(tmp_path, lambda page: write(page, 50, 50, "得分 97.99"))
    made = picture(path, 1, 2.0)
    assert (made.width, made.height) == (595, 842)
    pixels = pymupdf.Pixmap(made.png)
    assert (pixels.width, pixels.height) == (1190, 1684)


def test_a_turned_page_is_seen_as_a_reader_sees_it(tmp_path: Path) -> None:
    """A page stored upright and turned by 90 degrees is wider than high, as its cells' boxes are."""
    path = pdf(tmp_path, lambda page: page.set_rotation(90))
    assert page_sizes(path) == ((842, 595),)
    assert picture(path, 1, 1.0)[1:] == (842, 595)


def test_a_poster_is_rendered_smaller(tmp_path: Path) -> None:
    """10,000 points a side at 3 pixels a point would be 900 million pixels; the picture has at most 24 million."""
    path = pdf(tmp_path, lambda page: write(page, 50, 50, "1"), width=10_000, height=10_000)
    pixels = pymupdf.Pixmap(picture(path, 1, 3.0).png)
    assert pixels.width * pixels.height <= 24_100_000


def test_a_page_that_is_not_there_and_a_file_that_is_no_pdf_are_damaged(tmp_path: Path) -> None:
    """Both are errors of the document, told by a code."""
    path = pdf(tmp_path, lambda page: write(page, 50, 50, "1"))
    for wrong in (0, 2):
        with pytest.raises(DamagedDocument):
            picture(path, wrong, 1.0)
    (tmp_path / "text.pdf").write_text("no PDF", encoding="utf-8")
    with pytest.raises(DamagedDocument):
        page_sizes(tmp_path / "text.pdf")


def test_a_locked_file_is_named_as_locked(tmp_path: Path) -> None:
    """A PDF with a password gives no picture."""
    with pymupdf.open() as document:
        document.new_page()
        document.save(tmp_path / "locked.pdf", encryption=AES_256, owner_pw="owner", user_pw="user")
    with pytest.raises(LockedDocument):
        picture(tmp_path / "locked.pdf", 1, 1.0)
