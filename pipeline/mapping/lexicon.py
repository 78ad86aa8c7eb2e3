"""A label becomes the role it is known to have: the words of published forms, by section."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Self, cast

from pipeline.mapping.labels import core
from schemas.reading import ROLES_OF, Role, Section


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

    @classmethod
    def empty(cls) -> Self:
        """No word at all: what a layout of a region nobody has seen looks like."""
        return cls({}, frozenset(), (), ())

    def role(self, section: Section, label: str) -> Role | None:
        """The role a label is known to have in a section; None if the word is not known."""
        return self.roles.get(section, {}).get(core(label))

    def knows(self, section: Section, labels: Collection[str]) -> int:
        """How many of the labels are known in a section."""
        return sum(self.role(section, label) is not None for label in labels)

    def words(self) -> frozenset[str]:
        """Every known label, cleaned: what running text is cut by."""
        return self.levels.union(*(frozenset(words) for words in self.roles.values()))

    def without(self, words: Collection[str]) -> Self:
        """The lexicon with words taken out of every section."""
        gone = {core(word) for word in words}
        roles = {
            section: {word: role for word, role in known.items() if word not in gone}
            for section, known in self.roles.items()
        }
        return type(self)(roles, self.levels - gone, self.titles, self.target_titles)


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
    levels = frozenset(core(word) for words in tables["level"].values() for word in words)
    title = cast("dict[str, list[str]]", tables["title"])
    return Lexicon(roles, levels, tuple(title["self_evaluation"]), tuple(title["target_only"]))


def known_labels() -> frozenset[str]:
    """Every label of the standard lexicon, cleaned."""
    return standard().words()
