"""What forms of a batch say of each other: versions, repeats, differing figures, totals. It changes no status."""

from decimal import Decimal
from typing import Literal

from pipeline.checks.across import FormKey, across, is_counted, without_across
from pipeline.checks.wording import render
from schemas.check import Finding, RuleCode
from schemas.form import FundLine, IndicatorRow, Quantity, SelfEvaluation
from schemas.run import DecisionInfo, DocumentInfo, FormRecord, TemplateInfo

D = Decimal


def form(**changed: object) -> SelfEvaluation:
    """One project of one unit and year with one indicator."""
    fields: dict[str, object] = {
        "fiscal_year": 2024,
        "project_name": "会议室升级",
        "implementing_unit": "区人大办",
        "amount_unit": "万元",
        "funds": (FundLine(source="total", label="总额", adjusted_budget=D("57.00"), executed=D("56.03")),),
        "indicators": (indicator("显示屏数量", "10.00"),),
    }
    return SelfEvaluation.model_validate(fields | changed)


def indicator(name: str, score: str, target: str = "≥7个") -> IndicatorRow:
    """An indicator of 10 points."""
    return IndicatorRow(name=name, target=Quantity(text=target), weight=D("10.00"), score=D(score))


def record(
    path: str, evaluation: SelfEvaluation, *, index: int = 0, by: Literal["rules", "reviewer"] = "rules"
) -> FormRecord:
    """A form of a file."""
    return FormRecord(
        form_id=f"{path}-{index}",
        document=DocumentInfo(path=path, sha256="0" * 64, media_type="application/pdf", pages=1),
        form_index=index,
        pages=(1,),
        status="accepted",
        decision=DecisionInfo(by=by),
        template=TemplateInfo(key="k", state="confirmed"),
        form=evaluation,
        evidence={},
    )


def rules(found: dict[FormKey, tuple[Finding, ...]]) -> dict[str, list[str]]:
    """The rules that spoke, by path."""
    return {key.path: [finding.rule for finding in findings] for key, findings in found.items()}


def test_same_project_in_another_file_marks_both_and_the_later_path_counts() -> None:
    """Names that differ only in spaces and width are one; 2.pdf stands behind 1.pdf in the batch's order."""
    found = across([record("1.pdf", form()), record("2.pdf", form(project_name="会议室 升级"))])
    assert rules(found) == {"1.pdf": ["revised_form"], "2.pdf": ["revised_form"]}
    first, second = (findings[0] for findings in found.values())
    assert (first.params["counted"], second.params["counted"]) == ("no", "yes")
    assert (first.verdict, first.severity, first.params["files"]) == (None, "information", "2.pdf")


def test_form_that_a_person_settled_counts_before_a_later_one() -> None:
    """The reviewer's word outranks the order of the paths."""
    found = across([record("1.pdf", form(), by="reviewer"), record("2.pdf", form())])
    assert {key.path: findings[0].params["counted"] for key, findings in found.items()} == {
        "1.pdf": "yes",
        "2.pdf": "no",
    }


def test_different_codes_are_different_projects_whatever_the_names() -> None:
    """A code outranks a name; where one form prints none, the name decides."""
    with_codes = [record("1.pdf", form(project_code="01")), record("2.pdf", form(project_code="02"))]
    assert across(with_codes) == {}
    renamed = form(project_code="01", project_name="会议室改造")
    assert set(rules(across([with_codes[0], record("3.pdf", renamed)]))) == {"1.pdf", "3.pdf"}
    assert set(rules(across([with_codes[0], record("4.pdf", form())]))) == {"1.pdf", "4.pdf"}


def test_chain_of_forms_is_one_project() -> None:
    """One form with the code, one with the name, one with both: three versions of one project."""
    chain = [
        record("1.pdf", form(project_code="01", project_name="会议室改造")),
        record("2.pdf", form(project_name="会议室升级")),
        record("3.pdf", form(project_code="01")),
    ]
    found = across(chain)
    assert found[FormKey("1.pdf", 0)][0].params["others"] == "2.pdf-0, 3.pdf-0"


def test_other_year_unit_or_no_name_is_another_project() -> None:
    """Last year's form is no version of this year's; a form without year, unit or name is like no other."""
    for changed in (
        {"fiscal_year": 2023},
        {"fiscal_year": None},
        {"implementing_unit": "区政协"},
        {"project_name": None},
    ):
        assert across([record("1.pdf", form(**changed)), record("2.pdf", form())]) == {}
    assert across([record(f"{n}.pdf", form(implementing_unit=None)) for n in (1, 2)]) == {}


