"""A query string becomes a QueueFilter, a facet becomes links; a document goes by an id, never by its path."""

import hashlib
from typing import NamedTuple, get_args
from urllib.parse import urlencode

from pipeline.catalogue import Lang, say
from pipeline.review.records import Facet, FacetCount, QueueFilter, QueuePage, QueueStatus
from pipeline.review.review import Review

_SHOWN = 8
_ORDER: tuple[Facet, ...] = ("status", "reason", "rule", "field", "department", "document")
_MOST = 500


class Query(NamedTuple):
    """The queue's address as it stands in a browser; every value is text."""

    status: str = ""
    document: str = ""
    """A document's id, see `document_id`."""
    department: str | None = None
    rule: str = ""
    reason: str = ""
    field: str = ""
    layout: str = ""
    text: str = ""

    def encoded(self, cursor: str | None = None) -> str:
        """The query string with its question mark; empty if nothing is asked for."""
        pairs = [
            (name, value) for name, value in self._asdict().items() if value or (name == "department" and value == "")
        ]
        pairs += [("cursor", cursor)] if cursor else []
        return f"?{urlencode(pairs)}" if pairs else ""

    def asking(self, name: Facet, value: str | None) -> "Query":
        """The same with one facet at a value, or without it."""
        if name == "department":
            return self._replace(department=value)
        return Query(**{**self._asdict(), name: value or ""})


class Choice(NamedTuple):
    """One value of a facet, and where choosing it leads."""

    label: str
    forms: int
    chosen: bool
    href: str


class Facets(NamedTuple):
    """One facet with its values, the most forms first."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    shown: int = _SHOWN


def document_id(path: str) -> str:
    """What a document is called in an address: 12 hex digits of its path's sha256."""
    return hashlib.sha256(path.encode()).hexdigest()[:12]


class Documents:
    """Ids of documents back to their paths: noted when a page of the queue is shown, searched for otherwise."""

    def __init__(self, review: Review) -> None:
        self._review = review
        self._known: dict[str, str] = {}

    def note(self, page: QueuePage) -> None:
        """Remember every document of a page."""
        paths = [item.document for item in page.items] + [count.value for count in page.counts.get("document", ())]
        self._known.update((document_id(path), path) for path in paths)

    def path(self, wanted: str) -> str | None:
        """The path behind an id; None if no stored form has it."""
        cursor: str | None = None
        while wanted not in self._known:
            page = self._review.queue(QueueFilter(status="all"), cursor, _MOST)
            self.note(page)
            cursor = page.next_cursor
            if cursor is None:
                break
        return self._known.get(wanted)


def filter_of(query: Query, documents: Documents) -> QueueFilter:
    """What the queue is narrowed to; a status that does not exist is `open`, an unknown document matches no form."""
    status: QueueStatus = next((known for known in get_args(QueueStatus) if known == query.status), "open")
    return QueueFilter(
        status=status,
        document=(documents.path(query.document) or "\0") if query.document else None,
        department=query.department,
        rule=query.rule or None,
        reason=query.reason or None,
        field=query.field or None,
        layout=query.layout or None,
        text=query.text,
    )


def facets_of(page: QueuePage, query: Query, lang: Lang) -> tuple[Facets, ...]:
    """Every facet's values with their counts; choosing one that is chosen takes it away."""
    return tuple(
        Facets(
            name,
            say(f"web.facet_{name}", lang),
            tuple(_choice(name, count, query) for count in page.counts.get(name, ())),
            len(get_args(QueueStatus)) if name == "status" else _SHOWN,
        )
        for name in _ORDER
    )


def _choice(name: Facet, count: FacetCount, query: Query) -> Choice:
    value = document_id(count.value) if name == "document" else count.value
    now = getattr(query, name)
    chosen = now == value or (name == "status" and not now and value == "open")
    off = chosen or (name == "status" and value == "open")
    there = query.asking(name, None if off else value)
    return Choice(count.label, count.forms, chosen, f"/{there.encoded()}")
