"""The XML of a Word document: its names, its marks that are on or off, its children as a program chooses them."""

from collections.abc import Iterator

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

Element = etree._Element  # noqa: SLF001 - lxml gives its element's type no other name

# What holds no text of a reader's.
_PROPERTIES = frozenset(
    f"{W}{name}"
    for name in ("pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "sdtPr", "sdtEndPr", "rubyPr", "rt")
)
_OFF = frozenset({"0", "false", "off", "none"})


def inside(element: Element) -> Iterator[Element]:
    """The children of an element that may hold text; of content given in two ways those of the first one."""
    if element.tag == f"{MC}AlternateContent":
        ways = [way for name in ("Choice", "Fallback") for way in element.iterfind(f"{MC}{name}")]
        element = ways[0] if ways else element
    for child in element:
        if child.tag not in _PROPERTIES and not callable(child.tag):
            yield child


def is_on(mark: Element | None) -> bool:
    """Whether a mark is there and does not say that it is off."""
    return mark is not None and (mark.get(f"{W}val") or "true") not in _OFF


def value(element: Element | None, path: str, default: str = "") -> str:
    """The value of an element's descendant of this path of names; `default` where there is none."""
    found = None if element is None else element.find("/".join(f"{W}{name}" for name in path.split("/")))
    return default if found is None else found.get(f"{W}val") or default


def number(element: Element | None, path: str, default: int) -> int:
    """A count that a descendant says; `default` for none and for one that is no sensible number."""
    text = value(element, path)
    return int(text) if text.isdecimal() and len(text) < 6 else default  # noqa: PLR2004 - nothing is that wide
