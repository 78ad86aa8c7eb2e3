"""What a rule is: a function from a Sheet to equations and notices, under a code and a severity.

To add one: write `def code(sheet: Sheet) -> Iterator[Equation | Notice]` in the module of its family and enter
it in that module's RULES, name the code in `schemas/check.py`, and give it its sentences in
`pipeline/words/*/checks.toml`. Its docstring says why it must hold and where that is laid down.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.checks.equations import Equation
from pipeline.checks.sheet import Sheet
from schemas.check import RuleCode, Severity


@dataclass(frozen=True, slots=True)
class Notice:
    """What a rule says that is no equation: something failed, or something was not checkable."""

    rule: RuleCode
    key: str
    """Which of the rule's subjects it speaks about; the same under every reading of the form."""
    variant: str
    """Names its sentence: `checks.<rule>_<variant>`."""
    fields: tuple[str, ...]
    failed: bool
    """False: not checkable, and `fields` are what it is about."""
    missing: tuple[str, ...] = ()
    """Pointers of what would be needed; only where it is not checkable."""
    params: dict[str, str] = field(default_factory=dict)
    printed: str | None = None
    computed: str | None = None


Reader = Callable[[Sheet], Iterator[Equation | Notice]]


class Rule(NamedTuple):
    """One entry of the registry."""

    code: RuleCode
    severity: Severity
    """Of its failure. What is not checkable is information; a named habit is at most a warning."""
    read: Reader


def uncheckable(code: RuleCode, key: str, fields: tuple[str, ...], missing: tuple[str, ...]) -> Notice:
    """The notice that an equation could not be formed, naming what is missing."""
    return Notice(code, key, "missing", fields, failed=False, missing=missing)
