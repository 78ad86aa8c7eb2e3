"""A FormRecord comes in; its rows for the sheets 项目, 资金, 指标 and 问题 go out, every cell with its mark. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal, NamedTuple

from pipeline.catalogue import Lang, say
from pipeline.checks.wording import name, render_diagnosis, render_reason
from pipeline.edits.effective import effective
from pipeline.edits.rows import pointer_now
from pipeline.export.columns import BUDGETS
from pipeline.export.values import difference, in_per_cent, in_wan, number
from schemas.check import Finding
from schemas.evidence import PageSpan
from schemas.form import Extra, FundLine, IndicatorRow, SelfEvaluation
from schemas.run import Edit, FileOutcome, FormRecord

Mark = Literal["plain", "accepted", "review", "error", "warning", "located", "edited", "unread", "total"]
"""What a cell's colour says; a word in the same row always says it too."""

Value = str | int | Decimal | None


class Entry(NamedTuple):
    """A cell."""

    value: Value
    mark: Mark = "plain"


class Row(NamedTuple):
    """A row and where it comes from: the file's path and the page, None where there are no pages."""

    entries: tuple[Entry, ...]
    path: str
    page: int | None


@cache
def _word(code: str, lang: Lang) -> str:
    """A sentence without holes; the same few stand in thousands of cells."""
    return say(code, lang)


def given_values(record: FormRecord) -> tuple[tuple[str, Edit], ...]:
    """The events of a form that gave or emptied a value and still count, with the pointer of its place now."""
    counting = (edit for edit in effective(record.edits) if edit.kind in {"value", "absent"})
    placed = ((pointer_now(edit, record.rows), edit) for edit in counting)
    return tuple((pointer, edit) for pointer, edit in placed if pointer is not None)


@dataclass(frozen=True)
class FormView:
    """A form as its rows see it: the record, the reader's language, the mark of each pointer."""

    record: FormRecord
    lang: Lang
    marks: dict[str, Mark]
    name: Entry
    status: Entry
    located: dict[str, list[str]]
    unread: dict[str, list[str]]
    given: tuple[tuple[str, Edit], ...]
    """The events that gave or emptied a value and still count, each with the place where that stands now."""

    @classmethod
    def of(cls, record: FormRecord, lang: Lang) -> "FormView":
        """The view of one form; a failed equation outranks an edit, an edit outranks 仅定位."""
        marks: dict[str, Mark] = dict.fromkeys(record.located_only, "located")
        given = given_values(record)
        marks.update(dict.fromkeys((pointer for pointer, _ in given), "edited"))
        for severity in ("warning", "error"):
            found = [finding for finding in record.findings if finding.severity == severity]
            marks.update(dict.fromkeys((field for finding in found for field in finding.fields), severity))
        marks.update(dict.fromkeys(record.unread, "unread"))
        form = record.form
        word = "reviewed" if record.decision.by == "reviewer" else record.status
        subject = form.project_name or form.implementing_unit or form.supervising_department
        mark: Mark = "review" if record.status == "review" else marks.get("/project_name", "plain")
        return cls(
            record,
            lang,
            marks,
            Entry(subject, mark),
            Entry(_word(f"export.status_{word}", lang), record.status),
            _by_start(record.located_only),
            _by_start(record.unread),
            given,
        )

    def entry(self, pointer: str, value: Value) -> Entry:
        """The cell of a field; one that could not be read says so instead of staying empty."""
        mark = self.marks.get(pointer, "plain")
        if mark == "unread" and value is None:
            return Entry(_word("export.unread", self.lang), mark)
        return Entry(value, mark)

    def page_of(self, pointers: tuple[str, ...]) -> int | None:
        """The page of the first pointer that has one, else the form's first page."""
        if self.record.document.pages is None:
            return None
        for pointer in pointers:
            evidence = self.record.evidence.get(pointer)
            for span in evidence.spans if evidence is not None else ():
                if isinstance(span, PageSpan):
                    return span.page
        return min(self.record.pages, default=None)

    def page_entry(self, first: int | None, last: int | None = None) -> Entry:
        """第3页, 第3–4页, or the word for a document that has no pages."""
        if first is None:
            return Entry(_word("export.no_pages", self.lang))
        if last is not None and last != first:
            return Entry(say("export.pages", self.lang, first=first, last=last))
        return Entry(say("export.page", self.lang, page=first))

    def place(self, pointer: str) -> str:
        """A field in words, a fund by its label: 年度资金总额 年初预算数, 指标3 得分. Anything else stays as it is."""
        _, _, section, index, field = f"/{pointer}////".split("/")[:5]
        if not pointer.startswith("/") or section not in _SECTIONS:
            return pointer
        if not index.isdecimal() or field not in _ROW_FIELDS:
            return name(pointer, self.lang)
        words, position, funds = _word(f"fields.{field}", self.lang), int(index), self.record.form.funds
        if section == "indicators":
            return say("export.place_indicator", self.lang, number=position + 1, field=words)
        if section == "funds" and position < len(funds):
            return say("export.place_fund", self.lang, label=funds[position].label, field=words)
        return name(pointer, self.lang)

    def named(self, mark: Literal["located", "unread"], start: str) -> Entry:
        """The fields right under `start` that are only located, or unread, in words."""
        fields = (self.located if mark == "located" else self.unread).get(start)
        if not fields:
            return Entry(None)
        words = [_word(f"fields.{field}", self.lang) for field in fields]
        return Entry(_word("export.list_joint", self.lang).join(words), mark)

    def edits(self, start: str) -> Entry:
        """Who changed what under `start`, one line an edit."""
        lines = [
            say(
                "export.edit",
                self.lang,
                author=edit.author,
                at=edit.at[:10],
                field=self.place(pointer),
                old=edit.old if edit.old is not None else "∅",
                new=edit.new if edit.new is not None else "∅",
                reason=edit.reason,
            )
            for pointer, edit in self.given
            if pointer.startswith(start)
        ]
        return Entry("\n".join(lines) or None, "edited" if lines else "plain")


