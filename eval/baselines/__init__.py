"""What else a user would pick, over the same documents: tables by a library with known words, a model that transcribes.

Needs the extra `baselines`.
"""

from pathlib import Path

from eval.ways import BaselineCode

STORED = Path(__file__).parent / "log.json.gz"
"""The log that the README's table is made from: labels, outputs and conditions of its run."""

BASELINES: tuple[BaselineCode, ...] = (
    "tables_words",
    "hedui",
    "hedui_person",
    "hedui_model",
    "text_typed",
    "markdown_typed",
    "tables_typed",
    "hedui_transcribe",
)
"""The quick ones first: what a stopped run has, it has."""
