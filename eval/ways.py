"""The code of a way to read the documents comes in, who is read together under which words goes out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from eval.dataset import GoldDocument, location
from pipeline.mapping.labels import core, labelled_value
from pipeline.mapping.lexicon import Lexicon
from pipeline.read import read
from schemas.errors import DocumentError

WayCode = Literal["hedui", "hedui_person", "no_words", "no_words_person", "family_out", "family_out_person"]
"""`hedui`: as a user runs it. `no_words`: lexicon and templates empty. `family_out`: per family, all words that its
documents print taken out of the lexicon, even where others share them. `…_person`: after one confirmation a layout."""

BaselineCode = Literal[
    "tables_words",
    "hedui",
    "hedui_person",
    "hedui_model",
    "hedui_transcribe",
    "text_typed",
    "markdown_typed",
    "tables_typed",
]
"""What a user could pick. `tables_words`: pdfplumber's or openpyxl's tables with the known words, no model.
`…_typed`: the model types the whole form out from that writing of it. `hedui…`: without the model, the same after one
confirmation a layout, with the model, with the model transcribing."""

WAYS: tuple[WayCode, ...] = get_args(WayCode)
PERSON = "_person"


class Group(NamedTuple):
    """Documents that are read together, under one lexicon, with one library that begins empty."""

    name: str
    lexicon: Lexicon
    documents: tuple[GoldDocument, ...]


def ways_of(*, confirm: bool, leave_one_out: bool) -> tuple[WayCode, ...]:
    """The ways that a run was asked for, in order."""
    if leave_one_out:
        return WAYS
    return ("hedui", "hedui_person") if confirm else ("hedui",)


def groups(way: WayCode, documents: Sequence[GoldDocument], base: Path, words: Lexicon) -> tuple[Group, ...]:
    """Who is read together in one way; `words` is the lexicon as it ships."""
    everything = tuple(documents)
    if way.startswith("hedui"):
        return (Group("all", words, everything),)
    if way.startswith("no_words"):
        return (Group("all", Lexicon.empty(), everything),)
    families: dict[str, list[GoldDocument]] = {}
    for document in documents:
        families.setdefault("+".join(dict.fromkeys(document.families)), []).append(document)
    return tuple(
        Group(family, words.without(printed_words(own, base, words)), tuple(own)) for family, own in families.items()
    )


def printed_words(documents: Sequence[GoldDocument], base: Path, words: Lexicon) -> frozenset[str]:
    """The known words that stand alone or before a colon in a cell of the documents, whatever they mean there."""
    printed: set[str] = set()
    for document in documents:
        try:
            found = read(location(document, base), document.name, words, None)
        except DocumentError:
            continue  # it fails in the run as well, and counts there
        for grid in found.grids:
            for cell in grid.cells:
                beside = labelled_value(cell.text)
                printed.update({core(cell.text), core(beside.label) if beside else ""})
    return words.known(printed)
