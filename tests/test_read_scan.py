"""A scanned page is read cell by cell from its picture; what was read is kept; what can be read as text is."""

import json
import shutil
import sys
import unicodedata
from pathlib import Path

import cv2
import numpy as np
import pymupdf
import pytest
from click.testing import CliRunner
from drawn import FORM_ROWS, FORM_TEXTS, form, pdf, pictured, table, write

from eval.corpus.scans import scans
from eval.corpus.scans import write as write_scan
from pipeline.cli import main
from pipeline.mapping.lexicon import standard
from pipeline.read import read
from pipeline.read.pages import useful_text
from pipeline.read.pdf import read_pages
from pipeline.read.readings import Doubt, Folder, Line, Reading
from pipeline.read.spelling import spelled
from pipeline.read.turns import Tilt, on_the_page, upright
from schemas.errors import DamagedDocument, UnsupportedFormat
from schemas.evidence import BBox, PageSpan
from schemas.layout import Document
from schemas.run import FormRecord

DATA = Path(__file__).parent.parent / "eval" / "data"
SCAN = DATA / "jiading-scans" / "scan-150.jpg"
pytestmark = pytest.mark.usefixtures("own_cache")
XS, YS = (100, 250, 350, 450), (200, 240, 280)


def drawn(folder: Path) -> Path:
    """A page with a title and a small table."""
    return form(folder, XS, YS)


def told(path: Path) -> Document:
    """What is read of a file."""
    return read(path, path.name, standard(), None)


def texts(document: Document) -> list[list[str]]:
    """The first grid's texts."""
    return [[cell.text for cell in row] for row in document.grids[0].rows()]


def test_a_page_that_is_a_picture_gives_the_same_document_as_its_text(tmp_path: Path) -> None:
    """Cells, title and places within two points; every cell and line says that it was read from a picture."""
    digital = drawn(tmp_path)
    scan = told(pictured(digital, tmp_path / "scan.pdf"))
    text = told(digital)
    assert texts(scan) == texts(text) == FORM_ROWS
    assert [(line.text, line.origin) for line in scan.lines] == [("项目支出绩效自评表", "ocr")]
    assert {cell.origin for cell in scan.grids[0].cells} == {"ocr"}
    assert [(page.width, page.height) for page in scan.pages] == [(595.0, 842.0)]
    for found, expected in zip(scan.grids[0].cells, text.grids[0].cells, strict=True):
        (span,), (own,) = found.spans, expected.spans
        assert isinstance(span, PageSpan)
        assert isinstance(own, PageSpan)
        assert span.bbox == pytest.approx(own.bbox, abs=2)


@pytest.mark.parametrize("ending", ["png", "jpg", "tif"])
def test_pictures_are_read_as_pages(tmp_path: Path, ending: str) -> None:
    """PNG, JPEG and TIFF, whatever they say of their size."""
    with pymupdf.open(drawn(tmp_path)) as document:
        pixels = document[0].get_pixmap(dpi=150)
    image = np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.width, 3)
    cv2.imwrite(str(tmp_path / f"page.{ending}"), image)
    shutil.move(tmp_path / f"page.{ending}", tmp_path / "page.bin")
    document = told(tmp_path / "page.bin")
    assert texts(document) == FORM_ROWS
    assert (len(document.pages), document.media_type.split("/")[0]) == (1, "image")