_FORM_FIELDS = frozenset(SelfEvaluation.model_fields) - {"funds", "indicators"}
_SECTIONS = frozenset({*SelfEvaluation.model_fields, "tokens"})
_ROW_FIELDS = frozenset({*FundLine.model_fields, *IndicatorRow.model_fields})


def project_row(view: FormView) -> Row:
    """The form's row of 项目; its money is the total line's."""
    record, form, lang = view.record, view.record.form, view.lang
    first, last = view.page_of(()), max(record.pages, default=None)
    reasons = "\n".join(dict.fromkeys(render_reason(reason, lang) for reason in record.decision.reasons))
    total = total_line(record)
    money = _money(view, *total) if total is not None else (Entry(form.amount_unit), *(Entry(None),) * 10)
    entries = (
        view.status,
        view.name,
        view.page_entry(first, last),
        Entry(reasons or None, "review" if reasons else "plain"),
        *(view.entry(f"/{key}", getattr(form, key)) for key in ("supervising_department", "implementing_unit")),
        *(view.entry(f"/{key}", getattr(form, key)) for key in ("fiscal_year", "project_code", "title")),
        Entry(_word(f"export.kind_{form.kind}", lang)),
        *money,
        *(view.entry(f"/{key}", getattr(form, key)) for key in ("total_weight", "total_score", "grade")),
        view.named("located", "/"),
        view.named("unread", "/"),
        view.edits("/"),
        Entry(_word(f"export.template_{record.template.state}", lang)),
        *(view.entry(f"/{key}", getattr(form, key)) for key in ("expected_goal", "actual_achievement")),
        Entry(_extras(form.extras, lang)),
        *_tail(view),
    )
    return Row(entries, record.document.path, first)


def fund_rows(view: FormView) -> Iterator[Row]:
    """The form's rows of 资金, one a fund line."""
    for index, fund in enumerate(view.record.form.funds):
        start = f"/funds/{index}/"
        label = view.entry(f"{start}label", fund.label)
        source = view.entry(f"{start}source", _word(f"export.source_{fund.source}", view.lang))
        yield _row_of_part(view, start, (label, source, *_money(view, index, fund)), fund.extras)


def indicator_rows(view: FormView) -> Iterator[Row]:
    """The form's rows of 指标, one an indicator."""
    for index, row in enumerate(view.record.form.indicators):
        start = f"/indicators/{index}/"
        yield _row_of_part(view, start, (Entry(index + 1), *_indicator(view, start, row)), row.extras)


def finding_rows(view: FormView) -> Iterator[Row]:
    """The form's rows of 问题, one a finding."""
    for finding in view.record.findings:
        page = view.page_of(finding.fields)
        entries = (view.status, view.name, view.page_entry(page), *_finding(view, finding), *_tail(view))
        yield Row(entries, view.record.document.path, page)


def file_row(file: FileOutcome, lang: Lang) -> Row:
    """A file's row of 文件."""
    mark: Mark = "plain" if file.outcome in {"read", "duplicate", "no_form"} else "review"
    outcome = Entry(_word(f"export.outcome_{file.outcome}", lang), "error" if file.outcome == "failed" else mark)
    entries = (
        Entry(file.path),
        outcome,
        Entry(file.reason),
        Entry(file.forms),
        Entry(file.pages),
        Entry(file.media_type),
        Entry(file.sha256),
    )
    return Row(entries, file.path, None)


