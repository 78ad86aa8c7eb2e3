"""The families' corpus: documents print exactly what is labelled, form by form, and nothing else."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import docx
import pymupdf
import pytest
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell

from eval.corpus.blocks import Grid, texts
from eval.corpus.families import File, blocks_of, documents, typeset_family
from eval.gold import Case, load, reports
from schemas.amount import normalised
from schemas.form import SelfEvaluation

FAMILIES = Path(__file__).parents[1] / "eval" / "data" / "families"
HELD_OUT = FAMILIES.parent / "held-out" / "unseen"
FOLDERS = [*sorted(path.parent for path in FAMILIES.glob("*/documents.toml")), HELD_OUT]
FILES = [(folder, file) for folder in FOLDERS for file in documents(folder).files]


def named(folder: Path) -> str:
    """What a test of a folder is called."""
    return folder.name


def named_file(pair: tuple[Path, File]) -> str:
    """What a test of a document is called."""
    return f"{pair[0].name}/{pair[1].path}"


@cache
def pages_of(path: Path) -> tuple[str, ...]:
    """What a document says, page by page where it has pages, read with a library of its format's own."""
    readers = {".pdf": _pdf, ".docx": _docx, ".xlsx": _xlsx, ".html": _html}
    said = tuple(normalised(page) for page in readers[path.suffix](path))
    return said if path.suffix == ".pdf" else ("".join(said),)


def _pdf(path: Path) -> Iterator[str]:
    with pymupdf.open(path) as pdf:
        yield from (page.get_text() for page in pdf)


def _docx(path: Path) -> Iterator[str]:
    """Paragraphs and cells in the order of the body, a merged cell once."""
    for element in docx.Document(str(path)).element.body.iter():
        if element.tag.endswith("}t"):
            yield element.text or ""


def _xlsx(path: Path) -> Iterator[str]:
    for sheet in load_workbook(path).worksheets:
        for row in sheet.iter_rows():
            yield from (_shown(cell) for cell in row if isinstance(cell, Cell) and cell.value is not None)


def _shown(cell: Cell) -> str:
    """A cell as a workbook shows it, for the number formats that the corpus uses."""
    if not isinstance(cell.value, int | float):
        return str(cell.value)
    form = re.fullmatch(r"(#,##)?0(?:\.(0+))?(%)?", cell.number_format)
    assert form, cell.number_format
    value = Decimal(str(cell.value)) * (100 if form[3] else 1)
    return f"{value:{',' if form[1] else ''}.{len(form[2] or '')}f}{form[3] or ''}"


class _Texts(HTMLParser):
    """Collects what stands between the tags."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        """One run of text."""
        self.said.append(data)


def _html(path: Path) -> Iterator[str]:
    stored = path.read_bytes()
    charset = re.search(rb'charset="([a-z0-9-]+)"', stored)
    assert charset
    page = stored.decode(charset[1].decode("ascii"))
    parser = _Texts()
    parser.feed(page[page.index("<body>") :])
    yield from parser.said


def values(form: SelfEvaluation) -> Iterator[str]:
    """Every text and number of a form's label, as the label writes them."""
    yield from _values(form.model_dump(mode="json", exclude={"kind"}))


def _values(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in {"source", "operator", "label"}:
                yield from _values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner)
    elif value is not None:
        yield str(value)


@cache
def loaded(folder: Path) -> tuple[Case, ...]:
    """A folder's labels, read once."""
    return load(folder)


def cases_of(folder: Path, name: str) -> list[Case]:
    """The labelled forms that a document holds, in its order."""
    held = [case for case in loaded(folder) if folder / name in case.documents]
    return sorted(held, key=lambda case: case.form_index)


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_statement_description_and_folder_name_the_same_files(folder: Path) -> None:
    """No document is missing, left over, or without an expected outcome; counts are those of the labels."""
    stated = reports(folder)
    described = [file.path for file in documents(folder).files]
    there = {path.name for path in folder.iterdir() if path.suffix in {".pdf", ".docx", ".xlsx", ".html"}}
    assert sorted(described) == sorted(there) == sorted(file.path for file in stated.files)
    for file in stated.files:
        assert file.forms == len(cases_of(folder, file.path)), file.path
        assert (file.outcome == "read") == (file.forms > 0), file.path


