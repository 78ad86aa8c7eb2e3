"""A batch: one bad file stops nothing, killed it goes on, a layout costs the model once."""

import json
import shutil
import unicodedata
from pathlib import Path

import pytest

from pipeline.batch import Batch, input_files
from pipeline.batch.digest import conditions
from pipeline.batch.limits import Limited
from pipeline.mapping.lexicon import standard
from pipeline.mapping.library import Library
from pipeline.mapping.settle import confirmed
from pipeline.run import Ways
from pipeline.store import Store
from schemas.errors import ModelAnswerInvalid, ModelError, ModelRefused, ModelUnavailable
from schemas.reading import CutAnswer, CutQuestion, RoleAnswer, RoleQuestion, Transcription, TranscriptionQuestion
from schemas.run import Call

DATA = Path(__file__).parent.parent / "eval" / "data" / "jiading-2024"
REPORT = DATA / "report-libreoffice.pdf"


class Silent:
    """A progress that keeps what it was told."""

    def __init__(self) -> None:
        self.questions = 0
        self.warnings: list[str] = []

    def begin(self, files: int) -> None:
        """Nothing to show."""

    def understood(self, name: str) -> None:
        """Nothing to show."""

    def asked(self) -> None:
        """One more question."""
        self.questions += 1

    def finished(self, name: str) -> None:
        """Nothing to show."""

    def warn(self, message: str) -> None:
        """Keep it."""
        self.warnings.append(message)


class Speaker:
    """An outside party that answers every question by a list of words, as a model would."""

    def __init__(self, wrong: dict[str, str] | None = None, fail_after: int | None = None) -> None:
        self.calls: list[Call] = []
        self.wrong = wrong or {}
        self.fail_after = fail_after

    def ask_role(self, question: RoleQuestion, why: str) -> RoleAnswer:
        """The lexicon's word, or the wrong one that was asked for."""
        if self.fail_after is not None and len(self.calls) >= self.fail_after:
            raise ModelUnavailable("model.no_answer", host="127.0.0.1")
        self.calls.append(
            Call(
                at="2026-01-01T00:00:00+00:00",
                model="speaker",
                prompt_sha256="0" * 64,
                why=why,
                prompt_tokens=40,
                cached_tokens=30,
                completion_tokens=5,
                seconds=0.1,
            ),
        )
        role = self.wrong.get(question.text) or standard().role(question.section, question.text) or "extra"
        return RoleAnswer.model_validate({"role": role, "probability": 0.95})

    def transcribe(self, question: TranscriptionQuestion, why: str) -> Transcription:  # noqa: ARG002 - as below
        """Nothing is found."""
        return Transcription()

    def ask_cut(self, question: CutQuestion, why: str) -> CutAnswer:  # noqa: ARG002 - any question, the same answer
        """The first candidate."""
        return CutAnswer(choice=0, probability=0.95)


def batch(folder: Path, library: Path, model: Speaker | None = None) -> tuple[Store, Batch, Silent]:
    """A batch over a store in `folder`."""
    ways = Ways(standard(), "zh")
    store = Store.open(folder)
    progress = Silent()
    name = "none" if model is None else "speaker"
    return store, Batch(store, Library(library), ways, conditions(ways, name, ""), progress, model), progress


def statuses(store: Store) -> list[str]:
    """Accepted or review, in order."""
    return [form.status for form in store.forms()]


def test_known_layout_is_accepted_but_for_the_four_forms_that_do_not_add_up(tmp_path: Path) -> None:
    """Model and known words agree: 14 forms are accepted, 4 go to review with the equation that fails."""
    store, made, _ = batch(tmp_path / "out", tmp_path / "library.db", Speaker())
    with store:
        made.run(input_files([REPORT], tmp_path / "out"))
        forms = list(store.forms())
    assert [form.status for form in forms].count("accepted") == 14
    review = {form.form_index: form.findings[0] for form in forms if form.status == "review"}
    assert {index: (found.printed, found.computed) for index, found in review.items()} == {
        7: ("70.00", "74.85"),
        13: ("47.45", "59.31"),
        16: ("265.01", "268.89"),
        17: ("22.00", "18.90"),
    }
    assert {(found.rule, found.verdict, found.params["column"]) for found in review.values()} == {
        ("fund_parts_sum", "source_discrepancy", "initial_budget"),
    }


