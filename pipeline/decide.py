"""An Extraction and its CheckReport come in, a Decision goes out: the acceptance law, and nothing else."""

from collections.abc import Iterator, Mapping

from pipeline.checks.sheet import as_printed, equation_numbers
from schemas.check import COVERING, CheckReport
from schemas.decision import Decision, Reason, ReasonCode
from schemas.evidence import LineSpan, PageSpan, Span
from schemas.extraction import Extraction
from schemas.form import SelfEvaluation
from schemas.reading import SlotState, TemplateState

FORM_TEXTS = (
    "title",
    "fiscal_year",
    "project_name",
    "project_code",
    "supervising_department",
    "implementing_unit",
    "amount_unit",
    "expected_goal",
    "actual_achievement",
    "grade",
)
ROW_TEXTS = ("level1", "level2", "name", "target", "actual", "deviation_note")
"""What no equation can cover: texts, targets and actuals; a year and a code are names written in digits."""

_ROLE_REASONS: Mapping[SlotState, ReasonCode] = {
    "disputed": "readings_disagree",
    "undiscriminated": "undiscriminated",
    "single": "single_reading",
    "unread": "single_reading",
}
"""Why a role is not settled; `agreed` and `human` are."""

_ROLE_ORDER: tuple[ReasonCode, ...] = ("readings_disagree", "undiscriminated", "single_reading")


def decide(
    extraction: Extraction,
    report: CheckReport,
    template_state: TemplateState,
    *,
    completed: bool = True,
) -> Decision:
    """The acceptance law: accepted only if not one of the reasons below applies; all that do are given.

    `completed` is False if the run was cut short (budget used up, model gone). A finding that is a warning
    does not block by itself: what it leaves uncovered does. Confidence plays no part.
    """
    covered, exactly = report.covered(), report.covered_exactly()
    reasons = (
        *_run(template_state, completed=completed),
        *_located(extraction),
        *_rules(report),
        *_conserved(report),
        *_proven(extraction, report, covered),
        *_roles(extraction, covered),
        *_certain(extraction, exactly),
    )
    return Decision(
        status="review" if reasons else "accepted",
        reasons=reasons,
        located_only=tuple(_located_only(extraction, covered)),
    )


def _run(template_state: TemplateState, *, completed: bool) -> Iterator[Reason]:
    """The run completed, and the layout is confirmed."""
    if not completed:
        yield Reason(code="run_incomplete")
    if template_state != "confirmed":
        yield Reason(code="layout_proposed")


def _located(extraction: Extraction) -> Iterator[Reason]:
    """Every required field is located exactly, every value has its place, and no field is unread."""
    values = tuple(_values(extraction.form))
    without_place = (pointer for pointer in values if pointer not in extraction.standings)
    missing = tuple(dict.fromkeys((*extraction.missing, *_names_missing(extraction.form), *without_place)))
    if missing:
        yield Reason(code="required_missing", fields=missing)
    if extraction.unread:
        yield Reason(code="unread", fields=extraction.unread)
    other = tuple(_not_as_printed(extraction))
    if other:
        yield Reason(code="not_as_printed", fields=other)


def _not_as_printed(extraction: Extraction) -> Iterator[str]:
    """Numbers, targets and actuals that are not what the document prints at their place.

    Code cuts every value out of its cell, so this never happens by reading; it is what keeps it true.
    """
    for pointer, number in equation_numbers(extraction.form).items():
        if not as_printed(extraction.evidence.get(pointer), number):
            yield pointer
    for at, row in enumerate(extraction.form.indicators):
        for name, said in (("target", row.target), ("actual", row.actual)):
            proof = extraction.evidence.get(f"/indicators/{at}/{name}")
            if proof is not None and said is not None and said.text != proof.text:
                yield f"/indicators/{at}/{name}"


def _names_missing(form: SelfEvaluation) -> Iterator[str]:
    """A form names its project; that of a department names an organisation instead."""
    if form.kind == "department_self_evaluation":
        if form.supervising_department is None and form.implementing_unit is None:
            yield "/supervising_department"
    elif form.project_name is None:
        yield "/project_name"


def _rules(report: CheckReport) -> Iterator[Reason]:
    """No finding has severity `error`."""
    for finding in report.findings:
        if finding.severity == "error" and finding.rule != "numbers_conserved":
            yield Reason(code="rule_failed", fields=finding.fields, rule=finding.rule, message=finding.message)


def _conserved(report: CheckReport) -> Iterator[Reason]:
    """Numbers are conserved, whatever severity the settings give that rule; not checked is not conserved."""
    lost = tuple(finding for finding in report.findings if finding.rule == "numbers_conserved")
    if lost or "numbers_conserved" in report.rules_off:
        cells = tuple(cell for finding in lost for cell in finding.fields)
        yield Reason(code="numbers_not_conserved", fields=cells, rule="numbers_conserved")