def test_same_project_twice_in_one_document_is_told_and_both_count() -> None:
    """No version of a file: the sums count both, a person looks."""
    found = across([record("1.pdf", form()), record("1.pdf", form(), index=1)])
    assert [[finding.rule for finding in findings] for findings in found.values()] == [["repeated_project"]] * 2


def test_indicator_with_other_figures_is_named_in_both_forms() -> None:
    """Score and target of one indicator differ; 10 and 10.00 do not, nor a name that stands there twice."""
    twice = (indicator("重复", "1"), indicator("重复", "2"))
    rows = (indicator("显示屏数量", "10.00"), indicator("验收合格率", "8", "100%"), *twice, IndicatorRow())
    one = form(indicators=rows)
    other = form(indicators=(indicator("验收合格率", "9", "98%"), indicator("显示屏数量", "10"), *twice[::-1]))
    found = across([record("1.pdf", one), record("2.pdf", other)])
    differing = {key.path: findings[1] for key, findings in found.items()}
    assert differing["1.pdf"].rule == "figures_differ"
    assert differing["1.pdf"].fields == ("/indicators/1/score", "/indicators/1/target")
    assert differing["2.pdf"].fields == ("/indicators/0/score", "/indicators/0/target")


def test_projects_of_a_department_are_added_up_beside_its_own_form() -> None:
    """60 is printed, 57 + 10 is added; a version that is not counted, another unit and another year are not in it."""
    total = FundLine(source="total", label="t", adjusted_budget=D("60"), executed=D("66.03"))
    own = SelfEvaluation(
        kind="department_self_evaluation",
        fiscal_year=2024,
        supervising_department="区人大办",
        amount_unit="万元",
        funds=(FundLine(source="fiscal", label="f"), total),
    )
    second = FundLine(source="total", label="t", adjusted_budget=D("10"), executed=D("10"))
    found = across(
        [
            record("0.pdf", own),
            record("1.pdf", form()),
            record("2.pdf", form()),
            record("3.pdf", form(project_name="设备", funds=(second,))),
            record("4.pdf", form(project_name="元", amount_unit="元")),
            record("5.pdf", form(project_name="旧", fiscal_year=2023)),
            record("6.pdf", form(project_name="空", funds=())),
        ],
    )
    (finding,) = found[FormKey("0.pdf", 0)]
    assert (finding.rule, finding.fields) == ("department_total", ("/funds/1/adjusted_budget",))
    assert (finding.printed, finding.computed, finding.params["forms"]) == ("60", "67.00", "2")
    assert "相差 7.00" in render(finding, "zh")


def test_department_alone_or_without_a_total_says_nothing() -> None:
    """Nothing to add up is no finding; two forms of one department in two files are versions."""
    own = form(kind="department_self_evaluation", project_name=None)
    assert across([record("1.pdf", own)]) == {}
    assert across([record("1.pdf", own.model_copy(update={"funds": ()})), record("2.pdf", form())]) == {}
    found = across([record("1.pdf", own), record("2.pdf", own)])
    assert [findings[0].fields for findings in found.values()] == [("/implementing_unit",)] * 2


def test_rules_between_forms_can_be_switched_off_and_change_severity() -> None:
    """What is off is not said at all; another severity is that of the finding."""
    forms = [record("1.pdf", form()), record("2.pdf", form())]
    off: tuple[RuleCode, ...] = ("revised_form",)
    assert across(forms, rules_off=off) == {}
    found = across(forms, severities={"revised_form": "warning"})
    assert {findings[0].severity for findings in found.values()} == {"warning"}


def test_only_the_other_versions_are_left_out_of_sums() -> None:
    """A record tells by its findings whether it is counted; its own findings survive being asked again."""
    forms = [record("1.pdf", form()), record("2.pdf", form())]
    own = Finding(rule="grade_scale", verdict="not_checkable", severity="information", fields=("/grade",))
    found = across(forms)
    marked = [each.model_copy(update={"findings": (own, *found[FormKey(each.document.path, 0)])}) for each in forms]
    assert [is_counted(each) for each in marked] == [False, True]
    assert without_across(marked[0]) == (own,)


def test_every_sentence_names_the_other_file_and_what_a_person_can_do() -> None:
    """In both languages, with the file and the form."""
    found = across([record("1.pdf", form()), record("1.pdf", form(), index=1), record("2.pdf", form())])
    for findings in found.values():
        for finding in findings:
            assert render(finding, "zh")
            assert render(finding, "en")
    left_out = found[FormKey("1.pdf", 0)][0]
    assert "2.pdf" in render(left_out, "zh")
    assert "不计本表" in render(left_out, "zh")
