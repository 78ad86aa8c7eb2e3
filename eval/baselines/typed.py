"""Documents and a model come in, the forms that it types out go out; every answer is kept with what it cost."""

import hashlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from eval.baselines.ask import typed_out
from eval.baselines.shape import PlainForm, form_of
from eval.baselines.texts import Writing, chunks
from eval.dataset import GoldDocument, location
from eval.log import Conditions, DocumentResult, Output, WayResult
from eval.run import Asked, Stopped
from eval.ways import BaselineCode
from pipeline.batch import Progress
from pipeline.batch.account import usage_of
from pipeline.catalogue import explain
from pipeline.llm import ModelClient
from schemas.base import Record
from schemas.errors import OF_THE_QUESTION, ModelAnswerInvalid, ModelRefused
from schemas.run import Usage


class Typed(Record):
    """One text that the model was asked to type out."""

    document: str
    position: int
    """Of the text among the document's."""
    form: PlainForm | None
    """None if no answer kept to the form's shape, also after asking again, or the text was refused."""
    reason: str | None = None
    usage: Usage
    seconds: float


class Typist:
    """Asks about one text after the other; what a stopped run has, the next one does not ask again."""

    def __init__(self, asked: Asked, client: ModelClient, folder: Path, progress: Progress) -> None:
        self._asked = asked
        self._client = client
        self._folder = folder
        self._progress = progress

    def way(
        self, way: BaselineCode, writing: Writing, documents: Sequence[GoldDocument], base: Path, of: Conditions
    ) -> WayResult:
        """All documents typed out from one writing of them; raises Stopped at a limit, ModelError."""
        shelf = self._folder / f"typed-{_digest(of)}.jsonl"
        shelf.parent.mkdir(parents=True, exist_ok=True)
        kept = {(known.document, known.position): known for known in _read(shelf)}
        self._progress.begin(len(documents))
        results, usage = [], Usage()
        for document in documents:
            began = time.monotonic()
            texts = chunks(location(document, base), writing)
            cutting = time.monotonic() - began
            self._progress.understood(document.name)
            typed = [
                kept.get((document.name, at)) or self._typed(document, at, text, writing, shelf)
                for at, text in enumerate(texts)
            ]
            usage = sum((answer.usage for answer in typed), usage)
            results.append(_result(document, typed, cutting))
            self._progress.finished(document.name)
        seconds = round(sum(result.seconds for result in results), 4)
        return WayResult(way=way, documents=tuple(results), usage=usage, seconds=seconds)

    def _typed(self, document: GoldDocument, at: int, text: str, writing: Writing, shelf: Path) -> Typed:
        """One answer, put on the shelf."""
        self._within()
        before, began = len(self._client.calls), time.monotonic()
        form, reason = None, None
        try:
            form = typed_out(self._client, text, f"typed:{writing}")
        except (ModelAnswerInvalid, ModelRefused) as error:
            if error.code not in OF_THE_QUESTION:
                raise
            reason = explain(error, self._asked.session.lang)
            self._progress.warn(reason)
        answer = Typed(
            document=document.name,
            position=at,
            form=form,
            reason=reason,
            usage=usage_of(self._client.calls[before:], self._asked.session.settings.model.price),
            seconds=round(time.monotonic() - began, 4),
        )
        with shelf.open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(answer.model_dump_json() + "\n")
        self._progress.asked()
        return answer

    def _within(self) -> None:
        """Raises Stopped before the question that would go past a limit."""
        limits = self._asked.session.settings.model
        made = [call for call in self._client.calls if not call.from_cache]
        if limits.max_calls is not None and len(made) >= limits.max_calls:
            raise Stopped
        if limits.max_cost is not None and (usage_of(made, limits.price).cost or 0) >= limits.max_cost:
            raise Stopped


def _digest(conditions: Conditions) -> str:
    """Answers to another question, of another model or under other settings are not these."""
    said = f"{conditions.model} {conditions.prompts['transcribe']} {conditions.settings['model']}"
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _read(shelf: Path) -> Iterator[Typed]:
    if shelf.is_file():
        yield from map(Typed.model_validate_json, shelf.read_text(encoding="utf-8").splitlines())


def _result(document: GoldDocument, typed: Sequence[Typed], cutting: float) -> DocumentResult:
    """A document without a form has the outcome that hedui would give it."""
    forms = [answer.form for answer in typed if answer.form is not None]
    return DocumentResult(
        document=document.name,
        outcome="read" if forms else "no_form",
        reason=next((answer.reason for answer in typed if answer.reason), None),
        outputs=tuple(Output(form=form_of(form)) for form in forms),
        seconds=round(cutting + sum(answer.seconds for answer in typed), 4),
    )