def test_readings_are_kept(tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time nothing is read: the reader could be gone. Nobody else may open the file."""
    scan = pictured(drawn(tmp_path), tmp_path / "scan.pdf")
    first = told(scan)
    (kept,) = own_cache.rglob("*.json")
    assert kept.stat().st_mode & 0o777 == 0o600
    monkeypatch.setattr("rapidocr.ch_ppocr_rec.TextRecognizer.__call__", None)
    assert told(scan) == first


def test_a_damaged_reading_is_made_anew(tmp_path: Path) -> None:
    """What was kept and cannot be understood is nothing kept."""
    shelf = Folder(tmp_path)
    line = Line(text="1", x0=0, y0=0, x1=1, y1=1, score=1)
    reading = Reading(width=1, height=2, angle=0.5, horizontal=(), vertical=(), lines=(line,))
    shelf.put("ab12", reading)
    assert shelf.get("ab12") == reading
    (tmp_path / "ab" / "ab12.json").write_text("{", encoding="utf-8")
    assert shelf.get("ab12") is None
    Folder(tmp_path / "ab" / "ab12.json").put("cd", reading)


def test_a_disputed_number_is_a_doubt_of_its_cell_alone(tmp_path: Path, own_cache: Path) -> None:
    """Two cells print 9.87, the readings of the lower one differ: only that one waits for a person."""
    words = {**FORM_TEXTS, (2, 0): "绿化", (2, 2): "9.87"}
    report = pdf(tmp_path, lambda page: table(page, XS, (200, 240, 280, 320), words))
    scan = pictured(report, tmp_path / "scan.pdf")
    assert {cell.doubts for cell in told(scan).grids[0].cells} == {()}
    (kept,) = own_cache.rglob("*.json")
    reading = Reading.model_validate_json(kept.read_bytes())
    lines = [line.model_copy(update={"disputed": line.text == "9.87" and line.y0 > 280}) for line in reading.lines]
    kept.write_text(reading.model_copy(update={"lines": tuple(lines)}).model_dump_json(), encoding="utf-8")
    doubtful = [(cell.row, cell.col, cell.text) for cell in told(scan).grids[0].cells if cell.doubts == ("reading",)]
    assert doubtful == [(2, 2, "9.87")]


def test_a_hidden_text_layer_over_a_picture_is_not_believed(tmp_path: Path) -> None:
    """A scanner wrote 9,999.99 invisibly over 1,615.90: the picture is read."""
    path = pictured(drawn(tmp_path), tmp_path / "scan.pdf")
    with pymupdf.open(path) as document:
        for row in range(30):
            write(document[0], 60, 150 + 20 * row, "项目名称年初预算数得分9,999.99", render_mode=3)
        document.save(tmp_path / "layer.pdf")
    document_read = told(tmp_path / "layer.pdf")
    assert texts(document_read) == FORM_ROWS
    assert not any("9,999.99" in line.text for line in document_read.lines)


def test_garbled_text_is_no_text(tmp_path: Path) -> None:
    """Characters of the private area are of no use; a page of words is."""

    def private(page: pymupdf.Page) -> None:
        for row in range(20):
            page.insert_text((50, 50 + 20 * row), "\ue012\ue013\ue014\ue015\ue016\ue017", fontname="china-s")

    def words(page: pymupdf.Page) -> None:
        for row in range(20):
            write(page, 50, 50 + 20 * row, "绩效自评")

    first, second = read_pages(pdf(tmp_path, private, words))
    assert (useful_text(first), useful_text(second)) == (0, 80)


def test_a_photograph_is_no_text(tmp_path: Path) -> None:
    """A page that shows clouds gives no line and no grid."""
    chance = np.random.default_rng(1)
    clouds = cv2.GaussianBlur(chance.integers(0, 255, (900, 640, 3)).astype(np.float32), (0, 0), 30)
    clouds = 80 + 170 * (clouds - clouds.min()) / (clouds.max() - clouds.min())
    cv2.imwrite(str(tmp_path / "clouds.png"), clouds.astype(np.uint8))
    document = told(tmp_path / "clouds.png")
    assert (document.lines, document.grids) == ((), ())


def test_a_page_of_prose_is_read_line_by_line(tmp_path: Path) -> None:
    """Without a table the detector finds the lines."""

    def prose(page: pymupdf.Page) -> None:
        write(page, 80, 150, "本年度共完成道路养护十二公里", fontsize=12)
        write(page, 80, 190, "资金使用符合规定", fontsize=12)

    document = told(pictured(pdf(tmp_path, prose), tmp_path / "scan.pdf"))
    assert [line.text for line in document.lines] == ["本年度共完成道路养护十二公里", "资金使用符合规定"]


@pytest.mark.parametrize("dpi", [100, 150, 200])
def test_lone_signs_are_told_from_letters_and_digits(tmp_path: Path, dpi: int) -> None:
    """A dash is not 一, a slash is not 1, an equals sign is no dash; 1 and 7 alone in a cell are numbers."""
    words = {(0, 0): "指标值", (0, 1): "完成值", (0, 2): "得分", (1, 0): "道路", (1, 1): "98.50", (1, 2): "一级"}
    signs = {(2, 0): "—", (2, 1): "/", (2, 2): "=", (3, 0): "1", (3, 1): "7", (3, 2): "――"}
    report = pdf(tmp_path, lambda page: table(page, XS, (200, 230, 260, 290, 320), words | signs))
    found = texts(told(pictured(report, tmp_path / "scan.pdf", dpi)))
    assert found[2:] == [["—", "/", "="], ["1", "7", "—"]]


@pytest.mark.parametrize("dpi", [150, 200])
def test_lone_signs_of_comparison_are_told_by_their_bars(tmp_path: Path, dpi: int) -> None:
    """≧ has two bars, ≥ one; ＝ is no ═, which is as wide as a letter; 2 and Z stand on a bar and are none of them."""
    words = {(0, 0): "指标值", (0, 1): "完成值", (0, 2): "得分", (1, 0): "道路", (1, 1): "98.50", (1, 2): "一级"}
    signs = {(2, 0): "≧", (2, 1): "≥", (2, 2): "≦", (3, 0): "＝", (3, 1): "=", (3, 2): "≤", (4, 0): "2", (4, 1): "Z"}
    report = pdf(tmp_path, lambda page: table(page, XS, (200, 230, 260, 290, 320, 350), words | signs))
    found = texts(told(pictured(report, tmp_path / "scan.pdf", dpi)))
    assert found[2:] == [["≧", "≥", "≦"], ["=", "=", "≤"], ["2", "Z", ""]]


def test_a_damaged_picture_is_told(tmp_path: Path) -> None:
    """One error with a remedy."""
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    with pytest.raises(DamagedDocument) as raised:
        told(tmp_path / "a.png")
    assert raised.value.code in {"formats.damaged_picture", "errors.damaged_page"}


def test_a_file_that_was_cut_off_is_told(tmp_path: Path) -> None:
    """Half a JPEG and half a PDF can still be shown in part: no form may be lost with the other part."""
    with pymupdf.open(drawn(tmp_path)) as document:
        picture = document[0].get_pixmap(dpi=150).tobytes("jpeg")
        document.insert_file(drawn(tmp_path))
        stored = document.tobytes()
    for name, bytes_, code in (
        ("a.jpg", picture, "formats.damaged_picture"),
        ("a.pdf", stored, "errors.damaged_pdf"),
    ):
        (tmp_path / name).write_bytes(bytes_[: len(bytes_) * 2 // 3])
        with pytest.raises(DamagedDocument) as raised:
            told(tmp_path / name)
        assert raised.value.code == code


def test_without_the_extra_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan on a machine without RapidOCR; a page of text needs none."""
    digital = drawn(tmp_path)
    scan = pictured(digital, tmp_path / "scan.pdf")
    for module in ("pipeline.read.scan", "pipeline.read.ocr"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(UnsupportedFormat) as raised:
        told(scan)
    assert raised.value.code == "formats.install_ocr"
    assert texts(told(digital)) == FORM_ROWS


@pytest.mark.parametrize("angle", [-1.0, 0.0, 0.7])
def test_places_are_turned_onto_the_page_and_back(angle: float) -> None:
    """A rectangle around the turned one holds its corners; turned upright again it is the same."""
    tilt = Tilt(angle, 1.5, 595.0, 842.0)
    box = BBox(100.0, 200.0, 400.0, 230.0)
    around = on_the_page(box, tilt)
    assert upright(around, tilt) == pytest.approx(box, abs=0.01)
    assert around.x1 - around.x0 >= 1.5 * 299.9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("年初须算数", "年初预算数"),
        ("年度资金总客：", "年度资金总额:"),
        ("实际完戒情况", "实际完成情况"),
        ("质量指标", "质量指标"),
        ("615.90", "615.90"),
        ("预算", "预算"),
        ("修建道路桥梁", "修建道路桥梁"),
    ],
)
def test_a_known_label_read_with_one_wrong_character_is_that_label(text: str, expected: str) -> None:
    """Numbers, short words and what no label resembles stay as read."""
    assert spelled(text, standard().words()) == expected


