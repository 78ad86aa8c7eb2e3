"""A store comes in, the dashboard goes out: how far the review is, and how right what the rules accepted was."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from math import sqrt
from statistics import median
from typing import NamedTuple

from pipeline.catalogue import Lang, say
from pipeline.edits.effective import CHANGING, effective
from pipeline.mapping.library import Library
from pipeline.review.queueing import waiting_layouts
from pipeline.review.records import CountOf, Dashboard, DayCount, Interval
from pipeline.review.settling import headers_of
from pipeline.store import Narrowed, Store
from schemas.run import Edit

_Z = 1.959963984540054
"""The normal quantile of a two-sided 95 % interval."""

_DAYS = 14


def dashboard_of(store: Store, library: Library, share: float, lang: Lang) -> Dashboard:
    """Where the review stands."""
    standing = store.standing(share)
    events = _by_form(store)
    seen = [_seen_fields(store, form_id, events.get(form_id, ())) for form_id in store.seen_sample(share)]
    fields, right = sum(one.fields for one in seen), sum(one.right for one in seen)
    rules = store.by_facet("rule", Narrowed(status="all", share=share))
    return Dashboard(
        forms=standing.forms,
        by_rules=standing.by_rules,
        by_reviewer=standing.by_reviewer,
        open=standing.review,
        dropped=standing.dropped,
        layouts_waiting=len(waiting_layouts(store, library)),
        share=share,
        sample=standing.sample,
        sample_seen=standing.sample_seen,
        sample_right=standing.sample_right,
        agreement=wilson(standing.sample_right, standing.sample_seen),
        fields_seen=fields,
        fields_right=right,
        field_agreement=wilson(right, fields),
        median_seconds=_median_seconds(store, events),
        days=_days(store, events),
        by_rule=tuple(
            CountOf(value=rule, label=say(f"checks.name_{rule}", lang), count=count, of=standing.forms)
            for rule, count in rules
        ),
        by_family=_families(store, library),
    )


def wilson(right: int, seen: int) -> Interval:
    """A share with its Wilson score interval at 95 %: it holds its promise for small samples and shares near 1.

    Source: E. B. Wilson, JASA 22 (1927).
    """
    if not seen:
        return Interval(share=None, low=None, high=None)
    share = right / seen
    spread = _Z * sqrt(share * (1 - share) / seen + _Z * _Z / (4 * seen * seen))
    middle, whole = share + _Z * _Z / (2 * seen), 1 + _Z * _Z / seen
    return Interval(
        share=round(share, 6),
        low=round(max(0.0, (middle - spread) / whole), 6),
        high=round(min(1.0, (middle + spread) / whole), 6),
    )


class _Seen(NamedTuple):
    """Of a form that was looked at: its fields, and how many the person left as they were."""

    fields: int
    right: int


def _seen_fields(store: Store, form_id: str, events: Sequence[Edit]) -> _Seen:
    """A row that was added, deleted, split or merged counts as one wrong field."""
    record = store.form(form_id)
    if record is None:
        return _Seen(0, 0)
    changed = {(edit.row, edit.pointer) for edit in effective(events) if edit.kind in CHANGING}
    fields = max(len(record.confidence), len(changed))
    return _Seen(fields, fields - len(changed))


def _by_form(store: Store) -> dict[str, list[Edit]]:
    found: dict[str, list[Edit]] = defaultdict(list)
    for form_id, edit in store.all_edits():
        found[form_id].append(edit)
    return found


def _median_seconds(store: Store, events: dict[str, list[Edit]]) -> float | None:
    """Between the first event of a settled form and the last that settled it."""
    took = []
    for form_id, _, _ in store.reviewed():
        own = events.get(form_id, [])
        settled = [edit.at for edit in effective(own) if edit.kind == "settle"]
        if own and settled:
            took.append((datetime.fromisoformat(settled[-1]) - datetime.fromisoformat(own[0].at)).total_seconds())
    return median(took) if took else None


def _days(store: Store, events: dict[str, list[Edit]]) -> tuple[DayCount, ...]:
    edits = Counter(_day(edit.at) for own in events.values() for edit in own)
    settled = Counter(map(_day, store.settled_at()))
    days = sorted({*edits, *settled}, reverse=True)[:_DAYS]
    return tuple(DayCount(day=day, settled=settled[day], edits=edits[day]) for day in days)


def _day(at: str) -> str:
    """The day as the clock on this machine shows it: before eight in the morning UTC's is another in China."""
    return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d")


def _families(store: Store, library: Library) -> tuple[CountOf, ...]:
    """Settled forms in which a person changed something, by layout."""
    reviewed = store.reviewed()
    of = Counter(layout for _, layout, _ in reviewed)
    changed = Counter(layout for _, layout, was_changed in reviewed if was_changed)
    return tuple(
        CountOf(value=layout, label=_label(library, layout), count=changed[layout], of=of[layout])
        for layout in _most_first(of, changed)
    )


def _most_first(of: Iterable[str], changed: Counter[str]) -> list[str]:
    return sorted(of, key=lambda layout: (-changed[layout], layout))


def _label(library: Library, layout: str) -> str:
    template = library.get(layout)
    return " ".join(headers_of(template)) if template is not None else layout[:8]
