"""`hedui eval gold`: a reviewed form becomes a label with who and when; labels that are wrong are told as such."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eval.cli import eval_group
from eval.dataset import SHIPPED, documents_of
from eval.gold import Label, reports
from pipeline.cli import main
from pipeline.store import Store
from schemas.run import DecisionInfo, Edit

TEXT = Path(__file__).parent / "files" / "flow-standard.txt"
JIADING = SHIPPED / "jiading-2024"


def call(*arguments: str | Path) -> Result:
    """What the command line says and with which code it ends."""
    return CliRunner().invoke(eval_group, [*map(str, arguments), "--lang", "en"], catch_exceptions=False)


def settle(stored: Path, position: int) -> str:
    """A form as Li's settling leaves it in the store; gives its id."""
    with Store.open(stored) as store:
        run = store.run(TEXT.name)
        assert run is not None
        forms = list(run.forms)
        by_li = DecisionInfo(by="reviewer")
        forms[position] = forms[position].model_copy(update={"status": "accepted", "decision": by_li})
        store.put_run(run.model_copy(update={"forms": tuple(forms)}), TEXT)
        word = {"edit_id": f"e{position}", "at": "2026-03-04T05:06:07+00:00", "author": "li", "pointer": ""}
        event = Edit.model_validate({**word, "old": None, "new": None, "reason": "", "kind": "settle"})
        store.add_edit(forms[position].form_id, event)
    return forms[position].form_id


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A folder of results: a text with forms, read without a model."""
    out = tmp_path / "store"
    where = ["-o", str(out), "--templates", str(tmp_path / "library.db")]
    CliRunner().invoke(main, ["run", str(TEXT), *where, "--model", "none"], catch_exceptions=False)
    return out


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The labelled report with one of its documents."""
    folder = tmp_path / "copy"
    shutil.copytree(JIADING / "gold", folder / "gold")
    shutil.copy(JIADING / "report.txt", folder)
    stated = json.loads((JIADING / "reports.json").read_text("utf-8")) | {"documents": [["report.txt"]]}
    (folder / "reports.json").write_text(json.dumps(stated), "utf-8")
    return folder


def damaged(folder: Path, **changed: object) -> str:
    """What lint says of the folder with a changed manifest."""
    stated = json.loads((folder / "reports.json").read_text("utf-8")) | changed
    (folder / "reports.json").write_text(json.dumps(stated), "utf-8")
    found = call("gold", "lint", "--data", folder)
    assert found.exit_code == 1
    return found.output


def test_a_settled_form_becomes_a_label_with_who_and_when(stored: Path, tmp_path: Path) -> None:
    """Its document lies beside it with its hash, the folder is a data set, and lint has nothing against it."""
    gold = tmp_path / "gold-set"
    form = settle(stored, 0)
    done = call("gold", "add", form, "--to", gold, "--family", "T", "-o", stored)
    assert done.exit_code == 0, done.output
    assert "reviewed by li at 2026-03-04T05:06:07+00:00" in done.output
    (file,) = (gold / "gold").glob("*.json")
    label = Label.model_validate_json(file.read_text("utf-8"))
    assert (label.reviewed_by, label.reviewed_at, label.family) == ("li", "2026-03-04T05:06:07+00:00", "T")
    assert label.form.project_name == "乡村道路养护补助"
    assert reports(gold).forms == 1
    (document,) = documents_of(gold)
    assert (document.name, document.families, document.sha256) == (TEXT.name, ("T",), reports(gold).sha256[TEXT.name])
    assert call("gold", "lint", "--data", gold).exit_code == 0


def test_a_form_that_no_person_settled_is_no_label(stored: Path, tmp_path: Path) -> None:
    """What hedui read and nobody looked at would measure hedui by itself."""
    with Store.open(stored, "read") as store:
        form = next(store.forms()).form_id
    refused = call("gold", "add", form, "--to", tmp_path / "gold", "-o", stored)
    assert (refused.exit_code, "not settled by a reviewer" in refused.output) == (2, True)
    assert not (tmp_path / "gold").exists()


