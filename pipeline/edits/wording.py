"""An event comes in, the sentence that tells it in the reader's language goes out."""

from collections.abc import Mapping

from pipeline.catalogue import Lang, say
from pipeline.checks.wording import name
from schemas.reading import ROLES_OF
from schemas.run import Edit

_OWN_ROLES = frozenset({"organisation", "operator", "unit", "section", "extra", "note"})
"""Roles that are no field of a form and no source of funds."""


def told(event: Edit, lang: Lang, known: Mapping[str, Edit]) -> str:
    """What was done, in a sentence; `known` are all events by their id, for what an undo speaks of."""
    if event.kind == "undo":
        taken_back = known.get(event.undoes or "")
        what = say("review.an_event", lang) if taken_back is None else told(taken_back, lang, known)
        return say("review.did_undo", lang, what=what.rstrip("。."))
    nothing = say("review.nothing", lang)
    words = {
        "field": field_words(event, lang),
        "old": event.old if event.old is not None else nothing,
        "new": event.new if event.new is not None else nothing,
        "cell": event.cell or "",
        "number": _row_number(event),
    }
    code = f"review.did_{event.kind}"
    if event.kind == "value" and event.cell is not None:
        code = "review.did_pick"
    elif event.kind == "layout" and not event.pointer:
        code = "review.did_confirm_layout"
    elif event.kind == "layout":
        words |= {"old": role_words(event.old or "", lang), "new": role_words(event.new or "", lang)}
    return say(code, lang, **words)


def field_words(event: Edit, lang: Lang) -> str:
    """The field of an event in words, as the form stood then; empty where it speaks of none."""
    if event.kind == "layout" and event.pointer:
        return say("review.column_number", lang, number=event.pointer.rpartition("/")[2])
    if not event.pointer:
        return ""
    if not event.pointer.startswith("/"):
        return say("review.cell", lang, cell=event.pointer)
    table, _, rest = event.pointer[1:].partition("/")
    row, _, field = rest.partition("/")
    if rest and not field:
        return say("review.row_of_funds" if table == "funds" else "review.row_of_indicators", lang, row=int(row) + 1)
    return name(event.pointer, lang)


def _row_number(event: Edit) -> str:
    row = event.pointer.removeprefix("/").partition("/")[2].partition("/")[0]
    return str(int(row) + 1) if row.isdecimal() else ""


def role_words(role: str, lang: Lang) -> str:
    """A role in words."""
    if role in ROLES_OF["fund_row"][:-1]:
        return say(f"export.source_{role}", lang)
    if not role or role in _OWN_ROLES:
        return say(f"review.role_{role or 'none'}", lang)
    return say(f"fields.{role}", lang)
