"""FieldScores and FormScores come in, figures go out: precision, recall, F1, rows and forms exact, edit distance.

Every figure is a Ratio, so that shares over many documents can be drawn again (eval.score.interval). An empty set
has no figure: it raises, it is never 0.0.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from eval.score.compare import FieldScore, FormScore, Match
from schemas.errors import UsageError

_Key = TypeVar("_Key", bound=Hashable)


class Ratio(NamedTuple):
    """`part` of `whole`: a count, or a sum, of each."""

    part: float
    whole: float

    @property
    def value(self) -> float:
        """The share; raises UsageError for a whole of nothing."""
        if not self.whole:
            raise UsageError("eval.empty_set")
        return self.part / self.whole


class Counts(NamedTuple):
    """How many fields of a set are what."""

    correct: int = 0
    wrong: int = 0
    missing: int = 0
    spurious: int = 0

    @property
    def precision(self) -> Ratio:
        """Of the values that the output gives, those that are right."""
        return Ratio(self.correct, self.correct + self.wrong + self.spurious)

    @property
    def recall(self) -> Ratio:
        """Of the values that the form prints, those that the output gives rightly."""
        return Ratio(self.correct, self.correct + self.wrong + self.missing)

    @property
    def f1(self) -> Ratio:
        """The harmonic mean of both."""
        return Ratio(2 * self.correct, 2 * self.correct + 2 * self.wrong + self.missing + self.spurious)

    def plus(self, other: "Counts") -> "Counts":
        """Both sets together."""
        return Counts(*(own + more for own, more in zip(self, other, strict=True)))


def count(fields: Iterable[FieldScore]) -> Counts:
    """The counts of a set of fields; of no fields at all they are zeros, whose figures raise."""
    found = dict.fromkeys(Match, 0)
    for field in fields:
        found[field.match] += 1
    return Counts(found[Match.CORRECT], found[Match.WRONG], found[Match.MISSING], found[Match.SPURIOUS])


def counts_by(fields: Iterable[FieldScore], key: Callable[[FieldScore], _Key]) -> dict[_Key, Counts]:
    """The counts of each group of fields, in the order in which the groups first appear."""
    groups: dict[_Key, list[FieldScore]] = defaultdict(list)
    for field in fields:
        groups[key(field)].append(field)
    return {name: count(group) for name, group in groups.items()}


def numbers(fields: Iterable[FieldScore]) -> Counts:
    """The counts of printed numbers alone."""
    return count(field for field in fields if field.nature == "number")


def text_distance(fields: Iterable[FieldScore]) -> Ratio:
    """Mean normalised edit distance of the texts: 0 where all are as printed, 1 where nothing is left of them."""
    distances = [field.distance for field in fields if field.distance is not None]
    return Ratio(sum(distances), len(distances))


def forms_exact(forms: Sequence[FormScore]) -> Ratio:
    """Of the gold's forms, those whose every field is as printed with nothing added."""
    golds = [form for form in forms if form.gold_index is not None]
    return Ratio(sum(form.exact for form in golds), len(golds))


def forms_near(forms: Sequence[FormScore]) -> Ratio:
    """The same, narratives by an edit distance of at most 2 %."""
    golds = [form for form in forms if form.gold_index is not None]
    return Ratio(sum(form.near for form in golds), len(golds))


def indicator_rows_exact(forms: Sequence[FormScore]) -> Ratio:
    """Of the gold's indicator rows, those whose every field is as printed with nothing added."""
    return Ratio(sum(form.exact_indicator_rows for form in forms), sum(form.indicator_rows for form in forms))
