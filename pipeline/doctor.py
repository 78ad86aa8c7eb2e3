"""The installation on this machine comes in, one line for each thing that must be right goes out.

`gather` looks at the machine and changes nothing; `examine` judges what it saw, and is pure. Neither calls
a model nor tells a key.
"""

import os
import re
import shutil
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from pipeline.catalogue import Lang, say
from pipeline.llm import EmbeddedStatus, embedded_status
from pipeline.settings import ModelSettings, cache_folder

State = Literal["ok", "warn", "fail"]

OLDEST_PYTHON = (3, 11)
MODEL_BYTES = 1_150_000_000
"""What joining the embedded model's parts takes on the disk."""
RESULT_BYTES = 200_000_000
"""Below this a batch of some hundred reports may not find room for its results."""


class Places(NamedTuple):
    """What hedui reads its settings from and writes to; none of them need exist yet."""

    settings_file: Path | None
    library: Path
    """The file of the template library."""
    cache: Path
    """The folder of what can be made again: the joined model and the stored answers."""


class Folder(NamedTuple):
    """A place hedui writes to."""

    path: Path
    writable: bool
    free: int
    """Bytes free on its disk."""


class Installation(NamedTuple):
    """What was found on this machine."""

    python: tuple[int, int, int]
    packages: Mapping[str, str | None]
    """Every package hedui needs with its version; None where it is not installed. `hedui` comes first."""
    settings_file: Path | None
    library: Folder
    cache: Folder
    model: ModelSettings
    key_set: bool
    embedded: EmbeddedStatus


class Sign(NamedTuple):
    """One thing that was looked at. `remedy` says what to do and is None exactly where the state is ok."""

    name: str
    state: State
    detail: str
    remedy: str | None = None


def gather_here(model: ModelSettings, settings_file: Path | None, library: Path) -> Installation:
    """The state of this machine under this process's environment and the user's own folders."""
    cache = cache_folder()
    return gather(model, os.environ, Places(settings_file, library, cache), embedded_status(cache))


def gather(model: ModelSettings, environ: Mapping[str, str], places: Places, embedded: EmbeddedStatus) -> Installation:
    """The state of this machine; nothing is written, made or called."""
    return Installation(
        python=(sys.version_info.major, sys.version_info.minor, sys.version_info.micro),
        packages={name: _version(name) for name in ("hedui", *_required())},
        settings_file=places.settings_file,
        library=_folder(places.library.parent),
        cache=_folder(places.cache),
        model=model,
        key_set=bool(environ.get("HEDUI_API_KEY")),
        embedded=embedded,
    )


def examine(found: Installation, lang: Lang) -> tuple[Sign, ...]:
    """What is right and what is not, in the order in which a user would repair it."""
    return (
        _python(found.python, lang),
        _installed(found.packages, lang),
        _model(found, lang),
        _settings(found.settings_file, lang),
        _place("library", found.library, RESULT_BYTES, lang),
        _place("cache", found.cache, _cache_bytes(found), lang),
    )


def _python(running: tuple[int, int, int], lang: Lang) -> Sign:
    name, detail = say("doctor.python", lang), ".".join(str(part) for part in running)
    if running[:2] < OLDEST_PYTHON:
        return Sign(name, "fail", detail, say("doctor.python_remedy", lang))
    return Sign(name, "ok", detail)


def _installed(packages: Mapping[str, str | None], lang: Lang) -> Sign:
    name = say("doctor.packages", lang)
    missing = tuple(package for package, found in packages.items() if found is None)
    if missing:
        detail = say("doctor.packages_missing", lang, packages=missing)
        return Sign(name, "fail", detail, say("doctor.packages_remedy", lang))
    return Sign(name, "ok", ", ".join(f"{package} {found}" for package, found in packages.items()))


def _model(found: Installation, lang: Lang) -> Sign:
    """Who would answer: nobody, an endpoint, or the embedded model, in that order of being asked for."""
    name = say("doctor.model", lang)
    if found.model.model == "none":
        return Sign(name, "ok", say("doctor.model_none", lang))
    if found.model.base_url is not None:
        # Only the host: an address may hold a user and a password.
        detail = say("doctor.model_endpoint", lang, host=urlsplit(found.model.base_url).hostname or "")
        if found.model.model is None:
            return Sign(name, "fail", detail, say("doctor.model_name_remedy", lang))
        detail = say("doctor.model_named", lang, endpoint=detail, model=found.model.model)
        if not found.key_set:
            return Sign(name, "warn", detail, say("doctor.model_key_remedy", lang))
        return Sign(name, "ok", detail)
    return _embedded(found.embedded, lang)


def _embedded(model: EmbeddedStatus, lang: Lang) -> Sign:
    name = say("doctor.model", lang)
    packages, installed = model.parts_expected + 1, model.parts + model.server
    if installed < packages:
        detail = say("doctor.embedded_missing", lang, missing=packages - installed, packages=packages)
        return Sign(name, "fail", detail, say("doctor.embedded_remedy", lang))
    if not model.joined:
        return Sign(name, "ok", say("doctor.embedded_waiting", lang))
    return Sign(name, "ok", say("doctor.embedded_joined", lang, file=model.file))


def _settings(file: Path | None, lang: Lang) -> Sign:
    detail = say("doctor.settings_none", lang) if file is None else str(file)
    return Sign(say("doctor.settings", lang), "ok", detail)


def _place(what: Literal["library", "cache"], folder: Folder, needed: int, lang: Lang) -> Sign:
    name = say(f"doctor.{what}", lang)
    detail = say("doctor.place", lang, path=folder.path, free=f"{folder.free / 1e9:.1f}")
    if not folder.writable:
        return Sign(name, "fail", detail, say("doctor.not_writable_remedy", lang, path=folder.path))
    if folder.free < needed:
        return Sign(name, "warn", detail, say("doctor.space_remedy", lang, needed=f"{needed / 1e9:.1f}"))
    return Sign(name, "ok", detail)


def _cache_bytes(found: Installation) -> int:
    """What the cache still has to hold: the joined model, if it is going to be asked."""
    asked = found.model.base_url is None and found.model.model != "none"
    return MODEL_BYTES if asked and not found.embedded.joined else RESULT_BYTES


def _required(extra: str | None = None) -> tuple[str, ...]:
    """What hedui itself requires, or what one of its extras does; nothing where hedui is not installed."""
    try:
        lines = requires("hedui") or []
    except PackageNotFoundError:
        return ()
    # A requirement of an extra ends in: ; extra == "local"
    named = ((re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0], re.search(r"extra == .(\w+)", line)) for line in lines)
    return tuple(name for name, marker in named if (marker and marker[1]) == extra)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _folder(path: Path) -> Folder:
    """The folder as it would be if hedui made it: the nearest one that exists decides."""
    existing = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
    return Folder(path, writable=os.access(existing, os.W_OK), free=shutil.disk_usage(existing).free)