def _proven(extraction: Extraction, report: CheckReport, covered: frozenset[str]) -> Iterator[Reason]:
    """Every number of a kind that equations can cover is covered by one that holds, and one holds at all."""
    numbers = equation_numbers(extraction.form)
    uncovered = tuple(pointer for pointer in numbers if pointer not in covered)
    if uncovered:
        yield Reason(code="uncovered", fields=uncovered)
    if not any(held.rule in COVERING for held in report.held):
        yield Reason(code="nothing_to_prove")


def _roles(extraction: Extraction, covered: frozenset[str]) -> Iterator[Reason]:
    """No reading disagrees, no undiscriminated role stands without two readings, nor an unproven one on one.

    A single reading is enough for a number that an equation covers: the equation is the second witness. No
    reading at all never is: arithmetic alone teaches no role. What goes to extras claims no role, so only
    a dispute blocks it; a blank cell of a located column blocks nothing.
    """
    blocked: dict[ReasonCode, list[str]] = {}
    for pointer, standing in extraction.standings.items():
        code = _ROLE_REASONS.get(standing.state)
        if code is None or (standing.state == "single" and pointer in covered):
            continue
        if (standing.state != "disputed" and _is_extra(pointer)) or _is_blank(extraction.form, pointer):
            continue
        blocked.setdefault(code, []).append(pointer)
    for code, pointers in sorted(blocked.items(), key=lambda item: _ROLE_ORDER.index(item[0])):
        yield Reason(code=code, fields=tuple(pointers))


def _is_extra(pointer: str) -> bool:
    return "/extras/" in pointer or pointer.endswith("/extras")


def _certain(extraction: Extraction, exactly: frozenset[str]) -> Iterator[Reason]:
    """No uncertain cut, join or reading, no picture's number without an exact equation, no text a reader cannot see."""
    standings = extraction.standings
    cut = tuple(pointer for pointer, standing in standings.items() if set(standing.doubts) - {"reading"})
    if cut:
        yield Reason(code="uncertain_cut", fields=cut)
    disputed = tuple(pointer for pointer, standing in standings.items() if "reading" in standing.doubts)
    if disputed:
        yield Reason(code="uncertain_reading", fields=disputed)
    pictured = tuple(
        pointer for pointer, standing in standings.items() if standing.origin == "ocr" and pointer not in exactly
    )
    if pictured:
        yield Reason(code="ocr_unproven", fields=pictured)
    hidden = tuple(pointer for pointer, standing in standings.items() if standing.hidden_text)
    if hidden or extraction.hidden:
        yield Reason(code="hidden_text", fields=(*hidden, *(_place(span) for span in extraction.hidden)))
    if extraction.outside:
        yield Reason(code="outside_table", fields=tuple(_place(span) for span in extraction.outside))


def _place(span: Span) -> str:
    """Where text that is no field stands, in words of ids only."""
    if isinstance(span, PageSpan):
        return f"p{span.page}[{','.join(f'{edge:.0f}' for edge in span.bbox)}]"
    return f"l{span.line}" if isinstance(span, LineSpan) else span.cell


def _located_only(extraction: Extraction, covered: frozenset[str]) -> Iterator[str]:
    """Values located exactly that no equation covers: mostly texts, targets and actuals."""
    for pointer, standing in extraction.standings.items():
        exact = not standing.doubts and pointer not in extraction.unread
        if exact and pointer not in covered and not _is_blank(extraction.form, pointer):
            yield pointer


def _values(form: SelfEvaluation) -> Iterator[str]:
    """Pointers of everything the form prints a value for, in reading order; extras aside, they claim no role."""
    for name in FORM_TEXTS:
        if getattr(form, name) is not None:
            yield f"/{name}"
    for at, fund in enumerate(form.funds):
        if fund.label:
            yield f"/funds/{at}/label"
    for at, row in enumerate(form.indicators):
        for name in ROW_TEXTS:
            if getattr(row, name) is not None:
                yield f"/indicators/{at}/{name}"
    yield from equation_numbers(form)


def _is_blank(form: SelfEvaluation, pointer: str) -> bool:
    """Whether the field at `pointer` is null: its cell holds nothing that could be wrong."""
    found: object = form
    for step in pointer[1:].split("/"):
        if isinstance(found, tuple):
            if not step.isdecimal() or int(step) >= len(found):
                return False
            found = found[int(step)]
        else:
            found = getattr(found, step, "")
    return found is None
