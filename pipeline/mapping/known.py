"""What known words say of a label: what it is called, and what words stand under or beside it."""

from collections.abc import Sequence

from pipeline.mapping.bones import Column, Skeleton, SlotSite, Table
from pipeline.mapping.content import GRADES
from pipeline.mapping.fitting import NEVER, Fit, value_of
from pipeline.mapping.labels import core, kind
from pipeline.mapping.lexicon import Lexicon
from schemas.amount import normalised
from schemas.reading import Role

_LEVELS: tuple[Role, ...] = ("level1", "level2")
_ORDERED = ("一级", "二级")
_GOALS: tuple[Role, ...] = ("expected_goal", "section")
_YEAR = ("年度", "全年", "本年", "当年")
_LIFE = "总"
_CONCLUSION = "结论"
_EXPLAINS = frozenset({"说明", "情况说明", "备注说明"})
_GOVERNMENTS = ("省级", "市级", "县级", "区级", "镇级")


def known_role(site: SlotSite, skeletons: Sequence[Skeleton], fit: Fit, lexicon: Lexicon) -> Role | None:
    """The role of a label whose word is known, None for another; all forms of the layout may say what it means here."""
    known = lexicon.column(site.section, site.text)
    if known == "amount_unit" and fit.get(known, 1.0) <= NEVER:
        return "organisation"  # 单位 asks for a unit of money or for who reports
    if known is None and _is_aside(site, skeletons, lexicon):
        known = "extra"
    if known == "extra" and core(site.text).endswith(_CONCLUSION) and _is_graded(site, skeletons):
        return "grade"
    if (known == "fiscal" and _are_two_levels(site, skeletons[0], lexicon)) or (
        known == "extra" and core(site.text) in _EXPLAINS and _alone_explains(site, skeletons[0], lexicon)
    ):
        return None
    if known in _GOALS and site.section == "field":
        return _goal_of(site, known, skeletons, lexicon)
    if known in _LEVELS and site.section == "indicator_column":
        return _level_of(site, skeletons, lexicon) or known
    return known


def _alone_explains(site: SlotSite, skeleton: Skeleton, lexicon: Lexicon) -> bool:
    """True for 说明 in a table of indicators without a column for causes: it may hold them, or whatever else."""
    columns = [own for own in skeleton.slots if (own.section, own.table) == (site.section, site.table)]
    known = {lexicon.column(own.section, own.text) for own in columns}
    return site.section == "indicator_column" and "deviation_note" not in known


def _is_aside(site: SlotSite, skeletons: Sequence[Skeleton], lexicon: Lexicon) -> bool:
    """True for what has no field: below the indicators what has none above them, and one source's part of an amount.

    预算数 / 财政拨款 is such a part beside 预算数 / 总额.
    """
    *above, own = site.text.split(" / ")
    if site.section == "total_row":
        return lexicon.role("field", own) == "extra"
    if site.section != "fund_column" or not above or lexicon.role("fund_row", own) in {None, "total"}:
        return False
    headers = (column.text.split(" / ") for column in skeletons[0].tables[site.table].columns)
    return any(other[:-1] == above and lexicon.role("fund_row", other[-1]) == "total" for other in headers)


def _is_graded(site: SlotSite, skeletons: Sequence[Skeleton]) -> bool:
    """True if nothing but a grade (优) stands beside a label (自评结论) in every form that fills it."""
    texts = [value_of(pair) for skeleton in skeletons for pair in skeleton.pairs if pair.slot == site.number]
    closings = [closing for skeleton in skeletons for closing in skeleton.closings if closing.slot == site.number]
    texts += [cell.text for closing in closings for _, cell in closing.cells]
    said = {normalised(text) for text in texts} - {""}
    return bool(said) and said <= GRADES


def _are_two_levels(site: SlotSite, skeleton: Skeleton, lexicon: Lexicon) -> bool:
    """True for 市级资金 beside 区级资金: one of them is of a level above or below the form's own, which nobody says."""
    rows = [own for own in skeleton.slots if (own.section, own.table) == (site.section, site.table)]
    fiscal = [core(own.text) for own in rows if lexicon.role(own.section, own.text) == "fiscal"]
    levels = {level for text in fiscal for level in _GOVERNMENTS if text.startswith(level)}
    return len(levels) > 1 and core(site.text).startswith(tuple(levels))


def _goal_of(site: SlotSite, known: Role, skeletons: Sequence[Skeleton], lexicon: Lexicon) -> Role:
    """Which goal of several is the year's: 年度总体目标 with the goal beside it is one where no other word says so.

    Beside the year's goal that of the whole project (项目总目标) is put aside. Where a heading heads a block, another
    label stands beside it.
    """
    sites = [own for own in skeletons[0].slots if own.section in {"field", "goal"}]
    named = [own for own in sites if lexicon.role(own.section, own.text) == "expected_goal"]
    heads = [own for own in sites if _is_told(own, skeletons, lexicon)]
    yearly = [own for own in (*named, *heads) if any(year in own.text for year in _YEAR)]
    # 财政年度 | 目标 | 实际完成情况: the year's goal stands in a row of its own.
    rows = [own for own in named if own.section == "goal"]
    if known == "expected_goal":
        return "extra" if _LIFE in site.text and site not in yearly and (yearly or rows) else known
    rivals = [own for own in named if own in yearly or _LIFE not in own.text]
    alone = heads == [site] or [own for own in heads if own in yearly] == [site]
    return "expected_goal" if site in heads and alone and not rivals else known


def _is_told(site: SlotSite, skeletons: Sequence[Skeleton], lexicon: Lexicon) -> bool:
    """True for a heading of a goal (年度总体目标) with words beside it that are no label."""
    if lexicon.role(site.section, site.text) != "section" or not core(site.text).endswith("目标"):
        return False
    texts = [value_of(pair) for skeleton in skeletons for pair in skeleton.pairs if pair.slot == site.number]
    said = [text for text in texts if kind(text) == "text"]
    return bool(said) and not lexicon.known(said)


def _level_of(site: SlotSite, skeletons: Sequence[Skeleton], lexicon: Lexicon) -> Role | None:
    """The level of a header in the forms of one layout; None if they do not say the same."""
    told = {
        level_told(column, skeleton.tables[site.table], lexicon)
        for skeleton in skeletons
        for column in skeleton.tables[site.table].columns
        if column.slot == site.number
    }
    return told.pop() if len(told) == 1 else None


def level_told(column: Column, table: Table, lexicon: Lexicon) -> Role | None:
    """The level whose words stand under a header that names none (指标类型); None if they are of both, or of neither.

    Only where no other column has that level: what is a 一级指标 in one form is a 指标类型 in another.
    """
    known = lexicon.column("indicator_column", column.text)
    if known not in _LEVELS or core(column.text).startswith(_ORDERED):
        return None
    others = {lexicon.column("indicator_column", other.text) for other in table.columns if other is not column}
    at = table.columns.index(column)
    words = {core(cell.text) for row in table.rows if (cell := row[at]) is not None and cell.text}
    told = [role for role in _LEVELS if words & lexicon.only_levels.get(role, frozenset())]
    return told[0] if len(told) == 1 and told[0] not in others else None
