"""A folder with a store comes in; forms.jsonl, files.jsonl and forms.xlsx go out, written anew.

Thousands of forms take most of a minute: whoever answers a browser meanwhile lets a process of its own do it.
"""

import contextlib
import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from pipeline.batch.together import mark_across
from pipeline.export import write_csv, write_excel, write_jsonl
from pipeline.session import Session
from pipeline.store import Store
from schemas.errors import StoreError

_NICER = 10


def write_results(folder: Path, session: Session) -> tuple[Path, ...]:
    """Write the exports of a store (the CSV files too, if the settings want them) over those that are there.

    What forms say of each other is asked again first. Raises UsageError if a file is open in another program.
    """
    with Store.open(folder, "edit") as store:
        mark_across(store, session.ways())
        written = [*write_jsonl(store, folder), write_excel(store, folder / "forms.xlsx", session.lang)]
        if session.settings.output.csv:
            written += write_csv(store, folder, session.lang)
    return tuple(written)


def write_apart(folder: Path, session: Session) -> tuple[Path, ...]:
    """The same in a process of its own, which ends with it; raises as `write_results`, StoreError if it was killed."""
    spawned = multiprocessing.get_context("spawn")  # a fork would take the server's threads along
    with ProcessPoolExecutor(1, mp_context=spawned, initializer=_behind) as apart:
        try:
            return apart.submit(write_results, folder, session).result()
        except BrokenProcessPool:
            raise StoreError("review.writing_died", path=str(folder)) from None


def _behind() -> None:
    """Ctrl-C is the server's to hear, which waits for this; people's requests come before it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(AttributeError, OSError):  # Windows has no nice
        os.nice(_NICER)
