"""A cell of a target or an actual becomes a Quantity: [operator] one number [unit], or just its text."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, get_args

from schemas.amount import has_marks, is_not_available, is_too_long, normalised
from schemas.form import Operator, Quantity

Part = Literal["operator", "value", "unit"]

_SIGN_WORDS: dict[Operator, tuple[str, ...]] = {
    "≥": ("≥", ">=", "≧", "⩾", "大于等于", "大于或等于", "不少于", "不低于", "不小于", "至少"),
    "≤": ("≤", "<=", "≦", "⩽", "小于等于", "小于或等于", "不超过", "不高于", "不大于", "不多于"),
    "=": ("=", "═", "==", "等于"),
    ">": (">", "大于", "超过", "高于"),
    "<": ("<", "小于", "低于", "少于"),
}
_SIGNS: dict[str, Operator] = {word: operator for operator, words in _SIGN_WORDS.items() for word in words}
_AFTER: dict[str, Operator] = {"以上": "≥", "及以上": "≥", "以内": "≤", "以下": "≤", "之内": "≤", "及以下": "≤"}
_PARTS: tuple[Part, ...] = get_args(Part)
_QUALITATIVE = frozenset({"定性", "文字描述"})

_SIGN = "|".join(sorted((re.escape(sign) for sign in _SIGNS), key=len, reverse=True))
_NUMBER = r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_SHAPE = re.compile(rf"\s*(?P<sign>{_SIGN})?\s*(?P<number>{_NUMBER})\s*(?P<rest>.*?)\s*", re.DOTALL)
_IN_BRACKETS = re.compile(r"\(\s*(?P<unit>[^()]*(?:\([^()]*\)[^()]*)*)\s*\)")
_DATE = re.compile(
    r"(?:(?:19|20)[0-9]{2}年.*|[0-9]{1,2}(?:月|日|号).*|(?:19|20)[0-9]{2}[./-][0-9]{1,2}[./-][0-9]{1,2}.*)"
)
_YEAR_AFTER_SIGN = re.compile(r"(?:19|20)[0-9]{2}年度?")
# What says more about the number than its unit: a range, a state.
_NO_UNIT = re.compile(r"[0-9()~,;:，。；：、.\-—]|[至到均前后内]|左右|上下|完成|达标|达成|合格|已|不")
# What a unit is counted with, or what counts as well: 台(套), 人(次).
_ALSO = re.compile(r"(?<=[^()])\([^()0-9]{1,2}\)$")
# A share has no other unit behind its sign.
_SHARES = frozenset("%‰")
# A bare unit is a short word; anything longer is a sentence about the number.
_LONGEST_BARE_UNIT = 8


def quantity(text: str) -> Quantity | None:
    """What one cell says; None if it holds nothing. The text stays as printed, the number loses separators."""
    if is_not_available(text):
        return None
    # NFKC may change the length, so the unit is cut from the normalised text only if nothing was lost.
    plain = unicodedata.normalize("NFKC", text)
    found = _SHAPE.fullmatch(plain)
    if (
        found is None
        or has_marks(text)
        or is_too_long(found["number"])
        or _DATE.fullmatch(normalised(text))
        or _YEAR_AFTER_SIGN.fullmatch(found["number"] + found["rest"])
    ):
        return Quantity(text=text)
    unit, after = _unit(found["rest"])
    if unit is None:
        return Quantity(text=text)
    sign = _SIGNS.get(found["sign"]) if found["sign"] else None
    if sign and after:
        return Quantity(text=text)
    value = Decimal(found["number"].replace(",", ""))
    return Quantity(text=text, operator=sign or after, value=value, unit=_as_printed(unit, text) or None)


def _unit(rest: str) -> tuple[str | None, Operator | None]:
    """The unit after a number and the operator after the unit; unit None if it is something else than a unit."""
    after: Operator | None = None
    for word, operator in sorted(_AFTER.items(), key=lambda entry: -len(entry[0])):
        if rest.endswith(word):
            rest, after = rest.removesuffix(word), operator
            break
    bracketed = _IN_BRACKETS.fullmatch(rest)
    if bracketed:
        return bracketed["unit"].strip(), after
    bare = "".join(rest.split())
    share = bare[:1] in _SHARES and bare not in _SHARES
    plain = bool(bare) and not share and not _NO_UNIT.search(_ALSO.sub("", bare))
    if bare and not (plain and len(bare) <= _LONGEST_BARE_UNIT):
        return None, None
    return rest.strip(), after


def _as_printed(unit: str, text: str) -> str:
    """The unit with the characters of the cell where they differ only by width."""
    if unit in text:
        return unit
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            if unicodedata.normalize("NFKC", text[start:end]) == unit and text[start:end].strip() == text[start:end]:
                return text[start:end]
    return unit


def split_quantity(cells: Sequence[tuple[Part, str]]) -> Quantity | None:
    """A target that stands in several cells; the text joins them in the order operator, value, unit."""
    texts: dict[Part, str] = dict.fromkeys(_PARTS, "")
    texts |= {part: text for part, text in cells if not is_not_available(text)}
    if normalised(texts["operator"]) in _QUALITATIVE:
        words = texts["value"] + texts["unit"]
        return Quantity(text=words) if words else None
    joined = texts["operator"] + texts["value"] + texts["unit"]
    if not joined:
        return None
    operator = _SIGNS.get(normalised(texts["operator"]))
    alone = quantity(texts["value"]) if texts["value"] else None
    known = operator is not None or not texts["operator"]
    if alone is None or alone.value is None or not known or (alone.operator and operator):
        return Quantity(text=joined)
    unit = texts["unit"].strip() or alone.unit
    return Quantity(text=joined, operator=operator or alone.operator, value=alone.value, unit=unit)
