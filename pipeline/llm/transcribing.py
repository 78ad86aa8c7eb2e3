"""A form comes in as numbered cells, the messages that ask for its transcription go out."""

import hashlib
import json
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.llm.asking import Messages
from prompts.loader import load
from schemas.reading import NumberedCell, TranscriptionQuestion

COMPLETION_TOKENS = 8192
"""What one transcription may take; a form of thirty indicators has about half of it."""

EMBEDDED_TOKENS = 3072
"""The same for the embedded model: what it has not ended by then, it repeats for ever."""


class Filling(NamedTuple):
    """What is sent, and what the answer cache knows it by."""

    messages: Messages
    prompt_sha256: str
    question_sha256: str


def asking_transcription(question: TranscriptionQuestion) -> Filling:
    """The messages for one form."""
    prompt = load("transcribe")
    example = prompt.table("Examples")[0]
    asked = prompt.text("Form", rows="\n".join(_row(row) for row in question.rows))
    messages: Messages = (
        {"role": "system", "content": prompt.text("System")},
        {"role": "user", "content": prompt.text("Form", rows=example["form"].replace(" ⏎ ", "\n"))},
        {"role": "assistant", "content": example["answer"]},
        {"role": "user", "content": asked},
    )
    return Filling(messages, prompt.sha256, hashlib.sha256(asked.encode()).hexdigest())


def _row(cells: Sequence[NumberedCell]) -> str:
    """What stands in a document goes in as JSON strings, so that it cannot leave its quotes."""
    return " ".join(f"{cell.number} {json.dumps(cell.text, ensure_ascii=False)}" for cell in cells)
