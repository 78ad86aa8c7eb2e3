"""Runs, templates and documents become what a terminal shows: progress on stderr, tables on stdout."""

import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from pipeline.batch import Summary
from pipeline.catalogue import Lang, say
from pipeline.export.values import printable
from schemas.evidence import Evidence, LineSpan, PageSpan
from schemas.layout import Document, Grid
from schemas.run import FormRecord, Usage

# More forms than this are not listed one by one.
MOST_LISTED = 60
# Width of output that goes into a file or a pipe.
PLAIN_WIDTH = 160

_REORDERS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that change the order in which others are shown."""

_ROLE_REASONS = frozenset({"layout_proposed", "undiscriminated", "single_reading", "readings_disagree"})
"""Reasons that confirming the layout settles: told once a layout, not once a form."""


def shown(text: str, style: str = "") -> Text:
    """A text as a terminal may show it: neither markup nor a control character of it has any effect."""
    return Text(_REORDERS.sub("\ufffd", printable(text)), style=style)


def stdout() -> Console:
    """Where results go; wide enough where nobody watches."""
    return Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH, soft_wrap=False, highlight=False)


class Bars:
    """A progress bar for each pass over the files; a batch's Progress."""

    def __init__(self, lang: Lang) -> None:
        self._lang = lang
        self._console = Console(stderr=True, highlight=False)
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._bars = Progress(*columns, TimeElapsedColumn(), TextColumn("{task.fields[note]}"), console=self._console)
        self._reading = self._bars.add_task(say("console.progress_reading", lang), total=0, note="")
        self._finishing = self._bars.add_task(say("console.progress_finishing", lang), total=0, note="")
        self._questions = 0

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def begin(self, files: int) -> None:
        """Both passes go over so many files."""
        for task in (self._reading, self._finishing):
            self._bars.update(task, total=files)

    def understood(self, name: str) -> None:  # noqa: ARG002 - part of the protocol; names may be confidential
        """One file further in the first pass."""
        self._bars.advance(self._reading)

    def asked(self) -> None:
        """One question further."""
        self._questions += 1
        note = say("console.progress_questions", self._lang, count=self._questions)
        self._bars.update(self._reading, note=note)

    def finished(self, name: str) -> None:  # noqa: ARG002 - as above
        """One file further in the second pass."""
        self._bars.advance(self._finishing)

    def say(self, message: str) -> None:
        """One line above the bars."""
        self._console.print(shown(message))

    def warn(self, message: str) -> None:
        """One line above the bars."""
        self._console.print(shown(say("console.warning", self._lang, message=message)))


def show_results(console: Console, forms: Sequence[FormRecord], summary: Summary, out: Path, lang: Lang) -> None:
    """Forms and status, the reasons of those in review, files without a form, the cost, where it all is."""
    listed = forms if len(forms) <= MOST_LISTED else [form for form in forms if form.status == "review"][:MOST_LISTED]
    if listed:
        console.print(_form_table(listed, lang))
    for form in listed:
        _show_reasons(console, form, lang)
    if len(listed) < len(forms):
        console.print(shown(say("console.more_forms", lang, count=len(forms) - len(listed))))
    _show_waiting_layouts(console, forms, out, lang)
    for file in summary.files:
        if file.reason is not None:
            console.print(shown(say("console.file_problem", lang, path=file.path, reason=file.reason)))
    accepted = sum(form.status == "accepted" for form in forms)
    console.print()
    told = {"files": len(summary.files), "unchanged": summary.unchanged, "forms": len(forms)}
    console.print(shown(say("console.summary", lang, **told, accepted=accepted, review=len(forms) - accepted)))


def show_cost(console: Console, usage: Usage, lang: Lang) -> None:
    """What this call's questions to the model cost."""
    fresh = usage.prompt_tokens - usage.cached_tokens
    told = {"calls": usage.calls, "fresh": fresh, "cached": usage.cached_tokens, "completion": usage.completion_tokens}
    console.print(shown(say("console.cost", lang, **told, seconds=f"{usage.seconds:.1f}")))


def _form_table(forms: Iterable[FormRecord], lang: Lang) -> Table:
    table = Table(title=say("console.table_title", lang), title_justify="left")
    for column in ("file", "page", "project", "score", "status"):
        table.add_column(say(f"console.column_{column}", lang), overflow="fold")
    for form in forms:
        score = format(form.form.total_score, "f") if form.form.total_score is not None else ""
        name = form.form.project_name or form.form.supervising_department or form.form.implementing_unit or ""
        pages = "—".join(str(page) for page in dict.fromkeys((form.pages[0], form.pages[-1]))) if form.pages else ""
        style = "green" if form.status == "accepted" else "yellow"
        table.add_row(shown(form.document.path), pages, shown(name), score, shown(status_word(form, lang), style=style))
    return table


