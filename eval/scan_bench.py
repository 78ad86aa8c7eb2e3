"""Scanned files go in, a table goes out: how long hedui reads their pages beside bare RapidOCR on the same pages.

Both in one process, taking turns; what counts is the ratio of medians. Bare is `RapidOCR()(picture)`: find the lines of
the page and read them. hedui straightens, finds ruling lines, reads cell by cell and lays the tables out, nothing kept
from before.

    python -m eval.scan_bench [FILE …] [--rounds N]
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
from rapidocr import RapidOCR

from eval.bench import interleaved
from pipeline.mapping.lexicon import standard
from pipeline.read import read
from pipeline.read.picture import page_count, page_pixels
from pipeline.settings import cache_folder

AT_MOST = 1.5
"""Times bare RapidOCR that a page may take."""

_DATA = Path(__file__).parent / "data"
_SHOWN = (
    "scans/tuned/S/s-150.pdf",
    "scans/tuned/A1/a1-200.pdf",
    "scans/tuned/D/d-100.pdf",
    "scans/held/B/b-150.pdf",
    "scans/held/X/x-150.pdf",
    "jiading-scans/scan-150.pdf",
)
_FILETYPES = {".pdf": "pdf", ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".tif": "tiff", ".tiff": "tiff"}


class Timed(NamedTuple):
    """One file's medians in seconds."""

    file: str
    pages: int
    bare: float
    hedui: float

    @property
    def ratio(self) -> float:
        """How many times as long hedui takes."""
        return self.hedui / self.bare


def measure(path: Path, engine: RapidOCR, rounds: int) -> Timed:
    """One file, read in both ways by turns."""
    filetype = _FILETYPES[path.suffix.lower()]
    pages = page_count(path, filetype)

    def bare() -> None:
        for number in range(1, pages + 1):
            found = page_pixels(path, number, filetype=filetype)
            picture = np.frombuffer(found.pixels, np.uint8).reshape(found.rows, found.columns, 3)
            engine(picture[:, :, ::-1])

    def own() -> None:
        shutil.rmtree(cache_folder() / "readings", ignore_errors=True)
        read(path, path.name, standard(), None)

    seconds = interleaved({"bare": bare, "hedui": own}, rounds)
    return Timed(path.name, pages, seconds["bare"], seconds["hedui"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure: 0 if the bar is met over all pages, 1 if not."""
    parser = argparse.ArgumentParser(prog="python -m eval.scan_bench", description="time scans beside bare RapidOCR")
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE", help="default: six of the shipped scans")
    parser.add_argument("--rounds", type=int, default=3, help="repetitions of which the median counts")
    given = parser.parse_args(arguments)
    files: list[Path] = given.files or [_DATA / name for name in _SHOWN]
    engine = RapidOCR(params={"Global.log_level": "critical"})
    line = "{:<24}{:>6}{:>12}{:>12}{:>8}\n".format
    sys.stdout.write(line("", "pages", "bare s/page", "own s/page", "ratio"))
    with tempfile.TemporaryDirectory() as own_cache, patch.dict(os.environ, {"XDG_CACHE_HOME": own_cache}):
        timed = [measure(path, engine, max(1, given.rounds)) for path in files]
    every = Timed("all", sum(t.pages for t in timed), sum(t.bare for t in timed), sum(t.hedui for t in timed))
    for found in (*timed, every):
        each = f"{found.bare / found.pages:.2f}", f"{found.hedui / found.pages:.2f}"
        sys.stdout.write(line(found.file, found.pages, *each, f"{found.ratio:.2f}"))
    sys.stdout.write(f"bar: {AT_MOST} times\n")
    return 0 if every.ratio <= AT_MOST else 1


if __name__ == "__main__":
    sys.exit(main())
