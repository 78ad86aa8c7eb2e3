"""A Finding, a Diagnosis or a Reason comes in, a sentence in the reader's language goes out."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from pipeline.catalogue import Lang, say
from schemas.check import Diagnosis, Finding
from schemas.decision import Reason

_MOST_NAMED = 4
"""More fields than these are counted, not named."""

_ALL_OF_A_COLUMN = 3
"""From so many rows of one column on, the column is named instead of its rows."""


def render(finding: Finding, lang: Lang) -> str:
    """The sentence for a finding, with its numbers; what to do is in the sentence where something can be done."""
    printed, computed = finding.printed or "", finding.computed or ""
    values: dict[str, object] = {
        "printed": printed,
        "computed": computed,
        "slack": finding.slack or "",
        "difference": _difference(finding),
        **finding.params,
        "missing": name_all(_listed(finding.params.get("missing", "")), lang),
    }
    if "column" in finding.params:
        values["column"] = say(f"fields.{finding.params['column']}", lang)
    if finding.fields:
        values["where"] = name(finding.fields[0], lang)
        values["row"] = _row(finding.fields[0])
    return say(f"checks.{finding.rule}_{_variant(finding)}", lang, **values)


def render_diagnosis(diagnosis: Diagnosis, lang: Lang) -> str:
    """Which fields would have to be what for the equations to hold, and how that could have come about."""
    changes = [
        say("checks.change", lang, field=name(field, lang), would_be=f"→ {value}" if value else "")
        for field, value in zip(diagnosis.fields, diagnosis.would_be, strict=False)
    ]
    return say(f"checks.why_{diagnosis.explained_by}", lang, changes=[change.rstrip() for change in changes])


def render_reason(reason: Reason, lang: Lang) -> str:
    """Why a form is not accepted. A failed rule is told by its finding's own sentence if the reason carries it."""
    if reason.message:
        return reason.message
    rule = "" if reason.rule is None else say(f"checks.name_{reason.rule}", lang)
    nowhere = reason.code == "numbers_not_conserved" and not reason.fields
    code = f"reasons.{reason.code}_anywhere" if nowhere else f"reasons.{reason.code}"
    return say(code, lang, fields=name_all(reason.fields, lang), rule=rule)


def name(pointer: str, lang: Lang) -> str:
    """A field's name for people: `/funds/0/score` is the score of fund row 1. Ids of cells stay as they are."""
    table, row, column = _steps(pointer)
    if not table:
        return pointer
    if row is None:
        return say(f"fields.{table}", lang)
    field = say(f"fields.{column or table}", lang)
    if table == "extras":
        return field
    return say("fields.in_fund" if table == "funds" else "fields.in_indicator", lang, row=row + 1, field=field)


def name_all(pointers: Sequence[str], lang: Lang) -> str:
    """The names of several fields: whole columns as one, and counted where there are many."""
    rows = Counter((table, column) for table, row, column in map(_steps, pointers) if table and row is not None)
    names: dict[str, None] = {}
    for pointer in pointers:
        table, row, column = _steps(pointer)
        if row is not None and column and rows[table, column] >= _ALL_OF_A_COLUMN:
            code = "fields.every_fund" if table == "funds" else "fields.every_indicator"
            names[say(code, lang, field=say(f"fields.{column}", lang))] = None
        else:
            names[name(pointer, lang)] = None
    shown = ("、" if lang == "zh" else ", ").join([*names][:_MOST_NAMED])
    return shown if len(names) <= _MOST_NAMED else say("fields.and_more", lang, shown=shown, count=len(names))


def _steps(pointer: str) -> tuple[str, int | None, str]:
    """Table or field, row, column of a pointer; an empty first step if it is the id of a cell."""
    if not pointer.startswith("/"):
        return "", None, ""
    first, _, rest = pointer[1:].partition("/")
    row, _, column = rest.partition("/")
    return first, int(row) if row.isdecimal() else None, column.partition("/")[0]


def _row(pointer: str) -> int:
    _, row, _ = _steps(pointer)
    return 1 if row is None else row + 1


def _variant(finding: Finding) -> str:
    """Which of a rule's sentences tells this finding."""
    told = finding.params.get("habit") or finding.params.get("variant")
    if told is not None:
        return told
    if finding.verdict is None:
        return "within_rounding"
    if finding.rule == "fund_parts_sum" and Decimal(finding.printed or "1") == 0:
        return "total_zero"
    if finding.rule == "weights_sum" and "/total_weight" not in finding.fields:
        return "unprinted"
    if finding.rule == "score_range" and Decimal(finding.printed or "1") < 0:
        return "negative"
    return "failed"


def _difference(finding: Finding) -> str:
    """How far printed and computed lie apart; empty where they are no numbers."""
    if finding.slack is None or finding.printed is None or finding.computed is None:
        return ""
    return format(abs(Decimal(finding.computed) - Decimal(finding.printed)), "f")


def _listed(joined: str) -> tuple[str, ...]:
    return tuple(part for part in joined.split(", ") if part)
