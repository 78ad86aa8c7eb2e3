"""A labelled form comes in, the Extraction goes out that a faultless reading of its document would give."""

from collections.abc import Iterator, Mapping
from typing import Literal

from pipeline.checks.sheet import equation_numbers
from pipeline.decide import FORM_TEXTS, ROW_TEXTS
from pipeline.ground import TOKEN
from schemas.amount import normalised
from schemas.evidence import CellSpan, Evidence
from schemas.extraction import Claim, Extraction, Standing, TokenCell
from schemas.form import Quantity, SelfEvaluation

Grounding = Literal["off", "on"]
"""`on`: numbers are characters of the document, with the cell they stand in. `off`: they are read from a picture,
so that only an exact equation proves them."""

_SURE = Standing(state="agreed", agreeing=("lexicon", "model"))
_PICTURED = Standing(state="agreed", agreeing=("lexicon", "model"), origin="ocr")


def grounded(form: SelfEvaluation, grounding: Grounding = "on", cells: Mapping[str, str] | None = None) -> Extraction:
    """Every value of `form` in a cell of its own, each cell claimed once, every role agreed upon.

    `cells` are texts of cells that say more than the bare number, such as a rate with its % sign.
    """
    numbers = equation_numbers(form)
    printed = {pointer: format(number, "f") for pointer, number in numbers.items()} | dict(_texts(form))
    printed |= cells or {}
    evidence = {
        pointer: Evidence(
            spans=(CellSpan(cell=pointer[1:]),),
            cell_text=text,
            text=text,
            origin="ocr" if grounding == "off" and pointer in numbers else "text",
        )
        for pointer, text in printed.items()
    }
    return Extraction(
        form=form,
        evidence=evidence,
        standings={pointer: _PICTURED if grounding == "off" and pointer in numbers else _SURE for pointer in printed},
        tokens=tuple(
            TokenCell(
                cell=pointer[1:],
                tokens=tokens,
                claims=(Claim(role="value" if pointer in numbers else "text", pointers=(pointer,)),),
            )
            for pointer, text in printed.items()
            if (tokens := tuple(TOKEN.findall(normalised(text))))
        ),
    )


def misread(clean: Extraction, form: SelfEvaluation) -> Extraction:
    """`form` as a wrong extraction of the document behind `clean`: the document still says what it said."""
    return clean.model_copy(update={"form": form})


def _texts(form: SelfEvaluation) -> Iterator[tuple[str, str]]:
    for name in FORM_TEXTS:
        if (value := getattr(form, name)) is not None:
            yield f"/{name}", str(value)
    for at, fund in enumerate(form.funds):
        yield f"/funds/{at}/label", fund.label
        yield f"/funds/{at}/source", fund.label
    for at, row in enumerate(form.indicators):
        for name in ROW_TEXTS:
            value = getattr(row, name)
            if value is not None:
                yield f"/indicators/{at}/{name}", value.text if isinstance(value, Quantity) else value
