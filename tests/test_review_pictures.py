"""The page beside the form: of a PDF, of a picture, of a file in an archive; never of other bytes than those read."""

import io
import os
import zipfile
from hashlib import sha256
from pathlib import Path

import pymupdf
import pytest
from browsing import opened
from conftest import Open
from PIL import Image
from playwright.sync_api import expect

from eval.reviewing import REPORT, Stored, read_into, serving
from pipeline.review.sources import Source, Sources
from pipeline.review.web.pictures import Pictures
from pipeline.store import Store
from schemas.errors import DocumentError
from schemas.run import DocumentInfo

ONE_PAGE = Path(__file__).parent.parent / "eval" / "data" / "families" / "B" / "b-ruled.pdf"


def document(path: Path, media_type: str, name: str = "") -> DocumentInfo:
    """What a store would know of a file."""
    digest = sha256(path.read_bytes()).hexdigest()
    return DocumentInfo(path=name or path.name, sha256=digest, media_type=media_type, pages=1)


def scanned(path: Path) -> Path:
    """The first page as a scanner at 150 dots an inch leaves it, in the format of the file's name."""
    with pymupdf.open(ONE_PAGE) as pdf:
        made = pdf[0].get_pixmap(dpi=150)
        Image.frombytes("RGB", (made.width, made.height), made.samples).save(path, dpi=(150, 150))
    return path


@pytest.mark.parametrize(("name", "kind"), [("a.png", "image/png"), ("a.jpg", "image/jpeg"), ("a.tif", "image/tiff")])
def test_a_picture_is_shown_as_its_own_page(tmp_path: Path, name: str, kind: str) -> None:
    """In points as its evidence counts, drawn with the dots that it has and no more: 595 x 842 points at 150 dpi."""
    path = scanned(tmp_path / name)
    source = Sources().of(document(path, kind), path)
    pictures = Pictures()
    ((width, height),) = pictures.sizes(source)
    assert (round(width), round(height)) == (595, 842)
    png = pictures.png(source, 1, 4)
    assert png is not None
    with Image.open(io.BytesIO(png)) as drawn:
        assert drawn.size == (1240, 1754)


def test_a_file_of_an_archive_is_drawn_from_inside_it(tmp_path: Path) -> None:
    """`a.zip!/材料/b.pdf`: the page is the member's own; nothing is left unpacked."""
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.write(ONE_PAGE, "材料/b.pdf")
    known = document(ONE_PAGE, "application/pdf", "a.zip!/材料/b.pdf")
    source = Sources().of(known, archive)
    assert source.location == archive
    with source.opened() as path:
        unpacked = path
    assert not unpacked.exists()
    assert Pictures().png(source, 1, 1) == Pictures().png(Source(known, None)._replace(location=archive), 1, 1)
    assert Sources().of(known.model_copy(update={"path": "a.zip!/材料/c.pdf"}), archive).location is None


def test_other_bytes_are_found_out_without_reading_all_at_every_look(tmp_path: Path) -> None:
    """A file that was touched is compared again: the same bytes are shown, others and none are not."""
    path = tmp_path / "a.pdf"
    path.write_bytes(ONE_PAGE.read_bytes())
    known, sources = document(path, "application/pdf"), Sources()
    assert sources.of(known, path).location == path
    os.utime(path, (1, 1))
    assert sources.of(known, path).location == path
    path.write_bytes(b"%PDF-1.7 other bytes")
    assert sources.of(known, path).location is None
    path.unlink()
    assert sources.of(known, path).location is None


def test_a_file_that_goes_between_two_looks_is_no_picture(tmp_path: Path) -> None:
    """Found, then deleted: no page and no error; what was drawn before is still there."""
    path = tmp_path / "a.pdf"
    path.write_bytes(ONE_PAGE.read_bytes())
    source, pictures = Sources().of(document(path, "application/pdf"), path), Pictures()
    drawn = pictures.png(source, 1, 1)
    path.unlink()
    assert (pictures.png(source, 1, 1), pictures.png(source, 1, 2)) == (drawn, None)
    assert Pictures().sizes(source) == ()


def test_a_damaged_picture_is_told(tmp_path: Path) -> None:
    """Bytes that are no picture, though they are those that were read."""
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n nothing")
    with pytest.raises(DocumentError):
        Pictures().sizes(Sources().of(document(path, "image/png"), path))


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    """A scan as a picture, and the report in an archive."""
    folder = tmp_path_factory.mktemp("mixed")
    files = folder / "in"
    files.mkdir()
    scanned(files / "scan.png")
    with zipfile.ZipFile(files / "reports.zip", "w") as made:
        made.write(REPORT, "2024/report.pdf")
    return read_into(folder, [files], confirm=False)


def test_scans_and_archived_reports_stand_beside_their_forms(mixed: Stored, tmp_path: Path, open_review: Open) -> None:
    """Of a form of each: the picture is painted, and the field in focus marks its cell on it."""
    with Store.open(mixed.out, "read") as store:
        forms = {form.document.path: form.form_id for form in store.forms()}
    assert sorted(forms) == ["reports.zip!/2024/report.pdf", "scan.png"]
    with serving(mixed.copied(tmp_path)) as served:
        page = open_review(served)
        for form_id in forms.values():
            opened(page, served, form_id)
            expect(page.locator("#picture")).to_be_visible()
            assert page.evaluate("document.getElementById('picture').decode().then(() => true)")
            page.locator('.field[data-pointer="/project_name"]').focus()
            expect(page.locator("#marks .here")).to_have_count(1)