@pytest.mark.parametrize("pair", FILES, ids=named_file)
def test_documents_print_their_forms_in_the_stated_order(pair: tuple[Path, File]) -> None:
    """The parts of the description are the labels of the statement, one after the other."""
    folder, file = pair
    printed = [part.split()[1] for part in file.parts if part.startswith("form ")]
    gold = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in (folder / "gold").glob("*.json")}
    forms = [SelfEvaluation.model_validate(gold[f"form-{number}.json"]["form"]) for number in printed]
    assert forms == [case.form for case in cases_of(folder, file.path)]


def sections(folder: Path, file: File) -> list[str]:
    """The document's text cut where each of its forms begins: at its lines above the table with the first row."""
    text, at, starts = "".join(pages_of(folder / file.path)), 0, []
    for part in (part for part in file.parts if part.startswith(("form ", "draft "))):
        single = file.model_copy(update={"parts": (part,)})
        blocks = blocks_of(folder, single, documents(folder).manners)
        grid = next(index for index, block in enumerate(blocks) if isinstance(block, Grid))
        table = next(block for block in blocks if isinstance(block, Grid))
        first = Grid(widths=table.widths, rows=1, cells=tuple(cell for cell in table.cells if cell.row == 0))
        at = text.find(normalised("".join(texts((*blocks[:grid], first)))), at)
        assert at >= 0, part
        if part.startswith("form "):
            starts.append(at)
    return [text[start:end] for start, end in zip(starts, [*starts, len(text)][1:], strict=True)]


@pytest.mark.parametrize("pair", FILES, ids=named_file)
def test_every_labelled_value_stands_in_its_own_form(pair: tuple[Path, File]) -> None:
    """Each text and number of a label is found between its form's first row and the next one's."""
    folder, file = pair
    cases = cases_of(folder, file.path)
    for case, section in zip(cases, sections(folder, file), strict=True):
        said = section.replace(",", "")
        missing = {value for value in values(case.form) if normalised(value).replace(",", "") not in said}
        if file.path in UNIT_APART:
            missing -= targets_without_unit(case.form, said)
        assert missing == CUT_BY_A_PAGE.get((file.path, case.form_index), set()), case.name


def targets_without_unit(form: SelfEvaluation, said: str) -> set[str]:
    """Texts of targets whose sign and number stand together, as the label writes them, but not next to the unit."""
    targets = [row.target for row in form.indicators if row.target and row.target.unit]
    return {
        target.text
        for target in targets
        if normalised(target.text.removesuffix(target.unit or "")).replace(",", "") in said
    }


UNIT_APART = {"declared-plain.pdf", "declared.xlsx"}
"""Documents in which other columns stand between a target's number and its unit, or the unit before the number."""

CUT_BY_A_PAGE = {
    ("a1-ruled.pdf", 0): {"服务对象满意度指标"},
    ("a1-ruled.pdf", 1): {"提升文物价值，扩大知名度"},
    ("s-ruled.pdf", 2): {"服务对象满意度指标"},
}
"""Values that a page's end cuts in two, by document and form."""


@pytest.mark.parametrize("pair", FILES, ids=named_file)
def test_documents_say_what_their_description_says_and_nothing_else(pair: tuple[Path, File]) -> None:
    """The text of the file is that of its cells and lines in order; in a PDF a page's end may change the order."""
    folder, file = pair
    meant = normalised("".join(texts(blocks_of(folder, file, documents(folder).manners))))
    said = "".join(pages_of(folder / file.path))
    if file.format == "pdf":
        edges = "".join(
            f"{normalised(file.ink.running_head)}{f'—{number}—' if file.ink.page_numbers else ''}"
            for number, _ in enumerate(pages_of(folder / file.path), start=1)
        )
        assert sorted(said) == sorted(meant + edges)
    else:
        assert said == meant


def test_pages_end_inside_merged_labels() -> None:
    """A label is printed in halves on two pages, another one twice, a goal goes on over the page."""
    halves = pages_of(FAMILIES / "S" / "s-ruled.pdf")
    assert halves[2].endswith("受灾群众满意度≥85.00(%)91.00(%)10.0010.00")
    assert halves[3].startswith("度指标总分100.0093.52")
    twice = pages_of(FAMILIES / "C" / "c-landscape.pdf")
    assert "产出指标数量指标新增高标准农田" in twice[0]
    assert twice[1].startswith("产出指标质量指标工程质量合格率")
    points = pages_of(FAMILIES / "D" / "d-ruled.pdf")
    assert points[1].startswith("分)总分100100注:1.")
    goal = pages_of(FAMILIES / "J" / "j-ruled.pdf")
    assert goal[1].endswith("1、开展职业技能培训1686人次,完成目标任务1686人的100%;")


