"""All readings of a layout's labels, what columns hold and how rows usually are come in, likeliest roles go out.

This is what a layout is proposed as; whether a role counts is another question, which `settle` answers by the
readings one by one. No source decides alone: each says how likely every role is, and the row as a whole is weighed.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline.mapping.bones import SlotSite
from pipeline.mapping.fitting import NEVER, Fit
from pipeline.mapping.joint import MOST_LABELS, NO_CUSTOM, Custom, likeliest, marginals, only_once
from schemas.reading import ROLES_OF, Reading, Role, Section

# What a reading that names only its role leaves to all others together.
KNOWN_WORD_LEAVES = 0.02
CONTENT_LEAVES = 0.25
MODEL_LEAVES = 0.1
# No answer of a model is so sure that nothing else could speak against it.
MODEL_LEAST = 0.003
# A label that nobody has read gets a role only if it is likelier than all others together.
GUESSED = 0.6

_UNREAD: dict[Role, float] = {"extra": 0.5}
"""What a label may be that no source has read, where not 1."""

_CUSTOM: Mapping[Section, Custom] = {
    "indicator_column": Custom(
        order={
            ("level1", "level2"): 0.01, ("level1", "name"): 0.01, ("level2", "name"): 0.02,
            ("level1", "target"): 0.02, ("level1", "actual"): 0.02, ("level1", "weight"): 0.1,
            ("level1", "score"): 0.02,
            ("level2", "target"): 0.02, ("level2", "actual"): 0.02, ("level2", "score"): 0.02,
            ("name", "target"): 0.02, ("name", "actual"): 0.02, ("name", "score"): 0.03, ("name", "weight"): 0.4,
            ("name", "deviation_note"): 0.02, ("target", "actual"): 0.1, ("target", "score"): 0.2,
            ("weight", "score"): 0.05, ("actual", "score"): 0.2, ("score", "deviation_note"): 0.3,
            ("target", "deviation_note"): 0.05, ("actual", "deviation_note"): 0.1,
        },
        without={"name": 0.02, "target": 0.2, "actual": 0.2, "score": 0.2, "weight": 0.4},
    ),
    "fund_column": Custom(
        order={
            ("source", "initial_budget"): 0.02, ("source", "adjusted_budget"): 0.02, ("source", "executed"): 0.02,
            ("initial_budget", "adjusted_budget"): 0.05, ("initial_budget", "executed"): 0.05,
            ("adjusted_budget", "executed"): 0.05, ("executed", "execution_rate"): 0.1, ("weight", "score"): 0.05,
            ("executed", "score"): 0.1, ("initial_budget", "score"): 0.05, ("adjusted_budget", "score"): 0.05,
            ("adjusted_budget", "execution_rate"): 0.05, ("executed", "deviation_note"): 0.2,
        },
        without={"executed": 0.1},
    ),
    "field": Custom(order={}, without={"project_name": 0.3}),
    "goal": Custom(order={("expected_goal", "actual_achievement"): 0.1}, without={}),
    "fund_row": Custom(
        order={("total", "carryover"): 0.1, ("total", "special_account"): 0.1},
        without={"total": 0.2},
    ),
}  # fmt: skip
"""The usual order of columns and rows in published forms, and what hardly a form goes without."""


class Weighed(NamedTuple):
    """One label: its role in the likeliest reading of its row, and how likely each role is."""

    role: Role | None
    shares: Mapping[Role, float]


def weighed(
    sites: Sequence[SlotSite],
    readings: Mapping[int, Sequence[Reading]],
    fits: Mapping[int, Fit],
    fixed: Mapping[int, Role],
) -> dict[int, Weighed]:
    """Every label of a layout, row by row; `fixed` are the roles that the bones alone give."""
    rows: dict[tuple[Section, int], list[SlotSite]] = {}
    found: dict[int, Weighed] = {number: Weighed(role, {role: 1.0}) for number, role in fixed.items()}
    for site in sites:
        if site.number not in fixed:
            rows.setdefault((site.section, site.table), []).append(site)
    for (section, _), row in rows.items():
        shares = [_shares(section, readings[site.number], fits.get(site.number, {})) for site in row]
        found |= _row(section, row, shares, readings)
    return found


def _row(
    section: Section,
    row: Sequence[SlotSite],
    shares: Sequence[Mapping[Role, float]],
    readings: Mapping[int, Sequence[Reading]],
) -> dict[int, Weighed]:
    unique = only_once(section) if len(row) <= MOST_LABELS else ()
    custom = _CUSTOM.get(section, NO_CUSTOM) if unique else NO_CUSTOM
    roles = likeliest(shares, unique, custom) or [max(own, key=lambda role: own[role]) for own in shares]
    chances = marginals(shares, unique, custom)
    found = {}
    for site, role, chance in zip(row, roles, chances, strict=True):
        read = any(reading.source != "content" for reading in readings[site.number])
        found[site.number] = Weighed(role if read or chance.get(role, 0.0) >= GUESSED else None, chance)
    return found


def _shares(section: Section, readings: Sequence[Reading], fit: Fit) -> dict[Role, float]:
    """How likely each role is by all that was said of one label, its row aside."""
    roles = ROLES_OF[section]
    shares = {role: fit.get(role, 1.0) for role in roles}
    for reading in readings:
        if reading.source == "lexicon" and shares[reading.role] > NEVER:
            shares[reading.role] = 1.0  # a known word may stand over what it seldom stands over
    for reading in readings:
        said = _said(reading, roles)
        shares = {role: share * said[role] for role, share in shares.items()}
    if not readings:
        shares = {role: share * _UNREAD.get(role, 1.0) for role, share in shares.items()}
    total = sum(shares.values())
    return {role: share / total for role, share in shares.items()}


def _said(reading: Reading, roles: Sequence[Role]) -> dict[Role, float]:
    """What one reading gives each role."""
    if reading.probability is not None:
        named = {**dict(reading.rivals), reading.role: reading.probability}
        return {role: max(named.get(role, 0.0), MODEL_LEAST) for role in roles}
    leaves = {"lexicon": KNOWN_WORD_LEAVES, "content": CONTENT_LEAVES}.get(reading.source, MODEL_LEAVES)
    return {role: 1.0 if role == reading.role else leaves / (len(roles) - 1) for role in roles}
