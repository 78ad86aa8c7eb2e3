"""Messages and the possible answers come in, one of those answers and its probability go out.

The answer is asked for as JSON under a schema (`response_format`), not as a tool call: llama.cpp, vLLM, Ollama and
OpenAI enforce such a schema on any model, also on one that was never taught to call tools, and the tokens of the
answer carry their probabilities, which many endpoints do not give for tool calls. Where an endpoint takes no schema
(DeepSeek), the schema is told in the prompt and the answer is checked here.
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal, NamedTuple

import instructor
import openai
import tenacity
from instructor.core.exceptions import IncompleteOutputException, InstructorRetryException
from openai.types.chat import ChatCompletion
from pydantic import BaseModel, ConfigDict, SecretStr, create_model

from pipeline.llm.access import ModelAccess
from pipeline.llm.answers import Answer
from pipeline.llm.asking import Message
from pipeline.llm.dialect import Dialect
from pipeline.llm.exchange import Exchange
from pipeline.llm.likelihood import Alternative, Step, chances
from pipeline.llm.refusals import Asked, is_passing, renamed

ATTEMPTS = 5
LONGEST_WAIT = 60.0
"""Seconds; an endpoint that asks for more patience than this is told of instead of waited for."""
REASKS = 2
BAD_REQUEST = (400, 422)

# Its messages quote answers and requests, which are nobody's to log; our errors say what happened.
logging.getLogger("instructor").setLevel(logging.CRITICAL + 1)


class _Given(NamedTuple):
    """An answer that fits its schema, and the completion it came in."""

    answer: BaseModel
    completion: ChatCompletion


class Endpoint:
    """An OpenAI-compatible endpoint, asked with patience; what it cannot do is learnt once and not asked again."""

    def __init__(
        self,
        access: ModelAccess,
        base_url: str,
        api_key: SecretStr | None,
        account: Callable[[Exchange], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._access = access
        self._asked = Asked(access.host, access.name, access.timeout_seconds)
        self._account = account
        self._dialect = Dialect()
        # Proxies of the environment are not for a server on this machine.
        web = openai.DefaultHttpxClient(trust_env=not access.embedded, timeout=access.timeout_seconds)
        self._client = openai.OpenAI(
            base_url=base_url,
            # The library insists on a key; an endpoint that asks for none ignores it.
            api_key=api_key.get_secret_value() if api_key else "none",
            max_retries=0,
            timeout=access.timeout_seconds,
            http_client=web,
        )
        self._retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_is_worth_waiting),
            wait=_pause,
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            sleep=sleep,
            reraise=True,
        )

    def choose(self, messages: Sequence[Message], words: Sequence[str]) -> Answer:
        """The word of `words` that the model answers with; raises ModelError."""
        given = self._given(messages, _answer_of(words), self._access.completion_tokens, probabilities=True)
        word = str(given.answer.model_dump()["role"])
        return Answer(word=word, chances=chances(_steps(given.completion), word, words))

    def fill(self, messages: Sequence[Message], shape: type[BaseModel], completion_tokens: int) -> BaseModel:
        """An answer of the given shape, without its probabilities; raises ModelError."""
        return self._given(messages, shape, completion_tokens, probabilities=False).answer

    def _given(
        self,
        messages: Sequence[Message],
        shape: type[BaseModel],
        completion_tokens: int,
        *,
        probabilities: bool,
    ) -> _Given:
        while True:
            try:
                return self._ask(messages, shape, completion_tokens, probabilities=probabilities)
            except (InstructorRetryException, IncompleteOutputException) as error:
                cause = error.__cause__
                if isinstance(cause, openai.APIStatusError) and cause.status_code in BAD_REQUEST:
                    plainer = self._dialect.without(cause.message)
                    if plainer is not None:
                        self._dialect = plainer
                        continue
                raise renamed(cause if isinstance(cause, openai.OpenAIError) else error, self._asked) from None
            except openai.OpenAIError as error:
                raise renamed(error, self._asked) from None

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def _ask(
        self,
        messages: Sequence[Message],
        shape: type[BaseModel],
        completion_tokens: int,
        *,
        probabilities: bool,
    ) -> _Given:
        """One question through instructor, which asks again where the answer breaks the schema."""
        mode = instructor.Mode.JSON_SCHEMA if self._dialect.schema else instructor.Mode.JSON
        written: list[ChatCompletion] = []
        create = instructor.patch(
            create=self._posting(written, completion_tokens, probabilities=probabilities), mode=mode
        )
        # What is shorter than this is asked again at the cost of its setting; a whole form costs a whole form again.
        again = completion_tokens if completion_tokens > self._access.completion_tokens else self._access.reask_tokens
        answer: BaseModel = create(
            response_model=shape,
            messages=list(messages),
            max_retries=REASKS,
            # A character is more than a token: this is what the prompt costs twice, and what asking again may cost.
            token_budget=2 * sum(len(str(message.get("content"))) for message in messages) + again,
        )
        return _Given(answer, written[-1])

    def _posting(
        self, written: list[ChatCompletion], completion_tokens: int, *, probabilities: bool
    ) -> Callable[..., ChatCompletion]:
        """The request itself, sent again while that may help; what was answered is put into `written`."""
        dialect = self._dialect
        extras: dict[str, object] = {dialect.limit: completion_tokens}
        if dialect.temperature:
            extras["temperature"] = 0
        if probabilities and dialect.alternatives is not None:
            extras |= {"logprobs": True, "top_logprobs": dialect.alternatives}

        def post(**request: object) -> ChatCompletion:
            completion: ChatCompletion = self._retrying(self._once, request | extras)
            written.append(completion)
            return completion

        return post

    def _once(self, request: dict[str, object]) -> ChatCompletion:
        began = time.monotonic()
        completion: ChatCompletion = self._client.chat.completions.create(  # type: ignore[call-overload]  # from instructor
            model=self._access.name, **request
        )
        self._account(_exchange(completion, time.monotonic() - began))
        return completion


def _answer_of(words: Sequence[str]) -> type[BaseModel]:
    """The response model of one question: one field that takes one of `words`."""
    choice = Literal.__getitem__(tuple(words))
    return create_model("Answer", __config__=ConfigDict(extra="forbid"), role=(choice, ...))  # type: ignore[arg-type]  # made at run time


def _exchange(completion: ChatCompletion, seconds: float) -> Exchange:
    usage = completion.usage
    if usage is None:
        return Exchange(0, 0, 0, seconds)
    details = usage.prompt_tokens_details
    cached = (details.cached_tokens or 0) if details is not None else 0
    return Exchange(usage.prompt_tokens, min(cached, usage.prompt_tokens), usage.completion_tokens, seconds)


def _steps(completion: ChatCompletion) -> tuple[Step, ...]:
    """The tokens of an answer with their probabilities; empty where the endpoint gives none."""
    logprobs = completion.choices[0].logprobs
    return tuple(
        Step(
            _bytes(entry.token, entry.bytes),
            entry.logprob,
            tuple(Alternative(_bytes(other.token, other.bytes), other.logprob) for other in entry.top_logprobs or ()),
        )
        for entry in (logprobs.content if logprobs is not None else None) or ()
    )


def _bytes(token: str, raw: list[int] | None) -> bytes:
    return bytes(raw) if raw else token.encode()


def _is_worth_waiting(error: BaseException) -> bool:
    if not is_passing(error):
        return False
    asked = _retry_after(error)
    return asked is None or asked <= LONGEST_WAIT


_backoff = tenacity.wait_random_exponential(multiplier=0.5, max=8.0)


def _pause(state: tenacity.RetryCallState) -> float:
    """As long as the endpoint asks for, else exponentially longer with jitter."""
    error = state.outcome.exception() if state.outcome is not None else None
    asked = _retry_after(error) if error is not None else None
    return _backoff(state) if asked is None else asked


def _retry_after(error: BaseException) -> float | None:
    """Seconds of the header Retry-After, which gives seconds or a date; None without one that can be read."""
    if not isinstance(error, openai.APIStatusError):
        return None
    said = error.response.headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
