"""A form comes in; its failed equations go out as cards with ready guesses, its doubtful places in order of visit."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from pipeline.catalogue import Lang, say
from pipeline.checks.wording import name, name_all, render_diagnosis, render_reason
from pipeline.edits.rows import spot_of
from pipeline.edits.values import NEVER_NULL
from pipeline.edits.word import can_confirm, finding_id, is_confirmed
from pipeline.review.cells import all_words_of, told, where_of
from pipeline.review.desk import Doubt, EquationCard, FieldView, Guess, Operand
from pipeline.review.opened import Opened
from pipeline.review.requests import AcceptField, NotInForm, SetValue
from pipeline.store import open_places
from schemas.check import Diagnosis, Finding
from schemas.decision import Reason

_FAILED = frozenset({"source_discrepancy", "misread_suspected"})
_WEIGHT = {"error": 0, "warning": 1, "information": 2}
_SETTLED_HERE = frozenset(
    {"readings_disagree", "undiscriminated", "single_reading", "layout_proposed", "numbers_not_conserved"}
)


def is_failed(finding: Finding) -> bool:
    """Whether a finding is a card; the others are told and ask nothing."""
    return finding.verdict in _FAILED and finding.severity != "information"


def failed(form: Opened) -> list[Finding]:
    """The findings that failed and are more than information, errors first."""
    found = [finding for finding in form.record.findings if is_failed(finding)]
    return sorted(found, key=lambda finding: _WEIGHT[finding.severity])


def blocking(form: Opened) -> list[Finding]:
    """The findings for which the form is in review."""
    reasons = {(reason.rule, reason.fields) for reason in form.record.decision.reasons if reason.code == "rule_failed"}
    return [finding for finding in failed(form) if (finding.rule, finding.fields) in reasons]


def cards_of(form: Opened, lang: Lang, fields: Mapping[str, FieldView]) -> tuple[EquationCard, ...]:
    """A card for each finding that failed."""
    blocks = [] if form.dropped else blocking(form)
    return tuple(_card(form, finding, lang, fields, blocks=finding in blocks) for finding in failed(form))


def _card(form: Opened, finding: Finding, lang: Lang, fields: Mapping[str, FieldView], *, blocks: bool) -> EquationCard:
    return EquationCard(
        finding_id=finding_id(finding, form.rows),
        rule=finding.rule,
        name=say(f"checks.name_{finding.rule}", lang),
        message=told(form, finding, lang),
        severity=finding.severity,
        verdict=finding.verdict,
        printed=finding.printed,
        computed=finding.computed,
        difference=_difference(finding),
        operands=tuple(_operands(form, finding, lang, fields)),
        guesses=tuple(_guess(form, diagnosis, lang) for diagnosis in finding.diagnosis),
        confirmed=is_confirmed(finding),
        blocks=blocks,
        can_confirm=can_confirm(finding) and not is_confirmed(finding) and not form.dropped,
    )


def told_reason(form: Opened, reason: Reason, lang: Lang) -> str:
    """Why a form waits, with what to do about it on this page; elsewhere a command of hedui is the remedy."""
    if reason.code in _SETTLED_HERE and (reason.fields or reason.code != "numbers_not_conserved"):
        cells = bool(reason.fields) and not reason.fields[0].startswith("/")
        fields = all_words_of(form, reason.fields, lang) if cells else name_all(reason.fields, lang)
        return say(f"review.told_{reason.code}", lang, fields=fields)
    return render_reason(reason.model_copy(update={"message": ""}), lang)


def _operands(form: Opened, finding: Finding, lang: Lang, fields: Mapping[str, FieldView]) -> Iterator[Operand]:
    """The printed result first; cells whose numbers were lost are operands without a field."""
    for at, pointer in enumerate(finding.fields):
        view = fields.get(pointer)
        place = form.places.get(pointer)
        yield Operand(
            pointer=pointer,
            where=name(pointer, lang) if pointer.startswith("/") else where_of(form, pointer, lang),
            text=view.text if view is not None else place.text if place is not None else None,
            is_result=at == 0 and finding.computed is not None,
            spans=view.spans if view is not None else place.spans if place is not None else (),
            cells=view.cells if view is not None else (pointer,) if place is not None else (),
        )


def _guess(form: Opened, diagnosis: Diagnosis, lang: Lang) -> Guess:
    """A guess as edits; one that empties a field, or names a field that is not there, is only told."""
    changes = list(zip(diagnosis.fields, diagnosis.would_be, strict=False))
    ready = diagnosis.explained_by != "other_reading" and len(changes) == len(diagnosis.fields)
    ready = ready and all(value and spot_of(pointer, form.rows) for pointer, value in changes)
    reason = say("review.by_guess", lang)
    return Guess(
        message=render_diagnosis(diagnosis, lang),
        explained_by=diagnosis.explained_by,
        edits=tuple(SetValue(pointer=pointer, text=value, reason=reason) for pointer, value in changes)
        if ready
        else (),
    )


def _difference(finding: Finding) -> str | None:
    if finding.printed is None or finding.computed is None:
        return None
    try:
        return format(Decimal(finding.computed) - Decimal(finding.printed), "+f")
    except InvalidOperation:
        return None


def doubts_of(form: Opened, lang: Lang, known: Sequence[str]) -> tuple[Doubt, ...]:
    """The places that wait for a person: operands of failed equations, then fields, then cells, as one reads."""
    cards = [(finding_id(finding, form.rows), finding) for finding in failed(form)]
    operands = {field for finding in blocking(form) for field in finding.fields}
    order = {pointer: at for at, pointer in enumerate(known)}
    cells = {cell: at for at, cell in enumerate(form.places, start=len(order))}
    places = sorted(
        open_places(form.record),
        key=lambda place: (place not in operands, order.get(place, cells.get(place, len(order) + len(cells)))),
    )
    return tuple(_doubt(form, number, place, lang, cards) for number, place in enumerate(places, start=1))


def _doubt(form: Opened, number: int, place: str, lang: Lang, cards: list[tuple[str, Finding]]) -> Doubt:
    reasons = [reason for reason in form.record.decision.reasons if place in reason.fields]
    spot = spot_of(place, form.rows)
    sentences: dict[tuple[str | None, tuple[str, ...]], str]
    sentences = {(finding.rule, finding.fields): told(form, finding, lang) for _, finding in cards}
    why = [
        sentences.get((reason.rule, reason.fields), reason.message)
        if reason.code == "rule_failed"
        else told_reason(form, reason.model_copy(update={"fields": (place,)}), lang)
        for reason in reasons
    ]
    return Doubt(
        number=number,
        pointer=place,
        where=name(place, lang) if spot is not None else where_of(form, place, lang),
        codes=tuple(dict.fromkeys(reason.code for reason in reasons)),
        reasons=tuple(dict.fromkeys(why)),
        findings=tuple(own for own, finding in cards if place in finding.fields),
        accept=AcceptField(pointer=place),
        absent=NotInForm(pointer=place) if spot is not None and spot.field not in NEVER_NULL else None,
    )
