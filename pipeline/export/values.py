"""Printed numbers come in; the same in 万元, in per cent, or as a difference go out. Pure."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation, localcontext
from types import MappingProxyType

from schemas.amount import normalised

_POWER_TO_WAN: Mapping[str, int] = MappingProxyType({"元": -4, "千元": -1, "万元": 0, "亿元": 4})

_SAME_SCALE = Decimal(3)
"""A printed rate and the computed one are on one scale if they differ by less than this factor."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

_DELETE = 0x7F

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def in_wan(amount: Decimal | None, unit: str | None) -> Decimal | None:
    """An amount in 万元, exact; None if its unit is not known: a number without a unit is no money."""
    power = _POWER_TO_WAN.get(normalised(unit or "").removeprefix("人民币"))
    if amount is None or power is None:
        return None
    return plain(amount.scaleb(power))


def in_per_cent(
    rate: Decimal | None, base: Decimal | None, executed: Decimal | None, as_printed: str
) -> Decimal | None:
    """A printed rate in per cent: 0.958 and 95.8 are both 95.8, with the decimals that were printed.

    A printed % says so itself. Else executed ÷ base says which of the two it is; where that is not known
    or speaks for neither, None: what 1 means alone cannot be known. 0 is 0 on both scales.
    """
    if rate is None:
        return None
    if "%" in normalised(as_printed) or rate == 0:
        return rate
    if not base or not executed:
        return None
    computed = executed / base * 100
    for candidate in (rate, plain(rate.scaleb(2))):
        ratio = candidate / computed
        if 1 / _SAME_SCALE < ratio < _SAME_SCALE:
            return candidate
    return None


def difference(printed: str | None, computed: str | None) -> Decimal | None:
    """Printed minus computed; None where one of them is no number."""
    left, right = number(printed), number(computed)
    return left - right if isinstance(left, Decimal) and isinstance(right, Decimal) else None


def number(text: str | None) -> Decimal | str | None:
    """The text as a number where it is one, else as it is."""
    if text is None:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return value if value.is_finite() else text


def plain(value: Decimal) -> Decimal:
    """The same number without a positive exponent: 1E+2 becomes 100."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent > 0:
        with localcontext() as context:
            context.prec = 100
            return value.quantize(Decimal(1))
    return value


def decimals(value: Decimal) -> int:
    """How many decimals are printed: 2 for 615.90."""
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def printable(text: str) -> str:
    """Control characters, which no worksheet may hold, as visible signs: ␀ for NUL, ␛ for ESC."""
    return text if text.isprintable() else _UNPRINTABLE.sub(_visible, text)


def starts_like_formula(text: str) -> bool:
    """True for a text that a spreadsheet could take for a formula; a plain number such as -5 is none."""
    return text.startswith(_FORMULA_STARTS) and not isinstance(number(text), Decimal)


def width(text: str) -> int:
    """How many columns of a fixed font a text takes: 2 for a Chinese character, 1 for a Latin letter."""
    return (len(text.encode("utf-8", "surrogatepass")) + len(text)) // 2


def _visible(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code == _DELETE:
        return "␡"
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"  # noqa: PLR2004 - Unicode's pictures of C0 controls
