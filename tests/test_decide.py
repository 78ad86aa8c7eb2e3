"""The acceptance law: one thing wrong, one reason; nothing wrong, accepted."""

from decimal import Decimal

import pytest

from pipeline.checks import check
from pipeline.decide import decide
from schemas.check import RuleCode, Severity
from schemas.decision import Decision
from schemas.evidence import BBox, CellSpan, Evidence, LineSpan, PageSpan
from schemas.extraction import Claim, Extraction, Standing, TokenCell
from schemas.form import FundLine, IndicatorRow, Quantity, SelfEvaluation

D = Decimal
CLAIMED = (TokenCell(cell="p1t1r5c2", tokens=("10",), claims=(Claim(role="value"),)),)

FORM = SelfEvaluation(
    title="项目支出绩效自评表",
    fiscal_year=2024,
    project_name="会议室升级",
    project_code="0042",
    funds=(
        FundLine(
            source="total",
            label="年度资金总额",
            adjusted_budget=D("57.00"),
            executed=D("56.03"),
            weight=D("10.00"),
            execution_rate=D("98.29"),
            score=D("9.83"),
        ),
        FundLine(source="fiscal", label="财政拨款", adjusted_budget=D("57.00"), executed=D("56.03")),
    ),
    indicators=(
        IndicatorRow(
            level1="产出指标",
            name="显示屏数量",
            target=Quantity(text="=7.00(个)", operator="=", value=D("7.00"), unit="个"),
            actual=Quantity(text="7.00(个)", value=D("7.00"), unit="个"),
            weight=D("90.00"),
            score=D("89.00"),
            deviation_note="延期",
        ),
    ),
    total_weight=D("100.00"),
    total_score=D("98.83"),
    grade="优",
)
TEXTS = (
    "/title",
    "/fiscal_year",
    "/project_name",
    "/project_code",
    "/grade",
    "/funds/0/label",
    "/funds/1/label",
    "/indicators/0/level1",
    "/indicators/0/name",
    "/indicators/0/target",
    "/indicators/0/actual",
    "/indicators/0/deviation_note",
)
NUMBERS = (
    "/funds/0/adjusted_budget",
    "/funds/0/executed",
    "/funds/0/weight",
    "/funds/0/execution_rate",
    "/funds/0/score",
    "/funds/1/adjusted_budget",
    "/funds/1/executed",
    "/indicators/0/weight",
    "/indicators/0/score",
    "/total_weight",
    "/total_score",
)
AGREED = Standing(state="agreed")


def grounded(form: SelfEvaluation = FORM, **changed: object) -> Extraction:
    """The form with every field certain; `changed` replaces fields of the extraction."""
    standings = dict.fromkeys((*TEXTS, *NUMBERS), AGREED)
    doubts = changed.pop("doubts", {})
    assert isinstance(doubts, dict)
    base = {"form": form, "evidence": {}, "standings": standings | doubts, "tokens": CLAIMED}
    return Extraction.model_validate(base | changed)


def decided(extraction: Extraction, *off: RuleCode, severities: dict[RuleCode, Severity] | None = None) -> Decision:
    """The decision on a form of a confirmed layout."""
    return decide(extraction, check(extraction, rules_off=off, severities=severities), "confirmed")


def reasons(decision: Decision) -> dict[str, tuple[str, ...]]:
    """Fields by reason; a form with reasons is never accepted."""
    assert (decision.status == "review") is bool(decision.reasons)
    return {reason.code: reason.fields for reason in decision.reasons}


def without(pointer: str, value: object = None) -> SelfEvaluation:
    """The form with one field of the form or of its first rows replaced."""
    steps = pointer[1:].split("/")
    if len(steps) == 1:
        return FORM.model_copy(update={steps[0]: value})
    rows = list(getattr(FORM, steps[0]))
    rows[int(steps[1])] = rows[int(steps[1])].model_copy(update={steps[2]: value})
    return FORM.model_copy(update={steps[0]: tuple(rows)})


def test_form_without_doubt_is_accepted_and_says_what_was_only_located() -> None:
    """Every number is proven; texts, targets, actuals, year, code and grade are located only."""
    decision = decided(grounded())
    assert (decision.status, decision.by, decision.reasons) == ("accepted", "rules", ())
    assert set(decision.located_only) == set(TEXTS)


