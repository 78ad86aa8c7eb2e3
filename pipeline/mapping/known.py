"""What known words say of a label: what it is called, and what words stand under or beside it."""

from collections.abc import Sequence

from pipeline.mapping.bones import Skeleton, SlotSite
from pipeline.mapping.fitting import NEVER, Fit, value_of
from pipeline.mapping.labels import core, kind
from pipeline.mapping.lexicon import Lexicon
from schemas.reading import Role

_LEVELS: tuple[Role, ...] = ("level1", "level2")
_ORDERED = ("一级", "二级")


def known_role(site: SlotSite, skeletons: Sequence[Skeleton], fit: Fit, lexicon: Lexicon) -> Role | None:
    """The role of a label whose word is known, None for another; all forms of the layout may say what it means here."""
    known = lexicon.column(site.section, site.text)
    if known == "amount_unit" and fit.get(known, 1.0) <= NEVER:
        return "organisation"  # 单位 asks for a unit of money or for who reports
    if known is None and site.section == "total_row" and lexicon.role("field", site.text.split(" / ")[-1]) == "extra":
        return "extra"  # below the indicators a field that is put aside elsewhere is put aside as well
    if known == "section" and site.section == "field" and _is_a_goal(site, skeletons, lexicon):
        return "expected_goal"
    if known is None and site.section == "fund_column" and _is_part(site, skeletons, lexicon):
        return "extra"
    if known in _LEVELS and site.section == "indicator_column" and not core(site.text).startswith(_ORDERED):
        return _level_of(site, skeletons, lexicon) or known
    return known


def _is_part(site: SlotSite, skeletons: Sequence[Skeleton], lexicon: Lexicon) -> bool:
    """True for 预算数 / 财政拨款 beside 预算数 / 总额: one source's part of an amount that has a column of its own."""
    *above, own = site.text.split(" / ")
    if not above or lexicon.role("fund_row", own) is None or lexicon.role("fund_column", above[-1]) is None:
        return False
    headers = (column.text.split(" / ") for column in skeletons[0].tables[site.table].columns)
    return any(other[:-1] == above and lexicon.role("fund_row", other[-1]) == "total" for other in headers)


def _is_a_goal(site: SlotSite, skeletons: Sequence[Skeleton], lexicon: Lexicon) -> bool:
    """True for 年度总体目标 with the goal beside it; where it heads a block, another label stands there."""
    texts = [value_of(pair) for skeleton in skeletons for pair in skeleton.pairs if pair.slot == site.number]
    said = [text for text in texts if kind(text) == "text"]
    return core(site.text).endswith("目标") and bool(said) and not lexicon.known(said)


def _level_of(site: SlotSite, skeletons: Sequence[Skeleton], lexicon: Lexicon) -> Role | None:
    """The level whose words stand under a header that names none (指标类型); None if they are of both, or of neither.

    Only where no other column has that level: what is a 一级指标 in one form is a 指标类型 in another.
    """
    table = skeletons[0].tables[site.table]
    position = next((at for at, column in enumerate(table.columns) if column.slot == site.number), None)
    if position is None:
        return None
    others = {lexicon.column(site.section, column.text) for column in table.columns if column.slot != site.number}
    rows = [row for skeleton in skeletons for row in skeleton.tables[site.table].rows]
    words = {core(cell.text) for row in rows if (cell := row[position]) is not None and cell.text}
    told = [role for role in _LEVELS if words & lexicon.only_levels.get(role, frozenset())]
    return told[0] if len(told) == 1 and told[0] not in others else None
