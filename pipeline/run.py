"""One file becomes a Run: read, layout, segment, map, ground, check, decide. One line a step.

Between `understand` and `finish` the batch settles the layouts: their roles come from all forms together.
"""

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
from pipeline.mapping.skeleton import analyse
from pipeline.mapping.transcribe import Mapped, transcribed
from pipeline.read import Chooser, read
from pipeline.results import is_titled, without_results
from pipeline.rivals import Rivals
from pipeline.second_look import SecondLook, look_again
from pipeline.segment import segment
from schemas.check import CheckReport, RuleCode, Severity
from schemas.decision import Decision, Status
from schemas.extraction import Extraction
from schemas.reading import Role, Template
from schemas.run import DecisionInfo, DocumentInfo, Edit, FileOutcome, FormRecord, Outcome, Run, TemplateInfo, Usage


@dataclass(frozen=True)
class Ways:
    """How forms are read and judged: what every file of a batch has in common."""

    lexicon: Lexicon
    lang: Lang
    rules_off: frozenset[RuleCode] = frozenset()
    severities: Mapping[RuleCode, Severity] = field(default_factory=dict)


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
        emptiness = without_results(form, template, ways.lexicon)
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

    The title of an evaluation is enough over known columns for what was achieved. Funds under such a title are a form
    whose indicators were not found: a person has to see it. Labels under the title of targets are a table of targets.
    """
    bones = form.skeleton
    indicators = bones.table("indicator")
    titled = is_titled(form, lexicon.titles)
    if indicators is None:
        told = titled and bones.table("fund") is not None
        return bool(bones.pairs) and (told or is_titled(form, lexicon.target_titles))
    if bones.table("fund") or bones.pairs or bones.closings:
        return True
    known = {lexicon.column("indicator_column", column.text) for column in indicators.columns}
    return titled and bool(known & {"actual", "score"})
