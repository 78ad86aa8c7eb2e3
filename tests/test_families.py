"""Documents of every layout family and format, read without a model: what is found, what is right, what is kept back.

The families' documents were typeset from labels (eval/data/families); nobody's layout is in the program.
"""

import pytest
from click.testing import CliRunner

from eval.cli import eval_group
from eval.dataset import SHIPPED
from eval.figures import FigureCode, Scored, scored
from eval.log import read_log


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scored]:
    """As hedui reads them, and after each layout was confirmed once by a person who knows."""
    path = tmp_path_factory.mktemp("log") / "log.json"
    asked = ["run", "-o", str(path), "--data", "families", "--model", "none", "--confirm"]
    done = CliRunner().invoke(eval_group, asked, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return {found.way.way: found for found in scored(read_log(path))}


def figure(found: Scored, code: FigureCode) -> float | None:
    """The value of a figure over all documents."""
    estimate = found.figure(code)
    return None if estimate is None else estimate.value


def wrong(found: Scored) -> list[str]:
    """The documents with another outcome, or another number of forms, than their manifest says."""
    return [
        document.gold.name
        for document in found.documents
        if document.result.outcome != document.gold.outcome or len(document.result.outputs) != len(document.gold.forms)
    ]


@pytest.mark.parametrize("way", ["hedui", "hedui_person"])
def test_a_form_is_found_where_one_is_and_nowhere_else(ways: dict[str, Scored], way: str) -> None:
    """Also tables of targets alone, unfilled forms, contents pages, and forms between prose and other tables."""
    assert wrong(ways[way]) == []


@pytest.mark.parametrize("way", ["hedui", "hedui_person"])
def test_no_accepted_form_has_a_wrong_field(ways: dict[str, Scored], way: str) -> None:
    """Whatever is not right waits for a person."""
    held = [form for form in ways[way].forms() if form.output is not None and form.output.status == "accepted"]
    assert [(form.family, form.score.gold_index) for form in held if not form.score.exact] == []


def test_after_one_confirmation_a_layout_nearly_every_field_is_right(ways: dict[str, Scored]) -> None:
    """Field F1 of 99.5 %, numeric F1 of 99.9 %, 99 % of the indicator rows exact."""
    found = ways["hedui_person"]
    assert (figure(found, "field_f1") or 0) >= 0.995
    assert (figure(found, "numeric_f1") or 0) >= 0.999
    assert (figure(found, "rows_exact") or 0) >= 0.99


def test_every_value_stands_where_it_says(ways: dict[str, Scored]) -> None:
    """In the page's rectangle, the sheet's cell, the table's cell."""
    assert figure(ways["hedui_person"], "grounding") == 1.0


def test_values_are_put_where_the_typesetter_put_them(ways: dict[str, Scored]) -> None:
    """99.8 % of the values in the browser's PDFs meet their cell or their characters by half or more."""
    assert (figure(ways["hedui_person"], "boxes_met") or 0) >= 0.998
    assert (figure(ways["hedui_person"], "box_overlap") or 0) >= 0.949


def test_the_documents_are_shipped() -> None:
    """At least sixty labelled forms beside the published report's."""
    golds = (SHIPPED / "families").rglob("gold/*.json")
    assert len(list(golds)) >= 60
