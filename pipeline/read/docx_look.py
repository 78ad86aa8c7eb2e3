"""A run of a Word document, its paragraph and the styles of both tell whether a reader can see it."""

from collections.abc import Iterator
from functools import cached_property
from typing import cast

import docx

from pipeline.read.docx_xml import Element, W, is_on, number, value

_PAPER = "FFFFFF"
_UNKNOWN = ""
# Half points: what is smaller cannot be read on paper. Twentieths of a point: a row as low as this shows nothing.
_TINY, _LOWEST = 4, 40


class Look:
    """What one document's styles hide is looked up once."""

    def __init__(self, opened: docx.document.Document) -> None:
        self._opened = opened

    def is_hidden(self, run: Element, paragraph: Element, ground: str) -> bool:
        """True for text that is vanished, struck out, tiny or of the colour that is behind it."""
        own = run.find(f"{W}rPr")
        chain = [own] if own is not None else []
        chain += [style for name in _style_names(run, paragraph) for style in self._chain(name)]

        def first(name: str) -> Element | None:
            return next((mark for level in chain if (mark := level.find(f"{W}{name}")) is not None), None)

        size, colour = first("sz"), first("color")
        tiny = size is not None and number(cast("Element", size.getparent()), "sz", _TINY) < _TINY
        if own is not None and own.find(f"{W}highlight") is not None:
            ground = _UNKNOWN
        elif own is not None and (behind := _shade(own)) is not None:
            ground = behind
        written = "" if colour is None else (colour.get(f"{W}val") or "").upper()
        lost = bool(written) and written == ground
        return is_on(first("vanish")) or is_on(first("strike")) or is_on(first("dstrike")) or tiny or lost

    def ground(self, paragraph: Element) -> str:
        """The colour behind a paragraph: its own, its cell's, the paper's; "" where it cannot be told."""
        shades = [_shade(own) for own in paragraph.iterfind(f"{W}pPr")]
        shades += [_shade(look) for cell in paragraph.iterancestors(f"{W}tc") for look in cell.iterfind(f"{W}tcPr")]
        known = [shade for shade in shades if shade is not None]
        if known:
            return known[0]
        tables = paragraph.iterancestors(f"{W}tbl")
        return _UNKNOWN if any(value(table, "tblPr/tblStyle") in self._shaded for table in tables) else _PAPER

    def _chain(self, name: str) -> list[Element]:
        """The run properties of a style and of those that it is based on."""
        found, seen = [], set[str]()
        while name in self._styles and name not in seen:
            seen.add(name)
            style = self._styles[name]
            properties = style.find(f"{W}rPr")
            found += [properties] if properties is not None else []
            name = value(style, "basedOn")
        return found

    @cached_property
    def _styles(self) -> dict[str, Element]:
        root = cast("Element", self._opened.styles.element)
        return {style.get(f"{W}styleId") or "": style for style in root.iterfind(f"{W}style")}

    @cached_property
    def _shaded(self) -> frozenset[str]:
        return frozenset(
            name
            for name, style in self._styles.items()
            if any(_shade(look) is not None for tag in ("tcPr", "tblPr") for look in style.iter(f"{W}{tag}"))
        )


def is_low(row: Element) -> bool:
    """True for a table row whose exact height leaves no room for a character."""
    height = row.find(f"{W}trPr/{W}trHeight")
    exact = height is not None and height.get(f"{W}hRule") == "exact"
    return exact and number(row, "trPr/trHeight", _LOWEST + 1) <= _LOWEST


def _shade(properties: Element) -> str | None:
    """The colour that properties fill in; None for none, "" for a pattern of two."""
    shade = properties.find(f"{W}shd")
    if shade is None:
        return None
    pattern = shade.get(f"{W}val") or "clear"
    if pattern not in {"clear", "nil", "solid"}:
        return _UNKNOWN
    colour = (shade.get(f"{W}color" if pattern == "solid" else f"{W}fill") or "auto").upper()
    if colour == "AUTO":
        return "000000" if pattern == "solid" else None
    return colour


def _style_names(run: Element, paragraph: Element) -> Iterator[str]:
    yield value(run, "rPr/rStyle")
    yield value(paragraph, "pPr/pStyle")