def test_run_cut_short_and_proposed_layout_block() -> None:
    """Both are reasons of their own, beside all others."""
    extraction = grounded()
    decision = decide(extraction, check(extraction), "proposed", completed=False)
    assert reasons(decision) == {"run_incomplete": (), "layout_proposed": ()}


def test_required_field_that_was_not_located_blocks() -> None:
    """What the layout has and the reading has not; and the project's name, always."""
    assert reasons(decided(grounded(missing=("/indicators/0/score",)))) == {
        "required_missing": ("/indicators/0/score",)
    }
    assert reasons(decided(grounded(without("/project_name")))) == {"required_missing": ("/project_name",)}


@pytest.mark.parametrize("organisation", ["supervising_department", "implementing_unit"])
def test_department_form_is_named_by_its_organisation(organisation: str) -> None:
    """It has no project name; one of the two organisations is required."""
    nameless = FORM.model_copy(update={"kind": "department_self_evaluation", "project_name": None})
    assert reasons(decided(grounded(nameless))) == {"required_missing": ("/supervising_department",)}
    named = nameless.model_copy(update={organisation: "某局"})
    assert reasons(decided(grounded(named, doubts={f"/{organisation}": AGREED}))) == {}


def test_value_without_a_place_blocks() -> None:
    """A value that nobody can point at was not located."""
    standings = {pointer: AGREED for pointer in (*TEXTS, *NUMBERS) if pointer != "/grade"}
    decision = decided(grounded(standings=standings))
    assert reasons(decision) == {"required_missing": ("/grade",)}
    assert "/grade" not in decision.located_only


def test_fund_row_without_a_label_prints_no_label() -> None:
    """An empty label is no value, so it needs no place."""
    standings = {pointer: AGREED for pointer in (*TEXTS, *NUMBERS) if pointer != "/funds/1/label"}
    assert reasons(decided(grounded(without("/funds/1/label", ""), standings=standings))) == {}
    assert set(reasons(decided(grounded(standings=standings)))) == {"required_missing"}


def test_unread_cell_blocks_and_is_not_located() -> None:
    """A cell that is there but could not be read is neither null nor located only."""
    decision = decided(grounded(unread=("/indicators/0/name",)))
    assert reasons(decision) == {"unread": ("/indicators/0/name",)}
    assert "/indicators/0/name" not in decision.located_only


def test_failed_rule_blocks_with_its_fields_and_leaves_its_numbers_uncovered() -> None:
    """98.84 above 98.83 of scores."""
    decision = decided(grounded(without("/total_score", D("98.84"))))
    assert reasons(decision) == {
        "rule_failed": ("/total_score", "/funds/0/score", "/indicators/0/score"),
        "uncovered": ("/indicators/0/score", "/total_score"),
    }
    assert decision.reasons[0].rule == "scores_sum"


def test_warning_does_not_block_by_itself_but_its_uncovered_numbers_do() -> None:
    """A grade of 差 for 98.83 is a warning; a habit of sums covers nothing."""
    assert reasons(decided(grounded(without("/grade", "差")))) == {}
    on_top = without("/indicators/0/weight", D("100.00"))
    assert set(reasons(decided(grounded(on_top)))) == {"uncovered"}


def test_number_that_no_equation_covers_blocks() -> None:
    """An initial budget without parts is of a kind that equations cover, and none does."""
    form = without("/funds/0/initial_budget", D("70.00"))
    decision = decided(grounded(form, doubts={"/funds/0/initial_budget": AGREED}))
    assert reasons(decision) == {"uncovered": ("/funds/0/initial_budget",)}
    assert "/funds/0/initial_budget" in decision.located_only


def test_form_without_any_equation_has_nothing_to_prove() -> None:
    """Not checked is never consistent."""
    words = SelfEvaluation(project_name="x", expected_goal="y")
    standings = {"/project_name": AGREED, "/expected_goal": AGREED}
    assert reasons(decided(grounded(words, standings=standings))) == {"nothing_to_prove": ()}


