"""The promise itself: every value stands on the page where it says."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest
from click.testing import CliRunner

from pipeline.cli import main
from schemas.evidence import LineSpan, PageSpan
from schemas.form import SelfEvaluation
from schemas.run import FormRecord

DATA = Path(__file__).parent.parent / "eval" / "data" / "jiading-2024"


def bare(text: str) -> str:
    """Text without whitespace and width differences."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def forms_of(report: Path, folder: Path) -> list[FormRecord]:
    """The records of one report, read without a model."""
    call = ["run", str(report), "-o", str(folder / "out"), "--templates", str(folder / "library.db"), "--model", "none"]
    CliRunner().invoke(main, call, catch_exceptions=False)
    lines = (folder / "out" / "forms.jsonl").read_text("utf-8").splitlines()
    return [FormRecord.model_validate_json(line) for line in lines]


def pointers_of(form: SelfEvaluation) -> Iterator[str]:
    """Every pointer of the form that holds a value a document printed."""
    for name in type(form).model_fields:
        value = getattr(form, name)
        if isinstance(value, tuple):
            for index, row in enumerate(value):
                if name == "extras":
                    yield f"/extras/{index}"
                    continue
                yield from (
                    f"/{name}/{index}/{field}"
                    for field in type(row).model_fields
                    if field != "extras" and getattr(row, field) is not None
                )
        elif name != "kind" and value is not None:
            yield f"/{name}"


@pytest.mark.parametrize("report", ["report-chromium.pdf", "report-libreoffice.pdf"])
def test_text_of_the_page_inside_the_spans_contains_the_value(tmp_path: Path, report: str) -> None:
    """For every value of every form PyMuPDF finds the printed characters inside the rectangles of its evidence."""
    with pymupdf.open(DATA / report) as document:
        for form in forms_of(DATA / report, tmp_path):
            for proof in form.evidence.values():
                spans = [span for span in proof.spans if isinstance(span, PageSpan)]
                texts = [document[span.page - 1].get_text(clip=pymupdf.Rect(span.bbox)) for span in spans]
                assert bare(proof.text) in bare("".join(texts))
                assert bare(proof.text) in bare(proof.cell_text)


def test_lines_of_the_text_inside_the_spans_contain_the_value(tmp_path: Path) -> None:
    """For every value the named characters of the named lines are the value's cell."""
    lines = (DATA / "report.txt").read_text("utf-8").split("\n")
    for form in forms_of(DATA / "report.txt", tmp_path):
        for proof in form.evidence.values():
            spans = [span for span in proof.spans if isinstance(span, LineSpan)]
            text = "".join(lines[span.line - 1][span.start : span.end] for span in spans)
            assert bare(proof.text) in bare(text)


@pytest.mark.parametrize("report", ["report-chromium.pdf", "report.txt"])
def test_every_value_has_evidence(tmp_path: Path, report: str) -> None:
    """No value of any form is without its place."""
    for form in forms_of(DATA / report, tmp_path):
        assert [pointer for pointer in pointers_of(form.form) if pointer not in form.evidence] == []
