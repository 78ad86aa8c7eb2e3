"""Labelled documents and a Session come in, a Log goes out: the real pipeline over scratch stores and libraries.

Every file's result is stored when it is done and every way's when it is done, in a folder beside the log: the same
command goes on where a stopped run stood, and the folder goes away at the end.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from eval.dataset import SHIPPED, GoldDocument, base_of, documents_of, location, root_of
from eval.grounding import Finder, finder_of, misplaced
from eval.log import Conditions, Confirmation, DocumentResult, Log, Output, WayResult, output_of, read_log, write_log
from eval.oracle import Labelled, corrected, pair_regions, roles_by_person
from eval.program import program
from eval.progress import Watched
from eval.stopwatch import Stopwatch
from eval.ways import PERSON, WAYS, Group, WayCode, groups
from pipeline.batch import Batch, InputFile, Progress
from pipeline.batch.account import usage_of
from pipeline.batch.digest import MappingWay, conditions
from pipeline.batch.limits import Limited
from pipeline.llm import ModelClient, from_environment
from pipeline.mapping.library import Library
from pipeline.mapping.settle import Example, confirmed
from pipeline.mapping.skeleton import analyse
from pipeline.session import Session
from pipeline.settings import cache_folder
from pipeline.store import Store
from prompts.loader import all_sha256, load, names
from schemas.errors import UsageError
from schemas.reading import Template
from schemas.run import Call, FormRecord, Usage


@dataclass(frozen=True)
class Asked:
    """What one `hedui eval run` was asked for."""

    session: Session
    environ: Mapping[str, str]
    model: str | None
    mapping: MappingWay
    data: str | None
    ways: tuple[str, ...]


class Stopped(Exception):
    """Raised when questions were left unasked (a limit, a silent endpoint): no result yet, the next call goes on."""


def evaluate(asked: Asked, path: Path, progress: Watched) -> Log:
    """The log at `path`, begun, gone on with or complete; not `finished` if questions were left unasked.

    Raises UsageError if the file holds a finished log or one under other conditions.
    """
    root = root_of(asked.data)
    base = base_of(root)
    part = path.with_name(f"{path.name}.part")
    with opened_client(asked, part) as client:
        log = begun(asked, path, root, client, documents_of(root))
        runner = Runner(asked, log.documents, base, part, progress, limited(asked, client), client)
        for way in WAYS:
            if way not in asked.ways or log.result(way) is not None:
                continue
            progress.way(way)
            try:
                result = runner.confirm(way) if way.endswith(PERSON) else runner.read(way)
            except Stopped:
                return log
            log = log.model_copy(update={"results": (*log.results, result)})
            write_log(log, path)
    log = log.model_copy(update={"finished": now()})
    write_log(log, path)
    shutil.rmtree(part, ignore_errors=True)
    return log


def begun(asked: Asked, path: Path, root: Path, client: ModelClient | None, documents: Sequence[GoldDocument]) -> Log:
    """The log so far: the one in the file if it can be gone on with, else an empty one."""
    fresh = fresh_log(asked, root, client, documents)
    if not path.exists():
        return fresh
    known = read_log(path)
    if known.finished is not None:
        raise UsageError("eval.log_finished", path=str(path))
    same = fresh.conditions.model_copy(update={"program": known.conditions.program})
    if (known.conditions, known.documents) != (same, fresh.documents):
        raise UsageError("eval.log_of_another_run", path=str(path))
    running = fresh.conditions.program
    if running in {known.conditions.program, *known.continued}:
        return known
    return known.model_copy(update={"continued": (*known.continued, running)})


def fresh_log(asked: Asked, root: Path, client: ModelClient | None, documents: Sequence[GoldDocument]) -> Log:
    """A log without a result, under the conditions of now."""
    return Log(
        started=now(),
        finished=None,
        conditions=Conditions(
            program=program(),
            model=client.identity if client is not None else "none",
            mapping=asked.mapping,
            prompts={name: load(name).sha256 for name in names()},
            settings={
                "model": asked.session.settings.model.model_dump_json(exclude={"max_calls", "max_cost"}),
                "rules": asked.session.settings.rules.model_dump_json(),
            },
            data="" if base_of(root) == SHIPPED else str(root.resolve()),
            ways=asked.ways,
        ),
        documents=tuple(documents),
    )


@contextmanager
def opened_client(asked: Asked, part: Path) -> Iterator[ModelClient | None]:
    """The model, with answers of this run only: what it costs is what it costs from nothing."""
    access = from_environment(asked.environ, asked.model, asked.session.settings.model)
    if access is None and asked.mapping == "transcribe":
        raise UsageError("model.nobody_transcribes")
    if access is None:
        yield None
        return
    with ModelClient(access, cache_folder(), answers=part / "answers.db") as client:
        yield client


def limited(asked: Asked, client: ModelClient | None) -> Limited | None:
    """The model under the limits of this call."""
    limits = asked.session.settings.model
    if client is None:
        return None
    return Limited(client, max_calls=limits.max_calls, max_cost=limits.max_cost, price=limits.price)


@dataclass
class Runner:
    """Reads the documents in one way after the other."""

    asked: Asked
    documents: Sequence[GoldDocument]
    base: Path
    part: Path
    progress: Progress
    model: Limited | None
    client: ModelClient | None
    _finders: dict[str, Finder | None] = field(default_factory=dict)

    def read(self, way: WayCode) -> WayResult:
        """All documents as hedui reads them; raises Stopped if a question was left unasked.

        An answer that was none, also after asking again, is what the model makes of a form, and counts.
        """
        return self._over(way, confirming=False)

    def confirm(self, way: WayCode) -> WayResult:
        """The same documents after each layout was settled once by a person who knows the forms."""
        return self._over(way, confirming=True)

    def _over(self, way: WayCode, *, confirming: bool) -> WayResult:
        done: list[WayResult] = []
        plain = way.removesuffix(PERSON)
        for group in groups(way, self.documents, self.base, self.asked.session.ways().lexicon):
            folder = self.part / plain / group.name
            watch = Stopwatch(self.progress, folder / "seconds.jsonl")
            with Store.open(folder) as store:
                batch = self._batch(store, folder, group, watch)
                unasked = self.model.unasked if self.model is not None else 0
                batch.run([InputFile(location(found, self.base), found.name) for found in group.documents])
                if self.model is not None and self.model.unasked > unasked:
                    raise Stopped
                settled = self._settled(batch, group) if confirming else ()
                done.append(self._result(way, group, store, watch, settled))
        return _joined(way, done, self.documents)

    def _batch(self, store: Store, folder: Path, group: Group, watch: Stopwatch) -> Batch:
        ways = replace(self.asked.session.ways(), lexicon=group.lexicon)
        name = self.client.identity if self.client is not None else "none"
        return Batch(
            store=store,
            library=Library(folder / "layouts.db"),
            ways=ways,
            conditions=conditions(ways, name, all_sha256(), self.asked.mapping),
            progress=watch,
            model=self.model,
            price=self.asked.session.settings.model.price,
            transcribing=self.asked.mapping == "transcribe",
        )

    def _settled(self, batch: Batch, group: Group) -> tuple[Confirmation, ...]:
        """Every layout confirmed once, as `hedui layouts confirm` does it."""
        golds = {document.name: document.forms for document in group.documents}
        paired: dict[tuple[str, int], int] = {}
        for name, forms in golds.items():
            regions = [found.region for found in batch.store.regions_of(name)]
            for position, gold in pair_regions(regions, forms).items():
                paired[name, regions[position].index] = gold
        told = []
        for template in batch.library.all():
            if template.decided_by == "human" or not batch.store.paths_with(template.key):
                continue
            labelled = [
                Labelled(Example(found.region, analyse(found.region, group.lexicon)), golds[name][paired[name, index]])
                for found in batch.store.regions_of_layout(template.key)
                if (place := (found.document.path, found.region.index)) in paired
                for name, index in (place,)
            ]
            if labelled:  # nobody confirms the layout of a form that is none
                told.append(_confirm(batch, template, labelled, group))
        return tuple(told)

    def _result(
        self, way: WayCode, group: Group, store: Store, watch: Stopwatch, settled: tuple[Confirmation, ...]
    ) -> WayResult:
        runs = {document.name: store.run(document.name) for document in group.documents}
        calls = list(store.calls())
        seconds = watch.seconds()
        return WayResult(
            way=way,
            documents=tuple(
                DocumentResult(
                    document=name,
                    outcome=run.file.outcome if run is not None else "failed",
                    reason=run.file.reason if run is not None else None,
                    outputs=tuple(self._output(form, name) for form in run.forms) if run is not None else (),
                    seconds=round(seconds.get(name, 0.0), 4),
                )
                for name, run in runs.items()
            ),
            usage=_asked(calls, self.asked),
            answers_kept=sum(call.from_cache for call in calls),
            confirmations=settled,
            seconds=round(sum(seconds.values()), 4),
        )

    def _output(self, form: FormRecord, name: str) -> Output:
        """What the log keeps of a form, its values looked up where they say they stand."""
        if name not in self._finders:
            self._finders[name] = finder_of(self.base / name, name)
        finder = self._finders[name]
        return output_of(form, misplaced(form.form, form.evidence, finder) if finder is not None else None)


def _confirm(batch: Batch, template: Template, labelled: Sequence[Labelled], group: Group) -> Confirmation:
    roles = roles_by_person(template, labelled, group.lexicon)
    batch.map_again(confirmed(template, roles))
    return Confirmation(
        layout=template.key, forms=len(labelled), labels=len(template.slots), corrected=corrected(template, roles)
    )


def _asked(calls: Sequence[Call], asked: Asked) -> Usage:
    return usage_of([call for call in calls if not call.from_cache], asked.session.settings.model.price)


def _joined(way: WayCode, done: Sequence[WayResult], documents: Sequence[GoldDocument]) -> WayResult:
    """The groups of a way as one result, documents in the order of the data."""
    by_name = {found.document: found for result in done for found in result.documents}
    return WayResult(
        way=way,
        documents=tuple(by_name[document.name] for document in documents),
        usage=sum((result.usage for result in done), Usage()),
        answers_kept=sum(result.answers_kept for result in done),
        confirmations=tuple(settled for result in done for settled in result.confirmations),
        seconds=round(sum(result.seconds for result in done), 4),
    )


def now() -> str:
    """The time as logs have it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
