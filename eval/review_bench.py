"""A number of forms goes in, a table goes out: how long the review's own work takes over a store of that size.

The sample report is read once and its forms are written under new names until there are enough; then forms are opened
and edited at random, each edit with the check that follows it, as a window of the review does. Measured is a real
`hedui review` from outside, over loopback: from the request to the last byte of the page drawn.

    python -m eval.review_bench [--forms 5000] [--rounds 200] [--keep FOLDER]

`--keep` leaves the store (`out`) and its library (`library.db`) in FOLDER, and uses them if they are there.
"""

import argparse
import hashlib
import http.client
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from pydantic import TypeAdapter

from eval.reviewing import Served, Stored, serving
from pipeline.batch import Batch, input_files
from pipeline.batch.digest import conditions
from pipeline.mapping.lexicon import standard
from pipeline.mapping.library import Library
from pipeline.mapping.settle import confirmed
from pipeline.review.desk import FormDesk
from pipeline.review.requests import AcceptField, DeleteRow, EditRequest, ReportIsWrong, SetValue, Undo
from pipeline.run import Ways
from pipeline.store import DATABASE, Store
from schemas.run import FormRecord, Run

_REPORT = Path(__file__).parent / "data" / "jiading-2024" / "report-libreoffice.pdf"

_REQUEST: TypeAdapter[EditRequest] = TypeAdapter(EditRequest)

BARS = {"form": 100.0, "edit": 80.0}
"""Milliseconds that the 95th percentile may take."""


class Timed(NamedTuple):
    """How long one kind of work took, in milliseconds, the quickest first."""

    what: str
    took: tuple[float, ...]

    def percentile(self, share: float) -> float:
        """What this share of the rounds did not exceed."""
        return self.took[min(len(self.took) - 1, int(share * len(self.took)))]

    @property
    def holds(self) -> bool:
        """Whether its bar is met; true where it has none."""
        return self.percentile(0.95) <= BARS.get(self.what, float("inf"))


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


