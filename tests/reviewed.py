"""A store for the review's tests: a published report really read, its layout confirmed by a person."""

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

from pipeline.batch import Batch, input_files
from pipeline.batch.digest import conditions
from pipeline.catalogue import Lang
from pipeline.export import write_excel, write_jsonl
from pipeline.mapping.lexicon import standard
from pipeline.mapping.library import Library
from pipeline.mapping.settle import confirmed
from pipeline.review.desk import EquationCard, FieldView, FormDesk
from pipeline.review.review import Review
from pipeline.run import Ways
from pipeline.session import Session
from pipeline.settings import ReviewSettings, Settings
from pipeline.store import Batch as Note
from pipeline.store import Store
from prompts.loader import all_sha256

REPORT = Path(__file__).parent.parent / "eval" / "data" / "jiading-2024" / "report-libreoffice.pdf"
DISCREPANCY = 7
"""The form whose initial budget prints 70.00 over parts of 74.85."""
SOUND = 2
"""A form of 7 indicators and 4 fund rows over three pages that the rules accept."""


class Silent:
    """A progress that nobody watches."""

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


def read_report(folder: Path, *, confirm: bool = True) -> Path:
    """`folder` with `out` and `library.db`: 18 forms, 14 accepted and 4 in review once the layout is confirmed."""
    ways = Ways(standard(), "zh")
    (folder / "in").mkdir(parents=True)
    shutil.copy(REPORT, folder / "in" / "a.pdf")
    library = Library(folder / "library.db")
    with Store.open(folder / "out") as store:
        batch = Batch(store, library, ways, conditions(ways, "none", all_sha256()), Silent())
        store.add_batch(Note(at="2026-01-01T00:00:00+00:00", version="0.1.0", model="none"))
        batch.run(input_files([folder / "in"], folder / "out"))
        if confirm:
            batch.map_again(confirmed(library.all()[0], {}))
        write_jsonl(store, folder / "out")
        write_excel(store, folder / "out" / "forms.xlsx", "zh")
    return folder


def session(folder: Path, lang: Lang = "zh", share: float = 0.02) -> Session:
    """A call of the command line with the folder's own library."""
    return Session(lang, Settings(review=ReviewSettings(share=share)), None, folder / "library.db")


def reviewing(folder: Path, *, lang: Lang = "zh", share: float = 0.02) -> Review:
    """A review whose clock ticks a second an event, and whose ids are e0, e1 and so on."""
    return Review.open(folder / "out", session(folder, lang, share), author="李", now=_clock(), new_id=_ids())


def _clock() -> Callable[[], str]:
    ticks = count()

    def now() -> str:
        tick = next(ticks)
        return f"2026-03-01T{8 + tick // 3600:02d}:{tick // 60 % 60:02d}:{tick % 60:02d}+00:00"

    return now


def _ids() -> Callable[[], str]:
    numbers = count()
    return lambda: f"e{next(numbers)}"


def form_ids(review: Review) -> list[str]:
    """The ids of all forms, in the document's order."""
    with Store.open(review.folder, "read") as store:
        return [form.form_id for form in store.forms()]


def field(desk: FormDesk, pointer: str) -> FieldView:
    """One field of a desk."""
    found = [view for view in desk.fields if view.pointer == pointer]
    assert len(found) == 1, pointer
    return found[0]


def card(desk: FormDesk) -> EquationCard:
    """The one card of a desk."""
    assert len(desk.cards) == 1
    return desk.cards[0]


def own_copy(read: Path, tmp_path: Path) -> Path:
    """The folder for one test alone."""
    return Path(shutil.copytree(read, tmp_path / "own"))


def as_read(desk: FormDesk) -> dict[str, object]:
    """A record without its history."""
    return desk.record.model_dump(exclude={"edits", "rows"})
