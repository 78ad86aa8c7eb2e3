"""An Extraction whose equations fail comes in; its numbers read from pictures are read once more. Nothing is chosen.

A second reading, made at double size, replaces the first one wherever it gives a number: never because a sum would
fit, and also where no sum fits it. What was read before stays in the evidence, and the rules are asked again.
"""

from decimal import Decimal
from typing import Protocol

from pipeline.checks.sheet import equation_numbers, with_numbers
from schemas.amount import Amount, normalised
from schemas.check import CheckReport
from schemas.evidence import Evidence, PageSpan
from schemas.extraction import Extraction


class SecondLook(Protocol):
    """Who can look at a place of the document again."""

    def read_again(self, span: PageSpan, page: int) -> str | None:
        """The text at `span` of `page`, read from a crop at double size; None if nothing can be read there."""
        ...


def look_again(extraction: Extraction, report: CheckReport, look: SecondLook) -> Extraction:
    """The extraction with second readings of the doubtful numbers; the same one if none says anything else."""
    numbers: dict[str, Decimal | None] = {}
    evidence = dict(extraction.evidence)
    for pointer in doubtful(extraction, report):
        first = extraction.evidence[pointer]
        text = _text_again(first, look)
        amount = Amount.parse(text) if text is not None else None
        if amount is None or text is None or normalised(text) == normalised(first.text):
            continue
        numbers[pointer] = amount.value
        evidence[pointer] = first.model_copy(update={"cell_text": text, "text": text, "before": first.text})
    if not numbers:
        return extraction
    form = with_numbers(extraction.form, numbers)
    return extraction.model_copy(update={"form": form, "evidence": evidence})


def doubtful(extraction: Extraction, report: CheckReport) -> tuple[str, ...]:
    """Numbers of origin ocr with a place on a page that stand in an equation which fails, in the order told."""
    numbers = equation_numbers(extraction.form)
    fields = (
        field
        for finding in report.findings
        if finding.verdict in {"source_discrepancy", "misread_suspected"}
        for field in finding.fields
    )
    return tuple(
        field
        for field in dict.fromkeys(fields)
        if field in numbers
        and (proof := extraction.evidence.get(field)) is not None
        and proof.origin == "ocr"
        and any(isinstance(span, PageSpan) for span in proof.spans)
    )


def _text_again(proof: Evidence, look: SecondLook) -> str | None:
    """All spans of a cell read again, joined as the cell was; None if one of them gives nothing."""
    parts = [look.read_again(span, span.page) for span in proof.spans if isinstance(span, PageSpan)]
    return None if any(part is None for part in parts) else "".join(part for part in parts if part is not None)
