"""What a run does becomes a bar on stderr: one for each way and pass; a batch's Progress."""

from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.text import Text

from pipeline.batch import Progress
from pipeline.catalogue import Lang, say


class Watched(Progress, Protocol):
    """A batch's Progress that is also told which way is read."""

    def way(self, code: str) -> None:
        """What follows is this way."""
        ...


class Shown:
    """Bars for whoever watches; names of documents are not shown, they may be confidential."""

    def __init__(self, lang: Lang) -> None:
        self._lang = lang
        self._console = Console(stderr=True, highlight=False)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bars = Bars(*columns, TextColumn("{task.fields[note]}"), console=self._console)
        self._task = self._bars.add_task("", total=None, note="", visible=False)
        self._way = ""
        self._questions = 0

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def way(self, code: str) -> None:
        """What follows is this way."""
        self._way = say(f"eval.way_{code}", self._lang)

    def begin(self, files: int) -> None:
        """A pass over so many files begins: each is read and finished."""
        self._bars.remove_task(self._task)
        self._task = self._bars.add_task(self._way, total=2 * files, note="")

    def understood(self, name: str) -> None:  # noqa: ARG002 - part of the protocol
        """One step further."""
        self._bars.advance(self._task)

    def asked(self) -> None:
        """One question further."""
        self._questions += 1
        self._bars.update(self._task, note=say("console.progress_questions", self._lang, count=self._questions))

    def finished(self, name: str) -> None:  # noqa: ARG002 - part of the protocol
        """One step further."""
        self._bars.advance(self._task)

    def warn(self, message: str) -> None:
        """One line above the bars."""
        self._console.print(Text(say("console.warning", self._lang, message=message)))
