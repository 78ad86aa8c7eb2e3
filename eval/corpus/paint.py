"""Labelled values come in, the paint of what prints them goes out, so that a browser says where it put them."""

from collections.abc import Callable, Sequence
from typing import Literal

Part = Literal["cell", "text"]

Paint = Callable[[Sequence[str], Part], str]
"""The style attribute for what prints these values; nothing for what prints none, or for a document to keep."""

PAINTED = "<style>* { -webkit-print-color-adjust: exact; print-color-adjust: exact; }</style>\n"
"""A browser prints no backgrounds unless it is told to."""


def plain(fields: Sequence[str], part: Part) -> str:  # noqa: ARG001 - a Paint that paints nothing
    """How a document to keep is printed."""
    return ""
