"""The name of an optional package comes in, the package goes out, or one error that says what to install."""

from importlib import import_module
from types import ModuleType
from typing import Literal

from schemas.errors import UnsupportedFormat

Extra = Literal["office", "ocr"]


def optional(module: str, extra: Extra | None) -> ModuleType:
    """A module that may need an optional package. Raises UnsupportedFormat naming the extra that brings it."""
    try:
        return import_module(module)
    except ModuleNotFoundError:
        if extra is None:
            raise
        code = f"formats.install_{extra}"
        raise UnsupportedFormat(code) from None