@pytest.mark.parametrize("severity", ["error", "warning", "information"])
def test_numbers_that_are_not_conserved_block_whatever_their_severity(severity: Severity) -> None:
    """The law names conservation itself; the rule's severity only sorts."""
    lost = (TokenCell(cell="p1t1r9c4", tokens=("5",), claims=()),)
    decision = decided(grounded(tokens=lost), severities={"numbers_conserved": severity})
    assert reasons(decision) == {"numbers_not_conserved": ("p1t1r9c4",)}


def test_conservation_that_was_not_checked_is_not_given() -> None:
    """Switched off, or without a single token."""
    assert reasons(decided(grounded(), "numbers_conserved")) == {"numbers_not_conserved": ()}
    assert reasons(decided(grounded(tokens=()))) == {"numbers_not_conserved": ()}


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("disputed", "readings_disagree"),
        ("undiscriminated", "undiscriminated"),
        ("single", "single_reading"),
        ("unread", "single_reading"),
    ],
)
def test_unsettled_role_of_a_text_or_target_blocks(state: str, reason: str) -> None:
    """What no equation covers rests on two readings or a person."""
    for pointer in ("/indicators/0/target", "/grade", "/fiscal_year"):
        decision = decided(grounded(doubts={pointer: Standing.model_validate({"state": state})}))
        assert reasons(decision) == {reason: (pointer,)}
        assert pointer in decision.located_only


def test_person_s_word_settles_a_role() -> None:
    """State human is as good as agreed."""
    assert reasons(decided(grounded(doubts={"/indicators/0/target": Standing(state="human", origin="human")}))) == {}


@pytest.mark.parametrize(
    ("state", "reason"),
    [("disputed", "readings_disagree"), ("undiscriminated", "undiscriminated"), ("unread", "single_reading")],
)
def test_unsettled_role_of_a_proven_number_blocks_too(state: str, reason: str) -> None:
    """Arithmetic alone teaches no role."""
    decision = decided(grounded(doubts={"/indicators/0/score": Standing.model_validate({"state": state})}))
    assert reasons(decision) == {reason: ("/indicators/0/score",)}


def test_single_reading_is_enough_where_an_equation_is_the_second_witness() -> None:
    """A proven number needs one reading; an unproven one needs two."""
    single = Standing(state="single")
    assert reasons(decided(grounded(doubts={"/indicators/0/score": single}))) == {}
    loose = without("/funds/0/initial_budget", D("70.00"))
    assert reasons(decided(grounded(loose, doubts={"/funds/0/initial_budget": single}))) == {
        "uncovered": ("/funds/0/initial_budget",),
        "single_reading": ("/funds/0/initial_budget",),
    }


def test_several_unsettled_roles_are_gathered_by_reason() -> None:
    """Disagreement first, then what is undiscriminated, then what rests on one reading."""
    decision = decided(
        grounded(
            doubts={
                "/grade": Standing(state="single"),
                "/title": Standing(state="single"),
                "/project_name": Standing(state="undiscriminated"),
                "/project_code": Standing(state="disputed"),
            },
        ),
    )
    assert [(reason.code, reason.fields) for reason in decision.reasons] == [
        ("readings_disagree", ("/project_code",)),
        ("undiscriminated", ("/project_name",)),
        ("single_reading", ("/title", "/grade")),
    ]


def test_blank_cells_and_extras_do_not_block_by_their_roles() -> None:
    """A located blank is null; what goes to extras claims no role, unless the readings dispute it."""
    single, open_ = Standing(state="single"), Standing(state="undiscriminated")
    fine = {
        "/indicators/0/level2": single,
        "/indicators/0/extras/0": single,
        "/extras/0": open_,
        "/funds/1/score": open_,
    }
    assert reasons(decided(grounded(doubts=fine))) == {}
    disputed = {"/indicators/0/extras/0": Standing(state="disputed")}
    assert reasons(decided(grounded(doubts=disputed))) == {"readings_disagree": ("/indicators/0/extras/0",)}
    elsewhere = {"/indicators/x/name": single, "/kind": single}
    assert reasons(decided(grounded(doubts=elsewhere))) == {"single_reading": ("/indicators/x/name", "/kind")}


