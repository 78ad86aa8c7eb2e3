"""One file becomes a Run: read, layout, segment, map, ground, check, decide. One line a step.

Between `understand` and `finish` the batch settles the layouts: their roles come from all forms together.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from pipeline.catalogue import Lang, say
from pipeline.checks import check
from pipeline.checks.wording import render, render_reason
from pipeline.confidence import confidence
from pipeline.decide import decide
from pipeline.edits.amend import Amended, amended
from pipeline.edits.effective import form_digest
from pipeline.edits.rows import RowIds, row_ids
from pipeline.edits.word import confirmed_report, under_word
from pipeline.ground import ground, places_of
from pipeline.mapping.draft import draft
from pipeline.mapping.lexicon import Lexicon
from pipeline.mapping.settle import Example
from pipeline.mapping.skeleton import Table, analyse
from pipeline.mapping.standing import is_said
from pipeline.mapping.transcribe import Mapped, transcribed
from pipeline.read import Chooser, read
from pipeline.rivals import Rivals
from pipeline.second_look import SecondLook, look_again
from pipeline.segment import segment
from schemas.amount import Amount, is_not_available, normalised
from schemas.check import CheckReport, RuleCode, Severity
from schemas.decision import Decision, Status
from schemas.extraction import Extraction
from schemas.layout import Cell
from schemas.reading import Role, Slot, Template
from schemas.run import DecisionInfo, DocumentInfo, Edit, FileOutcome, FormRecord, Outcome, Run, TemplateInfo, Usage


@dataclass(frozen=True)
class Ways:
    """How forms are read and judged: what every file of a batch has in common."""

    lexicon: Lexicon
    lang: Lang
    rules_off: frozenset[RuleCode] = frozenset()
    severities: Mapping[RuleCode, Severity] = field(default_factory=dict)


# From this probability on a model knows a column for results under the title of a table of targets.
SURE = 0.9
# Weights add up to this.
WHOLE = 100
_RESULTS: frozenset[Role] = frozenset({"actual", "score"})
_HINT = re.compile(r"[(\[【<].*[)\]】>]")


class Understood(NamedTuple):
    """A file's forms before their layouts are settled."""

    document: DocumentInfo
    forms: tuple[Example, ...]
    dropped: tuple[Example, ...] = ()
    """Regions that a person declared no form, or joined to another."""


@dataclass(frozen=True)
class AsRead:
    """One form under its layout before any person spoke; each step is done once, when first asked for.

    `look` reads numbers of a picture once more where an equation over them fails.
    """

    form: Example
    template: Template
    ways: Ways
    look: SecondLook | None = None

    @cached_property
    def mapped(self) -> Mapped:
        """Which cell is which field: as the form was transcribed, else as its layout says."""
        region, skeleton, lexicon = self.form.region, self.form.skeleton, self.ways.lexicon
        if region.transcription is not None:
            return transcribed(region, skeleton, region.transcription, lexicon, self.template.key)
        return Mapped(draft(region, skeleton, roles_of(self.template), lexicon), self.template)

    @cached_property
    def rows(self) -> RowIds:
        """The ids of its rows."""
        return row_ids(self.mapped.draft, self.form.region)

    @cached_property
    def extraction(self) -> Extraction:
        """Values with their evidence."""
        mapped, rests_on = self.mapped
        found = ground(mapped, self.form.region, {slot.number: slot for slot in rests_on.slots})
        return found if self.look is None else look_again(found, self.checked(found), self.look)

    @cached_property
    def report(self) -> CheckReport:
        """What the rules say of it, in words."""
        return _told(self.checked(self.extraction), self.ways.lang)

    @cached_property
    def _rivals(self) -> Rivals:
        return Rivals(self.form, self.template, self.ways.lexicon)

    def checked(self, extraction: Extraction, edits: Sequence[Edit] = ()) -> CheckReport:
        """The rules' report; a form that breaks equations is held against every other reading of its layout."""
        ways = self.ways
        report = check(extraction, rules_off=ways.rules_off, severities=ways.severities)
        if not any(finding.verdict in {"source_discrepancy", "misread_suspected"} for finding in report.findings):
            return report
        rivals = self._rivals.under(edits)
        return check(extraction, rivals, rules_off=ways.rules_off, severities=ways.severities) if rivals else report


