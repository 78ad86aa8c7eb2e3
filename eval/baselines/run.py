"""The same documents in every way that a user could pick come in, one Log with all the ways goes out."""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from eval.baselines.ask import typed_out
from eval.baselines.shape import form_of
from eval.baselines.texts import Writing, chunks, tables
from eval.baselines.words import forms_of
from eval.dataset import GoldDocument, base_of, documents_of, location, root_of
from eval.log import DocumentResult, Log, Output, WayResult, read_log, write_log
from eval.run import Asked, Runner, Stopped, begun, limited, now, opened_client
from eval.ways import BaselineCode
from pipeline.batch import Progress
from pipeline.batch.account import usage_of
from pipeline.catalogue import explain
from pipeline.llm import ModelClient
from schemas.errors import ModelAnswerInvalid, UsageError
from schemas.form import SelfEvaluation

BASELINES: tuple[BaselineCode, ...] = (
    "tables_words",
    "hedui",
    "hedui_person",
    "hedui_model",
    "text_typed",
    "markdown_typed",
    "tables_typed",
    "hedui_transcribe",
)
"""The quick ones first: what a stopped run has, it has."""

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


class _Made(NamedTuple):
    """What one way made of one document."""

    forms: tuple[SelfEvaluation, ...]
    reason: str | None = None


def evaluate_baselines(asked: Asked, path: Path, progress: Progress) -> Log:
    """The log at `path` with every way of `BASELINES`, begun or gone on with; not finished if a limit stopped it."""
    root = root_of(asked.data)
    base = base_of(root)
    every = asked.data is not None
    chosen = [found for found in documents_of(root) if found.format in FORMATS and (every or found.name in DOCUMENTS)]
    part = path.with_name(f"{path.name}.part")
    with opened_client(asked, part) as client:
        if client is None:
            raise UsageError("eval.baselines_need_model")
        log = begun(replace(asked, mapping="layout", ways=BASELINES), path, root, client, chosen)
        for way in BASELINES:
            if log.result(way) is None:
                try:
                    result = _result(way, asked, chosen, base, part, progress, client)
                except Stopped:
                    return log
                log = log.model_copy(update={"results": (*log.results, result)})
                write_log(log, path)
    log = log.model_copy(update={"finished": now()})
    write_log(log, path)
    shutil.rmtree(part, ignore_errors=True)
    return read_log(path)


def _result(  # noqa: PLR0913, PLR0917 - a way and all that it works with
    way: BaselineCode,
    asked: Asked,
    documents: Sequence[GoldDocument],
    base: Path,
    part: Path,
    progress: Progress,
    client: ModelClient,
) -> WayResult:
    if way == "tables_words":
        return _read(way, documents, base, progress, lambda path: _Made(_with_words(path)))
    if way in _TYPED:
        writing = _TYPED[way]
        before = len(client.calls)
        typed = _read(way, documents, base, progress, lambda path: _typed(client, path, writing, progress, asked))
        calls = client.calls[before:]
        made = usage_of([call for call in calls if not call.from_cache], asked.session.settings.model.price)
        return typed.model_copy(update={"usage": made, "answers_kept": sum(call.from_cache for call in calls)})
    with_model = way in {"hedui_model", "hedui_transcribe"}
    own = replace(asked, mapping="transcribe" if way == "hedui_transcribe" else "layout")
    answering = client if with_model else None
    runner = Runner(own, documents, base, part / way, progress, limited(own, answering), answering)
    found = runner.confirm("hedui_person") if way == "hedui_person" else runner.read("hedui")
    return found.model_copy(update={"way": way})


def _with_words(path: Path) -> tuple[SelfEvaluation, ...]:
    return tuple(form_of(plain) for plain in forms_of(tables(path)))


def _typed(client: ModelClient, path: Path, writing: Writing, progress: Progress, asked: Asked) -> _Made:
    """Every form of a document, typed out; one that the model could not type out is missing, and why is told."""
    forms, reason = [], None
    most = asked.session.settings.model.max_calls
    for chunk in chunks(path, writing):
        if most is not None and sum(not call.from_cache for call in client.calls) >= most:
            raise Stopped
        try:
            forms.append(form_of(typed_out(client, chunk, f"typed:{writing}")))
        except ModelAnswerInvalid as error:
            reason = explain(error, asked.session.lang)
            progress.warn(reason)
        progress.asked()
    return _Made(tuple(forms), reason)


def _read(
    way: BaselineCode,
    documents: Sequence[GoldDocument],
    base: Path,
    progress: Progress,
    read: Callable[[Path], _Made],
) -> WayResult:
    """The documents one after the other; one without a form has the outcome that hedui would give it."""
    progress.begin(len(documents))
    results = []
    for document in documents:
        began = time.monotonic()
        progress.understood(document.name)
        made = read(location(document, base))
        results.append(
            DocumentResult(
                document=document.name,
                outcome="read" if made.forms else "no_form",
                reason=made.reason,
                outputs=tuple(Output(form=form) for form in made.forms),
                seconds=round(time.monotonic() - began, 4),
            )
        )
        progress.finished(document.name)
    return WayResult(way=way, documents=tuple(results), seconds=round(sum(result.seconds for result in results), 4))
