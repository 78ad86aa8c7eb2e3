"""A Word document's lists become the labels that the office program prints in front of their paragraphs."""

import re
from collections.abc import Mapping
from typing import NamedTuple, Self, cast

import docx
from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HOLE = re.compile(r"%([1-9])")
_DIGITS = "零一二三四五六七八九"
_CHINESE = frozenset(
    {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "ideographDigital"}
)
_CIRCLED = 20

Element = etree._Element  # noqa: SLF001 - lxml gives its element's type no other name


class _Level(NamedTuple):
    """How one level of a list counts: its first number, its digits, the text with holes for the levels."""

    start: int
    shape: str
    text: str
    suffix: str


class Numbering:
    """Counts the paragraphs of each list as they come."""

    def __init__(self, levels: Mapping[tuple[str, int], _Level], lists: Mapping[str, str], styles: Element) -> None:
        self._levels = levels
        self._lists = lists
        self._styles = styles
        self._counts: dict[str, dict[int, int]] = {}

    @classmethod
    def of(cls, opened: docx.document.Document) -> Self:
        """The lists of a document; none if it has no part of that kind."""
        styles = cast("Element", opened.styles.element)
        related = [part for part in opened.part.rels.values() if part.reltype.endswith("/numbering")]
        if not related:
            return cls({}, {}, styles)
        root = cast("Element", related[0].target_part.element)
        lists = {
            number.get(f"{_W}numId") or "": link.get(f"{_W}val") or ""
            for number in root.iterfind(f"{_W}num")
            if (link := number.find(f"{_W}abstractNumId")) is not None
        }
        levels = {}
        for abstract in root.iterfind(f"{_W}abstractNum"):
            name = abstract.get(f"{_W}abstractNumId") or ""
            for level in abstract.iterfind(f"{_W}lvl"):
                levels[name, int(level.get(f"{_W}ilvl") or 0)] = _Level(
                    int(_value(level, "start", "1")),
                    _value(level, "numFmt", "decimal"),
                    _value(level, "lvlText", ""),
                    _value(level, "suff", "tab"),
                )
        return cls(levels, lists, styles)

    def label(self, paragraph: Element) -> str:
        """What is printed in front of a paragraph; bullets are no text."""
        place = paragraph.find(f"{_W}pPr/{_W}numPr")
        if place is None:
            place = self._of_style(paragraph)
        if place is None:
            return ""
        name = self._lists.get(_value(place, "numId", ""), "")
        depth = int(_value(place, "ilvl", "0"))
        level = self._levels.get((name, depth))
        if level is None:
            return ""
        counts = self._counts.setdefault(name, {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        if level.shape in {"bullet", "none"}:
            return ""

        def count(hole: re.Match[str]) -> str:
            at = int(hole[1]) - 1
            other = self._levels.get((name, at), level)
            return _written(counts.get(at, other.start), other.shape)

        return _HOLE.sub(count, level.text) + (" " if level.suffix == "space" else "")

    def _of_style(self, paragraph: Element) -> Element | None:
        named = paragraph.find(f"{_W}pPr/{_W}pStyle")
        name = None if named is None else named.get(f"{_W}val")
        for style in self._styles.iterfind(f"{_W}style"):
            if name is not None and style.get(f"{_W}styleId") == name:
                return style.find(f"{_W}pPr/{_W}numPr")
        return None


def _value(element: Element, name: str, default: str) -> str:
    found = element.find(f"{_W}{name}")
    return default if found is None else found.get(f"{_W}val") or default


def _written(number: int, shape: str) -> str:
    """A number in the digits of a list; shapes that are not known count in decimals."""
    if shape in _CHINESE and 0 <= number < 100:  # noqa: PLR2004 - longer lists are printed in decimals here
        tens, ones = divmod(number, 10)
        if tens == 0:
            return _DIGITS[ones]
        return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")
    if shape.startswith("decimalEnclosedCircle") and 1 <= number <= _CIRCLED:
        return chr(ord("①") + number - 1)
    if shape in {"lowerLetter", "upperLetter"} and 1 <= number <= 26:  # noqa: PLR2004 - the alphabet
        return chr(ord("a" if shape == "lowerLetter" else "A") + number - 1)
    return str(number)