class Finished(NamedTuple):
    """One form, decided; `signals` are the reasons behind each confidence."""

    record: FormRecord
    signals: dict[str, tuple[str, ...]]
    by_rules: Status
    """What the rules alone say: the record's own status where no person spoke."""


def understand(path: Path, name: str, ways: Ways, choose: Chooser | None) -> Understood:
    """Read a file and find its forms; raises DocumentError, OSError."""
    document = read(path, name, ways.lexicon, choose)
    regions = segment(document, ways.lexicon)
    forms = [Example(region, analyse(region, ways.lexicon)) for region in regions]
    info = DocumentInfo(
        path=name,
        sha256=document.sha256,
        media_type=document.media_type,
        pages=len(document.pages) or None,
    )
    return Understood(info, tuple(form for form in forms if _is_form(form, ways.lexicon)))


def finish(  # noqa: PLR0913 - a file and all that it is judged by
    understood: Understood,
    templates: Mapping[str, Template],
    ways: Ways,
    *,
    digest: str,
    incomplete: Collection[str] = (),
    usage: Mapping[str, Usage] | None = None,
    edits: Mapping[str, Sequence[Edit]] | None = None,
    look: SecondLook | None = None,
) -> Run:
    """Every form of a file mapped by its layout's template, proven and decided.

    `incomplete` are the keys of layouts whose questions could not all be asked. `usage` is what settling a
    layout cost: it is charged to the first form of that layout here. `edits` are a person's, by form_id.
    """
    charged = dict(usage or {})
    records: list[FormRecord] = []
    signals: dict[str, dict[str, tuple[str, ...]]] = {}
    outcomes: list[Outcome] = []
    by_rules: dict[str, Status] = {}
    cut_short: list[str] = []
    dropped = [*understood.dropped]
    for form in understood.forms:
        template = templates[form.skeleton.key]
        emptiness = _without_results(form, template, ways.lexicon)
        own = (edits or {}).get(form_id_of(understood.document, form.region.index), ())
        if emptiness is not None:
            outcomes.append(emptiness)
            dropped += [form] if own else []  # what a person cut so stays at hand
            continue
        complete = form.skeleton.key not in incomplete
        cost = charged.pop(form.skeleton.key, Usage())
        done = judge(form, template, understood.document, ways, complete=complete, usage=cost, edits=own, look=look)
        records.append(done.record)
        signals[done.record.form_id] = done.signals
        cut_short += [done.record.form_id] if not complete else []
        if own:
            by_rules[done.record.form_id] = done.by_rules
    outcome: Outcome = "read" if records else next(iter(outcomes), "no_form")
    file = FileOutcome(
        path=understood.document.path,
        sha256=understood.document.sha256,
        media_type=understood.document.media_type,
        pages=understood.document.pages,
        outcome=outcome,
        reason=None if outcome == "read" else say(f"console.outcome_{outcome}", ways.lang),
        forms=len(records),
    )
    total = sum((record.usage for record in records), Usage())
    return Run(
        file=file,
        digest=digest,
        forms=tuple(records),
        dropped=tuple(_dropped(form, templates, understood.document, ways, edits or {}) for form in dropped),
        by_rules=by_rules,
        incomplete=tuple(cut_short),
        confidence_reasons=signals,
        usage=total,
    )


