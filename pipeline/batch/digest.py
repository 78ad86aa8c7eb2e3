"""Everything that could change a file's result becomes one digest: the same digest means nothing to do."""

import hashlib
import json
from collections.abc import Iterable
from importlib.metadata import version
from typing import Literal, NamedTuple

from pipeline.checks import RULES
from pipeline.run import Ways
from schemas.reading import Template

MappingWay = Literal["layout", "transcribe"]
"""`layout`: each layout's labels are read once. `transcribe`: each form is transcribed by the model."""


class Conditions(NamedTuple):
    """What all files of a batch are read under."""

    version: str
    model: str
    prompts: str
    ways: str


def conditions(ways: Ways, model: str, prompts: str, mapping: MappingWay = "layout") -> Conditions:
    """The batch's share of every digest. `model` is "none" where there is none."""
    severities = sorted({rule.code: rule.severity for rule in RULES}.items()) + sorted(ways.severities.items())
    told = json.dumps(
        [severities, sorted(ways.rules_off), ways.lang, ways.lexicon.fingerprint(), mapping], ensure_ascii=False
    )
    return Conditions(version("hedui"), model, prompts, hashlib.sha256(told.encode()).hexdigest())


def digest(batch: Conditions, templates: Iterable[Template], *, complete: bool = True) -> str:
    """The digest of one file from the templates its own forms used.

    What could not be completed has a digest of its own: it is never done.
    """
    used = sorted(template.model_dump_json() for template in templates)
    told = json.dumps([*batch, used, complete], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()
