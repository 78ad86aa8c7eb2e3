"""The families' corpus: labels that prove themselves, and documents that print exactly what is labelled."""

import json
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import docx
import jsonschema
import pymupdf
import pytest
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell

from eval.corpus.blocks import Grid, texts
from eval.corpus.families import File, blocks_of, documents, typeset_family
from eval.gold import Case, contradictions, load, prove, reports
from schemas.amount import normalised
from schemas.form import Quantity, SelfEvaluation

FAMILIES = Path(__file__).parents[1] / "eval" / "data" / "families"
FOLDERS = sorted(path.parent for path in FAMILIES.glob("*/documents.toml"))
FILES = [(folder, file) for folder in FOLDERS for file in documents(folder).files]


def named(folder: Path) -> str:
    """What a test of a folder is called."""
    return folder.name


def named_file(pair: tuple[Path, File]) -> str:
    """What a test of a document is called."""
    return f"{pair[0].name}/{pair[1].path}"


@cache
def text_of(path: Path) -> str:
    """All that a document says, whitespace removed, read with a library of its format's own."""
    readers = {".pdf": _pdf, ".docx": _docx, ".xlsx": _xlsx, ".html": _html}
    return normalised("".join(readers[path.suffix](path)))


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
    page = path.read_text(encoding="utf-8")
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


def cases_of(folder: Path, name: str) -> list[Case]:
    """The labelled forms that a document holds, in its order."""
    held = [case for case in load(folder) if folder / name in case.documents]
    return sorted(held, key=lambda case: case.form_index)


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_labels_keep_the_published_schema(folder: Path) -> None:
    """Each label's form is a `form` of forms.schema.json."""
    schema = json.loads((FAMILIES.parents[2] / "schemas" / "forms.schema.json").read_text(encoding="utf-8"))
    form = {"$ref": "#/$defs/SelfEvaluation", "$defs": schema["$defs"]}
    labels = [json.loads(path.read_text(encoding="utf-8")) for path in (folder / "gold").glob("*.json")]
    for label in labels:
        jsonschema.validate(label["form"], form)
        assert label["family"]


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_labels_prove_their_arithmetic(folder: Path) -> None:
    """Weights, scores, funds, rates and levels hold, but for the failures that the folder states."""
    assert contradictions(prove(load(folder)), reports(folder)) == ()


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


@pytest.mark.parametrize("pair", FILES, ids=named_file)
def test_every_labelled_value_stands_in_the_document(pair: tuple[Path, File]) -> None:
    """Each text and number of each label is found in the document's own text, separators aside."""
    folder, file = pair
    said = text_of(folder / file.path).replace(",", "")
    for case in cases_of(folder, file.path):
        for value in values(case.form):
            assert normalised(value).replace(",", "") in said, (case.name, value)


@pytest.mark.parametrize("pair", FILES, ids=named_file)
def test_documents_say_what_their_description_says_and_nothing_else(pair: tuple[Path, File]) -> None:
    """The characters of the file are those of the cells and lines that it is typeset from: none lost, none added."""
    folder, file = pair
    meant = "".join(texts(blocks_of(folder, file, documents(folder).manners)))
    assert sorted(text_of(folder / file.path)) == sorted(normalised(meant))


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


def quantities() -> Iterator[tuple[str, Quantity]]:
    """Every target and actual of the labels, with where it stands."""
    for folder in FOLDERS:
        for case in load(folder):
            for row in case.form.indicators:
                yield from ((f"{case.name} {row.name}", found) for found in (row.target, row.actual) if found)


SIGNS = {"≥": "≥ ≧ >= 不少于 不低于", "≤": "≤ ≦ <= 不超过 不高于", "=": "= ═", ">": "> 大于", "<": "< 小于"}
AFTER = {"以上": "≥", "以内": "≤", "以下": "≤"}


def test_quantities_are_operator_number_and_unit_and_nothing_else() -> None:
    """What the text holds beside the number is the operator's sign or word and the unit, brackets aside."""
    for where, quantity in quantities():
        if quantity.value is None:
            assert (quantity.operator, quantity.unit) == (None, None), where
            continue
        text = unicodedata.normalize("NFKC", quantity.text).replace(",", "")
        before, number, rest = text.partition(str(quantity.value))
        assert number, where
        after = next((word for word in AFTER if rest.endswith(word)), "")
        sign = next((sign for sign, words in SIGNS.items() if before in words.split()), None) if before else None
        assert quantity.operator == (AFTER.get(after) or sign), where
        unit = unicodedata.normalize("NFKC", quantity.unit or "")
        bare = rest.removesuffix(after).strip()
        assert unit == (bare[1:-1] if bare.startswith("(") and bare.endswith(")") else bare), where


def test_a_rebuilt_document_says_the_same(tmp_path: Path) -> None:
    """Typeset once more, the Word document and the workbook are the committed ones byte for byte."""
    for name in ("s-book.docx", "s-book.xlsx"):
        (made,) = typeset_family(FAMILIES / "S", name, tmp_path)
        assert made.read_bytes() == (FAMILIES / "S" / name).read_bytes()
