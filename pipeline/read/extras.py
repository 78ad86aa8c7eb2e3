"""The name of an optional package comes in, the package goes out, or one error that says what to install."""

from importlib import import_module
from types import ModuleType
from typing import Literal

from schemas.errors import UnsupportedFormat

Extra = Literal["office", "ocr"]


def optional(module: str, extra: Extra) -> ModuleType:
    """A module of an optional package. Raises UnsupportedFormat naming the extra that brings it."""
    try:
        return import_module(module)
    except ModuleNotFoundError:
        code = f"formats.install_{extra}"
        raise UnsupportedFormat(code) from None
