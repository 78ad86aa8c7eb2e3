"""A paragraph of a Word document becomes its pieces of text as the office program shows them.

Fields show their result, not their code; symbols are the characters they look like; of tracked changes it is told
which text they bring and which they take away.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from pipeline.read.docx_xml import Element, M, W, inside, is_on, number, value
from pipeline.read.symbols import UNKNOWN, lowered, printed, raised

Change = Literal["none", "brought", "taken"]

# What stands for a text of its own.
_CHARACTERS: Mapping[str, str] = {
    f"{W}tab": " ",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
    f"{W}ptab": " ",
}
_CHANGES: Mapping[str, Change] = {
    f"{W}ins": "brought",
    f"{W}moveTo": "brought",
    f"{W}del": "taken",
    f"{W}moveFrom": "taken",
}
_SHIFTS = {"superscript": raised, "subscript": lowered}
_PRIVATE = re.compile(r"[\ue000-\uf8ff]")
# A field that draws a ring around a number; its result is stored nowhere.
_RINGED = re.compile(r"EQ\s*\\o\s*(?:\\a[clr])?\s*\(\s*[○◯〇]\s*[,;，]\s*(?P<held>[^()]*)\)\s*$", re.IGNORECASE)
# Fields that show something although no result is stored.
_SHOWING = re.compile(r"EQ\b|=", re.IGNORECASE)
_RINGS = 20


class Piece(NamedTuple):
    """The text of one run, and the text boxes that hang on it."""

    run: Element
    text: str
    change: Change
    boxes: tuple[Element, ...]


class _Run(NamedTuple):
    element: Element
    change: Change = "none"
    before: str = ""
    """Printed in front of it: the bar of a fraction."""
    shift: str = ""


def pieces(paragraph: Element) -> Iterator[Piece]:
    """Runs and formulas of a paragraph in order, those of links, fields, changes and controls too."""
    fields = _Fields()
    for run in _runs(paragraph):
        boxes: list[Element] = []
        if run.change == "taken":
            text = "".join(part.text or "" for part in run.element.iter(f"{W}delText", f"{W}t"))
        else:
            text = run.before + "".join(_text_of(run.element, run.shift, fields, boxes))
        yield Piece(run.element, text, run.change, tuple(boxes))


def _runs(element: Element, change: Change = "none") -> Iterator[_Run]:
    for child in inside(element):
        if child.tag in {f"{W}r", f"{M}r"}:
            yield _Run(child, change)
        elif child.tag == f"{M}den":
            yield from (run._replace(before="/" if at == 0 else "") for at, run in enumerate(_runs(child, change)))
        elif child.tag == f"{M}sup":
            yield from (run._replace(shift="superscript") for run in _runs(child, change))
        elif not is_placeholder(child):
            own = _CHANGES.get(child.tag, change)
            yield from _runs(child, "taken" if change == "taken" else own)


def is_placeholder(element: Element) -> bool:
    """True for a control that nobody filled in: what it shows is a prompt to do so."""
    return element.tag == f"{W}sdt" and is_on(element.find(f"{W}sdtPr/{W}showingPlcHdr"))


def _text_of(run: Element, shift: str, fields: "_Fields", boxes: list[Element]) -> Iterator[str]:
    """The characters of a run; text boxes are put aside."""
    look = run.find(f"{W}rPr")
    fonts = None if look is None else look.find(f"{W}rFonts")
    font = "" if fonts is None else fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or ""
    move = _SHIFTS.get(shift or value(look, "vertAlign"), str)
    for child in inside(run):
        if child.tag == f"{W}fldChar":
            yield fields.marked(child)
        elif child.tag == f"{W}instrText":
            fields.said(child.text or "")
        elif fields.in_code:
            continue
        elif (shown := _shown(child, font)) is not None:
            yield move(shown)
        elif child.tag == f"{W}txbxContent":
            boxes.append(child)
        else:
            yield from _text_of(child, shift or value(look, "vertAlign"), fields, boxes)


def _shown(element: Element, font: str) -> str | None:
    """What stands for an element of a run; None for one that holds others."""
    if element.tag in {f"{W}t", f"{M}t"}:
        return printed(element.text or "", font)
    return _symbol(element) if element.tag == f"{W}sym" else _CHARACTERS.get(element.tag)


def _symbol(symbol: Element) -> str:
    code = symbol.get(f"{W}char") or ""
    try:
        sign = printed(chr(int(code, 16)), symbol.get(f"{W}font") or "")
    except (ValueError, OverflowError):
        return UNKNOWN
    return _PRIVATE.sub(UNKNOWN, sign)


class _Fields:
    """The fields of a paragraph that are open at a place in it, innermost last."""

    def __init__(self) -> None:
        self._open: list[list[str] | None] = []
        """The code of each field so far; None behind its code."""

    @property
    def in_code(self) -> bool:
        """Whether what stands here is a field's code, or part of it."""
        return any(code is not None for code in self._open)

    def said(self, code: str) -> None:
        """A part of the innermost field's code."""
        if self._open and (own := self._open[-1]) is not None:
            own.append(code)

    def marked(self, mark: Element) -> str:
        """What is shown where a field begins, turns to its result, or ends; a result stands in runs of its own."""
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            shown = "" if self.in_code else _filled_in(mark)
            self._open.append([])
            return shown
        if kind == "separate" and self._open:
            self._open[-1] = None
        elif kind == "end" and self._open:
            code = self._open.pop()
            return "" if code is None or self.in_code else _without_result("".join(code).strip())
        return ""


def _filled_in(begin: Element) -> str:
    """What a field of an old form shows: a box that is ticked or not, the entry that was chosen."""
    box = begin.find(f"{W}ffData/{W}checkBox")
    if box is not None:
        checked = box.find(f"{W}checked")
        return "☑" if is_on(box.find(f"{W}default") if checked is None else checked) else "☐"
    choice = begin.find(f"{W}ffData/{W}ddList")
    if choice is None:
        return ""
    entries = [entry.get(f"{W}val") or "" for entry in choice.iterfind(f"{W}listEntry")]
    chosen = number(choice, "result", number(choice, "default", 0))
    return entries[chosen] if chosen < len(entries) else ""


def _without_result(code: str) -> str:
    ringed = _RINGED.match(code)
    if ringed is None:
        return UNKNOWN if _SHOWING.match(code) else ""
    held = ringed["held"].strip()
    return chr(ord("①") + int(held) - 1) if held.isdecimal() and 1 <= int(held) <= _RINGS else held
