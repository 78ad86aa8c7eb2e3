"""A filter and a place in the list come in, a page of the review's queue goes out, with its counts."""

import base64
import binascii
import json
from math import isfinite

from pipeline.catalogue import Lang, say
from pipeline.mapping.library import Library
from pipeline.review.records import Facet, FacetCount, LayoutItem, Neighbours, QueueFilter, QueueItem, QueuePage
from pipeline.review.settling import item_of
from pipeline.store import Key, Narrowed, Queued, Store
from pipeline.store.queue import STATUSES
from schemas.errors import ReviewError

_MOST_ITEMS = 500
_LARGEST_INDEX = 2**31
_WITH_LAYOUTS = frozenset({"open", "review", "all"})


def page_of(  # noqa: PLR0913, PLR0917 - what a page depends on
    store: Store, library: Library, wanted: QueueFilter, share: float, cursor: str | None, limit: int, lang: Lang
) -> QueuePage:
    """One page; raises ReviewError for a cursor that is none."""
    narrowed = narrowed_by(wanted, share)
    after = _place(cursor) if cursor else None
    most = max(1, min(limit, _MOST_ITEMS))
    found = store.queued(narrowed, after, most + 1)
    shown = found[:most]
    first_page = after is None and wanted.status in _WITH_LAYOUTS
    return QueuePage(
        layouts=waiting_layouts(store, library) if first_page else (),
        items=tuple(_item(entry, lang) for entry in shown),
        total=store.count(narrowed),
        position=store.count(narrowed, after) if after is not None else 0,
        next_cursor=_cursor(shown[-1].key) if len(found) > most else None,
        counts=_counts(store, narrowed, lang),
    )


def neighbours_of(store: Store, form_id: str, wanted: QueueFilter, share: float) -> Neighbours:
    """The forms before and after one; raises ReviewError for a form that is not there."""
    narrowed = narrowed_by(wanted, share)
    entry = store.queued_form(form_id, share)
    if entry is None:
        raise ReviewError("review.no_such_form", form=form_id)
    before = store.before(narrowed, entry.key)
    after = next(iter(store.queued(narrowed, entry.key, 1)), None)
    return Neighbours(before=before.form_id if before else None, after=after.form_id if after else None)


def first_of(store: Store, wanted: QueueFilter, share: float, besides: str) -> str | None:
    """The form that stands first, or second where that is `besides`."""
    found = store.queued(narrowed_by(wanted, share), None, 2)
    return next((entry.form_id for entry in found if entry.form_id != besides), None)


def narrowed_by(wanted: QueueFilter, share: float) -> Narrowed:
    """The filter as the store takes it."""
    return Narrowed(
        status=wanted.status,
        share=share,
        document=wanted.document,
        department=wanted.department,
        layout=wanted.layout,
        rule=wanted.rule,
        reason=wanted.reason,
        field=wanted.field,
        text=wanted.text,
    )


def waiting_layouts(store: Store, library: Library) -> tuple[LayoutItem, ...]:
    """Layouts still proposed that forms wait for, the one most wait for first."""
    return tuple(
        item_of(template, found.forms, found.waiting)
        for found in store.waiting()
        if found.waiting and (template := library.get(found.layout_key)) is not None and template.state == "proposed"
    )


def _item(entry: Queued, lang: Lang) -> QueueItem:
    return QueueItem.model_validate(
        {
            "form_id": entry.form_id,
            "name": entry.told.name,
            "document": entry.path,
            "pages": entry.told.pages,
            "department": entry.department,
            "status": entry.status,
            "decided_by": entry.decided_by,
            "sampled": entry.sampled,
            "dropped": entry.dropped,
            "total_score": entry.told.total_score,
            "reasons": entry.told.reasons,
            "reason_words": tuple(say(f"review.reason_{code}", lang) for code in entry.told.reasons),
            "rules": entry.told.rules,
            "doubts": entry.told.doubts,
            "doubt": -entry.key.rank,
            "edits": entry.edits,
            "template_key": entry.layout_key,
            "template_state": entry.template_state,
        },
    )


def _counts(store: Store, narrowed: Narrowed, lang: Lang) -> dict[Facet, tuple[FacetCount, ...]]:
    """What each value of each filter would leave."""
    statuses = store.by_status(narrowed)
    return {
        "status": tuple(
            FacetCount(value=status, label=say(f"review.status_{status}", lang), forms=statuses[status])
            for status in STATUSES
        ),
        "document": tuple(
            FacetCount(value=path, label=path, forms=forms) for path, forms in store.by_document(narrowed)
        ),
        "department": tuple(
            FacetCount(value=name, label=name or say("review.no_department", lang), forms=forms)
            for name, forms in store.by_department(narrowed)
        ),
        "rule": tuple(
            FacetCount(value=rule, label=say(f"checks.name_{rule}", lang), forms=forms)
            for rule, forms in store.by_facet("rule", narrowed)
        ),
        "reason": tuple(
            FacetCount(value=reason, label=say(f"review.reason_{reason}", lang), forms=forms)
            for reason, forms in store.by_facet("reason", narrowed)
        ),
        "field": tuple(
            FacetCount(value=field, label=say(f"fields.{field}", lang), forms=forms)
            for field, forms in store.by_facet("field", narrowed)
        ),
    }


def _cursor(key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def _place(cursor: str) -> Key:
    """The place that a cursor names; raises ReviewError."""
    try:
        rank, natural_path, path, index = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        place = Key(float(rank), str(natural_path), str(path), int(index))
        f"{natural_path}{path}".encode()  # half a surrogate pair is no text that SQLite takes
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
        raise ReviewError("review.bad_cursor") from None
    if not isfinite(place.rank) or not 0 <= place.form_index <= _LARGEST_INDEX:
        raise ReviewError("review.bad_cursor")
    return place