def test_layout_costs_the_model_once(tmp_path: Path) -> None:
    """The second report of a layout asks nothing, and its forms carry no cost."""
    library = tmp_path / "library.db"
    first = Speaker()
    store, made, _ = batch(tmp_path / "a", library, first)
    with store:
        made.run(input_files([REPORT], tmp_path / "a"))
        assert sum(form.usage.calls for form in store.forms()) == len(first.calls) == 25
    second = Speaker()
    store, made, _ = batch(tmp_path / "b", library, second)
    with store:
        made.run(input_files([DATA / "report-chromium.pdf"], tmp_path / "b"))
        assert statuses(store).count("accepted") == 14
    assert second.calls == []


def test_model_that_contradicts_the_words_is_not_believed_against_equations(tmp_path: Path) -> None:
    """A model that swaps weight and score is ruled out: a score above its weight breaks a rule."""
    store, made, _ = batch(tmp_path / "out", tmp_path / "library.db", Speaker({"分值": "score", "得分": "weight"}))
    with store:
        made.run(input_files([REPORT], tmp_path / "out"))
        row = next(iter(store.forms())).form.indicators[4]
    assert (str(row.weight), str(row.score)) == ("10.00", "9.00")


def test_model_that_swaps_target_and_actual_sends_the_layout_to_a_person(tmp_path: Path) -> None:
    """No equation tells target from actual: two readings that differ are never accepted."""
    wrong = {"年度指标值": "actual", "实际完成值": "target"}
    store, made, _ = batch(tmp_path / "out", tmp_path / "library.db", Speaker(wrong))
    with store:
        made.run(input_files([REPORT], tmp_path / "out"))
        assert set(statuses(store)) == {"review"}
        assert all("readings_disagree" in {reason.code for reason in form.decision.reasons} for form in store.forms())


def test_without_a_model_one_confirmation_settles_all_forms(tmp_path: Path) -> None:
    """Known words alone accept nothing; a person's one word does, and says so in the library."""
    library = tmp_path / "library.db"
    store, made, _ = batch(tmp_path / "out", library)
    with store:
        made.run(input_files([REPORT], tmp_path / "out"))
        assert set(statuses(store)) == {"review"}
        (template,) = Library(library).all()
        made.map_again(confirmed(template, {}))
        assert statuses(store).count("accepted") == 14
    assert [(found.state, found.decided_by) for found in Library(library).all()] == [("confirmed", "human")]


def test_one_bad_file_never_stops_a_batch(tmp_path: Path) -> None:
    """A damaged PDF, an empty file, a picture and a text that is no form are outcomes beside a report that is read."""
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(REPORT, folder / "b.pdf")
    (folder / "a.pdf").write_bytes(b"%PDF-1.7 nothing of use")
    (folder / "c.txt").write_bytes(b"")
    (folder / "d.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x00")
    (folder / "e.txt").write_text("会议纪要\n今天讨论了三件事。\n", encoding="utf-8")
    (folder / "f.pdf").write_bytes((folder / "b.pdf").read_bytes())
    store, made, _ = batch(tmp_path / "out", tmp_path / "library.db")
    with store:
        summary = made.run(input_files([folder], tmp_path / "out"))
    assert {file.path: (file.outcome, file.forms) for file in summary.files} == {
        "a.pdf": ("failed", 0),
        "b.pdf": ("read", 18),
        "c.txt": ("failed", 0),
        "d.png": ("failed", 0),
        "e.txt": ("no_form", 0),
        "f.pdf": ("duplicate", 0),
    }
    assert all((file.reason is None) == (file.outcome == "read") for file in summary.files)


