"""Reports and their labels go in, a table goes out: how long hedui takes beside its floor, and beside others.

All is measured in one process, the ways taking turns; what counts are ratios of medians, because machines differ:

- floor: `get_text("rawdict")` and `get_cdrawings()` of every page, what reading such a page costs at least;
- layout: pages to grids, beside PyMuPDF's and pdfplumber's tables, with the share of the printed cells each gets right;
- warm: a whole run over a layout that a person confirmed, without a model, from the file to `forms.xlsx`.

    python -m eval.bench [FOLDER] [--rounds N]
"""

import argparse
import gc
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from statistics import median
from typing import NamedTuple, TextIO

import pdfplumber
import pymupdf

from eval.corpus.table import table
from eval.gold import load, reports
from pipeline.batch import Batch, input_files
from pipeline.batch.digest import conditions
from pipeline.catalogue import explain, language
from pipeline.export import write_excel, write_jsonl
from pipeline.layout import lay_out
from pipeline.mapping.lexicon import standard
from pipeline.mapping.library import Library
from pipeline.mapping.settle import confirmed
from pipeline.mapping.skeleton import analyse
from pipeline.read import read
from pipeline.read.pdf import read_pages
from pipeline.run import Understood, Ways, finish, understand
from pipeline.segment import segment
from pipeline.store import Store
from schemas.amount import normalised
from schemas.errors import HeduiError
from schemas.form import SelfEvaluation
from schemas.layout import Document, Region

_JIADING = Path(__file__).parent / "data" / "jiading-2024"

WARM_AT_MOST = 4.0
"""Times the floor that a warm run may take."""
FASTER_THAN = {"find_tables": 8.0, "pdfplumber": 6.0}
"""How many times as fast as each other way layout alone must be."""

_CONFIRMED_AT = "2026-01-01T00:00:00+00:00"

Cells = Callable[[], Iterable[str | None]]
"""Makes the tables of a file anew and gives the text of every cell."""


class Accuracy(NamedTuple):
    """How many of the printed cells one way found with exactly their text."""

    right: int
    printed: int

    @property
    def share(self) -> float:
        """Between 0 and 1; 1 where nothing is printed."""
        return self.right / self.printed if self.printed else 1.0


class Outcome(NamedTuple):
    """What a warm run brought: it must have done the work that is timed."""

    forms: int
    accepted: int
    calls: int


class Measured(NamedTuple):
    """One report's medians in seconds, by the name of what was measured."""

    file: str
    pages: int
    seconds: Mapping[str, float]
    accuracy: Mapping[str, Accuracy]
    outcome: Outcome

    def times(self, what: str, of: str = "floor") -> float:
        """How many times as long `what` takes as `of`."""
        return self.seconds[what] / self.seconds[of]

    def misses(self) -> tuple[str, ...]:
        """The bars that are not met, in words; empty if all are."""
        said = []
        if self.times("warm") > WARM_AT_MOST:
            said.append(f"warm run {self.times('warm'):.2f}x floor, bar {WARM_AT_MOST:.0f}x")
        for name, bar in FASTER_THAN.items():
            if self.times(name, "layout") < bar:
                said.append(f"layout {self.times(name, 'layout'):.1f}x faster than {name}, bar {bar:.0f}x")
        if self.accuracy["layout"].share < 1:
            said.append(f"layout {self.accuracy['layout'].share:.2%} of cells right, bar 100 %")
        return tuple(said)


class _Quiet:
    """A progress that shows nothing."""

    def begin(self, files: int) -> None:
        """Nothing to show."""

    def understood(self, name: str) -> None:
        """Nothing to show."""

    def asked(self) -> None:
        """Nothing to show."""

    def finished(self, name: str) -> None:
        """Nothing to show."""

    def warn(self, message: str) -> None:
        """Nothing to show."""


def printed_cells(forms: Iterable[SelfEvaluation]) -> Counter[str]:
    """Every filled cell of the labelled forms as typeset, normalised, with how often it is printed."""
    texts = (normalised("".join(cell.lines)) for form in forms for cell in table(form).cells)
    return Counter(text for text in texts if text)


def accuracy(printed: Counter[str], cells: Iterable[str | None]) -> Accuracy:
    """A printed cell is right if a cell of its own has exactly its text, after NFKC and without whitespace."""
    found = Counter(normalised(cell) for cell in cells if cell)
    return Accuracy((printed & found).total(), printed.total())


def interleaved(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of each way; the ways take turns, so that a slow minute of the machine hits all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            gc.collect()  # nobody pays for another's garbage
            start = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - start)
    return {name: median(taken) for name, taken in seconds.items()}


def floor(path: Path) -> None:
    """What nobody who reads the page's characters and lines can do without."""
    with pymupdf.open(path) as document:
        for page in document:
            page.get_text("rawdict")
            page.get_cdrawings()


def by_layout(path: Path) -> list[str]:
    """The cells of hedui's grids, tables joined over pages."""
    words = standard()
    laid = lay_out(read_pages(path), words.levels, words.titles)
    return [cell.text for grid in laid.grids for cell in grid.cells]


def by_find_tables(path: Path) -> list[str | None]:
    """The cells of PyMuPDF's tables, page by page."""
    with pymupdf.open(path) as document:
        return [
            cell
            for page in document
            for found in page.find_tables(use_layout=False, refine=True).tables
            for row in found.extract()
            for cell in row
        ]


def by_pdfplumber(path: Path) -> list[str | None]:
    """The cells of pdfplumber's tables, page by page."""
    with pdfplumber.open(path) as document:
        return [cell for page in document.pages for found in page.extract_tables() for row in found for cell in row]


