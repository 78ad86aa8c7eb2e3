"""What the vendors' libraries raise comes in, hedui's own errors go out: the one border where they are renamed."""

import re
from typing import NamedTuple

import openai
from instructor.core.exceptions import IncompleteOutputException, InstructorRetryException

from schemas.errors import ModelAnswerInvalid, ModelError, ModelRefused, ModelUnavailable

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,40}")

_BROKEN = (
    InstructorRetryException,
    IncompleteOutputException,
    openai.LengthFinishReasonError,
    openai.APIResponseValidationError,
)
"""An answer came, and it was none."""

_TOO_MANY = 429
_SERVER = 500


class Asked(NamedTuple):
    """Whom a request went to, for the sentence of its error."""

    host: str
    model: str
    seconds: float


def renamed(
    error: openai.OpenAIError | InstructorRetryException | IncompleteOutputException, asked: Asked
) -> ModelError:
    """The ModelError that says what happened; it carries no text of the endpoint, which may echo key or document."""
    if isinstance(error, openai.APIStatusError):
        return _of_status(error, asked)
    if isinstance(error, _BROKEN):
        return ModelAnswerInvalid("model.answer_invalid", host=asked.host, model=asked.model)
    if isinstance(error, openai.APITimeoutError):
        return ModelUnavailable("model.timeout", host=asked.host, seconds=f"{asked.seconds:.0f}")
    if isinstance(error, openai.APIError):
        return ModelUnavailable("model.no_answer", host=asked.host)
    if isinstance(error, openai.ContentFilterFinishReasonError):
        return ModelRefused("model.filtered", host=asked.host, model=asked.model)
    # What is left concerns ways to reach a model that hedui does not use: identity tokens, web sockets.
    return ModelRefused("model.rejected", host=asked.host, status="-", detail=type(error).__name__)


def _of_status(error: openai.APIStatusError, asked: Asked) -> ModelError:
    if isinstance(error, (openai.AuthenticationError, openai.PermissionDeniedError)):
        return ModelRefused("model.wrong_key", host=asked.host, status=error.status_code)
    if isinstance(error, openai.NotFoundError):
        return ModelRefused("model.unknown", host=asked.host, model=asked.model)
    if error.code == "insufficient_quota":
        return ModelRefused("model.no_quota", host=asked.host)
    if error.status_code == _TOO_MANY or error.status_code >= _SERVER or is_passing(error):
        return ModelUnavailable("model.overloaded", host=asked.host, status=error.status_code)
    return ModelRefused("model.rejected", host=asked.host, status=error.status_code, detail=_reason(error))


def is_passing(error: BaseException) -> bool:
    """True for what may be over in a moment: no connection, a timeout, too many requests, a server's failure."""
    if isinstance(error, openai.APIStatusError):
        passing = error.status_code in (408, 409, 425, _TOO_MANY) or error.status_code >= _SERVER
        return passing and error.code != "insufficient_quota"
    return isinstance(error, openai.APIConnectionError)


def _reason(error: openai.APIStatusError) -> str:
    """The endpoint's own short code for it: an identifier, never a sentence."""
    for said in (error.code, error.type, error.param):
        if isinstance(said, str) and _NAME.fullmatch(said):
            return said
    return "-"
