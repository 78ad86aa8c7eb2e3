"""All FormRecords of a batch come in, what one form says of another goes out as information. Pure; changes no status.

Two forms are of one project if their year, their unit and their project code are the same; where one of them prints
no code, the project's name stands for it. Where such forms stand in several files, the sums count one of them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from itertools import combinations
from typing import NamedTuple

from pipeline.checks.ranges import EXACT, ZERO
from schemas.amount import normalised
from schemas.check import ACROSS, Finding, RuleCode, Severity
from schemas.form import FundLine, IndicatorRow, Quantity, SelfEvaluation
from schemas.run import FormRecord

_COMPARED = ("target", "actual", "weight", "score")
_SUMMED = ("initial_budget", "adjusted_budget", "executed")


class FormKey(NamedTuple):
    """A form of the batch: its file and its place there."""

    path: str
    form_index: int


@dataclass
class _Seen:
    """What other forms are compared with."""

    key: FormKey
    form_id: str
    place: int
    """In the order of the batch: files in natural order, forms in theirs."""
    settled: bool
    """A person settled it."""
    department: bool
    year: int | None
    unit: str
    organisations: frozenset[str]
    code: str
    name: str
    amount_unit: str
    named_at: str
    """Where it says of which project, or of which department, it is."""
    total_row: int
    total: FundLine | None
    figures: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    """By an indicator's name, if it stands there once: its row and its printed figures."""


def across(
    records: Iterable[FormRecord],
    *,
    rules_off: Collection[RuleCode] = (),
    severities: Mapping[RuleCode, Severity] | None = None,
) -> dict[FormKey, tuple[Finding, ...]]:
    """The findings of every form that another form speaks about; `records` in the order of the batch.

    Of one project in several files the sums count one form: the last that a person settled, else the last in the
    natural order of the paths, because a corrected report is mostly filed beside or behind the first
    (`params["counted"]` is "yes" or "no").
    """
    seen = [_seen(record, place) for place, record in enumerate(records)]
    found: dict[FormKey, list[Finding]] = {}
    left_out: set[FormKey] = set()
    for group in _groups(seen):
        counted = max(group, key=lambda form: (form.settled, form.place))
        for form, finding in (*_revised(group, counted), *_repeated(group), *_differing(group)):
            found.setdefault(form.key, []).append(finding)
            if finding.params.get("counted") == "no":
                left_out.add(form.key)
    for form, finding in _department_totals([form for form in seen if form.key not in left_out]):
        found.setdefault(form.key, []).append(finding)
    changed = severities or {}
    return {
        key: kept
        for key, findings in found.items()
        if (
            kept := tuple(
                finding.model_copy(update={"severity": changed.get(finding.rule, finding.severity)})
                for finding in findings
                if finding.rule not in rules_off
            )
        )
    }


def is_counted(record: FormRecord) -> bool:
    """Whether the sums of a batch count this form: False only for the other versions of a project."""
    return not any(
        finding.rule == "revised_form" and finding.params.get("counted") == "no" for finding in record.findings
    )


def without_across(record: FormRecord) -> tuple[Finding, ...]:
    """The findings of the form itself, without what other forms say of it."""
    return tuple(finding for finding in record.findings if finding.rule not in ACROSS)


def _seen(record: FormRecord, place: int) -> _Seen:
    form = record.form
    total = next((at for at, fund in enumerate(form.funds) if fund.source == "total"), None)
    organisations = [normalised(name) for name in (form.implementing_unit, form.supervising_department) if name]
    return _Seen(
        key=FormKey(record.document.path, record.form_index),
        form_id=record.form_id,
        place=place,
        settled=record.decision.by == "reviewer",
        department=form.kind == "department_self_evaluation",
        year=form.fiscal_year,
        unit=organisations[0] if organisations else "",
        organisations=frozenset(organisations),
        code=normalised(form.project_code or ""),
        name=normalised(form.project_name or ""),
        amount_unit=normalised(form.amount_unit or ""),
        named_at=_named_at(form),
        total_row=total or 0,
        total=None if total is None else form.funds[total],
        figures=_figures(form),
    )


def _named_at(form: SelfEvaluation) -> str:
    if form.kind != "department_self_evaluation":
        return "/project_name"
    return "/supervising_department" if form.implementing_unit is None else "/implementing_unit"


def _figures(form: SelfEvaluation) -> dict[str, tuple[int, tuple[str, ...]]]:
    """By name; a name that stands there twice tells no row from the other."""
    found: dict[str, tuple[int, tuple[str, ...]]] = {}
    twice: set[str] = set()
    for at, row in enumerate(form.indicators):
        name = normalised(row.name or "")
        if name in found:
            twice.add(name)
        elif name:
            found[name] = (at, tuple(_printed(row, column) for column in _COMPARED))
    return {name: figures for name, figures in found.items() if name not in twice}


def _printed(row: IndicatorRow, column: str) -> str:
    """A figure as it is compared; 10 and 10.00 are one score."""
    value: Quantity | Decimal | None = getattr(row, column)
    if isinstance(value, Quantity):
        return normalised(value.text)
    return "" if value is None else format(value.normalize(), "f")


