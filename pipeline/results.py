"""A form and its template come in, whether it holds results goes out: targets alone and blank forms prove nothing."""

import re
from collections.abc import Collection, Sequence

from pipeline.mapping.bones import Table
from pipeline.mapping.labels import core, kind
from pipeline.mapping.lexicon import Lexicon
from pipeline.mapping.settle import Example
from pipeline.mapping.standing import is_said
from pipeline.mapping.titles import LONGEST_TITLE, lines_above, title_place
from schemas.amount import Amount, is_not_available, normalised
from schemas.layout import Cell
from schemas.reading import Role, Section, Slot, Template
from schemas.run import Outcome

# From this probability on a model knows a column for results under the title of a table of targets.
SURE = 0.9
# A text of so many characters says something.
SENTENCE = 8
# Weights add up to this.
WHOLE = 100
_COLUMNS: frozenset[Section] = frozenset({"fund_column", "indicator_column"})
_RESULTS: frozenset[Role] = frozenset({"actual", "score"})
_HINT = re.compile(r"[(\[【<].*[)\]】>]")
# 1—9月执行数, 上半年完成情况: a year that is not over.
_PART_OF_YEAR = re.compile(r"(?<!\d)1月?[-—–－~～至到]+(?:[1-9]|1[01])月|上半年|(?<!第)[一二三前]+季度")
_TABLE = re.compile(r".{3,59}表")
_LAST_QUARTER = "四季度"
_FORECASTS = ("预计", "预期", "计划")
# A title with this word is not of monitoring alone.
_JUDGED = "评价"


def is_titled(form: Example, words: Collection[str]) -> bool:
    """True if a line or cell above a form holds one of these words; prose about evaluations is no title."""
    texts = [line.text for line in form.region.heading] + [cell.text for cell in form.skeleton.headings]
    titles = [title for title in map(normalised, texts) if len(title) <= LONGEST_TITLE and "。" not in title]
    return any(word in title for title in titles for word in words)


def without_results(form: Example, template: Template, lexicon: Lexicon) -> Outcome | None:
    """`target_only` if the layout has no column for what was achieved, `unfilled` if none of its cells holds any.

    `no_form` if it tells of a year that is not over, or neither of targets nor of results. Where no indicators were
    found the title tells.
    """
    if form.skeleton.table("indicator") is None:
        evaluated = is_titled(form, lexicon.titles)
        return "target_only" if is_titled(form, lexicon.target_titles) and not evaluated else None
    return "no_form" if _is_monitoring(form, template, lexicon) else _lacking(form, template, lexicon)


def _lacking(form: Example, template: Template, lexicon: Lexicon) -> Outcome | None:
    """What a form without results is.

    Only where every column was read: one that nobody knows, or that has no header, may hold the results, unless it
    stands before known columns for what was achieved and for its score. Under the title of a table of targets what a
    column holds does not make it one for results: a word that is known has to, or a model that is sure, or totals of
    points that were earned.
    """
    tables = [table for table in form.skeleton.tables if table.kind == "indicator"]
    titled = is_titled(form, lexicon.target_titles) and not is_titled(form, lexicon.titles)
    slots = [template.slots[column.slot - 1] for table in tables for column in table.columns if column.slot]
    results = {slot.number for slot in slots if slot.role in _RESULTS and (not titled or is_said(slot, SURE))}
    results |= {slot.number for slot in slots if slot.role == "extra" and lexicon.tells_results(slot.text)}
    cells = [cell for table in tables for cell in _under(table, results)]
    unread = {slot.number for slot in slots if slot.state != "agreed" and not is_said(slot)}
    targets = {slot.number for slot in slots if slot.role == "target"}
    both = {slot.role for slot in slots if slot.number in results and is_said(slot)} >= _RESULTS
    read = not unread or (both and not any(_holds_behind(table, results, unread) for table in tables))
    read = read and not any(_holds_behind(table, targets, ()) for table in tables)
    if any(cell.text or cell.unread for cell in cells) or not (titled or read):
        return None
    if not (titled and results) and _sums_up_results(form, template, titled=titled):
        return None
    if not titled and _tells_achievement(form, template):
        return None
    if results:
        return "unfilled"
    if titled or targets:
        return "target_only"
    guessed = any(
        _is_guessed(slot, [cell for table in tables for cell in _under(table, {slot.number})]) for slot in slots
    )
    return None if guessed or is_titled(form, lexicon.titles) else "no_form"


