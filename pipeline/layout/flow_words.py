"""Atoms become labels: which words of a vocabulary stand whole in a text, and what kind of cell each one heads."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.layout.flow_atoms import Atom, bare

ColumnKind = Literal["level", "name", "value", "points", "note", "amount"]
"""What a column's cells look like: a merged level label, a name, any value, points, often blank notes, money."""

LONGEST_LABEL = 8
"""Atoms that one label may be broken into."""

_GLUED = re.compile(r"(.+?[:：])(.+)")
_TAIL = re.compile(r"\([^()]*\)$")
_LEAD = re.compile(r"^其中[:,、]?")

# Shapes of header words, by the words that ministries prescribe; they sort known labels, they find none.
_LEVEL = re.compile(r"^[一二]级(绩效)?指标")
_NAME = re.compile(r"^(三级(绩效)?指标|指标名称|绩效指标名称|具体指标|指标内容|三级指标名称)")
_POINTS = re.compile(r"(分值|权重|得分|分数|评分)(?!.*(原因|说明|依据|标准|等级))")
_NOTE = re.compile(r"原因|措施|备注|说明|分析")
_SIDE_GOAL = re.compile(r"^(年度|项目)?(总体|绩效|年度)*目标$")
_FUNDS = re.compile(r"资金|预算|经费|执行|支出|金额|决算|批复")
_ACHIEVED = re.compile(r"完成")
_SOURCE_HEADER = re.compile(r"^(资金)?(来源|类型|性质|名称|项目)$")
_TOTAL = re.compile(r"^(总分|合计|总计|总得分|自评总分|自评得分合计|总评分|合计得分)$")
_CLOSING = re.compile(r"等级|结论|等次|评价结果|存在问题|改进措施|备注|填表|填报|联系|负责人|审核|说明|其他需要")

_LEVEL_STEMS = {
    1: ("产出", "效益", "满意度", "成本", "效果", "过程", "决策", "投入", "管理", "影响力", "项目完成"),
    2: (
        "数量",
        "质量",
        "时效",
        "成本",
        "经济成本",
        "社会成本",
        "生态环境成本",
        "经济效益",
        "社会效益",
        "生态效益",
        "可持续影响",
        "可持续发展",
        "满意度",
        "服务对象满意度",
        "社会公众满意度",
        "社会公众或服务对象满意度",
        "服务对象或受益人满意度",
        "受益对象满意度",
        "产出数量",
        "产出质量",
        "产出时效",
        "产出成本",
    ),
}


@dataclass(frozen=True)
class Label:
    """A label of the vocabulary at atoms `start` to `end`; `word` as it is compared."""

    start: int
    end: int
    word: str


class Vocabulary:
    """The words that are labels, and the level labels known for each level."""

    def __init__(self, words: Collection[str]) -> None:
        self._words = frozenset(stem(word) for word in words if stem(word))
        self._levels = {level: frozenset(_whole(stem) for stem in stems) for level, stems in _LEVEL_STEMS.items()}

    def levels(self, level: int) -> frozenset[str]:
        """The level labels a column may hold; from the second level on they are one set."""
        return self._levels[min(level, 2)]

    def is_level(self, word: str) -> bool:
        """Whether the word is a level label of any level, written with or without 指标."""
        return any(word in words or _whole(word) in words for words in self._levels.values())

    def knows(self, text: str) -> bool:
        """Whether the text is a label: as it stands, or without its colon, its 其中 or its bracket."""
        word = bare(text)
        return bool(word) and not self.is_level(word) and any(form in self._words for form in _forms(word))

    def label_at(self, atoms: Sequence[Atom], start: int) -> Label | None:
        """The longest label that begins at an atom."""
        for end in range(min(len(atoms), start + LONGEST_LABEL), start, -1):
            text = "".join(atom.text for atom in atoms[start:end])
            if self.knows(text):
                return Label(start, end, stem(text))
        return None

    def labels(self, atoms: Sequence[Atom]) -> tuple[Label, ...]:
        """Every label, left to right, none overlapping."""
        found: list[Label] = []
        position = 0
        while position < len(atoms):
            label = self.label_at(atoms, position)
            if label is not None:
                found.append(label)
            position = position + 1 if label is None else label.end
        return tuple(found)


def _whole(level_stem: str) -> str:
    return f"{level_stem}指标"


def unglued(atoms: Sequence[Atom], vocabulary: Vocabulary) -> tuple[Atom, ...]:
    """The atoms with a label and the value behind its colon taken apart."""
    parts: list[Atom] = []
    for atom in atoms:
        found = _GLUED.match(atom.text)
        if found is None or not vocabulary.knows(found[1]):
            parts.append(atom)
            continue
        middle = atom.start + len(found[1])
        parts.append(replace(atom, text=found[1], end=middle))
        parts.append(replace(atom, text=found[2], start=middle, drop=0))
    return tuple(parts)


def stem(text: str) -> str:
    """A label as it is compared: no colon at its end, no 其中 before it, no bracket behind it."""
    return _forms(bare(text))[-1]


def _forms(word: str) -> tuple[str, ...]:
    plain = word.rstrip(":")
    part = _LEAD.sub("", plain)
    return word, plain, part, _TAIL.sub("", plain) or plain, _TAIL.sub("", part) or part


def column_kind(word: str) -> ColumnKind:
    """What a column of the indicator table holds, by its header."""
    if _LEVEL.match(word):
        return "level"
    if _NAME.match(word):
        return "name"
    if _NOTE.search(word):
        return "note"
    if _POINTS.search(word):
        return "points"
    return "value"


def heads_goals(word: str) -> bool:
    """Whether the label stands beside the goals, merged down their rows."""
    return bool(_SIDE_GOAL.match(word))


def heads_funds(word: str) -> bool:
    """Whether the label can stand in the header of the funds or beside them."""
    return bool(_FUNDS.search(word)) or heads_sources(word) or column_kind(word) == "points"


def heads_achievement(word: str) -> bool:
    """Whether the label heads what was reached."""
    return bool(_ACHIEVED.search(word))


def heads_sources(word: str) -> bool:
    """Whether the label is the header over the names of the fund rows."""
    return bool(_SOURCE_HEADER.match(word))


def is_total(word: str) -> bool:
    """Whether the label begins the row of sums under the indicators."""
    return bool(_TOTAL.match(word))


def closes(word: str) -> bool:
    """Whether the label can only stand below the indicators."""
    return is_total(word) or bool(_CLOSING.search(word))