def test_what_is_done_is_not_read_again(tmp_path: Path) -> None:
    """Same bytes under the same conditions: the second run reads nothing and leaves every record as it was."""
    library = tmp_path / "library.db"
    store, made, _ = batch(tmp_path / "out", library, Speaker())
    with store:
        made.run(input_files([REPORT], tmp_path / "out"))
        before = list(store.form_lines())
    store, made, _ = batch(tmp_path / "out", library, Speaker())
    with store:
        summary = made.run(input_files([REPORT], tmp_path / "out"))
        assert summary.unchanged == 1
        assert list(store.form_lines()) == before


def test_changed_conditions_make_a_file_to_be_read_again(tmp_path: Path) -> None:
    """What was read without a model is read again when there is one."""
    library = tmp_path / "library.db"
    store, made, _ = batch(tmp_path / "out", library)
    with store:
        made.run(input_files([REPORT], tmp_path / "out"))
    store, made, _ = batch(tmp_path / "out", library, Speaker())
    with store:
        assert made.run(input_files([REPORT], tmp_path / "out")).unchanged == 0
        assert statuses(store).count("accepted") == 14


def test_a_model_that_goes_away_leaves_forms_incomplete_and_a_second_run_completes_them(tmp_path: Path) -> None:
    """Nothing is lost: forms go to review with run_incomplete, one line is told, the next run asks anew."""
    library = tmp_path / "library.db"
    store, made, progress = batch(tmp_path / "out", library, Speaker(fail_after=3))
    with store:
        made.run(input_files([REPORT], tmp_path / "out"))
        codes = {reason.code for form in store.forms() for reason in form.decision.reasons}
    assert "run_incomplete" in codes
    assert len(progress.warnings) == 1
    store, made, _ = batch(tmp_path / "out", library, Speaker())
    with store:
        assert made.run(input_files([REPORT], tmp_path / "out")).unchanged == 0
        assert statuses(store).count("accepted") == 14


class Stammerer(Speaker):
    """An outside party whose transcription of one form is none."""

    def __init__(self, error: ModelError) -> None:
        super().__init__()
        self.error = error
        self.transcribed = 0

    def transcribe(self, question: TranscriptionQuestion, why: str) -> Transcription:
        """No answer to the third question."""
        self.transcribed += 1
        if self.transcribed == 3:
            raise self.error
        return super().transcribe(question, why)


@pytest.mark.parametrize(
    ("error", "asked", "unasked"),
    [
        (ModelAnswerInvalid("model.answer_invalid", host="h", model="m"), 18, 0),
        (ModelRefused("model.rejected", host="h", status=400, detail="too_long"), 18, 0),
        (ModelUnavailable("model.no_answer", host="h"), 3, 1),
    ],
)
def test_a_form_that_the_model_fails_at_leaves_the_others_asked(
    tmp_path: Path, error: ModelError, asked: int, unasked: int
) -> None:
    """Only where nothing answers is nothing more asked, and questions count as unasked; no form is accepted."""
    model = Stammerer(error)
    limited = Limited(model, max_calls=None, max_cost=None, price=None)
    store, made, progress = batch(tmp_path / "out", tmp_path / "library.db", model)
    made.model, made.transcribing = limited, True
    with store:
        made.run(input_files([REPORT], tmp_path / "out"))
        assert "accepted" not in statuses(store)
    assert (model.transcribed, limited.unasked, len(progress.warnings)) == (asked, unasked, 1)


def test_second_run_adds_to_the_batch(tmp_path: Path) -> None:
    """Another file in the same folder of results leaves the first one's forms there."""
    library = tmp_path / "library.db"
    for report in (REPORT, DATA / "report-chromium.pdf"):
        store, made, _ = batch(tmp_path / "out", library, Speaker())
        with store:
            made.run(input_files([report], tmp_path / "out"))
    with Store.open(tmp_path / "out", "read") as kept:
        assert [(file.path, file.forms) for file in kept.files()] == [
            ("report-chromium.pdf", 18),
            ("report-libreoffice.pdf", 18),
        ]