def _is_guessed(slot: Slot, cells: Sequence[Cell]) -> bool:
    """True for a filled column that no known word names, and that a model is not sure of or that holds numbers."""
    numbers = any(kind(cell.text) in {"number", "quantity"} for cell in cells)
    return not _is_known(slot) and any(cell.text for cell in cells) and (numbers or not is_said(slot, SURE))


def _is_monitoring(form: Example, template: Template, lexicon: Lexicon) -> bool:
    """True for a form about a part of the year: its title and its headers say so.

    One of them is enough where nothing is scored; headers alone are not beside one that tells of the whole year.
    """
    if is_titled(form, lexicon.titles):
        return False
    columns = [slot for slot in template.slots if slot.section in _COLUMNS]
    scored = any(slot.role == "score" for slot in columns)
    part = any(_PART_OF_YEAR.search(normalised(slot.text)) for slot in columns)
    title = normalised(_title(form, lexicon))
    if _JUDGED not in title and any(word in title for word in lexicon.monitoring_titles):
        return part or not scored
    return part and not scored and not any(_tells_of_the_year(slot) for slot in columns)


def _tells_of_the_year(slot: Slot) -> bool:
    """True for a column of what was reached or spent by the end of the year; a forecast is none."""
    text = normalised(slot.text)
    result = slot.role in {"actual", "executed"} and is_said(slot) and not _PART_OF_YEAR.search(text)
    return (result or _LAST_QUARTER in text) and not any(word in text for word in _FORECASTS)


def _title(form: Example, lexicon: Lexicon) -> str:
    """The title above a form: the last short line that ends as one; blank where it has none."""
    places = [(line.line_id, line.text) for line in lines_above(form.region)]
    body = form.skeleton.first_row
    places += [(cell.cell_id, cell.text) for cell in form.skeleton.headings if cell.text and cell.row < body]
    tables = [text for _, text in places if ":" not in normalised(text) and _TABLE.fullmatch(core(text))]
    at = title_place(places, lexicon)
    return tables[-1] if tables else places[at][1] if at is not None else ""


def _tells_achievement(form: Example, template: Template) -> bool:
    """True if a form says in words what was achieved; a hint in brackets, how to fill it in, does not.

    Where nobody but a model knows the label, what stands beside it must be a sentence: it may be a header of a table.
    """
    for pair in form.skeleton.pairs:
        slot = template.slots[pair.slot - 1]
        text = normalised(pair.value.text) if pair.value is not None else ""
        hint = is_not_available(text) or _HINT.fullmatch(text) is not None
        if slot.role == "actual_achievement" and not hint and (_is_known(slot) or len(text) >= SENTENCE):
            return True
    return False


def _sums_up_results(form: Example, template: Template, *, titled: bool) -> bool:
    """True if a closing row whose label is known holds what only an evaluation has: a grade, totals of scores.

    A total is one of weights if its column is; where no column is known to be, if it is alone and the whole. Forms left
    blank print the whole beside it as well: only under a title of targets does that tell of scores.
    """
    weights = {slot.number for slot in template.slots if slot.role == "weight" and is_said(slot)}
    for closing in form.skeleton.closings:
        slot = template.slots[closing.slot - 1]
        if not _is_known(slot) or slot.role not in {"grade", "total"}:
            continue
        if slot.role == "grade" and any(cell.text for _, cell in closing.cells):
            return True
        totals = [
            (amount.value, titled and bool(weights) and at is not None)
            for at, cell in closing.cells
            if (amount := Amount.parse(cell.text)) is not None
            and (at is None or closing.columns[at].slot not in weights)
        ]
        if slot.role == "total" and (len(totals) > 1 or any(total != WHOLE or beside for total, beside in totals)):
            return True
    return False


def _is_known(slot: Slot) -> bool:
    """True for a label whose role a known word or a person gave: a model takes 资金总额 for a total of points."""
    return any(reading.source in {"lexicon", "human"} and reading.role == slot.role for reading in slot.readings)


def _under(table: Table, slots: Collection[int]) -> list[Cell]:
    """The cells of the columns with these slots."""
    return [
        cell
        for row in table.rows
        for column, cell in zip(table.columns, row, strict=True)
        if column.slot in slots and cell
    ]


def _holds_behind(table: Table, anchors: Collection[int], unread: Collection[int]) -> bool:
    """True if a column without a header, or one of the `unread`, holds something behind the first of the `anchors`."""
    first = next((index for index, column in enumerate(table.columns) if column.slot in anchors), 0)
    behind = {
        index
        for index, column in enumerate(table.columns)
        if index > first and (not column.slot or column.slot in unread)
    }
    return any(
        (cell := row[index]) is not None and (cell.text or cell.unread) for row in table.rows for index in behind
    )
