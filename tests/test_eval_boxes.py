"""Where values were printed: the typesetter's boxes hold them, and the places that hedui names are judged by them."""

import json
import shutil
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import jaccard_score

from eval.baselines import STORED
from eval.boxes import DocumentBoxes, PageBox, PrintedAt, boxes_in, write_boxes
from eval.corpus.families import boxes
from eval.dataset import SHIPPED, GoldDocument, documents_of
from eval.figures import Scored, scored
from eval.gold_lint import lint
from eval.grounding import finder_of
from eval.log import Conditions, DocumentResult, Log, Output, Program, WayResult, read_log
from eval.score.leaves import leaves
from eval.score.overlap import best_overlap, known_places, overlap
from schemas.amount import normalised
from schemas.errors import UsageError
from schemas.evidence import BBox, Evidence, PageSpan
from schemas.form import FundLine, IndicatorRow, SelfEvaluation

FAMILIES = SHIPPED / "families"
TYPESET = [document for document in documents_of(SHIPPED) if document.boxes]


def named(document: GoldDocument) -> str:
    """What a test of a document is called."""
    return document.name


def printed_values(form: SelfEvaluation) -> dict[str, str]:
    """Every value as its label writes it, by its pointer; a source is told by its row's label."""
    found = {f"/{path}": leaf.printed for path, leaf in leaves(form).items()}
    found |= {f"/extras/{at}": extra.text for at, extra in enumerate(form.extras)}
    rows: list[tuple[str, FundLine | IndicatorRow]] = [(f"/funds/{at}", row) for at, row in enumerate(form.funds)]
    rows += [(f"/indicators/{at}", row) for at, row in enumerate(form.indicators)]
    for base, row in rows:
        found |= {f"{base}/{path.removesuffix('/text')}": leaf.printed for path, leaf in leaves(row).items()}
        found |= {f"{base}/extras/{number}": extra.text for number, extra in enumerate(row.extras)}
    return found


@pytest.mark.parametrize("document", TYPESET, ids=named)
def test_every_box_holds_the_values_it_is_said_to_hold(document: GoldDocument) -> None:
    """The characters of the committed PDF inside a text's rectangle are the label's, and lie inside its cell.

    A unit may be printed in a column before the number that it belongs to.
    """
    finder = finder_of(SHIPPED / document.name, document.name)
    assert finder is not None
    for form, places in zip(document.forms, document.boxes, strict=True):
        values = printed_values(form)
        held: dict[str, str] = {}
        for place in places:
            spans = tuple(PageSpan(page=box.page, bbox=BBox(*box[1:])) for box in place.text)
            said = normalised(finder(Evidence(spans=spans, cell_text="", text="")))
            for field in place.fields:
                held[field] = held.get(field, "") + said
            for box in place.text:
                assert not place.cell or any(_inside(box, cell) for cell in place.cell), place
        for field, said in held.items():
            if not field.endswith("/source"):
                value, printed = normalised(values[field]).replace(",", ""), said.replace(",", "")
                apart = field.endswith("/target") and sorted(value) == sorted(printed)
                assert value in printed or apart, (field, values[field], said)


def _inside(box: PageBox, cell: PageBox) -> bool:
    """Whether a box lies in a cell, a point of leeway for tall glyphs aside."""
    low = box.x0 >= cell.x0 - 1 and box.y0 >= cell.y0 - 1
    return box.page == cell.page and low and box.x1 <= cell.x1 + 1 and box.y1 <= cell.y1 + 1


def test_nearly_every_value_that_a_browser_printed_has_a_box() -> None:
    """13743 of 13767 in 64 documents; what a layout prints by a text of its own, not out of a label, has none."""
    known = {
        (document.name, at, field)
        for document in TYPESET
        for at, places in enumerate(document.boxes)
        for place in places
        for field in place.fields
    }
    values = {
        (document.name, at, field)
        for document in TYPESET
        for at, form in enumerate(document.forms)
        for field in printed_values(form)
        if field != "/kind" and not field.endswith(("/value", "/unit", "/operator"))
    }
    assert len(TYPESET) == 64
    assert known <= values
    without = {field.split("/")[-1] for _, _, field in values - known}
    assert (len(known), len(values)) == (13743, 13767)
    assert without == {"weight", "fiscal_year"}


