"""A filter comes in; forms of the review's queue go out in its order, counted by what one more filter would leave."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from pipeline.store.base import Connected, Text
from pipeline.store.queued import Told, searched

Where = Literal["open", "review", "sample", "accepted", "settled", "dropped", "all"]

STATUSES: tuple[Where, ...] = ("open", "review", "sample", "accepted", "settled", "dropped", "all")

_SAMPLE = "(status = 'accepted' AND by_rules = 'accepted' AND lot < :share AND looked = 0)"

_STATUS: dict[Where, str] = {
    "open": f"(dropped = 0 AND (status = 'review' OR {_SAMPLE}))",
    "review": "(dropped = 0 AND status = 'review')",
    "sample": f"(dropped = 0 AND {_SAMPLE})",
    "accepted": "(dropped = 0 AND status = 'accepted' AND decided_by = 'rules')",
    "settled": "(dropped = 0 AND status = 'accepted' AND decided_by = 'reviewer')",
    "dropped": "(dropped = 1)",
    "all": "(dropped = 0)",
}

_KEY = "rank, natural_path, path, form_index"
_SHOWN = f"form_id, path, department, layout_key, template_state, status, decided_by, lot, looked, by_rules, dropped, edits, item, {_KEY}"  # noqa: E501 - one list of columns
_MOST_VALUES = 200


@dataclass(frozen=True)
class Narrowed:
    """What forms must be; None or "" leaves everything."""

    status: Where = "open"
    share: float = 0.0
    document: str | None = None
    department: str | None = None
    layout: str | None = None
    rule: str | None = None
    reason: str | None = None
    field: str | None = None
    text: str = ""


class Key(NamedTuple):
    """Where a form stands in the queue's order."""

    rank: float
    natural_path: str
    path: str
    form_index: int


class Queued(NamedTuple):
    """One form of the queue."""

    form_id: str
    path: str
    department: str
    layout_key: str
    template_state: str
    status: str
    decided_by: str
    sampled: bool
    dropped: bool
    edits: int
    told: Told
    key: Key


class Waiting(NamedTuple):
    """A layout and how many of its forms there are, and are in review."""

    layout_key: str
    forms: int
    waiting: int


class Standing(NamedTuple):
    """How many forms stand where."""

    forms: int
    by_rules: int
    by_reviewer: int
    review: int
    dropped: int
    sample: int
    sample_seen: int
    sample_right: int


class Named(NamedTuple):
    """What a form is called, and its document's path."""

    name: str
    document: str