def filled(folder: Path, forms: int) -> None:
    """A store of at least so many forms: the sample report, then its copies under other names."""
    ways = Ways(standard(), "zh")
    library = Library(folder / "library.db")
    with Store.open(folder / "out") as store:
        batch = Batch(store, library, ways, conditions(ways, "none", ""), _Quiet())
        batch.run(input_files([_REPORT], folder / "out"))
        batch.map_again(confirmed(library.all()[0], {}))
        run = store.run(_REPORT.name)
        if run is None:
            raise AssertionError(_REPORT.name)
        regions = store.regions_of(_REPORT.name)
        for number in range(-(-forms // len(run.forms)) - 1):
            copy = copied(run, number)
            store.put_regions(copy.forms[0].document, [(found.layout_key, found.region) for found in regions])
            store.put_run(copy)


def copied(run: Run, number: int) -> Run:
    """The same file under another name and with other bytes."""
    sha256 = hashlib.sha256(f"copy {number}".encode()).hexdigest()
    path = f"{number // 50:03d}/{number:05d}.pdf"
    forms = tuple(_renamed(form, path, sha256) for form in run.forms)
    ids = {old.form_id: new.form_id for old, new in zip(run.forms, forms, strict=True)}
    return run.model_copy(
        update={
            "file": run.file.model_copy(update={"path": path, "sha256": sha256}),
            "forms": forms,
            "confidence_reasons": {ids[form_id]: named for form_id, named in run.confidence_reasons.items()},
        },
    )


def _renamed(form: FormRecord, path: str, sha256: str) -> FormRecord:
    document = form.document.model_copy(update={"path": path, "sha256": sha256})
    return form.model_copy(update={"document": document, "form_id": f"{sha256[:16]}-{form.form_index}"})


class Window:
    """One window of a review: entered by the printed address, one connection kept open."""

    def __init__(self, served: Served) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
        self._cookie = ""
        self._csrf = ""
        self.get(served.address.removeprefix(served.base))
        found = re.search(r'<meta name="csrf" content="([^"]+)">', self.get("/"))
        self._csrf = found[1] if found is not None else ""

    def get(self, path: str) -> str:
        """A page or an answer of the API."""
        return self._asked("GET", path, None)

    def post(self, path: str, body: str) -> str:
        """A change."""
        return self._asked("POST", path, body)

    def _asked(self, method: str, path: str, body: str | None) -> str:
        headers = {"Cookie": self._cookie, "X-CSRF-Token": self._csrf, "Content-Type": "application/json"}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode("utf-8")
        if answer.status != http.HTTPStatus.OK:
            message = f"{method} {path.partition('?')[0]}: {answer.status}"
            raise RuntimeError(message)
        self._cookie = (answer.getheader("set-cookie") or self._cookie).partition(";")[0]
        return text


def measured(folder: Path, rounds: int) -> list[Timed]:
    """The times of the queue, of form pages, of edits and of the dashboard."""
    chance = random.Random(0)  # noqa: S311 - the same forms in every run, no secret
    with Store.open(folder / "out", "read") as store:
        chosen = chance.choices(list(store.form_names()), k=rounds)
    with serving(Stored(folder / "out", folder / "library.db")) as served:
        window = Window(served)
        search = f"/?status=all&text={quote('平台')}"
        return [
            _timed("queue", [partial(window.get, "/")] * (rounds // 4)),
            _timed("search", [partial(window.get, search)] * (rounds // 4)),
            _timed("form", [partial(window.get, f"/forms/{form_id}") for form_id in chosen]),
            _timed("edit", [_edit(window, form_id, chance) for form_id in chosen]),
            _timed("dashboard", [partial(window.get, "/dashboard")] * max(1, rounds // 20)),
        ]


def _edit(window: Window, form_id: str, chance: random.Random) -> Callable[[], object]:
    """An edit of a form, made ready; its version is that of the moment before it is timed."""
    number = chance.random()

    def work() -> object:
        desk = FormDesk.model_validate_json(window.get(f"/api/forms/{form_id}"))
        wrong = [card.finding_id for card in desk.cards if card.can_confirm]
        request: EditRequest = SetValue(pointer="/indicators/0/score", text=str(chance.randrange(1, 11)))
        if number < 0.1 and any(entry.can_undo and entry.edit.kind != "undo" for entry in desk.history):  # noqa: PLR2004 - one in ten takes something back
            request = Undo()
        elif number < 0.3 and wrong:  # noqa: PLR2004 - two in ten confirm a discrepancy
            request = ReportIsWrong(finding=wrong[0])
        elif number < 0.5:  # noqa: PLR2004 - two in ten accept a field
            request = AcceptField(pointer="/grade")
        elif number < 0.6:  # noqa: PLR2004 - one in ten deletes a row
            request = DeleteRow(row=desk.rows[-1].row)
        body = json.dumps({"request": _REQUEST.dump_python(request, mode="json"), "version": desk.version})
        begin = time.perf_counter()
        window.post(f"/forms/{form_id}/edits", body)
        return time.perf_counter() - begin

    return work


def _timed(what: str, works: Sequence[Callable[[], object]]) -> Timed:
    """How long each call took; one that times its own part gives that in seconds."""
    took = []
    for work in works:
        begin = time.perf_counter()
        own = work()
        seconds = own if isinstance(own, float) else time.perf_counter() - begin
        took.append(seconds * 1000)
    return Timed(what, tuple(sorted(took)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 if a bar is not met."""
    parser = argparse.ArgumentParser(prog="python -m eval.review_bench", description=__doc__)
    parser.add_argument("--forms", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "out" / DATABASE).is_file():
            begin = time.perf_counter()
            filled(folder, given.forms)
            sys.stdout.write(f"store of {given.forms} forms written in {time.perf_counter() - begin:.0f} s\n")
        found = measured(folder, given.rounds)
    sys.stdout.write(f"{'':10}{'p50':>8}{'p95':>8}{'most':>8}{'bar':>8}   ms\n")
    for timed in found:
        bar = f"{BARS[timed.what]:8.0f}" if timed.what in BARS else " " * 8
        columns = f"{timed.percentile(0.5):8.1f}{timed.percentile(0.95):8.1f}{timed.took[-1]:8.1f}"
        sys.stdout.write(f"{timed.what:10}{columns}{bar}   {'' if timed.holds else 'missed'}\n")
    return 0 if all(timed.holds for timed in found) else 1


if __name__ == "__main__":
    sys.exit(main())
