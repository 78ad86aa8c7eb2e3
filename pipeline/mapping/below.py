"""The lines below a form's tables come in, those that are still the form's go out: its notes, a grade, a unit of money.

Where a title, a heading or prose begins something else, what follows is no word of the form any more.
"""

import re
from collections.abc import Sequence

from pipeline.mapping.labels import core, label_before_colon, money_unit
from pipeline.mapping.lexicon import Lexicon
from schemas.amount import normalised
from schemas.layout import Line

# So many lines below the tables may say something of the form.
NOTES_BELOW = 4
_NOTE = re.compile(r"^(?:注|备注|说明|填表说明|填报说明|附注|续表)")
_ATTACHED = re.compile(r"^附(?:件|表|录)|表[0-9一二三四五六七八九十]*$")
_WORD = re.compile(r"[\u4e00-\u9fff]")


def is_note(text: str) -> bool:
    """True for a line that begins as a note does (注：…, 填表说明…)."""
    return _NOTE.match(normalised(text)) is not None


def own_notes(lines: Sequence[Line], lexicon: Lexicon) -> Sequence[Line]:
    """The first of the lines below a form's tables, up to one that begins something else; a page's number does not."""
    found = lines[:NOTES_BELOW]
    return found[: next((at for at, line in enumerate(found) if not _is_own(line.text, lexicon)), len(found))]


def _is_own(text: str, lexicon: Lexicon) -> bool:
    bare = normalised(text)
    if _WORD.search(bare) is None or is_note(bare):
        return True
    label, *_ = text.split()
    named = any(word in bare for word in (*lexicon.titles, *lexicon.target_titles))
    if named or _ATTACHED.search(core(label_before_colon(text) or text)) or _ATTACHED.search(bare):
        return False
    labelled = label_before_colon(text) is not None or lexicon.role("field", label) is not None
    return labelled or money_unit(bare) is not None
