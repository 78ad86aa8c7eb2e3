"""The name of a question comes in, its prompt goes out: text with named holes, tables, and its sha256.

A prompt is one Markdown file: `## Heading` begins a block of text or a table, what stands before the first
heading is for its readers. Holes are written `{{name}}`.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_HOLE = re.compile(r"\{\{([a-z_]+)\}\}")
_BLOCK = re.compile(r"^## (.+)$", re.MULTILINE)


class PromptMistake(ValueError):
    """A mistake of the program, not of its user: a hole, a block or a table that is not as it should be."""


@dataclass(frozen=True)
class Prompt:
    """One kind of question: `blocks` by heading, and the sha256 of the whole file."""

    name: str
    sha256: str
    blocks: Mapping[str, str]

    def text(self, block: str, **holes: str) -> str:
        """The text of `block` with every hole filled; raises PromptMistake naming a hole or value left over."""
        text = self._block(block)
        named = set(_HOLE.findall(text))
        if missing := sorted(named - holes.keys()):
            message = f"prompts/{self.name}.md, {block}: no value for the hole {{{{{missing[0]}}}}}"
            raise PromptMistake(message)
        if unused := sorted(holes.keys() - named):
            message = f"prompts/{self.name}.md, {block}: there is no hole {{{{{unused[0]}}}}}"
            raise PromptMistake(message)
        # One pass: what fills a hole may itself look like one.
        return _HOLE.sub(lambda found: holes[found[1]], text)

    def table(self, block: str) -> tuple[Mapping[str, str], ...]:
        """The rows of the table in `block`, by column; raises PromptMistake for a row of another length."""
        lines = [line for line in self._block(block).splitlines() if line.startswith("|")]
        rows = [[cell.strip() for cell in line.strip()[1:-1].split("|")] for line in lines]
        if len(rows) < 3:  # noqa: PLR2004, the header, the ruler and one row
            message = f"prompts/{self.name}.md, {block}: there is no table"
            raise PromptMistake(message)
        header, _, *body = rows
        for row in body:
            if len(row) != len(header):
                message = f"prompts/{self.name}.md, {block}: {row} has not the columns {header}"
                raise PromptMistake(message)
        return tuple(dict(zip(header, row, strict=True)) for row in body)

    def _block(self, block: str) -> str:
        if block not in self.blocks:
            message = f"prompts/{self.name}.md has no block {block!r}, only {sorted(self.blocks)}"
            raise PromptMistake(message)
        return self.blocks[block]


@cache
def load(name: str) -> Prompt:
    """The prompt `name`; raises PromptMistake naming those that exist."""
    if name not in names():
        message = f"there is no prompt {name!r}, only {list(names())}"
        raise PromptMistake(message)
    text = (files("prompts") / f"{name}.md").read_text(encoding="utf-8")
    _, *parts = _BLOCK.split(text)
    blocks = {heading.strip(): body.strip() for heading, body in zip(parts[::2], parts[1::2], strict=True)}
    return Prompt(name, hashlib.sha256(text.encode()).hexdigest(), blocks)


def names() -> tuple[str, ...]:
    """Every prompt there is."""
    return tuple(sorted(e.name.removesuffix(".md") for e in files("prompts").iterdir() if e.name.endswith(".md")))


def all_sha256() -> str:
    """One hash of all prompts: another one means that the same question may be answered differently."""
    told = "\n".join(f"{name} {load(name).sha256}" for name in names())
    return hashlib.sha256(told.encode()).hexdigest()
