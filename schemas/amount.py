"""A printed number: the characters, the value, the decimals."""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from schemas.base import PrintedDecimal, Record

_GROUPED = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")

MOST_DIGITS = 20
"""No account has a number of more digits; sums of shorter ones are exact in `decimal`'s 28."""

_APART = re.compile(r"\d[^\S\r\n]+\d")

NOT_AVAILABLE = frozenset({"", "-", "—", "–", "/", "——", "--", "－"})
"""Cell texts (NFKC, no whitespace) that mean "not in the form", in every column."""


class Amount(Record):
    """A number as printed: `raw` "3,616.90", `value` 3616.90, `decimals` 2; `percent` if a % sign follows."""

    raw: str
    value: PrintedDecimal
    decimals: int
    percent: bool = False

    @staticmethod
    def parse(raw: str) -> "Amount | None":
        """The number that `raw` is after NFKC and without whitespace; None if it is anything else.

        Separators must group by three (`7,00.0` is malformed and stays text). A line break inside is a wrap of
        the cell; a space between two digits stands between two numbers (`10 20`). More than MOST_DIGITS digits are
        no number of an account.
        """
        return _parsed(raw)


# The same few labels and numbers stand in most cells of a report.
@lru_cache(maxsize=8192)
def _parsed(raw: str) -> Amount | None:
    if _APART.search(raw) or has_marks(raw):
        return None
    text = "".join(unicodedata.normalize("NFKC", raw).split()).replace("−", "-")
    percent = text.endswith("%")
    body = text[:-1] if percent else text
    if not _GROUPED.fullmatch(body) or is_too_long(body):
        return None
    value = Decimal(body.replace(",", ""))
    exponent = value.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) else 0
    return Amount(raw=raw, value=value, decimals=decimals, percent=percent)


def is_too_long(number: str) -> bool:
    """True if a text of digits has more of them than any number of an account."""
    return len(number) > MOST_DIGITS and sum(char.isdecimal() for char in number) > MOST_DIGITS


def has_marks(text: str) -> bool:
    """True if a text holds a number that is none of its digits: a raised ² or a circled ①, which NFKC makes a digit."""
    return not text.isascii() and any(unicodedata.category(char) == "No" for char in text)


@lru_cache(maxsize=8192)
def normalised(text: str) -> str:
    """`text` after NFKC with all whitespace removed: the form in which texts are compared."""
    if text.isascii():  # NFKC leaves it as it is, and most cells are numbers
        return "".join(text.split())
    return "".join(unicodedata.normalize("NFKC", text).split())


def is_not_available(text: str) -> bool:
    """True if a cell with this text holds nothing: blank, a dash or a slash."""
    return normalised(text) in NOT_AVAILABLE
