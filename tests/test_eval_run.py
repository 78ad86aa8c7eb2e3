"""`hedui eval run`: the real pipeline over labelled documents; logs, interruptions, the person, words taken out."""

import gzip
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eval.cli import eval_group
from eval.dataset import SHIPPED, documents_of, gold_sets, location, root_of
from eval.figures import Scored, scored
from eval.grounding import finder_of, misplaced
from eval.log import Log, read_log, write_log
from eval.ways import WAYS, printed_words, ways_of
from pipeline.mapping.lexicon import standard
from schemas.errors import UsageError
from schemas.evidence import BBox, PageSpan

JIADING = SHIPPED / "jiading-2024"
FEW = 3


def call(*arguments: str) -> Result:
    """What the command line says and with which code it ends."""
    return CliRunner().invoke(eval_group, [*arguments, "--lang", "en"], catch_exceptions=False)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A labelled folder with one document, the PDF of an office program."""
    folder = tmp_path_factory.mktemp("data") / "small"
    shutil.copytree(JIADING / "gold", folder / "gold")
    shutil.copy(JIADING / "report-libreoffice.pdf", folder)
    stated = json.loads((JIADING / "reports.json").read_text("utf-8"))
    (folder / "reports.json").write_text(json.dumps(stated | {"documents": [["report-libreoffice.pdf"]]}), "utf-8")
    return folder


@pytest.fixture(scope="module")
def log(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Log:
    """All ways of reading it, without a model."""
    path = tmp_path_factory.mktemp("log") / "log.json"
    done = call("run", "-o", str(path), "--data", str(small), "--model", "none", "--leave-one-out")
    assert done.exit_code == 0, done.output
    return read_log(path)


def way(results: Sequence[Scored], code: str) -> Scored:
    """One way's scores."""
    return next(result for result in results if result.way.way == code)


def share(result: Scored, code: str) -> float | None:
    """The value of a figure."""
    found = result.figure(code)  # type: ignore[arg-type]  # a parameter of the test
    return None if found is None else found.value


def test_a_log_holds_its_conditions_and_every_way(log: Log) -> None:
    """Version, prompts, settings and data stand in it; the ways are those that were asked for, in order."""
    assert log.finished is not None
    assert log.conditions.model == "none"
    assert set(log.conditions.prompts) >= {"role", "cut"}
    assert all(len(digest) == 64 for digest in log.conditions.prompts.values())
    assert "key" not in log.conditions.settings["model"]
    assert [result.way for result in log.results] == list(WAYS)
    assert [(document.name, document.format, len(document.forms)) for document in log.documents] == [
        ("report-libreoffice.pdf", "pdf", 18),
    ]


def test_without_a_model_all_is_right_and_nothing_is_accepted(log: Log) -> None:
    """Known words read all 18 forms exactly; nobody confirmed the layout, so none is accepted."""
    plain = way(scored(log), "hedui")
    assert share(plain, "forms_exact") == 1.0
    assert share(plain, "numeric_f1") == 1.0
    assert share(plain, "grounding") == 1.0
    assert share(plain, "straight_through") == 0.0
    assert share(plain, "wrong_forms_by_rules") is None


def test_one_confirmation_of_the_layout_lets_the_proven_forms_through(log: Log) -> None:
    """14 of 18: the other four are those whose own sums are wrong; no accepted number is wrong."""
    told = way(scored(log), "hedui_person")
    assert share(told, "straight_through") == 14 / 18
    assert share(told, "wrong_numbers_by_rules") == 0.0
    (settled,) = told.way.confirmations
    assert (settled.forms, settled.labels, settled.corrected) == (18, 25, 0)


@pytest.mark.parametrize("code", ["no_words", "family_out"])
def test_without_words_less_is_read_and_a_person_makes_up_for_it(log: Log, code: str) -> None:
    """The roles that the words would have given are missing until a person gives them."""
    results = scored(log)
    before, after = way(results, code), way(results, f"{code}_person")
    assert (share(before, "field_f1") or 0) < 0.95
    assert (share(after, "field_f1") or 0) > 0.99
    assert after.way.confirmations[0].corrected > 0


def test_words_taken_out_are_those_the_documents_print() -> None:
    """Labels of the report are among them, words of other forms are not."""
    documents = [found for found in documents_of(JIADING) if found.format == "pdf"]
    words = printed_words(documents, SHIPPED, standard())
    assert {"全年执行数", "三级指标", "产出指标", "项目名称"} <= words
    assert "决算数" not in words


