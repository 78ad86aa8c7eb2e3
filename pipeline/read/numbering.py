"""A Word document's lists become the labels that the office program prints in front of their paragraphs."""

import re
from collections.abc import Mapping
from typing import NamedTuple, Self, cast

import docx

from pipeline.read.docx_xml import Element, W, value

_HOLE = re.compile(r"%([1-9])")
_DIGITS = "零一二三四五六七八九"
_CHINESE = frozenset(
    {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "ideographDigital"}
)
# Shapes that Unicode has a character for, up to twenty.
_SINGLE = {
    "decimalEnclosedCircle": "①",
    "decimalEnclosedCircleChinese": "①",
    "decimalEnclosedParen": "⑴",
    "decimalEnclosedFullstop": "⒈",
}
_MOST_SINGLE = 20
_STEMS = {"ideographTraditional": "甲乙丙丁戊己庚辛壬癸", "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥"}
_FORMAL = frozenset({"chineseLegalSimplified", "ideographLegalTraditional"})
_TO_FORMAL = str.maketrans("一二三四五六七八九十", "壹贰叁肆伍陆柒捌玖拾")
_ROMAN = ((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


class _Level(NamedTuple):
    """How one level of a list counts: its first number, its digits, the text with holes for the levels."""

    start: int
    shape: str
    text: str
    suffix: str


class Numbering:
    """Counts the paragraphs of each list as they come."""

    def __init__(
        self,
        levels: Mapping[tuple[str, int], _Level],
        lists: Mapping[str, str],
        again: Mapping[tuple[str, int], int],
        styles: Element,
    ) -> None:
        self._levels = levels
        self._lists = lists
        self._again = dict(again)
        """Lists that begin anew at a number where they come first, by list and depth."""
        self._styles = {style.get(f"{W}styleId") or "": style for style in styles.iterfind(f"{W}style")}
        self._counts: dict[str, dict[int, int]] = {}

    @classmethod
    def of(cls, opened: docx.document.Document) -> Self:
        """The lists of a document; none if it has no part of that kind."""
        styles = cast("Element", opened.styles.element)
        related = [part for part in opened.part.rels.values() if part.reltype.endswith("/numbering")]
        if not related:
            return cls({}, {}, {}, styles)
        root = cast("Element", related[0].target_part.element)
        lists = {
            number.get(f"{W}numId") or "": link.get(f"{W}val") or ""
            for number in root.iterfind(f"{W}num")
            if (link := number.find(f"{W}abstractNumId")) is not None
        }
        levels = {}
        for abstract in root.iterfind(f"{W}abstractNum"):
            name = abstract.get(f"{W}abstractNumId") or ""
            for level in abstract.iterfind(f"{W}lvl"):
                levels[name, int(level.get(f"{W}ilvl") or 0)] = _Level(
                    int(value(level, "start", "1")),
                    value(level, "numFmt", "decimal"),
                    value(level, "lvlText", ""),
                    value(level, "suff", "tab"),
                )
        again = {
            (number.get(f"{W}numId") or "", int(other.get(f"{W}ilvl") or 0)): int(value(other, "startOverride"))
            for number in root.iterfind(f"{W}num")
            for other in number.iterfind(f"{W}lvlOverride")
            if other.find(f"{W}startOverride") is not None
        }
        return cls(levels, lists, again, styles)

    def label(self, paragraph: Element) -> str:
        """What is printed in front of a paragraph; bullets are no text."""
        place = paragraph.find(f"{W}pPr/{W}numPr")
        if place is None:
            place = self._of_style(paragraph)
        if place is None:
            return ""
        own = value(place, "numId")
        name = self._lists.get(own, "")
        depth = int(value(place, "ilvl", "0"))
        level = self._levels.get((name, depth))
        if level is None:
            return ""
        counts = self._counts.setdefault(name, {})
        first = self._again.pop((own, depth), None)
        counts[depth] = counts.get(depth, level.start - 1) + 1 if first is None else first
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
        """The list of a paragraph's style or of the nearest one that it is based on."""
        name, seen = value(paragraph, "pPr/pStyle"), set[str]()
        while name in self._styles and name not in seen:
            seen.add(name)
            place = self._styles[name].find(f"{W}pPr/{W}numPr")
            if place is not None:
                return place
            name = value(self._styles[name], "basedOn")
        return None


def _written(number: int, shape: str) -> str:
    """A number in the digits of a list; shapes that are not known count in decimals."""
    if (shape in _CHINESE or shape in _FORMAL) and 0 <= number < 100:  # noqa: PLR2004 - longer lists are printed in decimals here
        return _chinese(number).translate(_TO_FORMAL if shape in _FORMAL else {})
    if shape in _SINGLE and 1 <= number <= _MOST_SINGLE:
        return chr(ord(_SINGLE[shape]) + number - 1)
    if shape in {"lowerLetter", "upperLetter"} and 1 <= number <= 26:  # noqa: PLR2004 - the alphabet
        return chr(ord("a" if shape == "lowerLetter" else "A") + number - 1)
    if shape in {"lowerRoman", "upperRoman"} and 1 <= number < 90:  # noqa: PLR2004 - as far as its signs go
        return _roman(number) if shape == "lowerRoman" else _roman(number).upper()
    if shape in _STEMS and 1 <= number <= len(_STEMS[shape]):
        return _STEMS[shape][number - 1]
    return f"{number:02d}" if shape == "decimalZero" else str(number)


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def _roman(number: int) -> str:
    text = ""
    for size, sign in _ROMAN:
        while number >= size:
            text, number = text + sign, number - size
    return text
