"""A labelled form comes in, whether a faultless reading of it would be accepted goes out."""

from eval.checker.grounded import grounded
from pipeline.checks import check
from pipeline.decide import decide
from schemas.form import SelfEvaluation


def is_provable(form: SelfEvaluation) -> bool:
    """True if every number of the form is covered by an equation that holds, and none fails.

    Of such a form nothing but the reading itself can keep it from being accepted without a person.
    """
    faultless = grounded(form)
    return decide(faultless, check(faultless), "confirmed").status == "accepted"