class Queue(Connected):
    """The index of the queue, kept when a form is put."""

    def queued(self, wanted: Narrowed, after: Key | None, limit: int) -> list[Queued]:
        """So many forms behind a place in the order."""
        where, values = _where(wanted)
        if after is not None:
            where, values = _behind(where, values, after)
        query = f"SELECT {_SHOWN} FROM queue WHERE {where} ORDER BY {_KEY} LIMIT :limit"  # noqa: S608 - no value in it
        return [_queued(row, wanted.share) for row in self._named(query, {**values, "limit": limit})]

    def before(self, wanted: Narrowed, place: Key) -> Queued | None:
        """The last form in front of a place in the order."""
        where, values = _where(wanted)
        values |= dict(zip(("k0", "k1", "k2", "k3"), place, strict=True))
        order = ", ".join(f"{column} DESC" for column in _KEY.split(", "))
        query = f"SELECT {_SHOWN} FROM queue WHERE {where} AND ({_KEY}) < (:k0, :k1, :k2, :k3) ORDER BY {order} LIMIT 1"  # noqa: S608 - no value in it
        return next((_queued(row, wanted.share) for row in self._named(query, values)), None)

    def queued_form(self, form_id: str, share: float) -> Queued | None:
        """One form's entry; None if there is none."""
        query = f"SELECT {_SHOWN} FROM queue WHERE form_id = :form_id ORDER BY twin, path LIMIT 1"  # noqa: S608 - no value in it
        return next((_queued(row, share) for row in self._named(query, {"form_id": form_id})), None)

    def count(self, wanted: Narrowed, up_to: Key | None = None) -> int:
        """How many forms there are under a filter; with `up_to`, at that place and in front of it."""
        where, values = _where(wanted)
        if up_to is not None:
            values |= dict(zip(("k0", "k1", "k2", "k3"), up_to, strict=True))
            where += f" AND ({_KEY}) <= (:k0, :k1, :k2, :k3)"
        return next(int(row[0]) for row in self._named(f"SELECT COUNT(*) FROM queue WHERE {where}", values))  # noqa: S608 - no value in it

    def by_status(self, wanted: Narrowed) -> dict[Where, int]:
        """How many forms each status would leave."""
        where, values = _where(replace(wanted, status="all"), also_dropped=True)
        counts = ", ".join(f"TOTAL({_STATUS[status]})" for status in STATUSES)
        row = next(iter(self._named(f"SELECT {counts} FROM queue WHERE {where}", {**values, "share": wanted.share})))  # noqa: S608 - no value in it
        return {status: int(number) for status, number in zip(STATUSES, row, strict=True)}

    def by_document(self, wanted: Narrowed) -> list[tuple[str, int]]:
        """How many forms each document would leave, the most first."""
        return self._counted("path", replace(wanted, document=None))

    def by_department(self, wanted: Narrowed) -> list[tuple[str, int]]:
        """How many forms each supervising department would leave, the most first."""
        return self._counted("department", replace(wanted, department=None))

    def by_facet(self, facet: Literal["rule", "reason", "field"], wanted: Narrowed) -> list[tuple[str, int]]:
        """How many forms each rule, reason or field would leave, the most first."""
        narrowed = {"rule": replace(wanted, rule=None), "reason": replace(wanted, reason=None)}
        where, values = _where(narrowed.get(facet, replace(wanted, field=None)))
        query = (
            "SELECT value, COUNT(*) AS number FROM facets JOIN queue USING (path, form_index)"  # noqa: S608 - no value in it
            f" WHERE facet = :facet AND {where} GROUP BY value ORDER BY number DESC, value"
        )
        return [(str(value), int(number)) for value, number in self._named(query, {**values, "facet": facet})]

    def waiting(self) -> list[Waiting]:
        """The layouts of all forms with how many wait, those of which most wait first."""
        query = (
            "SELECT layout_key, COUNT(*), SUM(status = 'review' AND template_state = 'proposed') AS waits FROM queue"
            " WHERE dropped = 0 AND twin = 0 GROUP BY layout_key ORDER BY waits DESC, COUNT(*) DESC, layout_key"
        )
        return [Waiting(str(key), int(forms), int(waits)) for key, forms, waits in self._named(query, {})]

    def places_of_layout(self, layout_key: str) -> list[tuple[str, int]]:
        """Where the regions of a layout are: path and index, in their order."""
        query = "SELECT path, region_index FROM regions WHERE layout_key = :key ORDER BY path, region_index"
        return [(str(path), int(index)) for path, index in self._named(query, {"key": layout_key})]

    def forms_of_layout(self, layout_key: str, limit: int = -1) -> list[str]:
        """The ids of a layout's forms, the most doubtful first; at most `limit` of them if it is not negative."""
        query = f"SELECT form_id FROM queue WHERE layout_key = :key AND dropped = 0 ORDER BY {_KEY} LIMIT :limit"  # noqa: S608 - no value in it
        return [str(row[0]) for row in self._named(query, {"key": layout_key, "limit": limit})]

    def standing(self, share: float) -> Standing:
        """How many forms stand where; the sample is what the rules alone accepted and the lot drew."""
        drawn = "(dropped = 0 AND by_rules = 'accepted' AND lot < :share)"
        sums = (
            "dropped = 0",
            _STATUS["accepted"],
            _STATUS["settled"],
            _STATUS["review"],
            "dropped = 1",
            drawn,
            f"{drawn} AND looked = 1",
            f"{drawn} AND looked = 1 AND changed = 0",
        )
        query = f"SELECT {', '.join(f'TOTAL({test})' for test in sums)} FROM queue WHERE twin = 0"  # noqa: S608 - no value in it
        row = next(iter(self._named(query, {"share": share})))
        return Standing(*(int(number) for number in row))

    def seen_sample(self, share: float) -> list[str]:
        """The ids of sampled forms that a person settled."""
        query = (
            "SELECT form_id FROM queue WHERE dropped = 0 AND twin = 0 AND by_rules = 'accepted' AND lot < :share"
            " AND looked = 1 ORDER BY form_id"
        )
        return [str(row[0]) for row in self._named(query, {"share": share})]

    def reviewed(self) -> list[tuple[str, str, bool]]:
        """Form, layout and whether values or rows were changed, of every form that a person settled."""
        query = f"SELECT form_id, layout_key, changed FROM queue WHERE twin = 0 AND {_STATUS['settled']}"  # noqa: S608 - no value in it
        return [(str(form), str(layout), bool(changed)) for form, layout, changed in self._named(query, {})]

    def settled_at(self) -> list[str]:
        """When each form was settled that a person settled."""
        query = f"SELECT settled_at FROM queue WHERE twin = 0 AND {_STATUS['settled']} AND settled_at <> ''"  # noqa: S608 - no value in it
        return [str(at) for (at,) in self._named(query, {})]

    def form_names(self) -> dict[str, Named]:
        """What every form is called and where it stands, by its id."""
        rows = self._named("SELECT form_id, item, path FROM queue WHERE twin = 0", {})
        return {str(form_id): Named(str(json.loads(str(item))[0]), str(path)) for form_id, item, path in rows}

    def statuses_of(self, layout_key: str) -> tuple[int, int]:
        """How many forms of a layout are accepted, and in review."""
        query = (
            "SELECT TOTAL(status = 'accepted'), TOTAL(status = 'review') FROM queue"
            " WHERE layout_key = :key AND dropped = 0 AND twin = 0"
        )
        accepted, review = next(iter(self._named(query, {"key": layout_key})))
        return int(accepted), int(review)

    def _counted(self, column: Literal["path", "department"], wanted: Narrowed) -> list[tuple[str, int]]:
        where, values = _where(wanted)
        query = (
            f"SELECT {column}, COUNT(*) AS number FROM queue WHERE {where}"  # noqa: S608 - no value in it
            f" GROUP BY {column} ORDER BY number DESC, {column} LIMIT {_MOST_VALUES}"
        )
        return [(str(value), int(number)) for value, number in self._named(query, values)]


