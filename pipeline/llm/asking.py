"""A question comes in, messages for a model and the possible answer words go out; a word becomes a role again.

What stands in a document goes in as JSON strings, so that it cannot leave its quotes; the prompt says that what
stands in quotes is data.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Literal, NamedTuple, TypedDict

from prompts.loader import Prompt, load
from schemas.reading import ROLES_OF, CutQuestion, Role, RoleQuestion, Section

LABEL = 40
"""Characters of a label that are shown; real ones have less than 20."""
NEIGHBOURS = 24
SAMPLE = 24
RUN = 240
"""Characters of a run of text that are shown; of each cell of a candidate, CELL."""
CELL = 48


class Message(TypedDict):
    """One message as an OpenAI-compatible endpoint takes it."""

    role: Literal["system", "user", "assistant"]
    content: str


Messages = tuple[Message, ...]


class Asking(NamedTuple):
    """What is sent, what may come back, and what the answer cache knows it by."""

    messages: Messages
    words: tuple[str, ...]
    prompt_sha256: str
    question_sha256: str


def asking_role(question: RoleQuestion) -> Asking:
    """The messages for a label, and the words of its possible roles."""
    prompt = load("role")
    words = role_words(question.section)
    asked = _role_text(prompt, question.section, question.neighbours, question.text, question.sample)
    return _asking(
        prompt, role_prefix(), asked, tuple(word for word, role in words.items() if role in question.options)
    )


def role_words(section: Section) -> Mapping[str, Role]:
    """The role of each answer word of a section; no two words begin with the same character."""
    return _words()[section]


def asking_cut(question: CutQuestion) -> Asking:
    """The messages for a run of text, and a number word for each candidate; raises ValueError for too many."""
    prompt = load("cut")
    words = tuple(row["word"] for row in prompt.table("Answer words"))
    if len(question.candidates) > len(words):
        message = f"{len(question.candidates)} candidates, {len(words)} answer words"
        raise ValueError(message)
    return _asking(prompt, cut_prefix(), _cut_text(prompt, question), words[: len(question.candidates)])


@cache
def role_prefix() -> Messages:
    """What is said once and for all labels alike: evaluated once, then cached by the endpoint."""
    prompt = load("role")
    meanings: dict[str, list[str]] = {row["section"]: [] for row in prompt.table("Sections")}
    for row in prompt.table("Answer words"):
        meanings[row["section"]].append(f"{row['word']}＝{row['meaning']}" if row["meaning"] else row["word"])
    told = "\n".join(f"{row['title']}：{'；'.join(meanings[row['section']])}" for row in prompt.table("Sections"))
    system = prompt.text("System", words=told, examples=_role_examples(prompt))
    turns = [
        _turn(_role_text(prompt, _section(row), row["row"].split(), row["label"], row["sample"]), row["word"])
        for row in prompt.table("Turns")
    ]
    return ({"role": "system", "content": system}, *chain.from_iterable(turns))


@cache
def cut_prefix() -> Messages:
    """What is said once and for all runs of text alike."""
    prompt = load("cut")
    turns = [
        _turn(_cut_text(prompt, CutQuestion.model_validate_json(row["question"])), row["word"])
        for row in prompt.table("Turns")
    ]
    return ({"role": "system", "content": prompt.text("System")}, *chain.from_iterable(turns))


def _asking(prompt: Prompt, prefix: Messages, asked: str, words: tuple[str, ...]) -> Asking:
    told = hashlib.sha256(json.dumps([asked, words], ensure_ascii=False).encode()).hexdigest()
    return Asking((*prefix, {"role": "user", "content": asked}), words, prompt.sha256, told)


def _turn(asked: str, word: str) -> Messages:
    """A question and its answer as they would stand in a conversation: shows the form of an answer."""
    return ({"role": "user", "content": asked}, {"role": "assistant", "content": _answer(word)})


def _role_text(prompt: Prompt, section: Section, row: Sequence[str], label: str, sample: str | None) -> str:
    """The row first, the asked label last: questions of one row share all that stands before the label."""
    return f"{_row_text(prompt, section, row)}\n{_label_text(prompt, label, sample)}"


def _row_text(prompt: Prompt, section: Section, row: Sequence[str]) -> str:
    title = next(line["title"] for line in prompt.table("Sections") if line["section"] == section)
    shown = json.dumps([_cut(label, LABEL) for label in row[:NEIGHBOURS]], ensure_ascii=False, separators=(",", ":"))
    return prompt.text("Row", title=title, row=shown)


def _label_text(prompt: Prompt, label: str, sample: str | None) -> str:
    return prompt.text("Label", label=_quoted(label, LABEL), sample=_quoted(sample or "", SAMPLE))


def _role_examples(prompt: Prompt) -> str:
    """The worked examples, written as the questions are: each row once, then its labels and their answers."""
    shown: list[str] = []
    last = ""
    for row in prompt.table("Examples"):
        if row["row"] != last:
            shown.append(_row_text(prompt, _section(row), row["row"].split()))
            last = row["row"]
        shown.append(_label_text(prompt, row["label"], row["sample"]))
        shown.append(_answer(row["word"]))
    return "\n".join(shown)


def _cut_text(prompt: Prompt, question: CutQuestion) -> str:
    words = [row["word"] for row in prompt.table("Answer words")]
    shown = [
        f"{word} {json.dumps([_middle_out(cell, CELL) for cell in cells], ensure_ascii=False)}"
        for word, cells in zip(words, question.candidates, strict=False)
    ]
    return prompt.text(
        "Question",
        columns=json.dumps([_cut(column, LABEL) for column in question.columns], ensure_ascii=False),
        text=json.dumps(_middle_out(question.text, RUN), ensure_ascii=False),
        candidates="\n".join(shown),
    )


def _section(row: Mapping[str, str]) -> Section:
    return next(known for known in ROLES_OF if known == row["section"])


@cache
def _words() -> Mapping[Section, Mapping[str, Role]]:
    """The table of answer words: a role that has several names has a word for each."""
    found: dict[Section, dict[str, Role]] = {section: {} for section in ROLES_OF}
    for row in load("role").table("Answer words"):
        section = _section(row)
        found[section][row["word"]] = next(role for role in ROLES_OF[section] if role == row["role"])
    return found


def _answer(word: str) -> str:
    return json.dumps({"role": word}, ensure_ascii=False, separators=(",", ":"))


def _quoted(text: str, longest: int) -> str:
    return json.dumps(_cut(text, longest), ensure_ascii=False)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _middle_out(text: str, longest: int) -> str:
    """Head and tail of a long text: a cut between cells shows at their ends."""
    if len(text) <= longest:
        return text
    half = (longest - 1) // 2
    return f"{text[:half]}…{text[-half:]}"
