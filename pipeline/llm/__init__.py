"""A question becomes an answer: the only room that talks to a language model."""

from collections.abc import Mapping
from pathlib import Path

from pipeline.llm.access import ModelAccess, from_environment
from pipeline.llm.client import ModelClient
from pipeline.llm.parts import EmbeddedStatus, embedded_status
from pipeline.settings import ModelSettings

__all__ = [
    "EmbeddedStatus",
    "ModelAccess",
    "ModelClient",
    "embedded_status",
    "from_environment",
    "model_of",
    "open_model",
]


def open_model(access: ModelAccess | None, folder: Path | None) -> ModelClient | None:
    """Who answers under `access`, nothing started yet; `folder` keeps the joined model and the answers."""
    return None if access is None else ModelClient(access, folder)


def model_of(
    settings: ModelSettings,
    environ: Mapping[str, str],
    model: str | None,
    folder: Path | None,
) -> ModelClient | None:
    """Who answers one call of the command line; None for `--model none`. Raises UsageError if half set."""
    return open_model(from_environment(environ, model, settings), folder)