def test_a_value_that_was_read_for_sure_is_no_label_misread(tmp_path: Path) -> None:
    """全部执行 stands beside the known 全年执行, 社会效应 beside 社会效益: both stay."""
    words = {(0, 0): "指标值", (0, 1): "完成值", (0, 2): "得分", (1, 0): "全部执行", (1, 1): "社会效应", (1, 2): "9"}
    report = pdf(tmp_path, lambda page: table(page, XS, (200, 230, 260), words))
    assert texts(told(pictured(report, tmp_path / "scan.pdf", 200)))[1] == ["全部执行", "社会效应", "9"]


def test_a_label_that_stands_across_the_foot_of_its_table_is_whole(tmp_path: Path) -> None:
    """One letter a line, the third on the height of the last ruling line, the cell open below: nothing is cut."""

    def draw(page: pymupdf.Page) -> None:
        table(page, (100, 260, 380, 520), (640, 680, 720), {(0, 0): "道路养护", (1, 0): "绿化", (1, 1): "98.50"})
        page.draw_line((60, 640), (60, 720), width=0.5)
        page.draw_line((60, 640), (100, 640), width=0.5)
        for row, letter in enumerate("产出指标"):
            write(page, 74, 690 + 12 * row, letter)

    document = told(pictured(pdf(tmp_path, draw), tmp_path / "scan.pdf"))
    assert "".join(document.grids[0].rows()[0][0].text.split()) == "产出指标"