def _where(wanted: Narrowed, *, also_dropped: bool = False) -> tuple[str, dict[str, Text]]:
    """The filter as a condition with named values."""
    tests = ["twin = 0", "(1 = 1)" if also_dropped else _STATUS[wanted.status]]
    values: dict[str, Text] = {"share": wanted.share}
    for column, value in (("path", wanted.document), ("department", wanted.department), ("layout_key", wanted.layout)):
        if value is not None:
            tests.append(f"{column} = :{column}")
            values[column] = value
    for facet, value in (("rule", wanted.rule), ("reason", wanted.reason), ("field", wanted.field)):
        if value is not None:
            tests.append(
                "EXISTS (SELECT 1 FROM facets AS f WHERE f.path = queue.path AND f.form_index = queue.form_index"  # noqa: S608 - no value in it
                f" AND f.facet = '{facet}' AND f.value = :{facet})",
            )
            values[facet] = value
    for at, part in enumerate(wanted.text.split()):
        tests.append(f"instr(search, :text{at})")
        values[f"text{at}"] = searched(part)
    return " AND ".join(tests), values


def _behind(where: str, values: dict[str, Text], place: Key) -> tuple[str, dict[str, Text]]:
    named: dict[str, Text] = dict(zip(("k0", "k1", "k2", "k3"), place, strict=True))
    return f"{where} AND ({_KEY}) > (:k0, :k1, :k2, :k3)", {**values, **named}


def _queued(row: Sequence[str | int | float], share: float) -> Queued:
    form_id, path, department, layout, template_state, status, by, lot, looked, by_rules, dropped, edits, item = row[
        :13
    ]
    rank, natural_path, own_path, index = row[13:]
    drawn = float(lot) < share and by_rules == "accepted" and status == "accepted" and not looked
    name, pages, score, reasons, rules, doubts = json.loads(str(item))
    return Queued(
        form_id=str(form_id),
        path=str(path),
        department=str(department),
        layout_key=str(layout),
        template_state=str(template_state),
        status=str(status),
        decided_by=str(by),
        sampled=drawn,
        dropped=bool(dropped),
        edits=int(edits),
        told=Told(str(name), tuple(pages), score, tuple(reasons), tuple(rules), int(doubts)),
        key=Key(float(rank), str(natural_path), str(own_path), int(index)),
    )