def test_one_page_holds_the_tail_of_a_form_and_the_head_of_the_next() -> None:
    """In 11 ruled documents of several forms a page begins in a form and ends in the next one."""
    shared = {
        file.path
        for folder, file in FILES
        if file.format == "pdf"
        for page in pages_of(folder / file.path)
        for case in cases_of(folder, file.path)
        if normalised(case.form.title or "-") in page[1:] and not page.startswith(normalised(case.form.title or "-"))
    }
    assert len(shared) >= 11


def test_unruled_documents_hold_no_line_and_partly_ruled_ones_no_upright_line() -> None:
    """Some draw nothing at all, some rows without columns, one columns without rows."""
    for folder, file in FILES:
        if file.format != "pdf":
            continue
        with pymupdf.open(folder / file.path) as pdf:
            boxes = [drawing["rect"] for page in pdf for drawing in page.get_drawings()]
            wide = {page.rect.width > page.rect.height for page in pdf}
        assert wide == {file.ink.landscape}, file.path
        upright = [box for box in boxes if box.height > 10]
        if file.ink.ruling == "none":
            assert boxes == [], file.path
        elif file.ink.ruling == "columns":
            assert len(upright) > 3 * len(boxes) / 4, file.path
        elif file.ink.ruling == "rows":
            assert len(boxes) > 10, file.path
            assert upright == [], file.path
        elif any(part.startswith(("form", "draft", "table")) for part in file.parts):
            assert upright, file.path


def test_formats_and_looks_are_spread_over_the_families() -> None:
    """Each format and look is there for three families or more, each family in two formats or more."""
    of: dict[str, set[str]] = {}
    for folder, file in FILES:
        kind = {"none": "unruled", "rows": "partly ruled", "columns": "partly ruled"}.get(file.ink.ruling, file.format)
        looks = {kind, "landscape"} if file.ink.landscape else {kind}
        families = {case.family or "" for case in cases_of(folder, file.path)} or {folder.name}
        for family in families:
            of.setdefault(family, set()).update(looks)
    assert set(of) >= {"S", "A1", "B", "C", "C0", "D", "F", "J", "K", "K2", "R", "X"}
    for look, least in {
        "pdf": 11,
        "docx": 3,
        "xlsx": 3,
        "html": 3,
        "unruled": 3,
        "partly ruled": 4,
        "landscape": 3,
    }.items():
        assert sum(look in looks for looks in of.values()) >= least, look
    for family in ("S", "A1", "B", "C", "C0", "D", "F", "J", "K", "K2", "R", "X"):
        assert len(of[family]) >= 2, family


@pytest.mark.parametrize("pair", FILES, ids=named_file)
def test_every_place_of_every_grid_belongs_to_one_cell(pair: tuple[Path, File]) -> None:
    """Cells neither overlap nor leave a hole."""
    folder, file = pair
    for block in blocks_of(folder, file, documents(folder).manners):
        if isinstance(block, Grid):
            places = [
                (row, column)
                for cell in block.cells
                for row in range(cell.row, cell.row + cell.rowspan)
                for column in range(cell.column, cell.column + cell.colspan)
            ]
            every = [(row, column) for row in range(block.rows) for column in range(len(block.widths))]
            assert sorted(places) == every


@pytest.mark.parametrize("name", ["s-book.docx", "s-book.xlsx", "../A1/a1-plain.html"])
def test_a_rebuilt_document_is_the_same(name: str, tmp_path: Path) -> None:
    """Typeset once more, a document is the committed one byte for byte."""
    stored = (FAMILIES / "S" / name).resolve()
    (made,) = typeset_family(stored.parent, stored.name, tmp_path)
    assert made.read_bytes() == stored.read_bytes()


@pytest.mark.usefixtures("printer")
def test_a_reprinted_page_says_the_same(tmp_path: Path) -> None:
    """Printed once more by a browser, a PDF has the committed one's text on every page."""
    (made,) = typeset_family(FAMILIES / "C0", "c0-ruled.pdf", tmp_path)
    assert pages_of(made) == pages_of(FAMILIES / "C0" / "c0-ruled.pdf")
