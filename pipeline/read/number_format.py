"""A workbook's number and the format of its cell become the characters that a reader of the sheet sees.

Numbers are rounded half up from the fifteen digits a workbook keeps, as office programs print them. A format that
is not understood (fractions, Chinese numerals) gives None: what a reader sees is then unknown.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

GENERAL = "General"
# What a Chinese office program shows for format numbers that have no text of their own in the file.
BUILTIN: Mapping[int, str] = {
    14: "yyyy/m/d",
    22: "yyyy/m/d h:mm",
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
}

# A General number has so many characters at most, its decimal point included.
_GENERAL_WIDTH = 11
_KEPT_DIGITS = 15
_ARABIC = Context(prec=60, rounding=ROUND_HALF_UP)
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|_(?P<width>.)|\*(?P<fill>.)|\[\$(?P<symbol>[^\]-]*)(?:-[^\]]*)?\]'
    r"|\[(?P<bracket>[^\]]*)\]|(?P<general>General)|(?P<noon>AM/PM|A/P|上午/下午)|(?P<digits>[0#?])|(?P<point>\.)"
    r"|(?P<comma>,)|(?P<percent>%)|(?P<exponent>E[+-])|(?P<date>y+|e+|m+|d+|h+|s+|a{3,4})|(?P<at>@)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(?P<sign><=|>=|<>|<|>|=)(?P<than>-?[0-9.]+)$")
_COLOURS = re.compile(
    r"(?:black|blue|cyan|green|magenta|red|white|yellow|color\s*\d+|颜色\s*\d+|[黑蓝青绿洋红白黄]+色?)$", re.IGNORECASE
)
_WEEKDAYS = "一二三四五六日"
_NOON = 12
_NUMERALS = str.maketrans("0123456789", "〇一二三四五六七八九")

Moment = dt.datetime | dt.date | dt.time | dt.timedelta


class _Token(NamedTuple):
    kind: str
    text: str


def shown(value: float | Decimal, code: str) -> str | None:
    """The number as printed under a format code; None if the code is not understood."""
    number = Decimal(format(value, f".{_KEPT_DIGITS}g")) if isinstance(value, float) else Decimal(value)
    sections = [_tokens(section) for section in _sections(code)]
    section, size = _chosen(sections, number)
    if section is None:
        return None
    return _number(section, size)


def shown_date(moment: Moment, code: str) -> str | None:
    """A date or time as printed under a format code; None if the code is not understood."""
    tokens = _tokens(_sections(code)[0])
    chinese = ("bracket", "DBNum1") in tokens
    if any(token.kind == "bracket" and token.text != "DBNum1" and not _is_silent(token.text) for token in tokens):
        return None
    if isinstance(moment, dt.timedelta):
        moment = dt.datetime(1900, 1, 1) + moment  # noqa: DTZ001 - a workbook's times have no zone
    if isinstance(moment, dt.time):
        moment = dt.datetime.combine(dt.date(1900, 1, 1), moment)
    elif not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time())
    halves = any(token.kind == "noon" for token in tokens)
    parts = []
    for at, token in enumerate(tokens):
        if token.kind == "date":
            part = _date_part(moment, token.text.lower(), _is_minutes(tokens, at), halves=halves)
            parts.append(_in_chinese(part) if chinese and part.isdecimal() else part)
        elif token.kind == "noon":
            first, _, second = token.text.partition("/")
            parts.append(first if moment.hour < _NOON else second)
        elif token.kind in {"digits", "general", "percent", "exponent"}:
            parts.append("")
        else:
            parts.append(_literal(token))
    return "".join(parts).strip()


def _in_chinese(digits: str) -> str:
    """A year digit by digit, a smaller number as it is counted."""
    if len(digits) > 2:  # noqa: PLR2004 - no month, day or hour is longer
        return digits.translate(_NUMERALS)
    tens, ones = divmod(int(digits), 10)
    lead = "" if tens == 0 else "十" if tens == 1 else f"{tens}十".translate(_NUMERALS)
    return lead + (str(ones).translate(_NUMERALS) if ones or not tens else "")


def is_date(code: str) -> bool:
    """Whether a format code prints a date or a time."""
    tokens = _tokens(_sections(code)[0])
    return any(token.kind == "date" for token in tokens) and not any(
        token.kind in {"general", "percent"} for token in tokens
    )


def shown_text(text: str, code: str) -> str:
    """A text as printed: the fourth section frames it, if there is one."""
    sections = _sections(code)
    section = _tokens(sections[3]) if len(sections) > 3 else _tokens(sections[0])  # noqa: PLR2004 - text is the fourth
    if len(sections) <= 3 and not any(token.kind == "at" for token in section):  # noqa: PLR2004 - as above
        return text
    return "".join(text if token.kind == "at" else _literal(token) for token in section).strip()


def _sections(code: str) -> list[str]:
    """The sections between semicolons that are not quoted."""
    found = [""]
    for part in re.findall(r'"[^"]*"|\\.|\[[^\]]*\]|;|[^";\\\[]+|.', code, flags=re.DOTALL):
        if part == ";":
            found.append("")
        else:
            found[-1] += part
    return found


def _tokens(section: str) -> list[_Token]:
    return [_Token(match.lastgroup or "other", match[match.lastgroup or 0]) for match in _TOKEN.finditer(section)]


def _is_silent(bracket: str) -> bool:
    return bool(_COLOURS.match(bracket))


def _chosen(sections: Sequence[list[_Token]], number: Decimal) -> tuple[list[_Token] | None, Decimal]:
    """The section for a number, and the number that it prints: without its sign where the section has one."""
    usable = sections[:3]
    conditions = [
        next((found for token in section if token.kind == "bracket" and (found := _CONDITION.match(token.text))), None)
        for section in usable
    ]
    if any(conditions):
        for section, condition in zip(usable, conditions, strict=True):
            if condition is None or _holds(number, condition):
                return section, number
        return None, number
    if len(usable) == 1 or number > 0:
        return usable[0], number
    if number < 0:
        return usable[1], -number
    return usable[2] if len(usable) > 2 else usable[0], number  # noqa: PLR2004 - zero has the third


def _holds(number: Decimal, condition: re.Match[str]) -> bool:
    than = Decimal(condition["than"])
    return {
        "<": number < than,
        ">": number > than,
        "<=": number <= than,
        ">=": number >= than,
        "=": number == than,
        "<>": number != than,
    }[condition["sign"]]


def _number(tokens: Sequence[_Token], number: Decimal) -> str | None:
    known = (token for token in tokens if token.kind == "bracket")
    if any(not _is_silent(token.text) and not _CONDITION.match(token.text) for token in known):
        return None
    if any(token.kind in {"date", "exponent"} or token == ("other", "/") for token in tokens):
        return None
    places = [at for at, token in enumerate(tokens) if token.kind in {"digits", "point"}]
    if not places:
        body = general(abs(number)) if any(token.kind in {"general", "at"} for token in tokens) else None
        sign = "-" if number < 0 and body is not None else ""
        return sign + "".join(body or "" if t.kind in {"general", "at"} else _literal(t) for t in tokens).strip()
    first, last = places[0], places[-1]
    pattern = tokens[first : last + 1]
    scale = 0
    while last + 1 + scale < len(tokens) and tokens[last + 1 + scale].kind == "comma":
        scale += 1
    percents = sum(token.kind == "percent" for token in tokens)
    size = number.scaleb(2 * percents - 3 * scale, _ARABIC)
    parted = any(token.kind not in {"digits", "point", "comma"} for token in pattern)
    if parted and any(token.kind not in {"digits", "quoted", "escaped"} for token in pattern):
        return None
    digits = _interleaved(pattern, _digits(pattern, abs(size)))
    negative = "-" if size < 0 and any(character not in "0.,  " for character in digits) else ""
    before = "".join(map(_literal, tokens[:first]))
    after = "".join(map(_literal, tokens[last + 1 + scale :]))
    return f"{negative}{before.lstrip()}{digits}{after}".strip()


def _digits(pattern: Sequence[_Token], size: Decimal) -> str:
    """A number that is not negative in the places of a pattern."""
    point = next((at for at, token in enumerate(pattern) if token.kind == "point"), len(pattern))
    whole = [token.text for token in pattern[:point] if token.kind == "digits"]
    broken = [token.text for token in pattern[point:] if token.kind == "digits"]
    grouped = any(token.kind == "comma" for token in pattern[:point])
    rounded = size.quantize(Decimal(1).scaleb(-len(broken)), context=_ARABIC)
    ahead, _, behind = format(rounded, "f").partition(".")
    ahead = "" if ahead == "0" else ahead
    ahead = ahead.rjust(len(whole), "0")
    least = len(whole) - whole.index("0") if "0" in whole else 0
    ahead = ahead.lstrip("0").rjust(least, "0")
    if grouped and ahead:
        ahead = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", ahead)
    while behind and broken[len(behind) - 1] != "0" and behind.endswith("0"):
        behind = behind[:-1]
    return ahead + ("." if point < len(pattern) else "") + behind


def _interleaved(pattern: Sequence[_Token], digits: str) -> str:
    """Digits with the texts that a pattern puts between them from the right: 0"."0000 shows 123456 as 12.3456."""
    between = [token for token in pattern if token.kind in {"quoted", "escaped"}]
    if not between:
        return digits
    found: list[str] = []
    places = sum(token.kind == "digits" for token in pattern)
    for token in reversed(pattern):
        if token in between:
            found.append(_literal(token))
            continue
        places -= 1
        cut = len(digits) - 1 if places else 0
        digits, last = digits[: max(cut, 0)], digits[max(cut, 0) :]
        found.append(last)
    return "".join(reversed(found))


def general(number: Decimal) -> str:
    """A number that is not negative without a format: as many digits as fit a cell, no zeros at its end."""
    whole = len(format(number, "f").partition(".")[0])
    if whole > _GENERAL_WIDTH:
        return _scientific(number)
    rounded = number.quantize(Decimal(1).scaleb(-max(_GENERAL_WIDTH - 1 - whole, 0)), context=_ARABIC)
    if number and not rounded:
        return _scientific(number)
    text = format(rounded, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scientific(number: Decimal) -> str:
    mantissa, _, power = format(number, ".5E").partition("E")
    return f"{mantissa.rstrip('0').rstrip('.')}E{power[0]}{power[1:].rjust(2, '0')}"


def _literal(token: _Token) -> str:
    """What a token prints of itself."""
    if token.kind in {"quoted", "escaped", "symbol", "other", "comma", "point"}:
        return token.text
    return {"percent": "%", "width": " "}.get(token.kind, "")


def _is_minutes(tokens: Sequence[_Token], at: int) -> bool:
    """True if the m at a place stands behind hours or in front of seconds."""
    dates = [(index, token.text.lower()[0]) for index, token in enumerate(tokens) if token.kind == "date"]
    place = next(index for index, (found, _) in enumerate(dates) if found == at)
    before = dates[place - 1][1] if place else ""
    after = dates[place + 1][1] if place + 1 < len(dates) else ""
    return before == "h" or after == "s"


def _date_part(moment: dt.datetime, letters: str, minutes: bool, *, halves: bool) -> str:  # noqa: FBT001 - read off the code
    kind, width = letters[0], len(letters)
    if kind in {"y", "e"}:
        return f"{moment.year % 100:02d}" if kind == "y" and width <= 2 else str(moment.year)  # noqa: PLR2004 - yy
    if kind == "a" or (kind == "d" and width > 2):  # noqa: PLR2004 - ddd is a weekday
        day = _WEEKDAYS[moment.weekday()]
        return f"星期{day}" if width > 3 else f"周{day}"  # noqa: PLR2004 - dddd is the long one
    if kind == "m" and not minutes:
        return f"{moment.month}月" if width > 2 else f"{moment.month:0{width}d}"  # noqa: PLR2004 - mmm is a name
    hour = (moment.hour % _NOON or _NOON) if halves else moment.hour
    number = {"m": moment.minute, "d": moment.day, "h": hour, "s": moment.second}[kind]
    return f"{number:0{min(width, 2)}d}"
