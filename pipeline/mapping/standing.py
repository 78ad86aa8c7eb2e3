"""The readings of one label and what equations say of them come in, how far its role is settled goes out."""

from collections.abc import Sequence

from pipeline.mapping.bones import SlotSite
from pipeline.mapping.labels import names_a_unit
from schemas.reading import Reading, Role, Slot, SlotState

# The model's word counts as a reading from this probability on: less is no more than a guess among its answers.
MODEL_AGREES = 0.4
# Against other readings the model's word counts from this probability on: below it is mostly wrong.
MODEL_DISSENTS = 0.7

NUMBERS: frozenset[Role] = frozenset(
    {"initial_budget", "adjusted_budget", "executed", "execution_rate", "weight", "score"},
)
"""Roles of numbers that stand in equations."""
_ASIDE: frozenset[Role] = frozenset({"extra", "note", "section"})
"""Roles without a field of the schema."""


def counts(reading: Reading) -> bool:
    """True for roles of numbers, which equations can tell apart."""
    return reading.role in NUMBERS or reading.role == "total"


def speaks(reading: Reading) -> bool:
    """False for a model that is not sure."""
    return reading.source != "model" or reading.probability is None or reading.probability >= MODEL_AGREES


def is_said(slot: Slot, least: float = MODEL_AGREES) -> bool:
    """True if a word gives a label its role: one that is known, a person's, or a model's that is so likely."""
    return any(
        own.role == slot.role and own.source != "content" and (own.probability is None or own.probability >= least)
        for own in slot.readings
    )


def standing(
    site: SlotSite, role: Role | None, readings: Sequence[Reading], ruled_out: frozenset[Role], *, proven: bool
) -> SlotState:
    """How far a label's role is settled.

    `ruled_out` are roles under which equations fail or no longer hold. `proven`: equations tell the role from every
    other one, so that they are a second reading beside one of the words, or of what the column holds. Otherwise only
    words count: the lexicon's, the model's, a person's. A known word that puts a label aside claims no field: nobody
    need agree, as long as nobody is sure of another role.
    """
    if role is None:
        return "unread"
    aside = any(reading.source == "lexicon" and reading.role in _ASIDE for reading in readings)
    own = _effect(site, role, aside=aside)
    said = [(reading, _effect(site, reading.role, aside=aside)) for reading in readings]
    out = {_effect(site, other, aside=aside) for other in ruled_out}
    agreeing = {reading.source for reading, other in said if other == own and speaks(reading)}
    if any(other != own and other not in out and dissents(reading) for reading, other in said):
        return "disputed"
    words = agreeing - {"content"}
    if len(words) > 1 or (words and proven) or (aside and own == "extra"):
        return "agreed"
    return "undiscriminated" if len(agreeing) > 1 else "single"


def _effect(site: SlotSite, role: Role, *, aside: bool) -> Role:
    """The role that does the same: two readings agree if the same value goes to the same field by both.

    Where a known word says in which way a label is put aside, a reading that puts it aside in another one agrees.
    """
    if role == "organisation":
        return "implementing_unit" if names_a_unit(site.text) else "supervising_department"
    if aside and role in _ASIDE:
        return "extra"
    return "extra" if site.section == "fund_column" and role == "deviation_note" else role


def dissents(reading: Reading) -> bool:
    """True for a word that is sure enough to stand against others: a known one, a person's, a sure model's."""
    if reading.source == "content":
        return False
    return reading.source != "model" or reading.probability is None or reading.probability >= MODEL_DISSENTS