def total_line(record: FormRecord) -> tuple[int, FundLine] | None:
    """The first fund line that is the total, with its index; None if the form prints none."""
    funds = enumerate(record.form.funds)
    return next(((index, fund) for index, fund in funds if fund.source == "total"), None)


def _money(view: FormView, index: int, fund: FundLine) -> tuple[Entry, ...]:
    """Unit, amounts as printed, amounts in 万元, rate as printed and in per cent, weight, score."""
    start = f"/funds/{index}/"
    unit = view.record.form.amount_unit
    printed = tuple(view.entry(f"{start}{key}", getattr(fund, key)) for key in BUDGETS)
    in_one_unit = tuple(
        Entry(in_wan(getattr(fund, key), unit), view.marks.get(f"{start}{key}", "plain")) for key in BUDGETS
    )
    rate = view.entry(f"{start}execution_rate", fund.execution_rate)
    evidence = view.record.evidence.get(f"{start}execution_rate")
    base = fund.adjusted_budget if fund.adjusted_budget is not None else fund.initial_budget
    per_cent = in_per_cent(fund.execution_rate, base, fund.executed, evidence.cell_text if evidence else "")
    return (
        view.entry("/amount_unit", unit),
        *printed,
        *in_one_unit,
        rate,
        Entry(per_cent, rate.mark),
        view.entry(f"{start}weight", fund.weight),
        view.entry(f"{start}score", fund.score),
    )


def _indicator(view: FormView, start: str, row: IndicatorRow) -> tuple[Entry, ...]:
    keys = ("level1", "level1_weight", "level2", "name")
    target, actual = row.target, row.actual
    of_target = view.entry(f"{start}target", target.text if target else None)
    of_actual = view.entry(f"{start}actual", actual.text if actual else None)
    return (
        *(view.entry(f"{start}{key}", getattr(row, key)) for key in keys),
        of_target,
        Entry(target.operator if target else None, of_target.mark),
        Entry(target.value if target else None, of_target.mark),
        Entry(target.unit if target else None, of_target.mark),
        of_actual,
        Entry(actual.value if actual else None, of_actual.mark),
        Entry(actual.unit if actual else None, of_actual.mark),
        *(view.entry(f"{start}{key}", getattr(row, key)) for key in ("weight", "score", "deviation_note")),
    )


def _finding(view: FormView, finding: Finding) -> tuple[Entry, ...]:
    lang = view.lang
    mark: Mark = "plain" if finding.severity == "information" else finding.severity
    return (
        Entry(_word(f"export.severity_{finding.severity}", lang), mark),
        Entry(_word(f"export.rule_{finding.rule}", lang)),
        Entry(finding.message or None),
        Entry(_word(f"export.verdict_{finding.verdict}", lang) if finding.verdict else None),
        Entry(number(finding.printed), mark),
        Entry(number(finding.computed)),
        Entry(difference(finding.printed, finding.computed)),
        Entry(number(finding.slack)),
        Entry("\n".join(view.place(field) for field in finding.fields) or None),
        Entry("\n".join(render_diagnosis(guess, lang) for guess in finding.diagnosis) or None),
    )


def _row_of_part(view: FormView, start: str, middle: tuple[Entry, ...], extras: tuple[Extra, ...]) -> Row:
    """A row of 资金 or 指标: the form's head, the part's own cells, what is only located, edits, the file."""
    fields = (f"{start}label", f"{start}name", f"{start}target", f"{start}score", f"{start}executed")
    page = view.page_of(fields)
    entries = (
        view.status,
        view.name,
        view.page_entry(page),
        *middle,
        view.named("located", start),
        view.named("unread", start),
        view.edits(start),
        Entry(_extras(extras, view.lang)),
        *_tail(view),
    )
    return Row(entries, view.record.document.path, page)


def _tail(view: FormView) -> tuple[Entry, Entry]:
    return Entry(view.record.document.path), Entry(view.record.form_id)


def _extras(extras: tuple[Extra, ...], lang: Lang) -> str | None:
    return "\n".join(say("export.extra", lang, label=extra.label, text=extra.text) for extra in extras) or None


def _by_start(pointers: tuple[str, ...]) -> dict[str, list[str]]:
    """The fields of each row: `/indicators/3/` has `target`, `actual`; `/` has those of the form itself."""
    rows: dict[str, dict[str, None]] = {}
    for pointer in pointers:
        _, section, index, field = f"{pointer}///".split("/")[:4]
        if section in _FORM_FIELDS:
            rows.setdefault("/", {})[section] = None
        elif field in _ROW_FIELDS:
            rows.setdefault(f"/{section}/{index}/", {})[field] = None
    return {start: list(fields) for start, fields in rows.items()}
