"""All events of a form come in; those that nobody took back go out, and what they say beyond values. Pure."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.form import SelfEvaluation
from schemas.run import Edit, EditKind

RESHAPING: frozenset[EditKind] = frozenset({"no_form", "join", "split"})
"""What changes which forms a document has."""

CHANGING: frozenset[EditKind] = frozenset(
    {"value", "absent", "add_row", "delete_row", "split_row", "merge_rows", "no_form", "join", "split"},
)
"""What says that the reading was wrong: a value, a row or a form is another than was read."""


def undone(events: Iterable[Edit]) -> frozenset[str]:
    """The ids of events that were taken back; an undo that was itself taken back counts no more."""
    gone: set[str] = set()
    for event in reversed(list(events)):
        if event.undoes is not None and event.edit_id not in gone:
            gone.add(event.undoes)
    return frozenset(gone)


def effective(events: Sequence[Edit]) -> tuple[Edit, ...]:
    """The events that count, without the undos, in their order."""
    gone = undone(events)
    return tuple(event for event in events if event.kind != "undo" and event.edit_id not in gone)


def is_settled(events: Sequence[Edit]) -> bool:
    """Whether a person settled the form and did not take that back."""
    return any(event.kind == "settle" for event in effective(events))


def form_digest(form: SelfEvaluation) -> str:
    """What a settled form held: a person's word holds for these values and no others."""
    return hashlib.sha256(form.model_dump_json().encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Word:
    """What a person said of a form besides its values."""

    accepted: frozenset[str] = frozenset()
    """Pointers into the form as it is now, and ids of cells, that are right as they stand."""
    confirmed: frozenset[str] = frozenset()
    """Findings (`word.finding_id`) that are the report's own errors."""
    settled: str | None = None
    """Digest of the form that was settled; None if it was not, or was reopened since."""
    reopened: bool = False
    spoke: bool = False
    """Whether anything was said at all."""


def word_of(counting: Sequence[Edit], accepted: Iterable[str]) -> Word:
    """The word of the events that count; `accepted` are the places they accept, as the form stands now."""
    settled, reopened = None, False
    for event in counting:
        if event.kind == "settle":
            settled, reopened = event.new, False
        elif event.kind == "reopen":
            settled, reopened = None, True
    return Word(
        accepted=frozenset(accepted),
        confirmed=frozenset(event.finding for event in counting if event.finding is not None),
        settled=settled,
        reopened=reopened,
        spoke=any(event.kind not in {"reopen", "layout"} for event in counting),
    )
