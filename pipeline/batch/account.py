"""Calls of a model become what they cost."""

from collections.abc import Iterable
from typing import Protocol

from pipeline.mapping.ask import Asker
from schemas.run import Call, Price, Usage


class Accounted(Asker, Protocol):
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
