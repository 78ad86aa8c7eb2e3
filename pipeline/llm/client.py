"""Questions come in, answers with their probabilities go out; every call is accounted for."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from pydantic import BaseModel, ValidationError

from pipeline.catalogue import Lang, say
from pipeline.llm.access import ModelAccess
from pipeline.llm.answers import Answer, AnswerCache, AnswerKey
from pipeline.llm.asking import Asking, asking_cut, asking_role, role_words
from pipeline.llm.exchange import Exchange
from pipeline.llm.parts import MODEL, model_file
from pipeline.llm.server import CONTEXT, EmbeddedServer
from pipeline.llm.transcribing import COMPLETION_TOKENS, EMBEDDED_TOKENS, Filling, asking_transcription
from schemas.reading import CutAnswer, CutQuestion, Role, RoleAnswer, RoleQuestion, Transcription, TranscriptionQuestion
from schemas.run import Call

ANSWERS = "answers.db"

LONG_CONTEXT = 16384
"""Tokens of a whole form with its transcription, for the embedded model."""

if TYPE_CHECKING:
    from pipeline.llm.endpoint import Endpoint

Filled = TypeVar("Filled", bound=BaseModel)


@dataclass
class ModelClient:
    """Whoever answers, reached when the first question is asked that no kept answer covers.

    `folder` holds what can be made again: the joined embedded model and the kept answers; None keeps
    answers in memory and needs an endpoint. Questions may come from several threads, one is answered at a time.
    """

    access: ModelAccess
    folder: Path | None = None
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    sleep: Callable[[float], None] = time.sleep
    calls: list[Call] = field(default_factory=list)
    answers: Path | None = None
    """The file of kept answers, where it is not the folder's own."""

    def __post_init__(self) -> None:
        """Open the kept answers; nothing is asked and nothing is started."""
        self._lock = RLock()
        own = self.folder / ANSWERS if self.folder is not None else None
        self._cache = AnswerCache(self.answers or own)
        self._server: EmbeddedServer | None = None
        self._endpoint: Endpoint | None = None
        self._asking: tuple[str, str] = ("", "")

    @property
    def name(self) -> str:
        """The model's name, as the endpoint knows it."""
        return self.access.name

    @property
    def host(self) -> str:
        """Where questions go."""
        return self.access.host

    @property
    def identity(self) -> str:
        """Which model this is: kept answers and finished files count for it and no other."""
        return f"embedded/{self.name}@{MODEL.sha256[:12]}" if self.access.embedded else f"{self.host}/{self.name}"

    def introduction(self, lang: Lang, *, transcribing: bool = False) -> str:
        """Who answers and what leaves the machine, in one sentence for the start of a run."""
        if self.access.embedded:
            code = "model.introduction_embedded"
        else:
            code = "model.introduction_transcribing" if transcribing else "model.introduction_endpoint"
        return say(code, lang, host=self.host, model=self.name)

    def ask_role(self, question: RoleQuestion, why: str) -> RoleAnswer:
        """Which of the question's options the label means, the likeliest by all of its words; raises ModelError."""
        answer = self._answer(asking_role(question), why)
        words = role_words(question.section)
        if not answer.chances:
            return RoleAnswer(role=words[answer.word], probability=None)
        shares: dict[Role, float] = {}
        for word, share in answer.chances.items():
            shares[words[word]] = shares.get(words[word], 0.0) + share
        (role, probability), *rivals = sorted(shares.items(), key=lambda entry: -entry[1])
        return RoleAnswer(role=role, probability=probability, rivals=tuple(rivals))

    def ask_cut(self, question: CutQuestion, why: str) -> CutAnswer:
        """Which of the question's candidates is the right cut; raises ModelError."""
        asking = asking_cut(question)
        answer = self._answer(asking, why)
        return CutAnswer(choice=asking.words.index(answer.word), probability=(answer.chances or {}).get(answer.word))

    def transcribe(self, question: TranscriptionQuestion, why: str) -> Transcription:
        """The values of a whole form and where they stand, as the model says; raises ModelError."""
        asking = asking_transcription(question)
        return self.fill(asking, Transcription, why)

    def fill(self, asking: Filling, shape: type[Filled], why: str) -> Filled:
        """An answer of the given shape: the kept one if it still fits, else the model's; raises ModelError."""
        key = AnswerKey(self.identity, asking.prompt_sha256, asking.question_sha256)
        with self._lock:
            kept = self._cache.get(key)
            with contextlib.suppress(ValidationError):
                if kept is not None:
                    found = shape.model_validate_json(kept.word)
                    self._record(asking.prompt_sha256, why, Exchange(0, 0, 0, 0.0), from_cache=True)
                    return found
            self._asking = (asking.prompt_sha256, why)
            most = EMBEDDED_TOKENS if self.access.embedded else COMPLETION_TOKENS
            answer = self._reached(LONG_CONTEXT).fill(asking.messages, shape, most)
            # Validated again: what comes out of a vendor's library is not taken for what we asked for.
            given = shape.model_validate_json(answer.model_dump_json())
            self._cache.put(key, Answer(word=given.model_dump_json()))
            return given

    def close(self) -> None:
        """Close connections and files, stop the embedded model."""
        with self._lock:
            self._stop()
            self._cache.close()

    def _stop(self) -> None:
        if self._endpoint is not None:
            self._endpoint.close()
        if self._server is not None:
            self._server.close()
        self._endpoint = self._server = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _answer(self, asking: Asking, why: str) -> Answer:
        """The kept answer if it is still one of the words, else the model's."""
        key = AnswerKey(self.identity, asking.prompt_sha256, asking.question_sha256)
        with self._lock:
            kept = self._cache.get(key)
            if kept is not None and _fits(kept, asking.words):
                self._record(asking.prompt_sha256, why, Exchange(0, 0, 0, 0.0), from_cache=True)
                return kept
            self._asking = (asking.prompt_sha256, why)
            answer = self._reached().choose(asking.messages, asking.words)
            self._cache.put(key, answer)
            return answer

    def _reached(self, context: int = CONTEXT) -> "Endpoint":
        """The endpoint, connected; the embedded model is joined and started here, at its first question.

        `context` are the tokens that a question with its answer may have there; started for less, it starts anew.
        """
        if self._server is not None and self._server.context < context:
            self._stop()
        if self._endpoint is None:
            base_url, key = self.access.base_url, self.access.api_key
            if base_url is None:
                self._server = EmbeddedServer(model_file(self.folder or Path.cwd()), context)
                base_url, key = self._server.base_url, self._server.api_key
            # A second to import, and most commands ask nothing.
            from pipeline.llm.endpoint import Endpoint  # noqa: PLC0415

            self._endpoint = Endpoint(self.access, base_url, key, self._account, self.sleep)
        return self._endpoint

    def _account(self, exchange: Exchange) -> None:
        prompt_sha256, why = self._asking
        self._record(prompt_sha256, why, exchange)

    def _record(self, prompt_sha256: str, why: str, exchange: Exchange, *, from_cache: bool = False) -> None:
        self.calls.append(
            Call(
                at=self.clock().isoformat(timespec="seconds"),
                model=self.identity,
                prompt_sha256=prompt_sha256,
                why=why,
                from_cache=from_cache,
                **exchange._asdict(),
            )
        )


def _fits(answer: Answer, words: tuple[str, ...]) -> bool:
    """Whether a kept answer could have been given to this question: validated again on its way out."""
    shares = answer.chances or {}
    return answer.word in words and shares.keys() <= set(words) and all(0 <= share <= 1 for share in shares.values())
