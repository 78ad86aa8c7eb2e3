"""A label becomes the role it is known to have: the words of published forms and what is made of their parts."""

import hashlib
import json
import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import NamedTuple, Self, cast

from pipeline.mapping.labels import core, label_points
from schemas.amount import normalised
from schemas.reading import ROLES_OF, Role, Section

# Longer labels than this are sentences; it also bounds the work that a label made up to be ambiguous can cause.
LONGEST_COMPOSED = 24
_LEVELS: tuple[Role, Role] = ("level1", "level2")
_DATED = re.compile(r"((?:19|20)[0-9]{2})年度?")


class Dated(NamedTuple):
    """A label that begins with a year, and what it says behind it."""

    year: int
    rest: str


def dated(label: str) -> Dated | None:
    """`2024年完成值` as its year and 完成值; None for a label that begins with no year."""
    word = core(label)
    found = _DATED.match(word)
    return Dated(int(found[1]), word[found.end() :]) if found else None


@dataclass(frozen=True)
class Lexicon:
    """Known words: one role a word and section; level labels and title words are lists of their own."""

    roles: Mapping[Section, Mapping[str, Role]]
    levels: frozenset[str]
    """Whole level-1 and level-2 labels."""
    titles: tuple[str, ...]
    """A title of a self-evaluation holds one of these."""
    target_titles: tuple[str, ...]
    """A title of a table of targets only holds one of these."""
    monitoring_titles: tuple[str, ...] = ()
    """A title of a form about a year that is not over holds one of these."""
    only_levels: Mapping[Role, frozenset[str]] = field(default_factory=dict)
    """Labels that are of level 1 alone, and of level 2 alone."""
    composed: Mapping[Section, Sequence[tuple[Role, re.Pattern[str]]]] = field(default_factory=dict)
    """What else has a role: labels that are made of known parts all through."""
    results: tuple[str, ...] = ()
    """A header that ends with one of these tells of results."""
    tasks: frozenset[str] = frozenset()
    """Headers over what money was for, task by task."""
    times: tuple[str, ...] = ()
    """Words of another time than the year of the form."""
    judges: tuple[str, ...] = ()
    """Words of others than who reports."""
    gone: frozenset[str] = frozenset()
    """Words that were taken out: they are not known by their parts either."""
    year: int | None = None
    """The year of the form whose labels are asked for: 2024年完成值 is an actual value in a form of 2024 alone."""
    _found: dict[tuple[Section, str], Role | None] = field(default_factory=dict, compare=False, repr=False)
    _of_year: dict[int, Self] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def empty(cls) -> Self:
        """No word at all: what a layout of a region nobody has seen looks like."""
        return cls({}, frozenset(), (), ())

    def of_year(self, year: int | None) -> Self:
        """The same words for a form of this year."""
        if year is None:
            return self
        if year not in self._of_year:
            self._of_year[year] = replace(self, year=year, _found={}, _of_year={})
        return self._of_year[year]

    def role(self, section: Section, label: str) -> Role | None:
        """The role a label is known to have in a section; None if the word is not known."""
        word = self._undated(core(label))
        known = self.roles.get(section, {}).get(word)
        if known is not None or not word or len(word) > LONGEST_COMPOSED or word in self.gone:
            return known
        if (section, word) not in self._found:
            said = {role for role, pattern in self.composed.get(section, ()) if pattern.fullmatch(word)}
            self._found[section, word] = said.pop() if len(said) == 1 else None
        return self._found[section, word]

    def column(self, section: Section, header: str) -> Role | None:
        """The role of a header; one that stands above it (" / ") may say that it is last year's, or another's."""
        *above, own = header.split(" / ")
        others = (*self.times, *self.judges)
        if any(word in self._undated(core(text)) for text in above for word in others):
            return "extra" if self.role(section, "".join((*above, own))) == "extra" else None
        known = self.role(section, own)
        if known is None and section == "fund_column" and above and self.role("fund_row", own) == "total":
            return self.role(section, above[-1])  # 预算数 / 总额, beside 预算数 / 财政拨款
        return known

    def _undated(self, word: str) -> str:
        """A word without the form's own year in front; an earlier year is the last one's."""
        found = dated(word)
        if found is None or self.year is None or found.year > self.year:
            return word
        if found.year == self.year:
            return found.rest
        return f"{self.times[0]}{found.rest}" if self.times else word

    def tells_results(self, header: str) -> bool:
        """True for a header of this year's results, also of those that are no field (完成率, 复核得分)."""
        word = self._undated(core(header))
        return word.endswith(self.results) and not any(time in word for time in self.times)

    def names_tasks(self, header: str) -> bool:
        """True for a header of funds over what they were for: below it stand no sources."""
        return core(header) in self.tasks

    def is_title(self, text: str) -> bool:
        """True for a text with one of the words that the title of such a form has."""
        bare = normalised(text)
        return any(word in bare for word in self.titles)

    def is_level(self, label: str) -> bool:
        """True for a known level, or a label that prints its points."""
        return core(label) in self.levels or label_points(label) is not None

    def knows(self, section: Section, labels: Collection[str]) -> int:
        """How many of the labels are known in a section."""
        return sum(self.column(section, label) is not None for label in labels)

    def names(self, section: Section, labels: Collection[str]) -> int:
        """How many of the labels are known in a section for more than to be put aside (备注, 主要内容)."""
        return sum(self.column(section, label) not in {None, "extra"} for label in labels)

    def words(self) -> frozenset[str]:
        """Every known label, cleaned: what running text is cut by. What is known by its parts is not listed."""
        return self.levels.union(*(frozenset(words) for words in self.roles.values()))

    def known(self, labels: Collection[str]) -> frozenset[str]:
        """Those of the labels that mean something in some section, cleaned."""
        words = {core(label) for label in labels}
        return frozenset(
            word for word in words if word in self.levels or any(self.role(section, word) for section in ROLES_OF)
        )

    def fingerprint(self) -> str:
        """The same for two lexicons only if they know the same labels by the same roles."""
        roles = sorted((section, *entry) for section, known in self.roles.items() for entry in known.items())
        made = sorted((section, role, made.pattern) for section, all_ in self.composed.items() for role, made in all_)
        told = [roles, made, sorted(self.gone), sorted(self.levels), self.titles, self.target_titles]
        told += [sorted((role, *sorted(words)) for role, words in self.only_levels.items())]
        told += [sorted(self.tasks), self.monitoring_titles, self.results, self.times, self.judges]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()

    def without(self, words: Collection[str]) -> Self:
        """The lexicon with words taken out of every section."""
        gone = {core(word) for word in words}
        roles = {
            section: {word: role for word, role in known.items() if word not in gone}
            for section, known in self.roles.items()
        }
        levels = self.levels - gone
        only = {role: words - gone for role, words in self.only_levels.items()}
        tasks = self.tasks - gone
        own = replace(self, roles=roles, levels=levels, only_levels=only, tasks=tasks, _found={}, _of_year={})
        return replace(own, gone=self.gone | gone, _found={}, _of_year={})


