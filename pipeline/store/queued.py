"""A FormRecord comes in, its row in the index of the review's queue goes out: filters, counts and order use it."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.edits.effective import CHANGING, effective
from schemas.amount import normalised
from schemas.decision import Status
from schemas.run import FormRecord

_ERROR_WEIGHS = 2.0
"""A failed equation that nobody confirmed comes before so many fields without any confidence."""

_UNKNOWN = 0.5
"""The confidence of a field that has none."""

_FAILED = frozenset({"source_discrepancy", "misread_suspected"})

TABLES = """
CREATE TABLE IF NOT EXISTS queue (
    path TEXT NOT NULL,
    form_index INTEGER NOT NULL,
    form_id TEXT NOT NULL,
    natural_path TEXT NOT NULL,
    department TEXT NOT NULL,
    layout_key TEXT NOT NULL,
    template_state TEXT NOT NULL,
    status TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    by_rules TEXT NOT NULL,
    lot REAL NOT NULL,
    looked INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    twin INTEGER NOT NULL,
    complete INTEGER NOT NULL,
    rank REAL NOT NULL,
    edits INTEGER NOT NULL,
    settled_at TEXT,
    search TEXT NOT NULL,
    item TEXT NOT NULL,
    PRIMARY KEY (path, form_index)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS queue_in_order ON queue (rank, natural_path, path, form_index);
CREATE INDEX IF NOT EXISTS queue_by_form ON queue (form_id);
CREATE INDEX IF NOT EXISTS queue_by_layout ON queue (layout_key);

CREATE TABLE IF NOT EXISTS facets (
    path TEXT NOT NULL,
    form_index INTEGER NOT NULL,
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (path, form_index, facet, value)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS facets_by_value ON facets (facet, value, path, form_index);
"""


class Told(NamedTuple):
    """What the queue shows of a form besides what it is ordered and filtered by; kept as JSON."""

    name: str
    pages: tuple[int, ...]
    total_score: str | None
    reasons: tuple[str, ...]
    rules: tuple[str, ...]
    doubts: int


class Beside(NamedTuple):
    """What the index knows of a form that its record does not say."""

    by_rules: Status
    """What the rules alone say; the record's own status where no person spoke."""
    complete: bool = True
    """Every question about its layout and its cuts could be asked."""


def open_places(record: FormRecord) -> tuple[str, ...]:
    """The pointers and cells that wait for a person: failed equations' operands first, then as one reads.

    Places of hidden text and of text outside the tables are none of them: they stand in no field.
    """
    reasons = sorted(record.decision.reasons, key=lambda reason: reason.code != "rule_failed")
    fields = (field for reason in reasons for field in reason.fields if not _is_hidden_place(field))
    return tuple(dict.fromkeys(fields))


def _is_hidden_place(field: str) -> bool:
    """What `decide` calls a place of text that is no field: `p1[10,20,30,40]`, `l41`."""
    return (field.startswith("p") and field.endswith("]")) or (field.startswith("l") and field[1:].isdecimal())


def name_of(record: FormRecord) -> str:
    """What a person calls the form: its project, else its organisation."""
    form = record.form
    return form.project_name or form.implementing_unit or form.supervising_department or ""


def lot_of(form_id: str) -> float:
    """A number between 0 and 1 that is the form's for good: below the share it is drawn."""
    return int(hashlib.sha256(form_id.encode()).hexdigest()[:13], 16) / 16**13


def put(
    connection: sqlite3.Connection, record: FormRecord, natural_path: str, beside: Beside, *, dropped: bool = False
) -> None:
    """Write a form's row and facets, in place of what stood there."""
    path, index = record.document.path, record.form_index
    counting = effective(record.edits)
    settling = [edit.at for edit in counting if edit.kind == "settle"]
    reviewed = record.decision.by == "reviewer"
    twins = "SELECT EXISTS (SELECT 1 FROM queue WHERE form_id = ? AND path <> ?)"
    values = (
        path,
        index,
        record.form_id,
        natural_path,
        record.form.supervising_department or "",
        record.template.key,
        record.template.state,
        record.status,
        record.decision.by,
        beside.by_rules,
        lot_of(record.form_id),
        bool(settling),
        any(edit.kind in CHANGING for edit in counting),
        dropped,
        connection.execute(twins, (record.form_id, path)).fetchone()[0],
        beside.complete,
        -doubt_of(record),
        len(record.edits),
        next(reversed(settling or [edit.at for edit in counting]), None) if reviewed else None,
        _search(record),
        json.dumps(_told(record), ensure_ascii=False),
    )
    connection.execute(f"INSERT OR REPLACE INTO queue VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608 - no value in it
    connection.execute("DELETE FROM facets WHERE path = ? AND form_index = ?", (path, index))
    rows = [(path, index, facet, value) for facet, value in dict.fromkeys(_facets(record))]
    connection.executemany("INSERT INTO facets VALUES (?, ?, ?, ?)", rows)


def forget(connection: sqlite3.Connection, path: str) -> None:
    """Take all forms of a file out of the index."""
    connection.execute("DELETE FROM queue WHERE path = ?", (path,))
    connection.execute("DELETE FROM facets WHERE path = ?", (path,))


def doubt_of(record: FormRecord) -> float:
    """How doubtful a form is: failed equations first, then fields by what their confidence lacks."""
    errors = sum(reason.code == "rule_failed" for reason in record.decision.reasons)
    lacking = sum(1 - record.confidence.get(field, _UNKNOWN) for field in open_places(record))
    return round(_ERROR_WEIGHS * errors + lacking, 4)


def _told(record: FormRecord) -> Told:
    score = record.form.total_score
    return Told(
        name=name_of(record),
        pages=record.pages,
        total_score=None if score is None else format(score, "f"),
        reasons=tuple(dict.fromkeys(reason.code for reason in record.decision.reasons)),
        rules=tuple(dict.fromkeys(value for facet, value in _facets(record) if facet == "rule")),
        doubts=len(open_places(record)),
    )


def _facets(record: FormRecord) -> Iterator[tuple[str, str]]:
    for finding in record.findings:
        if finding.verdict in _FAILED and finding.severity != "information":
            yield "rule", finding.rule
    for reason in record.decision.reasons:
        yield "reason", reason.code
    for place in open_places(record):
        yield "field", field_name(place)


def field_name(place: str) -> str:
    """A field's own name without its row; `tokens` for a cell whose number no field took."""
    first, _, rest = place.removeprefix("/").partition("/")
    if not place.startswith("/"):
        return "tokens"
    column = rest.partition("/")[2].partition("/")[0]
    return column or first


def _search(record: FormRecord) -> str:
    """What a search finds, without width and whitespace, in small letters."""
    form = record.form
    texts = (
        form.project_name,
        form.supervising_department,
        form.implementing_unit,
        form.title,
        *(row.name for row in form.indicators),
        record.document.path,
        record.form_id,
    )
    return searched("|".join(text for text in texts if text))


def searched(text: str) -> str:
    """A text as the index keeps it: one that was typed is found wherever it stands."""
    return normalised(text).casefold()
