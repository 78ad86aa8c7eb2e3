"""Settings, a library and a model come together for one call of the command line."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.batch import Batch, Progress
from pipeline.batch.digest import MappingWay, conditions
from pipeline.batch.limits import Limited
from pipeline.catalogue import Lang
from pipeline.llm import ModelClient, model_of
from pipeline.mapping.lexicon import standard
from pipeline.mapping.library import Library
from pipeline.run import Ways
from pipeline.settings import Settings, cache_folder, find, library_file, load, user_folder
from pipeline.store import Store
from prompts.loader import all_sha256
from schemas.errors import UsageError
from schemas.reading import Template


@dataclass(frozen=True)
class Session:
    """One call: its language, its settings, the library it uses."""

    lang: Lang
    settings: Settings
    settings_file: Path | None
    library_path: Path

    @classmethod
    def of(cls, lang: Lang, config: Path | None, templates: Path | None, environ: Mapping[str, str]) -> "Session":
        """The settings found for this call; raises SettingsError."""
        file = find(config, Path.cwd(), user_folder())
        settings = load(file, environ)
        return cls(lang, settings, file, templates or library_file(settings))

    def ways(self) -> Ways:
        """How forms are read and judged under these settings."""
        rules = self.settings.rules
        return Ways(standard(), self.lang, frozenset(rules.off), dict(rules.severity))

    def remember(self, template: Template) -> None:
        """Keep a template that a person settled, where there are no stored forms to map."""
        Library(self.library_path).put(template, datetime.now(UTC).isoformat(timespec="seconds"))

    @contextmanager
    def batch(
        self,
        store: Store,
        progress: Progress,
        environ: Mapping[str, str],
        model: str | None,
        mapping: MappingWay = "layout",
    ) -> Iterator[tuple[Batch, ModelClient | None]]:
        """A batch over `store` and the model that answers it, closed when it ends; raises UsageError."""
        client = model_of(self.settings.model, environ, model, cache_folder())
        if client is None and mapping == "transcribe":
            raise UsageError("model.nobody_transcribes")
        ways = self.ways()
        name = client.identity if client is not None else "none"
        limits = self.settings.model
        asked = (
            None
            if client is None
            else Limited(client, max_calls=limits.max_calls, max_cost=limits.max_cost, price=limits.price)
        )
        made = Batch(
            store=store,
            library=Library(self.library_path),
            ways=ways,
            conditions=conditions(ways, name, all_sha256(), mapping),
            progress=progress,
            model=asked,
            price=self.settings.model.price,
            transcribing=mapping == "transcribe",
        )
        if client is None:
            yield made, None
            return
        with client:
            yield made, client
