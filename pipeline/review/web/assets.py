"""The app's own files come in once, from the installed package; nothing else is ever served as a file."""

import hashlib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


class Asset(NamedTuple):
    """One static file."""

    body: bytes
    media_type: str


@cache
def assets() -> dict[str, Asset]:
    """Every file of `static/` by its name."""
    found = {}
    for entry in sorted((files("pipeline.review.web") / "static").iterdir(), key=lambda entry: entry.name):
        kind = _TYPES.get(entry.name.rpartition(".")[2])
        if kind is not None:
            found[entry.name] = Asset(entry.read_bytes(), f"{kind}; charset=utf-8")
    return found


@cache
def edition() -> str:
    """Changes with any static file: part of their addresses, so that a browser may keep them for good."""
    digest = hashlib.sha256()
    for name, asset in assets().items():
        digest.update(name.encode() + b"\0" + asset.body)
    return digest.hexdigest()[:12]