def _groups(seen: list[_Seen]) -> Iterator[list[_Seen]]:
    """Forms of one project, at least two together; without a year or a unit a form is like no other."""
    buckets: dict[tuple[int, str, bool], list[_Seen]] = {}
    for form in seen:
        if form.year is None or not form.unit or not (form.department or form.code or form.name):
            continue
        buckets.setdefault((form.year, form.unit, form.department), []).append(form)
    for bucket in buckets.values():
        groups: list[list[_Seen]] = []
        for form in bucket:
            mine = [group for group in groups if any(_is_same(form, other) for other in group)]
            groups = [group for group in groups if not any(group is own for own in mine)]
            groups.append([*(other for group in mine for other in group), form])
        yield from (sorted(group, key=lambda form: form.place) for group in groups if len(group) > 1)


def _is_same(form: _Seen, other: _Seen) -> bool:
    """The same code where both print one, else the same name; a department has one form a year."""
    if form.code and other.code:
        return form.code == other.code
    return form.name == other.name


def _others(form: _Seen, group: list[_Seen], *, same_file: bool) -> list[_Seen]:
    return [other for other in group if other is not form and (other.key.path == form.key.path) is same_file]


def _revised(group: list[_Seen], counted: _Seen) -> Iterator[tuple[_Seen, Finding]]:
    """疑似更正版: the same project stands in another file; both are marked."""
    for form in group:
        others = _others(form, group, same_file=False)
        if others:
            is_counted_one = form.key.path == counted.key.path
            variant = "counted" if is_counted_one else "left_out"
            params = {
                **_named(others),
                "files": ", ".join(dict.fromkeys(other.key.path for other in others)),
                "counted": "yes" if is_counted_one else "no",
            }
            yield form, _information("revised_form", variant, (form.named_at,), params)


def _repeated(group: list[_Seen]) -> Iterator[tuple[_Seen, Finding]]:
    """The same project stands twice in one document: the sums count every form of it."""
    for form in group:
        others = _others(form, group, same_file=True)
        if others:
            yield form, _information("repeated_project", "twice", (form.named_at,), _named(others))


def _differing(group: list[_Seen]) -> Iterator[tuple[_Seen, Finding]]:
    """Indicators of one project that print different figures in another form of it."""
    differing: dict[FormKey, tuple[dict[str, None], dict[str, _Seen]]] = {}
    for one, other in combinations(group, 2):
        for name in one.figures.keys() & other.figures.keys():
            (row, figures), (other_row, other_figures) = one.figures[name], other.figures[name]
            for column, left, right in zip(_COMPARED, figures, other_figures, strict=True):
                if left != right:
                    for form, at, beside in ((one, row, other), (other, other_row, one)):
                        fields, forms = differing.setdefault(form.key, ({}, {}))
                        fields[f"/indicators/{at}/{column}"] = None
                        forms[beside.form_id] = beside
    for form in group:
        if form.key in differing:
            fields, forms = differing[form.key]
            told = tuple(sorted(fields, key=lambda pointer: (int(pointer.split("/")[2]), pointer)))
            yield form, _information("figures_differ", "indicators", told, _named([*forms.values()]))


def _department_totals(seen: list[_Seen]) -> Iterator[tuple[_Seen, Finding]]:
    """What the projects of a department add up to, beside what the department's own form prints."""
    for whole in seen:
        if not whole.department or whole.total is None or whole.year is None:
            continue
        projects = [
            form.total
            for form in seen
            if not form.department
            and form.total is not None
            and (form.year, form.amount_unit) == (whole.year, whole.amount_unit)
            and form.organisations & whole.organisations
        ]
        for column in _SUMMED if projects else ():
            printed: Decimal | None = getattr(whole.total, column)
            amounts: list[Decimal | None] = [getattr(fund, column) for fund in projects]
            known = [amount for amount in amounts if amount is not None]
            if printed is None or not known:
                continue
            with localcontext(EXACT):
                added = sum(known, ZERO)
            if added != printed:
                yield (
                    whole,
                    _information(
                        "department_total",
                        "differs",
                        (f"/funds/{whole.total_row}/{column}",),
                        {"column": column, "forms": str(len(known))},
                        printed=format(printed, "f"),
                        computed=format(added, "f"),
                    ),
                )


def _named(others: Collection[_Seen]) -> dict[str, str]:
    return {"others": ", ".join(other.form_id for other in others)}


def _information(  # noqa: PLR0913 - the parts of one record
    rule: RuleCode,
    variant: str,
    fields: tuple[str, ...],
    params: dict[str, str],
    *,
    printed: str | None = None,
    computed: str | None = None,
) -> Finding:
    return Finding(
        rule=rule,
        verdict=None,
        severity="information",
        fields=fields,
        printed=printed,
        computed=computed,
        slack=None if printed is None else "0",
        params={"variant": variant, **params},
    )
