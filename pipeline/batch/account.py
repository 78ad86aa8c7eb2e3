"""Calls of a model become what they cost."""

from collections.abc import Iterable
from typing import Protocol

from pipeline.mapping.ask import Asker
from pipeline.mapping.transcribe import Transcriber
from schemas.run import Call, Price, Run, Usage


class Accounted(Asker, Transcriber, Protocol):
    """An asker that keeps account of its calls."""

    @property
    def calls(self) -> list[Call]:
        """Every call so far, the oldest first."""
        ...


def usage_of(calls: Iterable[Call], price: Price | None) -> Usage:
    """What calls cost together; the cost is None without a price."""
    total = Usage()
    for call in calls:
        cost = None
        if price is not None:
            fresh = call.prompt_tokens - call.cached_tokens
            charged = (
                fresh * price.prompt + call.cached_tokens * price.cached + call.completion_tokens * price.completion
            )
            cost = float(charged / 1_000_000)
        total += Usage(
            calls=1,
            prompt_tokens=call.prompt_tokens,
            cached_tokens=call.cached_tokens,
            completion_tokens=call.completion_tokens,
            seconds=call.seconds,
            cost=cost,
        )
    return total


def with_cost(done: Run, stored: Run) -> Run:
    """A file's run with what reading its forms cost when they were read."""
    known = {form.form_id: form.usage for form in (*stored.forms, *stored.dropped)}
    forms, dropped = (
        tuple(form.model_copy(update={"usage": form.usage + known.get(form.form_id, Usage())}) for form in some)
        for some in (done.forms, done.dropped)
    )
    return done.model_copy(update={"forms": forms, "dropped": dropped, "usage": done.usage + stored.usage})


def is_incomplete(stored: Run) -> bool:
    """Whether a question about a file's forms could not be asked."""
    return bool(stored.incomplete)
