"""Gold folders come in, their typeset documents go out beside the labels: `python -m eval.corpus [FOLDER]`."""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from eval.boxes import write_boxes
from eval.corpus.boxes import boxes_of
from eval.corpus.families import boxes, typeset_family
from eval.corpus.look import CHROMIUM, LIBREOFFICE
from eval.corpus.page import html
from eval.corpus.render import browser_pdf, office_pdf
from eval.corpus.table import table
from eval.corpus.word import save
from eval.gold import borrowed, load
from pipeline.catalogue import explain, language
from schemas.errors import HeduiError

_DATA = Path(__file__).parents[1] / "data"


def typeset(folder: Path) -> tuple[Path, ...]:
    """Write what `documents.toml` describes; without one, the report of one layout in its two typesettings."""
    return typeset_family(folder) if (folder / "documents.toml").is_file() else typeset_report(folder)


def typeset_report(folder: Path) -> tuple[Path, ...]:
    """Write `report-chromium.pdf`, `report.docx` and `report-libreoffice.pdf` from the folder's labels."""
    tables = [table(case.form) for case in load(folder)]
    browser, word, office = (folder / name for name in ("report-chromium.pdf", "report.docx", "report-libreoffice.pdf"))
    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch) / "report.html"
        page.write_text(html(tables, CHROMIUM), encoding="utf-8")
        browser_pdf(page, browser)
    save(tables, LIBREOFFICE, word)
    office_pdf(word, office)
    return browser, word, office


def place(folder: Path) -> tuple[Path, ...]:
    """Write the folder's `boxes.json`: where its labelled values stand; none if a browser printed none of them."""
    if (folder / "documents.toml").is_file():
        found = boxes(folder)
    else:
        tables = [table(case.form) for case in load(folder)]
        browser = "report-chromium.pdf"
        found = {browser: boxes_of(partial(html, tables, CHROMIUM), folder / browser, len(tables))}
    return (write_boxes(folder, found),) if found else ()


def main(arguments: Sequence[str] | None = None) -> int:
    """Rebuild and name the documents: 0, or 2 if labels or a program are missing."""
    parser = argparse.ArgumentParser(prog="python -m eval.corpus", description="typeset labelled forms")
    parser.add_argument("folders", type=Path, nargs="*", metavar="FOLDER", help="default: all of eval/data")
    parser.add_argument("--boxes", action="store_true", help="keep the documents, look only where their values stand")
    given = parser.parse_args(arguments)
    folders: list[Path] = given.folders or gold_folders()
    try:
        written = []
        for folder in folders:
            written += [*(() if given.boxes else typeset(folder)), *place(folder)]
    except HeduiError as error:
        sys.stderr.write(f"{explain(error, language(None, os.environ))}\n")
        return 2
    for path in written:
        sys.stdout.write(f"{path} {path.stat().st_size}\n")
    return 0


def gold_folders() -> list[Path]:
    """Every folder of labels that the package ships; what only borrows labels is made by eval.corpus.scans."""
    return sorted(path.parent for path in _DATA.glob("**/reports.json") if borrowed(path.parent) is None)


if __name__ == "__main__":
    sys.exit(main())
