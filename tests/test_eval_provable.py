"""Which labelled forms a faultless reading would accept."""

from decimal import Decimal

from eval.dataset import SHIPPED
from eval.gold import load
from eval.provable import is_provable


def test_forms_of_the_report_whose_sums_hold_are_provable() -> None:
    """14 of 18: the other four print an initial budget that is not the sum of its parts."""
    golds = [case.form for case in load(SHIPPED / "jiading-2024")]
    assert [at for at, form in enumerate(golds) if not is_provable(form)] == [7, 13, 16, 17]


def test_a_number_that_no_equation_covers_makes_a_form_unprovable() -> None:
    """A weight of a level beside rows without weights stands in no sum."""
    form = load(SHIPPED / "families" / "J")[0].form
    assert is_provable(form)
    alone = form.indicators[0].model_copy(update={"level1_weight": Decimal(50)})
    assert not is_provable(form.model_copy(update={"indicators": (alone, *form.indicators[1:])}))