@pytest.mark.parametrize("doubt", ["cut", "join"])
def test_uncertain_cut_or_join_blocks_and_is_not_located_exactly(doubt: str) -> None:
    """For texts and proven numbers alike."""
    for pointer in ("/indicators/0/name", "/indicators/0/score"):
        unsure = Standing.model_validate({"state": "agreed", "doubts": (doubt,)})
        decision = decided(grounded(doubts={pointer: unsure}))
        assert reasons(decision) == {"uncertain_cut": (pointer,)}
        assert pointer not in decision.located_only


def test_a_number_that_was_read_in_several_ways_blocks_under_its_own_name() -> None:
    """Proven or not: a person looks at the page; its border is not what is uncertain."""
    for pointer in ("/indicators/0/name", "/indicators/0/score"):
        decision = decided(grounded(doubts={pointer: Standing(state="agreed", doubts=("reading",))}))
        assert reasons(decision) == {"uncertain_reading": (pointer,)}
        assert pointer not in decision.located_only


def test_picture_needs_an_exact_equation() -> None:
    """A score in an exact sum is proven; a text, or an amount proven within rounding only, is not."""
    ocr = Standing(state="agreed", origin="ocr")
    assert reasons(decided(grounded(doubts={"/indicators/0/score": ocr}))) == {}
    assert reasons(decided(grounded(doubts={"/indicators/0/name": ocr}))) == {"ocr_unproven": ("/indicators/0/name",)}
    rounded = without("/funds/1/executed", D("56.02"))
    assert reasons(decided(grounded(rounded))) == {}
    assert reasons(decided(grounded(rounded, doubts={"/funds/1/executed": ocr}))) == {
        "ocr_unproven": ("/funds/1/executed",),
    }


def test_hidden_text_blocks_and_is_told_by_its_place() -> None:
    """Never by its words: page and rectangle, cell, or line."""
    spans = (
        PageSpan(page=2, bbox=BBox(10.2, 20.0, 30.6, 40.0)),
        CellSpan(cell="Sheet1!B7"),
        LineSpan(line=41, start=3, end=9),
    )
    assert reasons(decided(grounded(hidden=spans))) == {"hidden_text": ("p2[10,20,31,40]", "Sheet1!B7", "l41")}
    field = {"/indicators/0/name": Standing(state="agreed", hidden_text=True)}
    assert reasons(decided(grounded(doubts=field))) == {"hidden_text": ("/indicators/0/name",)}


def test_text_between_the_tables_that_was_not_read_blocks_and_is_told_by_its_place() -> None:
    """It may be a goal that stands in no cell: the form would be accepted without it."""
    spans = (PageSpan(page=2, bbox=BBox(10, 20, 30.6, 40.5)), LineSpan(line=41, start=0, end=3))

    assert reasons(decided(grounded(outside=spans))) == {"outside_table": ("p2[10,20,31,40]", "l41")}


def evidence_of(pointer: str, text: str) -> dict[str, Evidence]:
    """What one place of the document prints."""
    return {pointer: Evidence(spans=(CellSpan(cell="p1t1r1c1"),), cell_text=text, text=text)}


@pytest.mark.parametrize(
    ("pointer", "printed"),
    [
        ("/indicators/0/score", "99.00"),
        ("/indicators/0/score", "89.0.0"),
        ("/indicators/0/target", "=7.00(台)"),
        ("/indicators/0/actual", "1.00(个)"),
    ],
)
def test_value_that_its_place_does_not_print_is_never_accepted(pointer: str, printed: str) -> None:
    """Every equation holds, and yet the document says something else."""
    decision = decided(grounded(evidence=evidence_of(pointer, printed)))
    assert reasons(decision) == {"not_as_printed": (pointer,)}


@pytest.mark.parametrize("printed", ["89.00", "89", "89.00%", "８９.00"])
def test_value_that_its_place_prints_in_any_writing_is_accepted(printed: str) -> None:
    """Width, decimals and a % sign change no value."""
    assert decided(grounded(evidence=evidence_of("/indicators/0/score", printed))).status == "accepted"
