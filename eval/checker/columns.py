"""Two columns of a form exchanged by a wrong reading of its layout come in, whether arithmetic accepts it goes out.

The whole path behind reading is walked: a region of the labelled report, a model that names the two headers wrongly
and nobody else who knows them, the choice between readings, grounding, rules, decision.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, cast

from eval.checker.grounded import grounded
from eval.checker.seeded import swapped_columns
from pipeline.catalogue import Lang
from pipeline.checks import check
from pipeline.mapping.lexicon import Lexicon, standard
from pipeline.mapping.settle import Example, settle
from pipeline.run import Understood, Ways, judge, roles_of, understand
from schemas.base import Record
from schemas.form import SelfEvaluation
from schemas.reading import Reading, Role, Section, Slot
from schemas.run import Usage

_SECTION: Mapping[str, Section] = {"funds": "fund_column", "indicators": "indicator_column"}


class Exchange(Record):
    """Two columns of one form whose exchange breaks no equation of it, and what became of the wrong reading."""

    form: int
    table: str
    columns: tuple[str, str]
    believed: bool
    """The template took the wrong roles over: nothing on this form spoke against them."""
    accepted: bool


class _Site(NamedTuple):
    """Where an exchange is tried."""

    example: Example
    understood: Understood
    slots: tuple[Slot, ...]


def exchanges(document: Path, forms: Sequence[SelfEvaluation], lang: Lang = "en") -> tuple[Exchange, ...]:
    """Every exchange that breaks nothing on its form, tried on the document that holds the labelled forms."""
    words = standard()
    understood = understand(document, document.name, Ways(words, lang), None)
    found: list[Exchange] = []
    for at, (example, form) in enumerate(zip(understood.forms, forms, strict=True)):
        site = _Site(example, understood, settle([example], {}, words).slots)
        for (table, left, right), exchanged in swapped_columns(form):
            if _holds(exchanged):
                found.extend(_tried(site, at, table, (cast("Role", left), cast("Role", right)), lang))
    return tuple(found)


def _holds(form: SelfEvaluation) -> bool:
    return all(finding.verdict in {None, "not_checkable"} for finding in check(grounded(form)).findings)


def _tried(site: _Site, at: int, table: str, columns: tuple[Role, Role], lang: Lang) -> Iterator[Exchange]:
    """One form read with two headers that only a wrong model knows."""
    other = {columns[0]: columns[1], columns[1]: columns[0]}
    wrong = [slot for slot in site.slots if slot.section == _SECTION[table] and slot.role in other]
    if len(wrong) != len(columns):
        return
    words = _without(standard(), wrong)
    said = {
        slot.number: Reading(
            source="model", role=other.get(slot.role, slot.role) if slot in wrong else slot.role, probability=0.99
        )
        for slot in site.slots
        if slot.role is not None
    }
    template = settle([site.example], said, words)
    roles = roles_of(template)
    done = judge(site.example, template, site.understood.document, Ways(words, lang), complete=True, usage=Usage())
    yield Exchange(
        form=at,
        table=table,
        columns=columns,
        believed=all(roles.get(slot.number) == said[slot.number].role for slot in wrong),
        accepted=done.record.status == "accepted",
    )


def _without(words: Lexicon, slots: Sequence[Slot]) -> Lexicon:
    """The lexicon of somebody who never saw these headers."""
    return words.without([part for slot in slots for part in (slot.text, *slot.text.split(" / "))])
