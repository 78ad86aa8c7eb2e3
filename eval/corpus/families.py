"""A family's folder comes in (labels, layouts, `documents.toml`), its typeset documents go out beside the labels."""

import tempfile
import tomllib
from functools import cache, partial
from pathlib import Path
from typing import Literal, get_args

from pydantic import ValidationError

from eval.boxes import DocumentBoxes
from eval.corpus.blocks import Block, Break, Grid, Ink, Line, LineStyle, of_form
from eval.corpus.booklet import printable, published
from eval.corpus.boxes import boxes_of
from eval.corpus.compose import Manner, compose
from eval.corpus.layout import Layout, read_layout
from eval.corpus.render import browser_pdf, office_pdf
from eval.corpus.table import Printed
from eval.corpus.word import save_blocks
from eval.corpus.workbook import save_workbook
from eval.gold import Label
from schemas.base import Record
from schemas.errors import UsageError

Format = Literal["pdf", "docx", "xlsx", "html"]

_TEXT_WIDTH = 487.0
"""What an index page's table is wide, in points."""


class File(Record):
    """One document: its format by its name's end, its look, and the parts it prints in order."""

    path: str
    layout: str = "layout"
    """Which description prints its forms, unless a part names another: `form 03 layout-b`."""
    ink: Ink = Ink()
    printer: Literal["browser", "office"] = "browser"
    """Which program prints a PDF: a browser, or an office program by way of a Word document."""
    parts: tuple[str, ...] = ()
    """`form NN [LAYOUT]`, `draft NN [LAYOUT]`, `break [SHEET]`, `hidden SHEET`, `STYLE: text`, `table: a|b // c|d`."""

    @property
    def format(self) -> Format:
        """The format that the name's end says."""
        ending = self.path.rpartition(".")[2]
        if ending in {"pdf", "docx", "xlsx", "html"}:
            return ending  # type: ignore[return-value]  # one of the four
        raise UsageError("corpus.bad_format", path=self.path)


class Documents(Record):
    """`documents.toml`: the files, and the manner of forms that are not printed as their layout alone says."""

    files: tuple[File, ...]
    manners: dict[str, Manner] = {}


def documents(folder: Path) -> Documents:
    """What the folder's documents are made of; UsageError if it is not said or damaged."""
    path = folder / "documents.toml"
    try:
        return Documents.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise UsageError("corpus.missing", path=str(path)) from None
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise UsageError("corpus.damaged", path=str(path), reason=str(error)) from None


def typeset_family(folder: Path, only: str | None = None, out: Path | None = None) -> tuple[Path, ...]:
    """Write the folder's documents, or the one named, beside the labels or into `out`."""
    stated = documents(folder)
    written = []
    for file in stated.files:
        if only in {None, file.path}:
            target = (out or folder) / file.path
            write(blocks_of(folder, file, stated.manners), file, target)
            written.append(target)
    return tuple(written)


def boxes(folder: Path) -> dict[str, DocumentBoxes]:
    """Where the folder's documents that a browser prints have their labelled values, by the document's name."""
    stated = documents(folder)
    found = {}
    for file in stated.files:
        forms = sum(part.startswith("form ") for part in file.parts)
        if file.format == "pdf" and file.printer == "browser" and forms:
            blocks = blocks_of(folder, file, stated.manners)
            found[file.path] = boxes_of(partial(printable, blocks, file.ink), folder / file.path, forms)
    return found


def blocks_of(folder: Path, file: File, manners: dict[str, Manner]) -> tuple[Block, ...]:
    """What the document prints, in order."""
    found: list[Block] = []
    forms = 0
    for part in file.parts:
        blocks = _part(folder, part, file, manners)
        if part.startswith("form "):
            blocks, forms = of_form(blocks, forms), forms + 1
        found += blocks
    return tuple(found)


def write(blocks: tuple[Block, ...], file: File, target: Path) -> None:
    """The blocks as a file of the format that its name says."""
    if file.format == "docx":
        save_blocks(blocks, file.ink, target)
    elif file.format == "xlsx":
        save_workbook(blocks, file.ink, target)
    elif file.format == "html":
        target.write_bytes(published(blocks, file.ink))
    else:
        with tempfile.TemporaryDirectory() as scratch:
            _print(blocks, file, Path(scratch), target)


def _print(blocks: tuple[Block, ...], file: File, scratch: Path, target: Path) -> None:
    if file.printer == "office":
        save_blocks(blocks, file.ink, scratch / "page.docx")
        office_pdf(scratch / "page.docx", target)
        return
    (scratch / "page.html").write_text(printable(blocks, file.ink), encoding="utf-8")
    browser_pdf(scratch / "page.html", target)


def _part(folder: Path, part: str, file: File, manners: dict[str, Manner]) -> tuple[Block, ...]:
    kind, _, rest = part.partition(" ")
    if kind in {"form", "draft"}:
        number, _, layout = rest.partition(" ")
        name = f"{kind}-{number}"
        label = _label(folder / ("gold" if kind == "form" else "drafts") / f"{name}.json")
        return compose(label.form, _layout(folder, layout or file.layout), manners.get(name, Manner()))
    if kind in {"break", "hidden"}:
        return (Break(sheet=rest, hidden=kind == "hidden"),)
    if kind == "table:":
        return (_table(rest),)
    style, colon, text = part.partition(": ")
    if not colon or style not in get_args(LineStyle):
        raise UsageError("corpus.bad_part", part=part)
    return (Line(text=text, style=style),)


def _table(text: str) -> Grid:
    """A plain table of prose: cells by `|`, rows by `//`."""
    rows = [row.strip().split("|") for row in text.split("//")]
    cells = tuple(
        Printed(row=at, column=column, lines=(cell.strip(),))
        for at, row in enumerate(rows)
        for column, cell in enumerate(row)
    )
    columns = len(rows[0])
    return Grid(widths=(_TEXT_WIDTH / columns,) * columns, rows=len(rows), cells=cells)


@cache
def _layout(folder: Path, name: str) -> Layout:
    """A layout of the folder's own, or of another family: `../S/layout`."""
    return read_layout(folder / f"{name}.toml")


def _label(path: Path) -> Label:
    try:
        return Label.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError("gold.missing", path=str(path)) from None
    except ValidationError as error:
        raise UsageError("gold.damaged", path=str(path), errors=error.error_count()) from None
