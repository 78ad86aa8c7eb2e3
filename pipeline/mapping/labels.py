"""What is printed in a cell becomes what it can be: a label's core, its unit and points, a cell's kind."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from schemas.amount import Amount, is_not_available, normalised

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_QUALIFIED = re.compile(
    r"[(\[]([^()\[\]]*(?:调整|变更|修订|追加|上年|去年|往年|历史|累计|上半年|季度|(?<![0-9])[1-9]月|复核|抽查|专家|评审|审核|第三方|财政评|主管部门评|(?<!单位)评价得分)[^()\[\]]*)[)\]]"
)
_ORDINAL = re.compile(r"^(?:[0-9]{1,2}(?:\.(?![0-9])|、)|[一二三四五六七八九十]{1,3}、|\([0-9一二三四五六七八九十]+\))")
_NUMBERED = r"[0-9一二三四五六七八九十]{1,3}(?:[:、.]|$)"
_CIRCLED = re.compile(r"[①-⑳]")
_AMONG = re.compile(r"^其中:?")
_LETTER = re.compile(r"(?<=[^A-Za-z])[A-D]$")
_UNIT = re.compile(r"(?:^|[:,;、]|单位|人民币)(万元|千元|亿元|元)(?![^,;、/])")
_UNIT_IN_LINE = re.compile(r"单位:?\(?(?:人民币)?(万元|千元|亿元|元)(?![\u4e00-\u9fff])")
_POINTS = re.compile(r"\(?([0-9]+(?:\.[0-9]+)?)分(?![钟类析级之])(?:[^)]*)\)?")
_POINTS_BARE = re.compile(r"\(([0-9]+(?:\.[0-9]+)?)\)$")
_QUANTITY = re.compile(
    r"(?P<before>≥|≤|>=|<=|≧|≦|>|<|=|═)?(?P<number>[0-9][0-9,]*(?:\.[0-9]+)?)(?P<rest>.*)",
    re.DOTALL,
)
# A header that begins with its year or months: 2024年实际完成值, 1—9月执行数; no date, no quantity.
_DATED = re.compile(
    r"(?:(?:19|20)[0-9]{2}年度?)?(?:(?:1月?[-—–－~～至到]+)?[0-9]{1,2}月份?)?"
    r"[^0-9%,.;，。；]*(?:值|数|率|额|分|情况|目标|预算|指标|计划|原因)(?:\([^()]*\))?"
)

# A label before a colon is at most this long.
LONGEST_BEFORE_COLON = 14

CellKind = Literal["blank", "number", "quantity", "text"]


@lru_cache(maxsize=8192)
def core(label: str) -> str:
    """A label without brackets, colons, 其中, ordinals and column letters: what the lexicon knows it by.

    Brackets that make it another label stay: 全年(调整)绩效目标 is not the goal of the year's beginning.
    """
    text = _QUALIFIED.sub(r"\1", normalised(_CIRCLED.sub("", label)))
    while True:
        bare = _BRACKETS.sub("", text)
        if bare == text:
            break
        text = bare
    text = _ORDINAL.sub("", _AMONG.sub("", _ORDINAL.sub("", text))).strip(":;,.。-*＊").lstrip("、:")
    return _LETTER.sub("", text)


def numbers_one(label: str, word: str) -> bool:
    """True for a label that numbers what a word names: 项目一：道路养护 under 项目."""
    return bool(core(word)) and re.match(re.escape(core(word)) + _NUMBERED, normalised(label)) is not None


def names_a_unit(label: str) -> bool:
    """True for a label that asks for a unit (填报单位), False for one that asks for a department (部门名称)."""
    return "单位" in core(label)


def money_unit(label: str) -> str | None:
    """The unit of money printed in a label: 项目资金（万元） gives 万元."""
    text = normalised(label)
    found = [_UNIT.search(bracket) for bracket in re.findall(r"\(([^()]*)\)", text)]
    return next((unit.group(1) for unit in (*found, _UNIT_IN_LINE.search(text)) if unit), None)


def label_points(label: str) -> Decimal | None:
    """The points printed in a label: 产出指标(50分) gives 50; a label without points gives None."""
    text = normalised(label)
    found = _POINTS.search(text) or _POINTS_BARE.search(text)
    return Decimal(found.group(1)) if found else None


def without_points(label: str) -> str:
    """A level label as printed without its points: 产出指标(50分) gives 产出指标."""
    return re.sub(
        r"\s*[(（]\s*[0-9０-９.．]+\s*(?:分[^()（）]*)?[)）]\s*$|\s*[0-9]+(?:\.[0-9]+)?\s*分$", "", label
    ).strip()


@lru_cache(maxsize=16384)
def kind(text: str) -> CellKind:
    """What a cell holds: nothing, one number, a number with operator or unit, or words."""
    if is_not_available(text):
        return "blank"
    if Amount.parse(text) is not None:
        return "number"
    if _ORDINAL.match(normalised(text)) or _DATED.fullmatch(normalised(text)):
        return "text"
    found = _QUANTITY.fullmatch(normalised(text))
    if found and (found["before"] or len(found["rest"]) <= len("(个村居35个片区)")):
        return "quantity"
    return "text"


class LabelledValue(NamedTuple):
    """A cell that prints label and value together."""

    label: str
    value: str


def labelled_value(text: str) -> LabelledValue | None:
    """`项目名称：道路养护` as label and value; None where no short label stands before a colon, or nothing after it."""
    label = label_before_colon(text)
    value = text[len(label) + 1 :].strip() if label is not None else ""
    return LabelledValue(label.strip(), value) if label is not None and value else None


def label_before_colon(text: str) -> str | None:
    """The short label before a cell's colon, 其中 with what it stands before; None if there is none."""
    label, colon, rest = text.replace(":", "：").partition("：")
    if colon and normalised(label) == "其中":
        label, colon, _ = f"{label}：{rest.partition('：')[0]}", rest.partition("：")[1], ""
    bare = normalised(label).removeprefix("其中:")
    if not colon or not 1 < len(bare) <= LONGEST_BEFORE_COLON or bare.count("(") != bare.count(")"):
        return None
    return text[: len(label)]
