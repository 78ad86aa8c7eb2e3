"""Logs come in, what one way did otherwise than another goes out: over the documents both read, drawn together."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from eval.figures import FIGURES, FigureCode, Scored, ratio_of, scored
from eval.log import read_log
from eval.score.interval import Estimate, difference
from pipeline.catalogue import Lang, say
from schemas.errors import UsageError


class Difference(NamedTuple):
    """One figure of two ways; `change` is the second minus the first."""

    code: FigureCode
    first: float
    second: float
    change: Estimate


Side = tuple[str, Scored]
"""A way with what it is called beside others."""


def differences(first: Scored, second: Scored) -> tuple[Difference, ...]:
    """Every figure that both have; raises UsageError if they read no document in common."""
    other = {document.gold.sha256: document for document in second.documents}
    pairs = [(document, other[document.gold.sha256]) for document in first.documents if document.gold.sha256 in other]
    if not pairs:
        raise UsageError("eval.nothing_to_compare")
    found = []
    for code in FIGURES:
        ours = [ratio_of(code, own) for own, _ in pairs]
        theirs = [ratio_of(code, their) for _, their in pairs]
        if any(ratio.whole for ratio in ours) and any(ratio.whole for ratio in theirs):
            change = difference(ours, theirs)
            value = sum(ratio.part for ratio in ours) / sum(ratio.whole for ratio in ours)
            found.append(Difference(code, value, value + change.value, change))
    return tuple(found)


def sides(paths: Sequence[Path], lang: Lang) -> Iterator[tuple[Scored, list[Side]]]:
    """Who is compared with whom: each way of the first log with the same way of the others.

    Of one log alone, its ways with its first. Raises UsageError if nobody is left.
    """
    logs = [(path.name.split(".")[0], scored(read_log(path))) for path in paths]
    base, *others = logs
    if not others:
        first, *rest = base[1]
        if not rest:
            raise UsageError("eval.nothing_to_compare")
        yield first, [(say(f"eval.way_{result.way.way}", lang), result) for result in rest]
        return
    shared = False
    for own in base[1]:
        found = [(name, result) for name, results in others for result in results if result.way.way == own.way.way]
        if found:
            shared = True
            yield own, [(say("eval.side", lang, log=n, way=say(f"eval.way_{r.way.way}", lang)), r) for n, r in found]
    if not shared:
        raise UsageError("eval.nothing_to_compare")
