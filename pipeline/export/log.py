"""A Store comes in, the log of all events goes out row by row: who changed what, when, from what, to what, and why."""

from collections.abc import Iterator
from typing import NamedTuple

from pipeline.catalogue import Lang, say
from pipeline.edits.effective import undone
from pipeline.edits.wording import field_words, told
from pipeline.export.rows import Entry, Row
from pipeline.store import Store
from schemas.run import Edit


class Logged(NamedTuple):
    """One event with the form that it speaks of."""

    form_id: str
    name: str
    document: str
    edit: Edit
    undone: bool
    words: str


def log_of(store: Store, lang: Lang) -> Iterator[Logged]:
    """Every event, the oldest first."""
    logged = list(store.all_edits())
    gone = undone(edit for _, edit in logged)
    known = {edit.edit_id: edit for _, edit in logged}
    forms = store.form_names() if logged else {}
    for form_id, edit in logged:
        named = forms.get(form_id)
        yield Logged(
            form_id=form_id,
            name=named.name if named else "",
            document=named.document if named else "",
            edit=edit,
            undone=edit.edit_id in gone,
            words=told(edit, lang, known),
        )


def log_rows(store: Store, lang: Lang) -> Iterator[Row]:
    """The rows of 修改记录, one an event."""
    yes = say("export.yes", lang)
    for logged in log_of(store, lang):
        edit = logged.edit
        values = (
            edit.at,
            edit.author,
            say(f"review.kind_{edit.kind}", lang),
            logged.name or None,
            logged.document or None,
            logged.form_id,
            field_words(edit, lang),
            edit.old,
            edit.new,
            edit.reason,
            yes if logged.undone else None,
            edit.pointer,
            edit.edit_id,
        )
        yield Row(tuple(Entry(value) for value in values), logged.document, None)