def bare(value: object) -> object:
    """A value without whitespace and width differences, all the way down."""
    if isinstance(value, str):
        return "".join(unicodedata.normalize("NFKC", value).split())
    if isinstance(value, dict):
        return {key: bare(own) for key, own in value.items()}
    if isinstance(value, list):
        return [bare(own) for own in value]
    return value


def test_a_worn_scan_gives_the_forms_numbers_and_goes_to_review(tmp_path: Path) -> None:
    """Tilted, noisy, sealed, 150 dots an inch: funds, weights and scores are the labels; nothing is accepted unseen."""
    call = ["run", str(SCAN), "-o", str(tmp_path / "out"), "--templates", str(tmp_path / "l.db"), "--model", "none"]
    CliRunner().invoke(main, call, catch_exceptions=False)
    (line,) = (tmp_path / "out" / "forms.jsonl").read_text("utf-8").splitlines()
    record = FormRecord.model_validate_json(line)
    gold = json.loads((DATA / "jiading-2024" / "gold" / "form-16.json").read_text("utf-8"))["form"]
    form = json.loads(line)["form"]
    assert [bare(fund) for fund in form["funds"]] == [bare(fund) for fund in gold["funds"]]
    rows = [(row["weight"], row["score"]) for row in form["indicators"]]
    assert rows == [(row["weight"], row["score"]) for row in gold["indicators"]]
    assert (form["total_weight"], form["total_score"]) == (gold["total_weight"], gold["total_score"])
    assert record.status == "review"
    assert "ocr_unproven" in {reason.code for reason in record.decision.reasons}
    assert {proof.origin for proof in record.evidence.values()} == {"ocr"}


def test_a_doubtful_letter_of_a_cell_is_told_by_the_lines_of_its_document(tmp_path: Path, own_cache: Path) -> None:
    """A kept reading has 遒路养护 where the prose below says 道路养护."""
    scan = pictured(form(tmp_path, XS, YS, prose=2), tmp_path / "scan.pdf")
    assert texts(told(scan)) == FORM_ROWS
    (kept,) = (own_cache / "hedui" / "readings").rglob("*.json")
    reading = Reading.model_validate_json(kept.read_bytes())
    misread = {"text": "遒路养护", "doubts": (Doubt(at=0, rivals={"遒": 0.6, "道": 0.3}),)}
    lines = [line.model_copy(update=misread) if line.text == "道路养护" else line for line in reading.lines]
    kept.write_text(reading.model_copy(update={"lines": tuple(lines)}).model_dump_json(), encoding="utf-8")
    assert texts(told(scan)) == FORM_ROWS
    alone = [line for line in lines if "十二公里" not in line.text]
    kept.write_text(reading.model_copy(update={"lines": tuple(alone)}).model_dump_json(), encoding="utf-8")
    assert texts(told(scan))[1][0] == "遒路养护"


@pytest.mark.parametrize(("seed", "printed"), [(3130, "(5"), (8130, "(5"), (10130, "入)")])
def test_a_character_with_ink_for_two_is_looked_at_again(tmp_path: Path, seed: int, printed: str) -> None:
    """（5 and 入） at the end of a narrow column: the reader sees the 5 or 入 alone and is sure of it."""
    stated = next(file for file in scans(DATA / "scans" / "tuned" / "D").files if file.path == "d-100.pdf")
    made = stated.model_copy(update={"pages": (3,), "wear": stated.wear._replace(dpi=150), "seed": seed})
    scan = tmp_path / "scan.pdf"
    write_scan(made, DATA / "families" / "D" / stated.source, scan)
    document = told(scan)
    seen = [line.text for line in document.lines] + [cell.text for grid in document.grids for cell in grid.cells]
    assert any(unicodedata.normalize("NFKC", text).endswith(printed) for text in seen)