def test_two_places_share_what_both_cover() -> None:
    """Half a square aside: 50 of 150; another page: nothing; a cell in two halves: as much as they cover together."""
    square = (PageBox(1, 0, 0, 10, 10),)
    assert overlap(square, (PageBox(1, 5, 0, 15, 10),)) == pytest.approx(1 / 3)
    assert overlap(square, (PageBox(2, 0, 0, 10, 10),)) == 0.0
    assert overlap(square, (PageBox(1, 10, 0, 20, 10),)) == 0.0
    assert overlap(square, ()) == 0.0
    halves = (PageBox(1, 0, 0, 10, 6), PageBox(1, 0, 4, 10, 10))
    assert overlap(square, halves) == pytest.approx(1.0)
    over_the_page = (PageBox(1, 0, 0, 10, 10), PageBox(2, 0, 0, 10, 30))
    assert overlap(over_the_page, square) == pytest.approx(0.25)


_EDGES = st.tuples(st.integers(0, 11), st.integers(0, 11), st.integers(1, 12), st.integers(1, 12))
_PARTS = st.lists(
    _EDGES.map(lambda edges: PageBox(1, edges[0], edges[1], edges[0] + edges[2], edges[1] + edges[3])),
    min_size=1,
    max_size=3,
)


@settings(deadline=None, max_examples=100)
@given(_PARTS, _PARTS)
def test_the_overlap_is_scikit_learns_jaccard(first: list[PageBox], second: list[PageBox]) -> None:
    """Square by square of squared paper, scikit-learn counts the same share, whatever overlaps on one side."""
    masks = []
    for side in (first, second):
        paper = np.zeros((24, 24), dtype=int)
        for box in side:
            paper[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)] = 1
        masks.append(paper.ravel())
    assert overlap(first, second) == pytest.approx(float(jaccard_score(*masks)))


def test_a_value_stands_in_its_cell_and_where_its_characters_are() -> None:
    """Either is right, and each printing of a label; a target in two columns stands in both together."""
    cell, text = (PageBox(1, 0, 0, 100, 40),), (PageBox(1, 40, 15, 60, 25),)
    other = (PageBox(2, 0, 0, 100, 40),)
    sign, number = (PageBox(1, 0, 50, 10, 60),), (PageBox(1, 10, 50, 40, 60),)
    known = known_places(
        (
            PrintedAt(fields=("/amount_unit",), cell=cell, text=text),
            PrintedAt(fields=("/amount_unit",), cell=other, text=other),
            PrintedAt(fields=("/indicators/0/target",), cell=sign, text=sign),
            PrintedAt(fields=("/indicators/0/target",), cell=number, text=number),
        )
    )
    for said in (cell, text, other, (*cell, *other)):
        assert best_overlap(known["/amount_unit"], said) == pytest.approx(1.0)
    assert best_overlap(known["/indicators/0/target"], (*sign, *number)) == pytest.approx(1.0)
    assert best_overlap(known["/indicators/0/target"], sign) == pytest.approx(0.25)


def result_of(output: Output, known: tuple[tuple[PrintedAt, ...], ...], gold: SelfEvaluation) -> Scored:
    """One document with one form, read in one way."""
    document = GoldDocument(
        name="a.pdf",
        sha256="0" * 64,
        families=("A",),
        format="pdf",
        origin="text",
        outcome="read",
        forms=(gold,),
        boxes=known,
    )
    program = Program(version="0", commit=None, dirty=None, python="3", platform="x")
    conditions = Conditions(
        program=program, model="none", mapping="layout", prompts={}, settings={}, data="", ways=("hedui",)
    )
    way = WayResult(way="hedui", documents=(DocumentResult(document="a.pdf", outcome="read", outputs=(output,)),))
    log = Log(started="", finished="", conditions=conditions, documents=(document,), results=(way,))
    (result,) = scored(log)
    return result


