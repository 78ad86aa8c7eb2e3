"""The claims on a form's numeric tokens come in; cells that no role or more than one role claims go out."""

from collections.abc import Iterator

from pipeline.checks.equations import Equation
from pipeline.checks.registry import Notice, Rule
from pipeline.checks.sheet import Sheet
from schemas.extraction import TokenCell


def numbers_conserved(sheet: Sheet) -> Iterator[Equation | Notice]:
    """Every numeric token of the form is claimed by exactly one cell role.

    Reason: a number that nothing claims is a number that hedui lost; one that two roles claim stands in two
    fields. A cell that is only a number is no text of its own: taken for one although nobody read its column or its
    label, it is lost too. Found by cell id; `fields` are those ids, the unclaimed first. A form without any token
    cannot show that it lost none: that is not checkable.
    """
    if sheet.tokens is None:
        return
    if not sheet.tokens:
        yield Notice("numbers_conserved", "", "missing", (), failed=False, missing=("tokens",))
        return
    unclaimed = [cell for cell in sheet.tokens if not cell.claims or _is_put_aside(cell)]
    doubled = [cell for cell in sheet.tokens if len(cell.claims) > 1]
    if unclaimed or doubled:
        yield Notice(
            "numbers_conserved",
            "",
            "lost" if not doubled else "doubled" if not unclaimed else "lost_and_doubled",
            tuple(cell.cell for cell in (*unclaimed, *doubled)),
            failed=True,
            params={
                "unclaimed": ", ".join(cell.cell for cell in unclaimed),
                "doubled": ", ".join(cell.cell for cell in doubled),
            },
        )


def _is_put_aside(cell: TokenCell) -> bool:
    """A bare number claimed as text or extra under no column and no label that anybody read."""
    return cell.bare and any(
        not claim.roles and (claim.role == "text" or any("/extras/" in pointer for pointer in claim.pointers))
        for claim in cell.claims
    )


RULES = (Rule("numbers_conserved", "error", numbers_conserved),)
