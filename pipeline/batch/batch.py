"""The files of one call go through: understood one by one, layouts settled over all, finished one by one.

Every step is stored when it is done, so a killed batch goes on where it stood. A file that fails is an
outcome, never the end of the batch.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

from pipeline.batch.account import Accounted, is_incomplete, usage_of, with_cost
from pipeline.batch.apart import apart, sha256_of
from pipeline.batch.digest import Conditions, digest
from pipeline.batch.files import InputFile
from pipeline.batch.look import look_at
from pipeline.batch.shaped import edits_by_form, keep_regions, shaped, understood_of
from pipeline.batch.together import mark_across
from pipeline.catalogue import explain, say
from pipeline.garbage import rarely_collected
from pipeline.mapping.ask import model_readings
from pipeline.mapping.library import Library
from pipeline.mapping.settle import FORMS_TRIED, Example, settle
from pipeline.mapping.skeleton import analyse
from pipeline.mapping.transcribe import transcription_question
from pipeline.run import Understood, Ways, finish, understand
from pipeline.store import Store
from schemas.errors import OF_THE_QUESTION, BudgetExceeded, DocumentError, ModelError, StoreError
from schemas.reading import CutAnswer, CutQuestion, Reading, ReadingSource, Template
from schemas.run import FileOutcome, Outcome, Price, Run, Usage

# So many files' forms are kept in memory between the two passes; the rest is read back from the store.
KEPT = 64


class Progress(Protocol):
    """Who is told how far a batch is; says nothing of what documents hold."""

    def begin(self, files: int) -> None:
        """The batch has so many files."""
        ...

    def understood(self, name: str) -> None:
        """A file was read, or needs no reading."""
        ...

    def asked(self) -> None:
        """The model answered a question."""
        ...

    def finished(self, name: str) -> None:
        """A file's result is stored."""
        ...

    def warn(self, message: str) -> None:
        """Something a person should know while it goes on."""
        ...


class Summary(NamedTuple):
    """What a batch did."""

    files: tuple[FileOutcome, ...]
    """The outcome of every file of this call, also of those that were done before."""
    unchanged: int
    """How many of them were done before and not read again."""
    usage: Usage