def test_a_value_put_elsewhere_or_nowhere_counts_against_an_output_and_an_unknown_place_does_not() -> None:
    """One of three values with a known place stands there. Nobody knows the grade's place; what is lost has none."""
    gold = SelfEvaluation.model_validate(
        {"project_name": "道路", "title": "自评表", "total_score": "98", "grade": "优", "expected_goal": "修路"}
    )
    lines = {"/project_name": 10, "/title": 20, "/total_score": 30, "/expected_goal": 40}
    known = tuple(
        PrintedAt(fields=(field,), cell=(PageBox(1, 0, top, 50, top + 10),), text=(PageBox(1, 5, top, 9, top + 10),))
        for field, top in lines.items()
    )
    said = {"/project_name": (10, 20), "/title": (60, 70), "/grade": (0, 9)}
    proofs = {
        field: Evidence(
            spans=(PageSpan(page=1, bbox=BBox(0, top, 50, bottom)),), cell_text="x", text="x", origin="text"
        )
        for field, (top, bottom) in said.items()
    }
    output = Output(form=gold.model_copy(update={"expected_goal": None}), evidence=proofs)
    found = result_of(output, (known,), gold)
    met, mean = found.figure("boxes_met"), found.figure("box_overlap")
    assert met is not None
    assert mean is not None
    assert met.value == pytest.approx(1 / 3)
    assert mean.value == pytest.approx(1 / 3)
    assert result_of(output, (), gold).figure("boxes_met") is None
    assert result_of(Output(form=gold), (known,), gold).figure("boxes_met") is None


def test_a_log_from_before_the_boxes_has_no_such_figure() -> None:
    """It loads, and nothing is made up."""
    log = read_log(STORED)
    older = log.model_copy(
        update={"documents": tuple(found.model_copy(update={"boxes": ()}) for found in log.documents)}
    )
    text = json.loads(older.model_dump_json())
    for document in text["documents"]:
        del document["boxes"]
    again = Log.model_validate_json(json.dumps(text))
    assert [result.figure("boxes_met") for result in scored(again)] == [None] * len(log.results)


def test_boxes_are_written_and_read_back_and_damage_is_told(tmp_path: Path) -> None:
    """The same boxes give the same bytes; a folder without any knows nothing."""
    assert boxes_in(tmp_path) == {}
    own = DocumentBoxes(sha256="0" * 64, forms=((PrintedAt(fields=("/title",), text=(PageBox(1, 0, 0.5, 10, 10),)),),))
    path = write_boxes(tmp_path, {"a.pdf": own})
    first = path.read_bytes()
    assert boxes_in(tmp_path) == {"a.pdf": own}
    assert write_boxes(tmp_path, boxes_in(tmp_path)).read_bytes() == first
    path.write_text('{"a.pdf": {"forms": []}}', "utf-8")
    with pytest.raises(UsageError):
        boxes_in(tmp_path)


def test_boxes_of_other_bytes_are_not_used_and_lint_says_so(tmp_path: Path) -> None:
    """A document that was typeset anew has no known places until they are looked up anew."""
    folder = tmp_path / "C0"
    shutil.copytree(FAMILIES / "C0", folder)
    assert lint(folder).complaints == ()
    with pymupdf.open(folder / "c0-ruled.pdf") as pdf:
        pdf.save(folder / "other.pdf")
    (folder / "other.pdf").replace(folder / "c0-ruled.pdf")
    assert [document.boxes for document in documents_of(folder) if document.name == "c0-ruled.pdf"] == [()]
    told = {(complaint.code, complaint.params["file"]) for complaint in lint(folder).complaints}
    assert ("lint_boxes", "c0-ruled.pdf") in told


@pytest.mark.usefixtures("printer")
def test_boxes_looked_up_again_are_the_committed_ones(tmp_path: Path) -> None:
    """Printed once more in coloured inks, every value lies where boxes.json says, to the byte."""
    folder = tmp_path / "C0"
    shutil.copytree(FAMILIES / "C0", folder)
    assert write_boxes(folder, boxes(folder)).read_bytes() == (FAMILIES / "C0" / "boxes.json").read_bytes()


@pytest.mark.usefixtures("printer")
def test_a_page_that_prints_otherwise_gives_no_boxes(tmp_path: Path) -> None:
    """Where the committed document's characters stand elsewhere, its boxes would be another one's."""
    folder = tmp_path / "C0"
    shutil.copytree(FAMILIES / "C0", folder)
    stated, line = (folder / "documents.toml").read_text("utf-8"), 'path = "c0-ruled.pdf"\n'
    (folder / "documents.toml").write_text(stated.replace(line, f"{line}ink = {{ size = 12 }}\n"), "utf-8")
    with pytest.raises(UsageError) as told:
        boxes(folder)
    assert told.value.code == "corpus.another_page"