def status_word(form: FormRecord, lang: Lang) -> str:
    """A form's status as a person says it."""
    if form.status == "accepted" and form.decision.by == "reviewer":
        return say("console.accepted_by_reviewer", lang)
    return say(f"console.{form.status}", lang)


def _show_reasons(console: Console, form: FormRecord, lang: Lang) -> None:
    """The reasons that are this form's own: the failed equations first."""
    own = [reason for reason in form.decision.reasons if reason.code not in _ROLE_REASONS]
    own.sort(key=lambda reason: reason.code != "rule_failed")
    if form.status == "accepted" or not own:
        return
    name = form.form.project_name or ""
    console.print(shown(say("console.reasons_of", lang, form=form.form_id, project=name), style="bold"))
    for reason in own:
        console.print(shown(f"  · {reason.message}"))


def _show_waiting_layouts(console: Console, forms: Sequence[FormRecord], out: Path, lang: Lang) -> None:
    waiting: dict[str, int] = {}
    for form in forms:
        if form.template.state == "proposed":
            waiting[form.template.key] = waiting.get(form.template.key, 0) + 1
    for key, count in waiting.items():
        text = say("console.layout_waits", lang, key=key[:8], forms=count, out=str(out))
        console.print(shown(text, style="yellow"))


def show_form(console: Console, form: FormRecord, lang: Lang) -> None:
    """One form, field by field, with where each value stands."""
    pages = "、".join(str(page) for page in form.pages)
    told = {"form": form.form_id, "path": form.document.path, "pages": pages, "status": status_word(form, lang)}
    console.print(shown(say("console.form_of", lang, **told), style="bold"))
    table = Table()
    for column in ("field", "value", "place", "confidence"):
        table.add_column(say(f"console.{column}", lang), overflow="fold")
    for pointer, proof in form.evidence.items():
        trust = form.confidence.get(pointer)
        table.add_row(pointer, shown(proof.text), place(proof, lang), "" if trust is None else f"{trust:.2f}")
    console.print(table)
    for reason in form.decision.reasons:
        console.print(shown(f"  · {reason.message}"))
    if form.findings:
        console.print(shown(say("console.findings", lang), style="bold"))
    for finding in form.findings:
        console.print(shown(f"  · {finding.rule}: {finding.message}"))


def place(proof: Evidence, lang: Lang) -> str:
    """Where a value stands, in words."""
    words = []
    lines = [span.line for span in proof.spans if isinstance(span, LineSpan)]
    if lines and lines[0] == lines[-1]:
        words.append(say("console.where_line", lang, line=lines[0]))
    elif lines:
        words.append(say("console.where_lines", lang, first=lines[0], last=lines[-1]))
    for span in proof.spans:
        if isinstance(span, PageSpan):
            box = ", ".join(f"{edge:.0f}" for edge in span.bbox)
            words.append(f"{say('console.where_page', lang, page=span.page)} [{box}]")
        elif not isinstance(span, LineSpan):
            words.append(span.cell)
    return "; ".join(words)


def show_layout(console: Console, document: Document, lang: Lang) -> None:
    """The grids of a document as text: what the program sees."""
    if not document.grids:
        console.print(shown(say("console.no_grids", lang)))
    for grid in document.grids:
        _show_grid(console, grid, lang)
    for line in document.lines:
        if not any(line.number in _line_numbers(grid) for grid in document.grids):
            console.print(shown(f"{say('console.line_of', lang, line=line.line_id)}  {line.text}"))


def _line_numbers(grid: Grid) -> frozenset[int]:
    return frozenset(span.line for cell in grid.cells for span in cell.spans if isinstance(span, LineSpan))


def _show_grid(console: Console, grid: Grid, lang: Lang) -> None:
    pages = "、".join(str(page) for page in grid.pages)
    told = {"grid": grid.grid_id, "pages": pages, "rows": grid.row_count, "cols": grid.col_count}
    console.print(shown(say("console.grid_of", lang, **told), style="bold"))
    for number, row in enumerate(grid.rows()):
        cells = []
        for cell in row:
            spans = f"({cell.row_span}x{cell.col_span})" if cell.row_span > 1 or cell.col_span > 1 else ""
            doubts = "?" if cell.doubts else ""
            cells.append(f"c{cell.col}{spans}{doubts} {cell.text}")
        console.print(shown(f"r{number} │ " + " │ ".join(cells)))