@cache
def standard() -> Lexicon:
    """The words that come with hedui."""
    tables = tomllib.loads(files("pipeline.mapping").joinpath("lexicon.toml").read_text("utf-8"))
    roles: dict[Section, dict[str, Role]] = {}
    for section in ROLES_OF:
        roles[section] = {}
        for role, words in tables.get(section, {}).items():
            for word in words:
                if roles[section].setdefault(core(word), role) != role:
                    message = f"lexicon.toml: {word!r} stands in two roles of {section}"
                    raise ValueError(message)
    levels = {role: frozenset(map(core, tables["level"][role])) for role in _LEVELS}
    first, second = (levels[role] for role in _LEVELS)
    title = cast("dict[str, list[str]]", tables["title"])
    composed = _composed(tables["part"], tables["composed"])
    part = cast("dict[str, list[str]]", tables["part"])
    return Lexicon(
        roles,
        first | second,
        tuple(title["self_evaluation"]),
        tuple(title["target_only"]),
        tuple(title["monitoring"]),
        {"level1": first - second, "level2": second - first},
        composed,
        tuple(tables["result"]["ends"]),
        frozenset(map(core, tables["tasks"]["headers"])),
        tuple(part["other_time"]),
        tuple(part["other_judge"]),
    )


def _composed(
    parts: Mapping[str, Sequence[str]], patterns: Mapping[Section, Mapping[Role, Sequence[str]]]
) -> dict[Section, tuple[tuple[Role, re.Pattern[str]], ...]]:
    """The patterns of each section, every {part} replaced by its words."""
    words = {name: f"(?:{'|'.join(sorted(map(re.escape, own), key=len, reverse=True))})" for name, own in parts.items()}
    return {
        section: tuple(
            (role, re.compile(re.sub(r"\{([a-z_]+)\}", lambda part: words[part[1]], pattern)))
            for role, own in known.items()
            for pattern in own
        )
        for section, known in patterns.items()
    }


def known_labels() -> frozenset[str]:
    """Every label of the standard lexicon, cleaned."""
    return standard().words()
