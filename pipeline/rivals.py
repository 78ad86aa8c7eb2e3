"""A form comes in; what it says under every other reading of its layout goes out, a person's values on top. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from pipeline.edits.amend import amended
from pipeline.edits.rows import RowIds, row_ids
from pipeline.ground import figures
from pipeline.mapping.draft import draft
from pipeline.mapping.lexicon import Lexicon
from pipeline.mapping.settle import Example, rival_roles
from schemas.extraction import Extraction
from schemas.form import SelfEvaluation
from schemas.reading import Role, Template
from schemas.run import Edit


class _Rival(NamedTuple):
    """The form's numbers under one other reading, and its rows."""

    read: Extraction
    rows: RowIds


@dataclass(frozen=True)
class Rivals:
    """Every other reading of one form, mapped when first asked for: no edit of the form maps them again."""

    form: Example
    template: Template
    lexicon: Lexicon

    def under(self, edits: Sequence[Edit]) -> list[SelfEvaluation]:
        """The form under each reading; a person's values stand under that too."""
        if not edits:
            return [rival.read.form for rival in self._all]
        return [amended(rival.read, rival.rows, {}, edits).extraction.form for rival in self._all]

    @cached_property
    def _all(self) -> tuple[_Rival, ...]:
        others = rival_roles(self.template)
        if self.form.region.transcription is not None:  # then the layout's own reading is another one, too
            others.append({slot.number: slot.role for slot in self.template.slots if slot.role is not None})
        return tuple(map(self._rival, others))

    def _rival(self, roles: Mapping[int, Role]) -> _Rival:
        mapped = draft(self.form.region, self.form.skeleton, roles, self.lexicon)
        return _Rival(figures(mapped, self.form.region), row_ids(mapped, self.form.region))