def test_another_folders_file_of_the_same_name_is_another_file(tmp_path: Path) -> None:
    """It is added under its folder's name, and neither takes the other's place; the same file read again is itself."""
    for folder, report in (("甲局", REPORT), ("乙局", DATA / "report-chromium.pdf")):
        (tmp_path / folder).mkdir()
        shutil.copy(report, tmp_path / folder / "自评表.pdf")
    for folder in ("甲局", "乙局", "甲局"):
        store, run, _ = batch(tmp_path / "out", tmp_path / "layouts.db")
        with store:
            run.run(input_files([tmp_path / folder], tmp_path / "out"))
            found = [file.path for file in store.files()]
    assert found == ["乙局/自评表.pdf", "自评表.pdf"]


def test_empty_files_are_damaged_and_no_duplicates(tmp_path: Path) -> None:
    """Nothing is the same about them."""
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / name).touch()
    store, run, _ = batch(tmp_path / "out", tmp_path / "layouts.db")
    with store:
        run.run(input_files([tmp_path / "a.pdf", tmp_path / "b.pdf"], tmp_path / "out"))
        assert [file.outcome for file in store.files()] == ["failed", "failed"]


def test_a_file_of_confirmed_layouts_is_finished_before_the_next_is_read(tmp_path: Path) -> None:
    """A run that is killed keeps it."""
    store, run, _ = batch(tmp_path / "out", tmp_path / "layouts.db", Speaker())
    with store:
        run.run(input_files([REPORT], tmp_path / "out"))
    steps: list[str] = []

    class Told(Silent):
        def understood(self, name: str) -> None:
            steps.append(f"read {name}")

        def finished(self, name: str) -> None:
            steps.append(f"finished {name}")

    files = [tmp_path / "1.pdf", tmp_path / "2.pdf"]
    for number, file in enumerate(files):
        file.write_bytes(REPORT.read_bytes() + b"\n" * (number + 1))
    store, run, _ = batch(tmp_path / "out2", tmp_path / "layouts.db")
    with store:
        run.progress = Told()
        run.run(input_files(files, tmp_path / "out2"))
    assert steps == ["read 1.pdf", "finished 1.pdf", "read 2.pdf", "finished 2.pdf"]


def test_calls_are_accounted_without_contents(tmp_path: Path) -> None:
    """Every question stands in the store's account once, with its kind and layout, and no word of the document."""
    store, made, _ = batch(tmp_path / "out", tmp_path / "library.db", Speaker())
    with store:
        made.run(input_files([REPORT], tmp_path / "out"))
        calls = list(store.calls())
    assert len(calls) == 25
    assert not any(
        word in json.dumps([call.model_dump() for call in calls], ensure_ascii=False) for word in ("预算", "指标")
    )


@pytest.mark.parametrize("report", ["report-chromium.pdf", "report-libreoffice.pdf", "report.txt"])
def test_values_are_the_labels_in_every_form_of_the_report(tmp_path: Path, report: str) -> None:
    """Both PDFs and the bare text give every labelled value, without a model."""
    store, made, _ = batch(tmp_path / "out", tmp_path / "library.db")
    with store:
        made.run(input_files([DATA / report], tmp_path / "out"))
        forms = [bare(form.form.model_dump(mode="json")) for form in store.forms()]
    gold = [bare(json.loads(path.read_text("utf-8"))["form"]) for path in sorted((DATA / "gold").glob("form-*.json"))]
    assert len(forms) == len(gold) == 18
    assert forms == gold


def bare(value: object) -> object:
    """A value without whitespace and width differences, all the way down."""
    if isinstance(value, str):
        return "".join(unicodedata.normalize("NFKC", value).split())
    if isinstance(value, dict):
        return {key: bare(own) for key, own in value.items()}
    if isinstance(value, list):
        return [bare(own) for own in value]
    return value


def test_damaged_store_is_told_not_read(tmp_path: Path) -> None:
    """A library that is no database gives one clear error."""
    (tmp_path / "library.db").write_bytes(b"not a database at all, only some bytes" * 40)
    with pytest.raises(Exception, match="library_unusable"):
        Library(tmp_path / "library.db")