@dataclass
class Batch:
    """One call of `hedui run`, or the mapping anew of stored forms."""

    store: Store
    library: Library
    ways: Ways
    conditions: Conditions
    progress: Progress
    model: Accounted | None = None
    price: Price | None = None
    transcribing: bool = False
    """Whether the model transcribes each form instead of reading each layout's labels once."""
    _kept: dict[str, Understood] = field(default_factory=dict)
    _files: dict[str, InputFile] = field(default_factory=dict)
    _reading: dict[str, Usage] = field(default_factory=dict)
    """What cutting running text cost, by file."""
    _incomplete: set[str] = field(default_factory=set)
    """Layouts whose questions could not all be asked."""
    _cut_short: set[str] = field(default_factory=set)
    """Files whose cuts could not all be asked."""
    _accounted: int = 0
    """How many of the model's calls are in the store's account, or were made before this batch."""

    def __post_init__(self) -> None:
        """What the model answered to others is not this batch's."""
        self._accounted = len(self.model.calls) if self.model is not None else 0

    @rarely_collected()
    def run(self, files: Sequence[InputFile]) -> Summary:
        """Read what is new or changed, settle its layouts, finish and store it."""
        self.progress.begin(len(files))
        before: dict[str, str] = {}
        pending: list[str] = []
        unchanged = 0
        files = [apart(file, self.store) for file in files]
        for file in files:
            self._files[file.name] = file
            found = self._read(file, before)
            unchanged += found == "unchanged"
            self.progress.understood(file.name)
            if found != "pending":
                self.progress.finished(file.name)
            elif self._is_known(file.name):
                self._finish_all([file.name])  # a killed run keeps it
            else:
                pending.append(file.name)
        self._settle_and_finish(pending)
        mark_across(self.store, self.ways)
        outcomes = {outcome.path: outcome for outcome in self.store.files()}
        told = tuple(outcomes[file.name] for file in files if file.name in outcomes)
        return Summary(told, unchanged, self.store.usage())

    @rarely_collected()
    def map_again(self, template: Template) -> int:
        """Keep a template that a person settled and map its stored forms anew; gives the number of files."""
        self.library.put(template, _now())
        paths = self.store.paths_with(template.key)
        self.progress.begin(len(paths))
        for path in paths:
            self.progress.understood(path)
        self._finish_all(paths, again=True)
        mark_across(self.store, self.ways)
        return len(paths)

    def shape_again(self, path: str) -> None:
        """Bring a stored file's forms into the shape that its log gives them, and finish it; no model is asked."""
        stored = self.store.read_regions_of(path)
        understood = understood_of(self.store, path, self.ways.lexicon)
        if understood is not None:
            keep_regions(self.store, understood, [found.region for found in stored], self.ways.lexicon)
            run = self.store.run(path)
            if run is not None and is_incomplete(run):
                self._cut_short.add(path)
            self._finish_all([path], again=True)

    def spent(self) -> Usage:
        """What this call's questions cost; answers from hedui's own store of answers cost nothing."""
        calls = self.model.calls if self.model is not None else []
        return usage_of([call for call in calls if not call.from_cache], self.price)

    def _is_known(self, name: str) -> bool:
        """True if all layouts of a file are confirmed: nothing that other files say can change them."""
        known = [self.library.get(key) for key in self.store.keys_of(name)]
        return bool(known) and all(template is not None and template.state == "confirmed" for template in known)

    def _read(self, file: InputFile, before: dict[str, str]) -> Literal["pending", "unchanged", "done"]:
        """Bring one file as far as its regions; `before` are the bytes seen in this call, with their path."""
        try:
            with file.opened() as path:
                return self._read_open(file, path, before)
        except DocumentError as error:
            archive = sha256_of(file.path) if file.failure is not None else None
            self._fail(file, archive, explain(error, self.ways.lang))
        except OSError as error:
            self._fail(file, None, say("console.cannot_read_file", self.ways.lang, why=error.strerror or ""))
        return "done"

    def _read_open(
        self, file: InputFile, path: Path, before: dict[str, str]
    ) -> Literal["pending", "unchanged", "done"]:
        """The same with the file's bytes at hand, at `path`; raises OSError."""
        sha256 = sha256_of(path)
        twin = before.setdefault(sha256, file.name) if path.stat().st_size else file.name
        if twin != file.name:
            self._put(file.name, sha256, "duplicate", say("console.duplicate_of", self.ways.lang, path=twin))
            return "done"
        if self._is_done(file.name, sha256):
            return "unchanged"
        try:
            understood = understand(path, file.name, self.ways, self._chooser(file.name))
        except DocumentError as error:
            self._fail(file, sha256, explain(error, self.ways.lang))
            return "done"
        except OSError as error:
            self._fail(file, sha256, say("console.cannot_read_file", self.ways.lang, why=error.strerror or ""))
            return "done"
        except Exception as error:  # noqa: BLE001 - a crash on one file is that file's outcome, the batch goes on
            self._fail(file, sha256, say("console.crashed", self.ways.lang, kind=type(error).__name__))
            return "done"
        if self.transcribing:
            understood = self._transcribed(understood)
        self._account()
        read = [form.region for form in understood.forms]
        events = self.store.edits_of_document(understood.document.sha256)
        if events:
            understood = shaped(understood.document, read, events, self.ways.lexicon)
        keep_regions(self.store, understood, read, self.ways.lexicon)
        if len(self._kept) < KEPT:
            self._kept[file.name] = understood
        return "pending"

    def _is_done(self, name: str, sha256: str) -> bool:
        """Same bytes, and the same digest under the templates as they are now."""
        state = self.store.run_digest(name)
        if state is None or state.sha256 != sha256:
            return False
        templates = [self.library.get(key) for key in self.store.keys_of(name)]
        known = [template for template in templates if template is not None]
        return len(known) == len(templates) and state.digest == digest(self.conditions, known)

    def _settle_and_finish(self, pending: Sequence[str]) -> None:
        """Settle every layout of the pending files that is not confirmed; finish them and whom a change touches."""
        keys = list(dict.fromkeys(key for name in pending for key in self.store.keys_of(name)))
        touched: list[str] = []
        for key in keys:
            known = self.library.get(key)
            if known is not None and known.state == "confirmed":
                continue
            template = self._settled_or_none(key)
            if template is None:
                continue
            if template != known and key not in self._incomplete:
                self.library.put(template, _now())
                touched += self.store.paths_with(key)
            elif known is None:
                self.library.put(template, _now())
        others = [name for name in dict.fromkeys(touched) if name not in pending and self.store.run_digest(name)]
        self._finish_all([*pending, *others])

    def _finish_all(self, names: Iterable[str], *, again: bool = False) -> None:
        """Finish files under the events of their forms; `again` keeps what reading them cost."""
        for name in names:
            understood = self._understood(name)
            stored = self.store.run(name) if again else None
            try:
                templates = self._templates(understood)
                done = self._finished(name, understood, templates, stored)
            except Exception as error:  # noqa: BLE001 - a crash on one file is that file's outcome, the batch goes on
                reason = say("console.crashed", self.ways.lang, kind=type(error).__name__)
                self._put(name, understood.document.sha256, "failed", reason)
            else:
                location = self._location(name)
                self.store.put_run(done, location)
                while self.store.behind(name):  # a person spoke in the meantime
                    self.store.put_run(self._finished(name, understood, templates, stored), location)
            self.progress.finished(name)

    def _location(self, name: str) -> Path | None:
        return self._files[name].path if name in self._files else self.store.location(name)

    def _finished(self, name: str, understood: Understood, templates: dict[str, Template], stored: Run | None) -> Run:
        complete = name not in self._cut_short and not self._incomplete & set(templates)
        done = finish(
            understood,
            templates,
            self.ways,
            digest=digest(self.conditions, templates.values(), complete=complete),
            incomplete=set(templates) if not complete else (),
            usage=self._charge(understood),
            edits=edits_by_form(self.store.edits_of_document(understood.document.sha256)),
            look=look_at(self._location(name), understood),
        )
        return done if stored is None else with_cost(done, stored)

    def _understood(self, name: str) -> Understood:
        kept = self._kept.pop(name, None)
        if kept is not None:
            return kept
        stored = understood_of(self.store, name, self.ways.lexicon)
        if stored is not None:
            return stored
        with self._files[name].opened() as path:
            return understand(path, name, self.ways, self._chooser(name))

    def _templates(self, understood: Understood) -> dict[str, Template]:
        found: dict[str, Template] = {}
        for form in (*understood.forms, *understood.dropped):
            key = form.skeleton.key
            template = found.get(key) or self.library.get(key)
            if template is None:
                template = self._settled(key, form)
                self.library.put(template, _now())
            found[key] = template
        return found

    def _settled_or_none(self, key: str) -> Template | None:
        """The same; None where a layout cannot be settled: each of its files then fails by itself."""
        try:
            return self._settled(key)
        except StoreError:
            raise
        except Exception:  # noqa: BLE001 - a crash over one layout is the outcome of its files, the batch goes on
            return None

    def _settled(self, key: str, own: Example | None = None) -> Template:
        """A layout's template from all its forms, at least from `own`; its questions are asked only once."""
        examples = [form for kept in self._kept.values() for form in kept.forms if form.skeleton.key == key]
        for found in self.store.regions_of_layout(key):
            if len(examples) >= FORMS_TRIED:
                break
            if found.document.path not in self._kept:
                examples.append(Example(found.region, analyse(found.region, self.ways.lexicon)))
        if not examples and own is not None:
            examples = [own]
        known = self.library.get(key)
        return settle(examples, self._model_readings(key, examples, known), self.ways.lexicon)

    def _model_readings(self, key: str, examples: Sequence[Example], known: Template | None) -> dict[int, Reading]:
        """What the model says of each slot: as stored, else asked now; empty without a model."""
        stored = _said(known, "model") if known is not None else {}
        if stored or self.model is None or self.transcribing:
            return stored
        try:
            bones = [example.skeleton for example in examples[:FORMS_TRIED]]
            return model_readings(bones, self.model, lambda _key: self.progress.asked())
        except (ModelError, BudgetExceeded) as error:
            self._incomplete.add(key)
            self.progress.warn(explain(error, self.ways.lang))
            return {}
        finally:
            self._account()

    def _transcribed(self, understood: Understood) -> Understood:
        """The forms with what the model transcribed of them; those it could not be asked about stay as they are."""
        name = understood.document.path
        forms = []
        answering = self.model is not None and name not in self._cut_short
        for form in understood.forms:
            region = form.region
            if self.model is not None and answering:
                try:
                    said = self.model.transcribe(transcription_question(region), f"transcribe:{form.skeleton.key[:8]}")
                    region = region.model_copy(update={"transcription": said})
                    self.progress.asked()
                except (ModelError, BudgetExceeded) as error:
                    self._cut_short.add(name)
                    answering = error.code in OF_THE_QUESTION
                    self.progress.warn(explain(error, self.ways.lang))
            forms.append(replace(form, region=region))
        return understood._replace(forms=tuple(forms))

    def _chooser(self, name: str) -> Callable[[CutQuestion], CutAnswer | None] | None:
        """Asks the model where running text is cut; what it cannot answer stays in doubt."""
        model = self.model
        if model is None:
            return None

        def choose(question: CutQuestion) -> CutAnswer | None:
            if name in self._cut_short:
                return None
            try:
                answer = model.ask_cut(question, "cut")
            except (ModelError, BudgetExceeded) as error:
                self._cut_short.add(name)
                self.progress.warn(explain(error, self.ways.lang))
                return None
            self.progress.asked()
            return answer

        return choose

    def _account(self) -> None:
        """Put the model's new calls into the store's account."""
        if self.model is not None and len(self.model.calls) > self._accounted:
            self.store.add_calls(self.model.calls[self._accounted :])
            self._accounted = len(self.model.calls)

    def _charge(self, understood: Understood) -> dict[str, Usage]:
        """What settling this file's layouts cost, to be charged once, to the first form of each."""
        charged: dict[str, Usage] = {}
        if self.model is None:
            return charged
        for form in understood.forms:
            mark = f":{form.skeleton.key[:8]}"
            if mark in self._reading:
                continue
            calls = [call for call in self.model.calls if call.why.endswith(mark) and not call.from_cache]
            self._reading[mark] = charged[form.skeleton.key] = usage_of(calls, self.price)
        return charged

    def _fail(self, file: InputFile, sha256: str | None, reason: str) -> None:
        self._put(file.name, sha256, "failed", reason)

    def _put(self, name: str, sha256: str | None, outcome: Outcome, reason: str) -> None:
        """Store a file's outcome that has no forms."""
        told = FileOutcome(path=name, sha256=sha256, media_type=None, pages=None, outcome=outcome, reason=reason)
        run = Run(file=told, digest=digest(self.conditions, ()))
        self.store.put_run(run, self._files[name].path if name in self._files else None)


def _said(template: Template, source: ReadingSource) -> dict[int, Reading]:
    return {slot.number: reading for slot in template.slots for reading in slot.readings if reading.source == source}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
