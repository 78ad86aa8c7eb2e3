"""The same documents in every way that a user could pick come in, one Log with all the ways goes out."""

import shutil
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from eval.baselines import BASELINES
from eval.baselines.shape import form_of
from eval.baselines.texts import Writing, tables
from eval.baselines.typed import Typist
from eval.baselines.words import forms_of
from eval.dataset import GoldDocument, base_of, documents_of, location, root_of
from eval.log import Conditions, DocumentResult, Log, Output, WayResult, read_log, write_log
from eval.progress import Watched
from eval.run import Asked, Runner, Stopped, fresh_log, limited, now, opened_client
from eval.ways import BaselineCode
from pipeline.batch import Progress
from pipeline.llm import ModelClient
from schemas.errors import UsageError

_TYPED: dict[BaselineCode, Writing] = {"text_typed": "text", "markdown_typed": "markdown", "tables_typed": "tables"}

FORMATS = frozenset({"pdf", "xlsx"})
"""What the libraries of the other ways open."""

DOCUMENTS = (
    "families/A1/a1-short.pdf",
    "families/B/b-kind.pdf",
    "families/C/c-landscape.pdf",
    "families/F/f-partly-ruled.pdf",
    "families/K2/k2-hundred.pdf",
    "families/X/x-sheets.xlsx",
)
"""13 forms of six families: short ones, because the embedded model types a form out for minutes."""


def evaluate_baselines(asked: Asked, path: Path, progress: Watched, again: Collection[str] = ()) -> Log:
    """The log at `path` with every way of `BASELINES`, begun or gone on with; not finished if a limit stopped it.

    The ways of `again` lose the result that they have. Another hedui, other prompts or settings may go on: each way
    says under which conditions it was measured. The model and the documents are the same for all.
    """
    if not set(again) <= set(BASELINES):
        raise UsageError("eval.no_such_way", given=sorted(set(again) - set(BASELINES)), known=BASELINES)
    root = root_of(asked.data)
    every = asked.data is not None
    chosen = [found for found in documents_of(root) if found.format in FORMATS and (every or found.name in DOCUMENTS)]
    part = path.with_name(f"{path.name}.part")
    _forget(part, again)
    with opened_client(asked, part) as client:
        if client is None:
            raise UsageError("eval.baselines_need_model")
        fresh = fresh_log(replace(asked, mapping="layout", ways=BASELINES), root, client, chosen)
        log = _gone_on_with(path, fresh, again)
        for way in BASELINES:
            if log.result(way) is None:
                progress.way(way)
                try:
                    result = _result(way, asked, fresh, base_of(root), part, progress, client)
                except Stopped:
                    return log
                log = _with(log, result, fresh.conditions)
                write_log(log, path)
    log = log.model_copy(update={"finished": now()})
    write_log(log, path)
    shutil.rmtree(part, ignore_errors=True)
    return read_log(path)


def _forget(part: Path, again: Collection[str]) -> None:
    """What is measured again is asked again."""
    for way in again:
        shutil.rmtree(part / way, ignore_errors=True)
    if again:
        (part / "answers.db").unlink(missing_ok=True)


def _gone_on_with(path: Path, fresh: Log, again: Collection[str]) -> Log:
    """The log in the file, without the ways that are measured again; a fresh one if there is none."""
    if not path.exists():
        return fresh
    known = read_log(path)
    if known.finished is not None and not again:
        raise UsageError("eval.log_finished", path=str(path))
    own, other = ([found.model_copy(update={"boxes": ()}) for found in log.documents] for log in (known, fresh))
    if (known.conditions.model, own) != (fresh.conditions.model, other):
        raise UsageError("eval.log_of_another_run", path=str(path))
    return known.model_copy(
        update={
            "finished": None,
            "conditions": known.conditions.model_copy(update={"data": fresh.conditions.data}),
            "documents": fresh.documents,
            "results": tuple(result for result in known.results if result.way not in again),
        }
    )


def _with(log: Log, result: WayResult, measured: Conditions) -> Log:
    """The log with one more way, in the order of BASELINES."""
    told = result.model_copy(update={"conditions": None if measured == log.conditions else measured})
    by_way = {found.way: found for found in (*log.results, told)}
    return log.model_copy(update={"results": tuple(by_way[way] for way in BASELINES if way in by_way)})


def _result(  # noqa: PLR0913, PLR0917 - a way and all that it works with
    way: BaselineCode, asked: Asked, fresh: Log, base: Path, part: Path, progress: Progress, client: ModelClient
) -> WayResult:
    documents = fresh.documents
    if way == "tables_words":
        return _with_words(documents, base, progress)
    if way in _TYPED:
        typist = Typist(asked, client, part / way, progress)
        return typist.way(way, _TYPED[way], documents, base, fresh.conditions)
    with_model = way in {"hedui_model", "hedui_transcribe"}
    own = replace(asked, mapping="transcribe" if way == "hedui_transcribe" else "layout")
    answering = client if with_model else None
    runner = Runner(own, documents, base, part / way, progress, limited(own, answering), answering)
    found = runner.confirm("hedui_person") if way == "hedui_person" else runner.read("hedui")
    return found.model_copy(update={"way": way})


def _with_words(documents: Sequence[GoldDocument], base: Path, progress: Progress) -> WayResult:
    """The documents one after the other; one without a form has the outcome that hedui would give it."""
    progress.begin(len(documents))
    results = []
    for document in documents:
        began = time.monotonic()
        progress.understood(document.name)
        forms = [form_of(plain) for plain in forms_of(tables(location(document, base)))]
        results.append(
            DocumentResult(
                document=document.name,
                outcome="read" if forms else "no_form",
                outputs=tuple(Output(form=form) for form in forms),
                seconds=round(time.monotonic() - began, 4),
            )
        )
        progress.finished(document.name)
    seconds = round(sum(result.seconds for result in results), 4)
    return WayResult(way="tables_words", documents=tuple(results), seconds=seconds)