def test_an_interrupted_run_goes_on_where_it_stopped(small: Path, tmp_path: Path) -> None:
    """A log with one way done keeps it as it is and gets the others; a finished one is not written over."""
    path = tmp_path / "log.json"
    arguments = ("run", "-o", str(path), "--data", str(small), "--model", "none", "--confirm")
    assert call(*arguments).exit_code == 0
    whole = read_log(path)
    marked = whole.results[0].model_copy(update={"seconds": 123.0})
    write_log(whole.model_copy(update={"finished": None, "results": (marked,)}), path)
    assert call(*arguments).exit_code == 0
    again = read_log(path)
    assert [(result.way, result.seconds == 123.0) for result in again.results] == [
        ("hedui", True),
        ("hedui_person", False),
    ]
    assert [output.status for output in again.results[1].documents[0].outputs].count("accepted") == 14
    refused = call(*arguments)
    assert (refused.exit_code, "is finished" in refused.output) == (2, True)


def test_a_killed_run_goes_on_to_the_same_figures(small: Path, tmp_path: Path) -> None:
    """Killed while it reads, it begins where the store stands; nothing is counted twice, nothing is left behind."""
    path, whole = tmp_path / "log.json", tmp_path / "whole.json"
    arguments = ("--data", str(small), "--model", "none", "--confirm")
    said = "from pipeline.cli import main; main()"
    command = [sys.executable, "-c", said, "eval", "run", "-o", str(path), *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        stored = tmp_path / "log.json.part" / "hedui" / "all" / "hedui.db"
        for _ in range(600):
            if stored.is_file() or running.poll() is not None:
                break
            time.sleep(0.05)
        running.kill()
    assert stored.is_file()
    assert call("run", "-o", str(path), *arguments).exit_code == 0
    assert call("run", "-o", str(whole), *arguments).exit_code == 0
    first, second = read_log(path), read_log(whole)
    assert [result.figure("field_f1") for result in scored(first)] == [
        result.figure("field_f1") for result in scored(second)
    ]
    assert [len(result.documents[0].outputs) for result in first.results] == [18, 18]
    assert not stored.exists()


def test_a_log_of_other_conditions_is_not_gone_on_with(small: Path, tmp_path: Path) -> None:
    """Figures of two conditions never stand in one log."""
    path = tmp_path / "log.json"
    call("run", "-o", str(path), "--data", str(small), "--model", "none")
    log = read_log(path)
    other = log.conditions.model_copy(update={"model": "another"})
    write_log(log.model_copy(update={"finished": None, "conditions": other}), path)
    refused = call("run", "-o", str(path), "--data", str(small), "--model", "none")
    assert (refused.exit_code, "other conditions" in refused.output) == (2, True)


def test_a_document_that_cannot_be_read_counts_as_missing_and_apart(small: Path, tmp_path: Path) -> None:
    """Its 18 forms are all MISSING: nothing is left out of a share because it failed."""
    folder = tmp_path / "broken"
    shutil.copytree(small, folder)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n")
    stated = json.loads((folder / "reports.json").read_text("utf-8"))
    stated["documents"] = [["report-libreoffice.pdf", "broken.pdf"]]
    (folder / "reports.json").write_text(json.dumps(stated), "utf-8")
    path = tmp_path / "log.json"
    done = call("run", "-o", str(path), "--data", str(folder), "--model", "none")
    assert done.exit_code == 0, done.output
    (result,) = scored(read_log(path))
    assert [document.crashed for document in result.documents] == [False, True]
    assert share(result, "forms_exact") == 0.5
    assert share(result, "outcomes") == 0.5


def test_scoring_a_stored_log_says_the_same_every_time(small: Path, tmp_path: Path) -> None:
    """Packed or not, twice the same tables, and no document is needed."""
    folder = tmp_path / "data"
    shutil.copytree(small, folder)
    packed = tmp_path / "log.json.gz"
    assert call("run", "-o", str(packed), "--data", str(folder), "--model", "none", "--confirm").exit_code == 0
    shutil.rmtree(folder)
    plain = tmp_path / "log.json"
    plain.write_bytes(gzip.decompress(packed.read_bytes()))
    told = [call("score", str(path), "--by", "family", "--by", "type").output for path in (packed, plain, packed)]
    assert told[0] == told[1] == told[2]
    assert "77.78" in told[0]


def test_scoring_loads_nothing_that_reads_documents(log: Log, tmp_path: Path) -> None:
    """PyMuPDF and a model's client would take longer to import than the log takes to score."""
    path = tmp_path / "log.json"
    write_log(log, path)
    said = "from pipeline.cli import main; import sys; main(standalone_mode=False); print(sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", said, "eval", "score", str(path), "--lang", "en"],
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert "Field F1" in done.stdout
    for name in ("'pymupdf'", "'pdfplumber'", "'openai'", "'pipeline.read.pages'", "'eval.run'"):
        assert name not in done.stdout


