"""The events of a form come in, its history for people goes out, the newest first."""

from pipeline.catalogue import Lang
from pipeline.edits.effective import undone
from pipeline.edits.wording import told
from pipeline.review.desk import HistoryEntry
from pipeline.review.opened import Opened


def history_of(form: Opened, lang: Lang) -> tuple[HistoryEntry, ...]:
    """The events of a form, the newest first."""
    gone = undone(form.edits)
    known = {event.edit_id: event for event in form.edits}
    return tuple(
        HistoryEntry(
            edit=event,
            words=told(event, lang, known),
            undone=event.edit_id in gone,
            can_undo=event.edit_id not in gone,
        )
        for event in reversed(form.edits)
    )
