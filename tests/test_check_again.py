"""`hedui check`: rules asked again over stored results, without model and document; switched-off rules; versions."""

import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from pipeline.cli import main
from pipeline.store import Store
from schemas.run import DecisionInfo, Edit

REPORT = Path(__file__).parent.parent / "eval" / "data" / "jiading-2024" / "report.txt"


def hedui(*args: str | Path) -> Result:
    """One call in English."""
    return CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False, env={"LANG": "C"})


@pytest.fixture(scope="module")
def confirmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report read without a model and its layout confirmed; the document is gone afterwards."""
    folder = tmp_path_factory.mktemp("confirmed")
    (folder / "in").mkdir()
    shutil.copy(REPORT, folder / "in" / "a.txt")
    library = ("--templates", folder / "library.db")
    hedui("run", folder / "in" / "a.txt", "-o", folder / "out", "--model", "none", *library)
    key = str(forms(folder)[0]["template"]["key"])[:8]  # type: ignore[index]  # JSON
    hedui("layouts", "confirm", key, "-o", folder / "out", *library)
    shutil.rmtree(folder / "in")
    return folder


@pytest.fixture
def folder(confirmed: Path, tmp_path: Path) -> Path:
    """Results and library of this test's own."""
    return shutil.copytree(confirmed, tmp_path / "own")


def forms(folder: Path) -> list[dict[str, object]]:
    """The lines of forms.jsonl."""
    return [json.loads(line) for line in (folder / "out" / "forms.jsonl").read_text("utf-8").splitlines()]


def check(folder: Path, settings: str = "") -> Result:
    """`hedui check` under these settings."""
    (folder / "hedui.toml").write_text(settings, encoding="utf-8")
    return hedui("check", folder / "out", "--templates", folder / "library.db", "--config", folder / "hedui.toml")


def test_checking_again_under_the_same_rules_changes_nothing(folder: Path) -> None:
    """The document is gone, no model answers, and every record is as it was, usage included."""
    before = (folder / "out" / "forms.jsonl").read_text("utf-8")
    result = check(folder)
    assert result.exit_code == 3
    assert result.stdout.startswith("18 forms were checked again, 0 changed: 1")
    assert (folder / "out" / "forms.jsonl").read_text("utf-8") == before


def test_switched_off_rule_is_said_and_covers_nothing(folder: Path) -> None:
    """Without scores_sum every score of an indicator is unproven: no form is accepted, and each says what was off."""
    check(folder, '[rules]\noff = ["scores_sum", "revised_form"]\n')
    told = forms(folder)
    assert {tuple(form["rules_off"]) for form in told} == {("scores_sum", "revised_form")}  # type: ignore[arg-type]  # JSON
    assert {form["status"] for form in told} == {"review"}
    reasons = [reason for form in told for reason in form["decision"]["reasons"]]  # type: ignore[index]  # JSON
    uncovered = [reason["fields"] for reason in reasons if reason["code"] == "uncovered"]
    assert len(uncovered) == 18
    assert all("/total_score" in fields and "/indicators/0/score" in fields for fields in uncovered)


def test_switching_a_rule_on_again_brings_the_first_results_back(folder: Path) -> None:
    """Nothing of a check is lost to the next one."""
    before = forms(folder)
    check(folder, '[rules]\noff = ["fund_parts_sum"]\n')
    assert forms(folder) != before
    assert check(folder).stdout.splitlines()[-1].startswith("18 forms were checked again, 18 changed")
    assert forms(folder) == before


def test_severity_of_the_settings_reaches_the_findings(folder: Path) -> None:
    """A wrong sum as a warning stays in the output; its numbers stay uncovered, so the form stays in review."""
    check(folder, '[rules]\nseverity = { fund_parts_sum = "warning" }\n')
    found = [finding for form in forms(folder) for finding in form["findings"]]  # type: ignore[attr-defined]  # JSON
    assert [(finding["rule"], finding["severity"]) for finding in found] == [("fund_parts_sum", "warning")] * 4
    assert [form["status"] for form in forms(folder)].count("review") == 4


def test_person_s_value_is_proven_as_edited_and_the_reading_is_kept(folder: Path) -> None:
    """74.85 typed for the 70.00 that the report prints: the sum holds, the edit stays listed, the form is accepted."""
    form_id = str(forms(folder)[7]["form_id"])
    edit = Edit(
        edit_id="1",
        at="2026-01-01T00:00:00+00:00",
        author="a",
        pointer="/funds/0/initial_budget",
        old="70.00",
        new="74.85",
        reason="原件为 74.85",
    )
    with Store.open(folder / "out", "edit") as store:
        store.add_edit(form_id, edit)
    assert f"{form_id}: Accepted (changed)".lower() in check(folder).stdout.lower()
    told = forms(folder)[7]
    assert (told["status"], told["findings"]) == ("accepted", [])
    assert told["form"]["funds"][0]["initial_budget"] == "74.85"  # type: ignore[index]  # JSON
    assert told["evidence"]["/funds/0/initial_budget"]["text"] == "70.00"  # type: ignore[index]  # JSON


def test_what_a_reviewer_settled_stays_settled(folder: Path) -> None:
    """The rules speak again; the person's decision is not theirs to take back."""
    with Store.open(folder / "out", "edit") as store:
        stored = store.run("a.txt")
        assert stored is not None
        settled = stored.forms[7].model_copy(update={"status": "accepted", "decision": DecisionInfo(by="reviewer")})
        store.put_run(stored.model_copy(update={"forms": (*stored.forms[:7], settled, *stored.forms[8:])}))
    check(folder)
    told = forms(folder)[7]
    assert (told["status"], told["decision"]) == ("accepted", {"by": "reviewer", "reasons": []})
    assert [finding["rule"] for finding in told["findings"]] == ["fund_parts_sum"]  # type: ignore[attr-defined]  # JSON


def test_layout_that_is_not_in_the_library_leaves_its_file_as_it_is(folder: Path) -> None:
    """Another library: the file is named, its records stay."""
    before = forms(folder)
    (folder / "library.db").unlink()
    assert "a.txt was not checked again" in check(folder).stdout
    assert forms(folder) == before


def test_versions_in_two_files_are_marked_and_summed_once(folder: Path, tmp_path: Path) -> None:
    """The same report with other bytes: 36 forms stand in the results, 18 in the sums, and the first file is marked."""
    (tmp_path / "b.txt").write_bytes(REPORT.read_bytes() + b"\n")
    hedui("run", tmp_path / "b.txt", "-o", folder / "out", "--model", "none", "--templates", folder / "library.db")
    told = forms(folder)
    assert len(told) == 36
    marks = {
        (form["document"]["path"], finding["params"]["counted"])  # type: ignore[index]  # JSON
        for form in told
        for finding in form["findings"]  # type: ignore[attr-defined]  # JSON
        if finding["rule"] == "revised_form"
    }
    assert marks == {("a.txt", "no"), ("b.txt", "yes")}
    assert [form["status"] for form in told].count("accepted") == 28
    summary = openpyxl.load_workbook(folder / "out" / "forms.xlsx")["汇总" if "汇总" in _sheets(folder) else "Summary"]
    rows = [row for row in summary.iter_rows(values_only=True) if row[0]]
    assert rows[-1][1] == 36
    assert 18 in rows[-1]


def _sheets(folder: Path) -> list[str]:
    return openpyxl.load_workbook(folder / "out" / "forms.xlsx").sheetnames
