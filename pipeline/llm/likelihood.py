"""The probabilities of an answer's tokens come in, the probability of each possible answer goes out."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple


class Alternative(NamedTuple):
    """A token that could have stood here."""

    token: bytes
    logprob: float


class Step(NamedTuple):
    """A token that was written, and the tokens that could have stood in its place, itself among them."""

    token: bytes
    logprob: float
    alternatives: tuple[Alternative, ...]


def chances(steps: Sequence[Step], answer: str, words: Sequence[str]) -> dict[str, float] | None:
    """The probability of each of `words` where `answer` was written between quotes; None if it was not.

    Probabilities are those of the first token of the answer, shared among `words` (an enforced schema lets
    nothing else be written): that the words' first characters differ makes one step speak for all. Where a
    tokenizer cuts so finely that one token fits several words, only the answer's own probability is known.
    """
    text = b"".join(step.token for step in steps)
    place = text.rfind(b'"' + answer.encode() + b'"')
    if place < 0:
        return None
    ends = list(accumulate(len(step.token) for step in steps))
    first = bisect_right(ends, place + 1)
    step = steps[first]
    before = step.token[: place + 1 - (ends[first] - len(step.token))]
    if _word_of(step.token[len(before) :], words) is None:
        return {answer: _written(steps[first:], answer, words, len(before))}
    found: dict[str, float] = {}
    for alternative in (*step.alternatives, *_own(step)):
        if alternative.token.startswith(before):
            word = _word_of(alternative.token[len(before) :], words)
            if word is not None:
                found[word] = found.get(word, 0.0) + math.exp(alternative.logprob)
    whole = sum(found.values())
    return {word: share / whole for word, share in found.items()} if whole > 0 else None


def _own(step: Step) -> tuple[Alternative, ...]:
    """The token that was written, if the endpoint did not list it among the alternatives."""
    if any(alternative.token == step.token for alternative in step.alternatives):
        return ()
    return (Alternative(step.token, step.logprob),)


def _word_of(token: bytes, words: Sequence[str]) -> str | None:
    """The one word that a token can begin or be; None if there is none or more than one."""
    if not token:
        return None
    fitting = [word for word in words if _begins(token, word.encode())]
    return fitting[0] if len(fitting) == 1 else None


def _begins(token: bytes, word: bytes) -> bool:
    return word.startswith(token) or (token.startswith(word) and token[len(word) :].startswith(b'"'))


def _written(steps: Sequence[Step], answer: str, words: Sequence[str], skipped: int) -> float:
    """The joint probability of the tokens up to the one after which only `answer` remains possible."""
    total, written = 0.0, b""
    for step in steps:
        written += step.token[skipped:] if not written else step.token
        total += step.logprob
        if _word_of(written, words) == answer or len(written) >= len(answer.encode()):
            break
    return math.exp(total)
