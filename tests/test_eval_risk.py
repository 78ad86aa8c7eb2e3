"""Risk against coverage: curves by hand, areas as scikit-learn gives them, intervals by documents."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import auc

from eval.score.risk import Judged, Point, confidence_at, curve
from schemas.errors import UsageError


def test_a_curve_by_hand() -> None:
    """Of four fields the two surest are right, one of the next two is wrong: risk 0 at 50 %, 1/4 at 100 %."""
    found = curve(
        [[Judged(0.9, wrong=False), Judged(0.9, wrong=False), Judged(0.5, wrong=True), Judged(0.5, wrong=False)]]
    )
    assert found.points == (Point(0.5, 0.0, 0.9), Point(1.0, 0.25, 0.5))
    assert found.area[:3] == (0.0625, 0.0625, 0.0625)
    assert found.fields == 4


def test_a_confidence_that_orders_rightly_has_less_area() -> None:
    """The same fields with the wrong one surest have more."""
    right = curve([[Judged(0.9, wrong=False), Judged(0.8, wrong=False), Judged(0.1, wrong=True)]])
    wrong = curve([[Judged(0.1, wrong=False), Judged(0.8, wrong=False), Judged(0.9, wrong=True)]])
    assert right.area.value < wrong.area.value
    assert right.points[-1].risk == wrong.points[-1].risk == pytest.approx(1 / 3)


_FIELDS = st.lists(
    st.builds(Judged, st.sampled_from([0.1, 0.25, 0.5, 0.9, 1.0]), st.booleans()), min_size=1, max_size=30
)


@settings(deadline=None, max_examples=50)
@given(_FIELDS)
def test_the_area_is_scikit_learns(fields: list[Judged]) -> None:
    """The trapezoids under the points, from coverage 0 at the first point's risk."""
    found = curve([fields])
    coverage = [0.0, *(point.coverage for point in found.points)]
    risk = [found.points[0].risk, *(point.risk for point in found.points)]
    assert found.area.value == pytest.approx(float(auc(coverage, risk)))


@settings(deadline=None, max_examples=20)
@given(st.lists(_FIELDS, min_size=2, max_size=5))
def test_an_interval_holds_between_the_documents_own_areas(documents: list[list[Judged]]) -> None:
    """Drawing documents never leaves 0 to 1, and the same draws give the same interval."""
    found = curve(documents)
    assert 0.0 <= found.area.low <= found.area.high <= 1.0
    assert curve(documents) == found


def test_documents_without_a_field_change_no_curve() -> None:
    """They are drawn too, and have nothing to add."""
    fields = [Judged(0.9, wrong=False), Judged(0.2, wrong=True)]
    assert curve([fields, []]).points == curve([fields]).points
    with pytest.raises(UsageError):
        curve([[], []])


def test_a_part_of_a_target_has_the_targets_confidence() -> None:
    """Its own comes first; a field that nobody judged has none."""
    known = {"/indicators/0/target": 0.7, "/grade": 0.4}
    assert confidence_at("/indicators/0/target/value", known) == 0.7
    assert confidence_at("/grade", known) == 0.4
    assert confidence_at("/kind", known) is None