def judge(  # noqa: PLR0913 - a form and all that it is judged by
    form: Example,
    template: Template,
    document: DocumentInfo,
    ways: Ways,
    *,
    complete: bool,
    usage: Usage,
    edits: Sequence[Edit] = (),
    look: SecondLook | None = None,
    known: AsRead | None = None,
) -> Finished:
    """One form: map, ground, check, decide. What a person edited is proven and decided as edited.

    `known` is the same form under the same template, where it was at hand already.
    """
    read = known or AsRead(form, template, ways, look)
    extraction, rests_on = read.extraction, read.mapped.template
    decision = decide(extraction, read.report, rests_on.state, completed=complete)
    alone = decision.status
    made = amended(extraction, read.rows, places_of(form.region) if edits else {}, edits)
    report = read.report
    if edits:
        report = _told(confirmed_report(read.checked(made.extraction, edits), made.word, made.rows), ways.lang)
        decision = decide(made.extraction, report, rests_on.state, completed=complete)
        decision = under_word(decision, report, made.word, form_digest(made.extraction.form), made.rows)
    trust = confidence(made.extraction, report)
    record = _record(form, rests_on, document, made, report, decision, ways).model_copy(
        update={
            "confidence": {pointer: found.score for pointer, found in trust.items()},
            "edits": tuple(edits),
            "rows": made.rows if edits else {},
            "usage": usage,
        },
    )
    return Finished(record, {pointer: found.reasons for pointer, found in trust.items()}, alone)


def form_id_of(document: DocumentInfo, form_index: int) -> str:
    """What a form is called for good: the same bytes give the same name."""
    return f"{document.sha256[:16]}-{form_index}"


def roles_of(template: Template) -> dict[int, Role]:
    """The role of every slot that has one."""
    return {slot.number: slot.role for slot in template.slots if slot.role is not None}


def _dropped(
    form: Example,
    templates: Mapping[str, Template],
    document: DocumentInfo,
    ways: Ways,
    edits: Mapping[str, Sequence[Edit]],
) -> FormRecord:
    """A region that a person took out, as it was read: kept so that it can come back."""
    own = edits.get(form_id_of(document, form.region.index), ())
    record = judge(form, templates[form.skeleton.key], document, ways, complete=True, usage=Usage()).record
    return record.model_copy(update={"edits": tuple(own)})


def _told(report: CheckReport, lang: Lang) -> CheckReport:
    """The same report, each finding with its sentence."""
    told = tuple(finding.model_copy(update={"message": render(finding, lang)}) for finding in report.findings)
    return report.model_copy(update={"findings": told})


def _record(  # noqa: PLR0913, PLR0917 - everything a line of forms.jsonl is made of
    form: Example,
    template: Template,
    document: DocumentInfo,
    made: Amended,
    report: CheckReport,
    decision: Decision,
    ways: Ways,
) -> FormRecord:
    extraction = made.extraction
    told = [reason.model_copy(update={"message": render_reason(reason, ways.lang)}) for reason in decision.reasons]
    return FormRecord(
        form_id=form_id_of(document, form.region.index),
        document=document,
        form_index=form.region.index,
        pages=form.region.pages,
        status=decision.status,
        decision=DecisionInfo(by=decision.by, reasons=tuple(told)),
        template=TemplateInfo(key=template.key, state=template.state),
        form=extraction.form,
        evidence=made.printed,
        unread=extraction.unread,
        located_only=decision.located_only,
        findings=report.findings,
        rules_off=report.rules_off,
    )


def _is_form(form: Example, lexicon: Lexicon) -> bool:
    """A form has a table of indicators, and something else that a form has: funds, a label, a total.

    Funds under the title of an evaluation are one whose indicators were not found: a person has to see it.
    """
    bones = form.skeleton
    if bones.table("indicator") is None:
        return bones.table("fund") is not None and bool(bones.pairs) and _is_titled(form, lexicon.titles)
    return bool(bones.table("fund") or bones.pairs or bones.closings)


def _is_titled(form: Example, words: Collection[str]) -> bool:
    """True if the lines or cells above a form hold one of these words."""
    titles = [line.text for line in form.region.heading] + [cell.text for cell in form.skeleton.headings]
    return any(word in normalised(title) for title in titles for word in words)


