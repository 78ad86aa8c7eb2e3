"""Scans made of typeset documents: the same call gives the same bytes, and the labels are the lender's."""

from pathlib import Path

import cv2
import numpy as np
import pymupdf
import pytest

from eval.corpus.scan import Wear, worn
from eval.corpus.scans import DATA, STATED, main, scan_folder, scans
from eval.dataset import documents_of
from eval.gold import borrowed

FOLDERS = sorted(path.parent for path in DATA.rglob(STATED))


def test_every_scan_has_its_labels() -> None:
    """19 documents of 48 forms in two parts that share no family."""
    tuned, held = documents_of(DATA / "tuned"), documents_of(DATA / "held")
    assert (len(tuned), sum(len(document.forms) for document in tuned)) == (7, 19)
    assert (len(held), sum(len(document.forms) for document in held)) == (12, 29)
    assert not {*(family for found in tuned for family in found.families)} & {
        *(family for found in held for family in found.families if found.name.split("/")[2] != "mixed")
    }


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_manifest_says_what_its_scans_show(folder: Path) -> None:
    """Name, resolution and forms of every file, from the same description that made it."""
    manifest = borrowed(folder)
    assert manifest is not None
    told = {name: (shown.dpi, shown.forms) for name, shown in manifest.documents.items()}
    assert told == {file.path: (file.wear.dpi, file.forms) for file in scans(folder).files}


def test_a_scan_made_again_is_the_same(tmp_path: Path) -> None:
    """Byte by byte; with another seed it is another picture of the same size."""
    folder = DATA / "held" / "mixed"
    first = [path.read_bytes() for path in scan_folder(folder, tmp_path / "again")]
    assert first == [(folder / name).read_bytes() for name in ("m-target.png", "m-white.jpg")]
    _, other = scan_folder(folder, tmp_path / "other", seed=1)
    assert other.read_bytes() != first[1]


def test_a_set_at_another_resolution_is_labelled_where_it_lies(tmp_path: Path) -> None:
    """The command names what it wrote; one page of 100 dots an inch is 827 pixels wide; its labels are found."""
    assert main([str(DATA / "held" / "K"), "--out", str(tmp_path), "--dpi", "100"]) == 0
    with pymupdf.open(tmp_path / "k-150.pdf") as document:
        assert document.page_count == 2
        assert document[0].get_images()[0][2] == 827
        assert not document[0].get_text().strip()
    (found,) = documents_of(tmp_path)
    assert (len(found.forms), found.origin) == (2, "ocr")


def test_a_file_may_mix_text_and_pictures_or_hide_a_useless_layer() -> None:
    """The second of three pages is text; a layer speaks in another encoding; a page on its side says so."""
    with pymupdf.open(DATA / "held" / "F" / "f-mixed-150.pdf") as document:
        assert [bool(page.get_text().strip()) for page in document] == [False, True, False]
    with pymupdf.open(DATA / "tuned" / "J" / "j-county-layer.pdf") as document:
        assert document[0].get_text().split()[:3] == ["ÏîÄ¿Ãû³Æ", "Äê³õÔ¤ËãÊý", "9,999.99"]
    with pymupdf.open(DATA / "held" / "C" / "c-landscape-150.pdf") as document:
        assert {page.rotation for page in document} == {90}


def test_wear_does_what_it_says() -> None:
    """Grey paper, a darker side, one channel, two values."""
    white = np.full((200, 300, 3), 255, np.uint8)
    cv2.putText(white, "615.90", (60, 110), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (0, 0, 0), 3)
    dark = worn(white, Wear(paper=220, shade=0.5, grey=True), 1)
    assert dark.shape == (200, 300)
    assert int(dark[5, 5]) == pytest.approx(219, abs=3)
    assert int(dark[5, 295]) == pytest.approx(111, abs=3)
    assert set(np.unique(worn(white, Wear(black=True, noise=5), 1)).tolist()) == {0, 255}
