"""Style sheets inside a web page and its elements' own styles tell what a reader of the screen sees of an element."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cssselect import GenericTranslator, SelectorError
from lxml import etree
from lxml.html import HtmlElement

_GONE = re.compile(r"(?:^|[;{\s])(?:display\s*:\s*none|visibility\s*:\s*collapse)", re.IGNORECASE)
_UNSEEN = re.compile(
    r"(?:^|[;{\s])(?:visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?(?![.\d])"
    r"|font-size\s*:\s*[01](?:\.\d+)?(?:px|pt|em|rem|%)?\s*(?:;|$|!)"
    r"|text-decoration(?:-line)?\s*:[^;]*line-through|(?:left|top|text-indent|margin-left)\s*:\s*-\d{4,})",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"(?:^|[;\s])color\s*:\s*(?P<colour>[^;!]+)", re.IGNORECASE)
_PALE = re.compile(r"(?:#fff(?:fff)?|white|transparent|rgba?\([^)]*,\s*0(?:\.0+)?\s*\))\s*$", re.IGNORECASE)
_BACKGROUND = re.compile(
    r"(?:^|[;\s])background(?:-color|-image)?\s*:\s*(?!none|transparent|#fff(?:fff)?\b|white)", re.IGNORECASE
)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# What holds for paper alone is not what the screen shows.
_ELSEWHERE = re.compile(
    r"@media(?![^{]*\b(?:screen|all)\b)[^{]*\bprint\b[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.IGNORECASE
)
_STRUCK = frozenset({"s", "strike", "del"})
_SHIFTED = frozenset({"sup", "sub"})


class State(NamedTuple):
    """How the text of an element is seen; its children's follows from it."""

    hidden: bool = False
    pale: bool = False
    """As white as the ground behind it."""
    shift: str = ""
    """`sup` or `sub` above or below the line."""
    kept: bool = False
    """Line ends of the source are line ends on the screen."""

    @property
    def lost(self) -> bool:
        """Whether a reader cannot see it."""
        return self.hidden or self.pale


class Styles:
    """The styles of one page."""

    def __init__(self, root: HtmlElement) -> None:
        self._of = _matched(root)

    def is_gone(self, element: HtmlElement | None) -> bool:
        """True for an element that takes no place on the screen."""
        if element is None:
            return False
        folded = element.getparent()
        shut = folded is not None and folded.tag == "details" and "open" not in folded.attrib
        closed = (element.tag == "dialog" and "open" not in element.attrib) or (shut and element.tag != "summary")
        return closed or "hidden" in element.attrib or bool(_GONE.search(self._style(element)))

    def inside(self, element: HtmlElement, around: State) -> State:
        """How an element's own text is seen, where the text around it is seen so."""
        style, tag = self._style(element), element.tag
        hidden = around.hidden or tag in _STRUCK or self.is_gone(element) or bool(_UNSEEN.search(style))
        pale, colour = around.pale, self._colour(element, style)
        if colour:
            pale = bool(_PALE.match(colour)) and not self._has_ground(element)
        elif pale and self._is_ground(element):
            pale = False
        return State(hidden, pale, tag if tag in _SHIFTED else around.shift, around.kept or tag in {"pre", "textarea"})

    def _colour(self, element: HtmlElement, style: str) -> str:
        found = _COLOUR.findall(style)
        return str(found[-1]).strip() if found else (element.get("color") or "").strip()

    def _has_ground(self, element: HtmlElement) -> bool:
        return any(self._is_ground(around) for around in (element, *element.iterancestors()))

    def _is_ground(self, element: HtmlElement) -> bool:
        said = element.get("bgcolor") or element.get("background")
        return bool(said) or bool(_BACKGROUND.search(self._style(element)))

    def _style(self, element: HtmlElement) -> str:
        return f"{self._of.get(element, '')};{element.get('style') or ''}"


def _matched(root: HtmlElement) -> Mapping[HtmlElement, str]:
    """What the page's own style sheets say of each element; selectors that cannot be read say nothing."""
    found: dict[HtmlElement, str] = {}
    translator = GenericTranslator()
    for sheet in root.iter("style"):
        if "print" in (sheet.get("media") or ""):
            continue
        for selector, body in _RULE.findall(_ELSEWHERE.sub("", _COMMENT.sub("", sheet.text or ""))):
            if not any(look.search(body) for look in (_GONE, _UNSEEN, _COLOUR, _BACKGROUND)):
                continue
            try:
                path = translator.css_to_xpath(selector.strip())
                matched: Iterable[HtmlElement] = root.xpath(path)
            except (SelectorError, etree.XPathError):
                continue
            for element in matched:
                found[element] = f"{found.get(element, '')};{body}"
    return found
