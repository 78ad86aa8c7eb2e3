"""Characters of symbol fonts, and raised and lowered ones, become the characters that a reader sees.

A symbol font prints its own pictures for the codes of other characters: `þ` in Wingdings is ☑, U+F0B3 in Symbol is ≥.
"""

from collections.abc import Mapping

UNKNOWN = "�"
"""Stands for a sign that is printed and not known: no number is read beside it, and a person sees it."""

_SYMBOL = dict(
    enumerate(
        " !∀#∃%&∋()∗+,-./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}~",
        start=0x20,
    )
) | dict(enumerate("ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑", start=0xA1))
_WINGDINGS = {
    0x20: " ",
    0x6C: "●",
    **dict.fromkeys((0x6E, 0xA7), "■"),
    **dict.fromkeys((0x6F, 0x70, 0x71, 0x72), "□"),
    0x75: "◆",
    0x76: "❖",
    **{0x81 + at: chr(ord("①") + at) for at in range(10)},
    **{0x8C + at: chr(ord("❶") + at) for at in range(10)},
    0x9F: "•",
    0xA1: "○",
    0xA8: "☐",
    0xAB: "★",
    0xD8: "➢",
    0xDF: "←",
    **dict.fromkeys((0xE0, 0xE8), "→"),
    0xFB: "✗",
    0xFC: "✓",
    0xFD: "☒",
    0xFE: "☑",
}
_WINGDINGS_2 = {
    0x20: " ",
    0x4F: "✗",
    0x50: "✓",
    0x52: "☑",
    **dict.fromkeys((0x51, 0x53, 0x54), "☒"),
    **{0x6A + at: chr(ord("①") + at) for at in range(10)},
    **{0x75 + at: chr(ord("❶") + at) for at in range(10)},
    0x97: "●",
    0xA2: "■",
    0xA3: "☐",
}
_WEBDINGS = {0x20: " ", 0x61: "✓", 0x63: "□", 0x67: "■", 0x72: "✗"}
_FONTS: Mapping[str, Mapping[int, str]] = {
    "symbol": _SYMBOL,
    "wingdings": _WINGDINGS,
    "wingdings 2": _WINGDINGS_2,
    "webdings": _WEBDINGS,
}
# Codes of symbol fonts are stored above this one, too.
_PRIVATE, _CODES = 0xF000, 0x100
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SILENT = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF))
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def printed(text: str, font: str) -> str:
    """What a text looks like in a font; other fonts than those of symbols print it as it is."""
    known = _FONTS.get(font.strip().lower())
    if known is None:
        return text
    return "".join(known.get(_code(char), UNKNOWN) if _code(char) < _CODES else char for char in text)


def raised(text: str) -> str:
    """A text above its line: a number that is followed by it is another number than both together."""
    return text.translate(_RAISED)


def lowered(text: str) -> str:
    """A text below its line."""
    return text.translate(_LOWERED)


def _code(char: str) -> int:
    code = ord(char)
    return code - _PRIVATE if _PRIVATE <= code < _PRIVATE + _CODES else code


def visible(text: str) -> str:
    """A text without the characters that print nothing: marks for wraps, joins and byte order, soft hyphens."""
    return text if text.isascii() else text.translate(_SILENT)
