"""Settings and the environment come in, goes out who answers: an endpoint, the embedded model, or nobody."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import SecretStr

from pipeline.settings import ModelSettings
from schemas.base import Record
from schemas.errors import UsageError

EMBEDDED_NAME = "qwen2.5-coder-1.5b-instruct"

NO_MODEL = "none"
"""What `--model`, HEDUI_MODEL or `model.model` say to read without a model."""


class ModelAccess(Record):
    """Who answers and within which limits. The key never shows in a repr, a dump or an error."""

    name: str
    base_url: str | None = None
    """None for the embedded model, which gets its address when it starts."""
    api_key: SecretStr | None = None
    """None for an endpoint that asks for none."""
    completion_tokens: int = 1024
    """What one answer may take; models that think aloud need more than the dozen of the answer itself."""
    reask_tokens: int = 512
    """What asking again may cost beyond the prompt, which is sent once more."""
    timeout_seconds: float = 120.0

    @property
    def embedded(self) -> bool:
        """Whether the embedded model answers."""
        return self.base_url is None

    @property
    def host(self) -> str:
        """The endpoint's host and port, without a user or password its address may hold."""
        if self.base_url is None:
            return "127.0.0.1"
        parts = urlsplit(self.base_url)
        return f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""


def from_environment(
    environ: Mapping[str, str],
    model: str | None,
    settings: ModelSettings | None = None,
) -> ModelAccess | None:
    """Who answers: `model` (`--model`) outranks the environment, the environment outranks the settings.

    None where the model is "none". Raises UsageError naming what is missing if an endpoint is half set.
    """
    settings = settings or ModelSettings()
    base_url = environ.get("HEDUI_BASE_URL") or settings.base_url
    key = environ.get("HEDUI_API_KEY")
    name = model or environ.get("HEDUI_MODEL") or settings.model
    if name == NO_MODEL:
        return None
    reask = settings.reask_tokens
    if base_url is None:
        if name not in (None, EMBEDDED_NAME) or key:
            raise UsageError("model.half_set", missing="HEDUI_BASE_URL")
        # A laptop evaluates some ten tokens a second while something else runs.
        patience = max(settings.timeout_seconds, 600.0)
        return ModelAccess(name=EMBEDDED_NAME, completion_tokens=64, timeout_seconds=patience, reask_tokens=reask)
    if name is None:
        raise UsageError("model.half_set", missing="HEDUI_MODEL")
    secret = SecretStr(key) if key else None
    return ModelAccess(
        name=name,
        base_url=base_url,
        api_key=secret,
        timeout_seconds=settings.timeout_seconds,
        reask_tokens=reask,
    )