def test_a_form_is_labelled_once(stored: Path, tmp_path: Path) -> None:
    """A second label for one place would make two truths."""
    form = settle(stored, 0)
    call("gold", "add", form, "--to", tmp_path / "gold", "-o", stored)
    again = call("gold", "add", form, "--to", tmp_path / "gold", "-o", stored)
    assert (again.exit_code, "has a label already" in again.output) == (2, True)
    unknown = call("gold", "add", "nothing-0", "--to", tmp_path / "gold", "-o", stored)
    assert (unknown.exit_code, "no form nothing-0" in unknown.output) == (2, True)


def test_another_document_of_the_same_name_is_not_written_over(stored: Path, tmp_path: Path) -> None:
    """The labels already there speak of its bytes."""
    gold = tmp_path / "gold"
    gold.mkdir()
    (gold / TEXT.name).write_text("another", "utf-8")
    refused = call("gold", "add", settle(stored, 0), "--to", gold, "-o", stored)
    assert (refused.exit_code, "another file already" in refused.output) == (2, True)


def test_the_shipped_report_has_nothing_against_it(copy: Path) -> None:
    """18 forms, their arithmetic as stated."""
    done = call("gold", "lint", "--data", copy)
    assert (done.exit_code, "1 sets of labels, 18 forms" in done.output) == (0, True)


def test_lint_tells_broken_arithmetic(copy: Path) -> None:
    """A failing sum that the manifest does not state."""
    assert "initial_budget_parts fails in cases [7, 13, 16, 17], stated []" in damaged(copy, known_failures={})


def test_lint_tells_a_document_that_is_gone_or_changed(copy: Path) -> None:
    """A label without its document, or beside other bytes, is worth nothing."""
    assert "report.txt is not what was labelled" in damaged(copy, sha256={"report.txt": "0" * 64})
    assert "other.txt has a hash but stands in no report" in damaged(copy, sha256={"other.txt": "0" * 64})
    assert "gone.txt is not there" in damaged(copy, sha256={}, documents=[["report.txt", "gone.txt"]])


def test_lint_tells_names_and_places_that_are_taken_twice(copy: Path) -> None:
    """One document, one name; one form, one label; and none is left out before the last."""
    assert "report.txt stands twice" in damaged(copy, documents=[["report.txt", "report.txt"]])
    shutil.copy(copy / "gold" / "form-03.json", copy / "gold" / "form-99.json")
    (copy / "gold" / "form-05.json").unlink()
    told = damaged(copy, documents=[["report.txt"]], files=[{"path": "report.txt", "outcome": "read", "forms": 17}])
    assert "two labels for one place (form-03.json, form-99.json)" in told
    assert "report 0 has no label for its form 5" in told
    assert "report.txt should hold 17 forms, 18 are labelled" in told


def test_a_label_that_breaks_the_schema_is_told(copy: Path) -> None:
    """A number that is none, a field that does not exist: one line, no traceback."""
    path = copy / "gold" / "form-00.json"
    label = json.loads(path.read_text("utf-8"))
    label["form"]["total_score"] = "about 90"
    path.write_text(json.dumps(label), "utf-8")
    assert call("gold", "lint", "--data", copy).exit_code == 2


def test_a_folder_may_show_forms_of_another(copy: Path) -> None:
    """Scans of some pages have no labels of their own: they name the other folder's, by position."""
    scans = copy.parent / "scans"
    scans.mkdir()
    shutil.copy(JIADING / "report.txt", scans / "part.txt")
    manifest = {"gold": f"../{copy.name}/gold", "documents": {"part.txt": {"dpi": 150, "forms": [16, 2]}}}
    (scans / "reports.json").write_text(json.dumps(manifest), "utf-8")
    (document,) = documents_of(scans)
    labels = [json.loads((copy / "gold" / f"form-{at:02}.json").read_text("utf-8"))["form"] for at in (16, 2)]
    assert [form.project_name for form in document.forms] == [label["project_name"] for label in labels]
    assert document.families == (copy.name, copy.name)
    assert call("gold", "lint", "--data", scans).exit_code == 0
    (scans / "part.txt").unlink()
    assert "part.txt is not there" in call("gold", "lint", "--data", scans).output
    manifest["documents"] = {"part.txt": {"dpi": 150, "forms": [99]}}
    (scans / "reports.json").write_text(json.dumps(manifest), "utf-8")
    assert call("gold", "lint", "--data", scans).exit_code == 2