def test_a_log_that_is_none_is_told_as_such(tmp_path: Path) -> None:
    """One line and what to do, no traceback."""
    path = tmp_path / "log.json"
    path.write_text("{}", "utf-8")
    with pytest.raises(UsageError):
        read_log(path)
    assert call("score", str(path)).exit_code == 2
    assert call("score", str(tmp_path / "none.json")).exit_code == 2


def test_a_set_is_listed_with_its_size() -> None:
    """The report's four documents hold 18 forms each, 600 indicator rows in all."""
    (line,) = [line for line in call("list", "--data", "jiading-2024").output.splitlines() if "jiading-2024" in line]
    assert line.replace("│", " ").split() == ["jiading-2024", "jiading-2024", "4", "72", "600"]


def test_a_place_that_does_not_hold_the_value_is_found(log: Log) -> None:
    """Evidence that points one row too low, or nowhere, is no evidence."""
    document = documents_of(JIADING)[2]
    assert document.name == "jiading-2024/report-libreoffice.pdf"
    finder = finder_of(location(document, SHIPPED), document.name)
    output = log.results[0].documents[0].outputs[0]
    assert finder is not None
    assert misplaced(output.form, output.evidence, finder) == ()
    proof = output.evidence["/total_score"]
    (span,) = proof.spans
    assert isinstance(span, PageSpan)
    lower = span.model_copy(update={"bbox": BBox(span.bbox.x0, span.bbox.y1, span.bbox.x1, span.bbox.y1 + 20)})
    moved = {**output.evidence, "/total_score": proof.model_copy(update={"spans": (lower,)})}
    del moved["/grade"]
    assert misplaced(output.form, moved, finder) == ("/total_score", "/grade")


def test_ways_follow_what_was_asked_for() -> None:
    """A person comes only with --confirm, words go only with --leave-one-out."""
    assert ways_of(confirm=False, leave_one_out=False) == ("hedui",)
    assert ways_of(confirm=True, leave_one_out=False) == ("hedui", "hedui_person")
    assert ways_of(confirm=False, leave_one_out=True) == WAYS


def test_data_is_a_folder_or_the_name_of_a_shipped_set(tmp_path: Path) -> None:
    """Everything else is told with the names that exist."""
    assert root_of("jiading-2024") == JIADING
    with pytest.raises(UsageError) as told:
        root_of("nowhere")
    assert "jiading-2024" in str(told.value)
    with pytest.raises(UsageError):
        gold_sets(tmp_path)


def test_ways_of_one_log_are_compared_with_its_first(log: Log, tmp_path: Path) -> None:
    """Nothing that a person confirms makes a value worse; what is accepted grows by 77.78."""
    path = tmp_path / "log.json"
    write_log(log, path)
    told = call("compare", str(path)).output
    (line,) = [line for line in told.splitlines() if "Accepted with no person" in line]
    assert "77.78 (+77.78)" in line
    assert call("compare", str(path), str(path)).exit_code == 0


def test_logs_without_a_document_in_common_are_not_compared(log: Log, tmp_path: Path) -> None:
    """Two runs over different documents have no difference that means anything."""
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    write_log(log, first)
    renamed = tuple(document.model_copy(update={"sha256": "0" * 64}) for document in log.documents)
    write_log(log.model_copy(update={"documents": renamed}), second)
    refused = call("compare", str(first), str(second))
    assert (refused.exit_code, "nothing to compare" in refused.output) == (2, True)


def test_a_run_gone_on_with_by_another_commit_says_so(small: Path, tmp_path: Path) -> None:
    """The work is not lost, and the log names both programs."""
    path = tmp_path / "log.json"
    call("run", "-o", str(path), "--data", str(small), "--model", "none")
    log = read_log(path)
    older = log.conditions.program.model_copy(update={"commit": "0" * 40, "dirty": False})
    conditions = log.conditions.model_copy(update={"program": older})
    write_log(log.model_copy(update={"finished": None, "conditions": conditions}), path)
    assert call("run", "-o", str(path), "--data", str(small), "--model", "none").exit_code == 0
    again = read_log(path)
    assert again.conditions.program == older
    assert len(again.continued) == 1
    assert again.commits().startswith("00000000 ")


def test_a_limit_on_cost_needs_a_price_and_transcribing_a_model(small: Path, tmp_path: Path) -> None:
    """Both are told before anything is read."""
    arguments = ("run", "-o", str(tmp_path / "log.json"), "--data", str(small), "--model", "none")
    priceless = call(*arguments, "--max-cost", "1")
    assert (priceless.exit_code, "price" in priceless.output) == (2, True)
    alone = call(*arguments, "--mapping", "transcribe")
    assert (alone.exit_code, "A model is needed to transcribe" in alone.output) == (2, True)
    assert not (tmp_path / "log.json").exists()