def whole_run(path: Path, library: Path, out: Path) -> Outcome:
    """`hedui run` without a model and without its command line: read, settle, prove, store, export."""
    ways = Ways(standard(), "zh")
    with Store.open(out) as store:
        batch = Batch(store, Library(library), ways, conditions(ways, "none", ""), _Quiet())
        summary = batch.run(input_files([path], out))
        _export(store, out)
        forms = sum(file.forms for file in summary.files)
    accepted = (out / "forms.jsonl").read_text(encoding="utf-8").count('"status":"accepted"')
    return Outcome(forms, accepted, summary.usage.calls)


def confirmed_library(path: Path, scratch: Path) -> Path:
    """A template library in which a person has confirmed the layouts of a file as the first run proposed them."""
    library = scratch / "layouts.db"
    whole_run(path, library, scratch / "first")
    known = Library(library)
    for template in known.all():
        known.put(confirmed(template, {}), _CONFIRMED_AT)
    return library


def measure(path: Path, printed: Counter[str], rounds: int) -> Measured:
    """Time every way over one report, and say how right each is."""
    cells: dict[str, Cells] = {
        "layout": lambda: by_layout(path),
        "find_tables": lambda: by_find_tables(path),
        "pdfplumber": lambda: by_pdfplumber(path),
    }
    with tempfile.TemporaryDirectory() as folder, pymupdf.open(path) as document:
        scratch = Path(folder)
        library = confirmed_library(path, scratch)
        outs = (scratch / f"out-{number}" for number in count())
        outcome = whole_run(path, library, next(outs))
        ways: dict[str, Callable[[], object]] = {
            "floor": lambda: floor(path),
            "warm": lambda: whole_run(path, library, next(outs)),
            **cells,
            **_phases(path, library, outs),
        }
        return Measured(
            file=path.name,
            pages=document.page_count,
            seconds=interleaved(ways, rounds),
            accuracy={name: accuracy(printed, way()) for name, way in cells.items()},
            outcome=outcome,
        )


def _phases(path: Path, library: Path, outs: Iterator[Path]) -> dict[str, Callable[[], object]]:
    """The steps of a warm run one by one, each on what the step before it gave."""
    ways = Ways(standard(), "zh")
    document = read(path, path.name, ways.lexicon, None)
    understood = understand(path, path.name, ways, None)
    templates = {template.key: template for template in Library(library).all()}
    run = finish(understood, templates, ways, digest="")
    filled = next(outs)
    whole_run(path, library, filled)

    def store() -> None:
        with Store.open(next(outs)) as fresh:
            fresh.put_regions(understood.document, [(form.skeleton.key, form.region) for form in understood.forms])
            fresh.put_run(run, path)

    def export() -> None:
        with Store.open(filled, "read") as stored:
            _export(stored, next(outs))

    return {
        "read + layout": lambda: read(path, path.name, ways.lexicon, None),
        "segment + skeleton": lambda: _bones(document, ways),
        "map + ground + check + decide": lambda: _judged(understood, ways, library),
        "store": store,
        "export": export,
    }


def _bones(document: Document, ways: Ways) -> list[tuple[Region, object]]:
    return [(region, analyse(region, ways.lexicon)) for region in segment(document, ways.lexicon)]


def _judged(understood: Understood, ways: Ways, library: Path) -> object:
    known = Library(library)
    keys = {form.skeleton.key for form in understood.forms}
    templates = {key: template for key in keys if (template := known.get(key)) is not None}
    return finish(understood, templates, ways, digest="")


def _export(store: Store, out: Path) -> None:
    write_jsonl(store, out)
    write_excel(store, out / "forms.xlsx", "zh")


def show(measured: Measured, out: TextIO) -> None:
    """One report's table."""
    outcome, seconds = measured.outcome, measured.seconds
    out.write(f"{measured.file}: {measured.pages} pages, {outcome.forms} forms, ")
    out.write(f"{outcome.accepted} accepted, {outcome.calls} calls of a model\n")
    line = "  {:<32}{:>9}{:>9}{:>9}  {}\n".format
    out.write(line("", "ms", "ms/page", "x floor", ""))
    for name, taken in seconds.items():
        right = measured.accuracy.get(name)
        told = f"{right.share:.2%} of {right.printed} cells right" if right else ""
        if name in FASTER_THAN:
            told += f"; layout is {measured.times(name, 'layout'):.1f}x faster, bar {FASTER_THAN[name]:.0f}x"
        if name == "warm":
            told = f"bar {WARM_AT_MOST:.0f}x"
        figures = f"{taken * 1000:.1f}", f"{taken * 1000 / measured.pages:.2f}", f"{measured.times(name):.2f}"
        out.write(line(name, *figures, told))
    out.writelines(f"  missed: {miss}\n" for miss in measured.misses())
    out.write("\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the PDFs of one gold folder: 0 if every bar is met, 1 if not, 2 if the folder cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench", description="time hedui beside its floor and others")
    parser.add_argument("folder", type=Path, nargs="?", default=_JIADING)
    parser.add_argument("--rounds", type=int, default=5, help="repetitions of which the median counts")
    given = parser.parse_args(arguments)
    folder: Path = given.folder
    try:
        cases, documents = load(folder), reports(folder).documents
    except HeduiError as error:
        sys.stderr.write(f"{explain(error, language(None, os.environ))}\n")
        return 2
    pdfs = [folder / name for names in documents for name in names if name.endswith(".pdf")]
    met = True
    for path in pdfs:
        printed = printed_cells(case.form for case in cases if path in case.documents)
        measured = measure(path, printed, max(1, given.rounds))
        show(measured, sys.stdout)
        met = met and not measured.misses()
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