def _without_results(form: Example, template: Template, lexicon: Lexicon) -> Outcome | None:
    """`target_only` if the layout has no column for what was achieved, `unfilled` if none of its cells holds any.

    Only where every column was read: one that nobody knows, or that has no header, may hold the results, unless it
    stands before known columns for what was achieved and for its score. Under the title of a table of targets what a
    column holds does not make it one for results: a word that is known has to, or a model that is sure, or totals of
    points that were earned.
    """
    tables = [table for table in form.skeleton.tables if table.kind == "indicator"]
    if not tables:
        return None
    titled = _is_titled(form, lexicon.target_titles) and not _is_titled(form, lexicon.titles)
    slots = [template.slots[column.slot - 1] for table in tables for column in table.columns if column.slot]
    results = {slot.number for slot in slots if slot.role in _RESULTS and (not titled or is_said(slot, SURE))}
    results |= {slot.number for slot in slots if slot.role == "extra" and lexicon.tells_results(slot.text)}
    cells = [cell for table in tables for cell in _under(table, results)]
    unread = {slot.number for slot in slots if slot.state != "agreed" and not is_said(slot)}
    targets = {slot.number for slot in slots if slot.role == "target"}
    both = {slot.role for slot in slots if slot.number in results and is_said(slot)} >= _RESULTS
    read = not unread or (both and not any(_holds_behind(table, results, unread) for table in tables))
    read = read and not any(_holds_behind(table, targets, ()) for table in tables)
    if any(cell.text or cell.unread for cell in cells) or not (titled or read):
        return None
    if not (titled and results) and _sums_up_results(form, template, titled=titled):
        return None
    if not titled and _tells_achievement(form, template):
        return None
    if results:
        return "unfilled"
    return "target_only" if titled or targets else None


def _tells_achievement(form: Example, template: Template) -> bool:
    """True if a form says in words what was achieved; a hint in brackets, how to fill it in, does not."""
    said = (pair.value for pair in form.skeleton.pairs if template.slots[pair.slot - 1].role == "actual_achievement")
    return any(
        cell is not None and not is_not_available(cell.text) and not _HINT.fullmatch(normalised(cell.text))
        for cell in said
    )


def _sums_up_results(form: Example, template: Template, *, titled: bool) -> bool:
    """True if a closing row whose label is known holds what only an evaluation has: a grade, totals of scores.

    A total is one of weights if its column is; where no column is known to be, if it is alone and the whole. Forms left
    blank print the whole beside it as well: only under a title of targets does that tell of scores.
    """
    weights = {slot.number for slot in template.slots if slot.role == "weight" and is_said(slot)}
    for closing in form.skeleton.closings:
        slot = template.slots[closing.slot - 1]
        if not _is_known(slot) or slot.role not in {"grade", "total"}:
            continue
        if slot.role == "grade" and any(cell.text for _, cell in closing.cells):
            return True
        totals = [
            (amount.value, titled and bool(weights) and at is not None)
            for at, cell in closing.cells
            if (amount := Amount.parse(cell.text)) is not None
            and (at is None or closing.columns[at].slot not in weights)
        ]
        if slot.role == "total" and (len(totals) > 1 or any(total != WHOLE or beside for total, beside in totals)):
            return True
    return False


def _is_known(slot: Slot) -> bool:
    """True for a label whose role a known word or a person gave: a model takes 资金总额 for a total of points."""
    return any(reading.source in {"lexicon", "human"} and reading.role == slot.role for reading in slot.readings)


def _under(table: Table, slots: Collection[int]) -> list[Cell]:
    """The cells of the columns with these slots."""
    return [
        cell
        for row in table.rows
        for column, cell in zip(table.columns, row, strict=True)
        if column.slot in slots and cell
    ]


def _holds_behind(table: Table, anchors: Collection[int], unread: Collection[int]) -> bool:
    """True if a column without a header, or one of the `unread`, holds something behind the first of the `anchors`."""
    first = next((index for index, column in enumerate(table.columns) if column.slot in anchors), 0)
    behind = {
        index
        for index, column in enumerate(table.columns)
        if index > first and (not column.slot or column.slot in unread)
    }
    return any(
        (cell := row[index]) is not None and (cell.text or cell.unread) for row in table.rows for index in behind
    )
