"""One report in six formats: the same values, the same layout, one confirmation for all of them."""

import json
import re
import unicodedata
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.styles import Border, Side
from openpyxl.worksheet.worksheet import Worksheet

from eval.corpus.look import CHROMIUM
from eval.corpus.page import html
from eval.corpus.table import COLUMNS, Table, table
from eval.gold import load
from pipeline.cli import main
from schemas.evidence import CellSpan, LineSpan
from schemas.run import FormRecord

DATA = Path(__file__).parent.parent / "eval" / "data" / "jiading-2024"
NUMBER = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)\.([0-9]+)")
THIN = Side(style="thin")
RULED = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)


def tables() -> list[Table]:
    """The gold forms as typeset."""
    return [table(case.form) for case in load(DATA)]


def page(folder: Path) -> Path:
    """All forms on one web page."""
    path = folder / "report.html"
    path.write_text(html(tables(), CHROMIUM), encoding="gb18030")
    return path


def workbook(folder: Path, *, sheets: bool, ruled: bool = True) -> Path:
    """A workbook with a form a sheet, or all stacked on one; numbers are numbers under a format."""
    made = openpyxl.Workbook()
    sheet, below = made.active, 0
    assert isinstance(sheet, Worksheet)
    for number, form in enumerate(tables()):
        if sheets and number:
            sheet, below = made.create_sheet(f"表{number}"), 0
        for line in (form.title, form.year):
            below += 1
            sheet.cell(below, 1).value = line
        for printed in form.cells:
            top, left = below + 1 + printed.row, 1 + printed.column
            cell = sheet.cell(top, left)
            text = "\n".join(printed.lines)
            found = NUMBER.fullmatch(text)
            if found:
                cell.value = float(text.replace(",", ""))
                cell.number_format = ("#,##0." if "," in text else "0.") + "0" * len(found[1])
            else:
                cell.value = text
                cell.data_type = "s"  # a text may begin with =
            low, right = top + printed.rowspan - 1, left + printed.colspan - 1
            for row in range(top, low + 1):
                for column in range(left, right + 1):
                    sheet.cell(row, column).border = RULED if ruled else Border()
            sheet.merge_cells(None, top, left, low, right)
        below += form.rows + 1
    assert COLUMNS == 10
    path = folder / f"{'sheets' if sheets else 'stacked'}.xlsx"
    made.save(path)
    return path


def typeset(name: str, folder: Path) -> Path:
    """The report in one format."""
    if name == "html":
        return page(folder)
    if name == "docx":
        return DATA / "report.docx"
    return workbook(folder, sheets=name == "sheets", ruled=name != "plain")


def hedui(*arguments: object) -> None:
    """One call of the program."""
    CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


def bare(value: object) -> object:
    """A value without whitespace and width differences, all the way down."""
    if isinstance(value, str):
        return "".join(unicodedata.normalize("NFKC", value).split())
    if isinstance(value, dict):
        return {key: bare(own) for key, own in value.items()}
    if isinstance(value, list):
        return [bare(own) for own in value]
    return value


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library in which a person confirmed the layout of the PDF, once."""
    folder = tmp_path_factory.mktemp("library")
    file = folder / "layouts.db"
    hedui("run", DATA / "report-chromium.pdf", "-o", folder / "out", "--templates", file, "--model", "none")
    first = json.loads((folder / "out" / "forms.jsonl").read_text("utf-8").splitlines()[0])
    hedui("layouts", "confirm", first["template"]["key"][:8], "-o", folder / "out", "--templates", file)
    return file


@pytest.mark.parametrize("name", ["docx", "html", "sheets", "stacked", "plain"])
def test_every_format_gives_the_labels_under_the_layout_confirmed_for_the_pdf(
    tmp_path: Path, library: Path, name: str
) -> None:
    """Every field of 18 forms, no question asked; 14 accepted, as from the PDF; no pages, evidence in the cell."""
    path = typeset(name, tmp_path)
    hedui("run", path, "-o", tmp_path / "out", "--templates", library, "--model", "none")
    lines = (tmp_path / "out" / "forms.jsonl").read_text("utf-8").splitlines()
    forms = [FormRecord.model_validate_json(line) for line in lines]
    gold = [json.loads(file.read_text("utf-8"))["form"] for file in sorted((DATA / "gold").glob("form-*.json"))]
    assert [bare(form.form.model_dump(mode="json")) for form in forms] == [bare(form) for form in gold]
    assert len({form.template.key for form in forms}) == 1
    assert [form.status for form in forms].count("accepted") == 14
    assert {(form.pages, form.document.pages) for form in forms} == {((), None)}
    spans = {type(span) for form in forms for proof in form.evidence.values() for span in proof.spans}
    assert spans <= {CellSpan, LineSpan}
    for proof in forms[0].evidence.values():
        assert "".join(proof.text.split()) in "".join(proof.cell_text.split())
