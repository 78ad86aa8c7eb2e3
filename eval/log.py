"""What an evaluation did becomes one JSON file and comes back: its conditions, its documents, every way's outputs.

Everything that scoring needs stands in the log, the labels too: a stored log gives the same figures for ever.
"""

import gzip
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from eval.dataset import GoldDocument
from pipeline.export.replacing import replacing
from schemas.base import Record
from schemas.check import RuleCode
from schemas.decision import ReasonCode, Status
from schemas.errors import UsageError
from schemas.evidence import Evidence
from schemas.form import SelfEvaluation
from schemas.run import FormRecord, Outcome, Usage

LOG_VERSION: Literal[1] = 1
PACKED = ".gz"


class Program(Record):
    """Which hedui ran, where."""

    version: str
    commit: str | None
    """None outside a clone."""
    dirty: bool | None
    """Whether files of the clone differed from the commit."""
    python: str
    platform: str


class Conditions(Record):
    """What the figures depend on; a log is gone on with only under the same."""

    program: Program
    model: str
    """"none", or the model's identity."""
    mapping: str
    prompts: dict[str, str]
    """sha256 of every prompt by its name."""
    settings: dict[str, str]
    """What hedui.toml and the command line set, as JSON by table; never a key."""
    data: str
    """The folder below which documents are named; "" for the sets inside the package."""
    ways: tuple[str, ...]
    """The ways asked for, in order."""


class Output(Record):
    """One form as a way read it. Ways that prove nothing have no evidence and no status."""

    form: SelfEvaluation
    pages: tuple[int, ...] = ()
    status: Status | None = None
    decided_by: Literal["rules", "reviewer"] | None = None
    reasons: tuple[ReasonCode, ...] = ()
    failed_rules: tuple[RuleCode, ...] = ()
    """Rules with a finding of severity `error`."""
    layout: str | None = None
    evidence: dict[str, Evidence] = {}
    confidence: dict[str, float] = {}
    unread: tuple[str, ...] = ()
    misplaced: tuple[str, ...] | None = None
    """Values whose spans do not hold them; None where that was not looked up (a picture, a way without evidence)."""


class DocumentResult(Record):
    """What one way made of one document."""

    document: str
    outcome: Outcome
    reason: str | None = None
    outputs: tuple[Output, ...] = ()
    seconds: float = 0.0
    """Reading and finishing it; what settling its layouts took counts for the way."""


class Confirmation(Record):
    """One layout that the oracle settled: how much there was to correct."""

    layout: str
    forms: int
    labels: int
    corrected: int
    """Labels whose proposed role was another one, or none."""


class WayResult(Record):
    """All documents read in one way."""

    way: str
    documents: tuple[DocumentResult, ...]
    usage: Usage = Usage()
    answers_kept: int = 0
    """Questions answered out of earlier answers of the same run: they are in no count of `usage`."""
    confirmations: tuple[Confirmation, ...] = ()
    seconds: float = 0.0
    conditions: Conditions | None = None
    """Where they are not the log's: one way was measured later, by another hedui."""


class Log(Record):
    """One `hedui eval run`."""

    log_version: Literal[1] = LOG_VERSION
    started: str
    finished: str | None
    """None while the run is not at its end: the same command goes on."""
    conditions: Conditions
    continued: tuple[Program, ...] = ()
    """Other hedui programs that went on with it: figures of two commits never stand together unnoticed."""
    documents: tuple[GoldDocument, ...]
    results: tuple[WayResult, ...] = ()

    def commits(self) -> str:
        """Every commit that worked on it, shortened; a star after one whose files were changed."""
        later = (result.conditions.program for result in self.results if result.conditions is not None)
        programs = dict.fromkeys((self.conditions.program, *self.continued, *later))
        told = ((program.commit or "")[:8] + ("*" if program.dirty else "") for program in programs)
        return " ".join(dict.fromkeys(commit for commit in told if commit)) or "—"

    def result(self, way: str) -> WayResult | None:
        """What a way gave, if it is done."""
        return next((result for result in self.results if result.way == way), None)


def output_of(record: FormRecord, misplaced: tuple[str, ...] | None) -> Output:
    """What the log keeps of a form's record."""
    failed = (finding.rule for finding in record.findings if finding.severity == "error")
    return Output(
        form=record.form,
        pages=record.pages,
        status=record.status,
        decided_by=record.decision.by,
        reasons=tuple(dict.fromkeys(reason.code for reason in record.decision.reasons)),
        failed_rules=tuple(dict.fromkeys(failed)),
        layout=record.template.key,
        evidence=record.evidence,
        confidence=record.confidence,
        unread=record.unread,
        misplaced=misplaced,
    )


def read_log(path: Path) -> Log:
    """The log in a file; UsageError if it is missing, damaged, or of a hedui that came later."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError("eval.log_unreadable", path=str(path), why=error.strerror or "") from None
    try:
        return Log.model_validate_json(gzip.decompress(raw) if path.suffix == PACKED else raw)
    except (ValidationError, OSError, EOFError):
        raise UsageError("eval.log_damaged", path=str(path), known=LOG_VERSION) from None


def write_log(log: Log, path: Path) -> None:
    """Put the log into its file, whole or not at all; packed where the name ends in `.gz`."""
    text = log.model_dump_json().encode() + b"\n"
    with replacing(path) as beside:
        beside.write_bytes(gzip.compress(text, mtime=0) if path.suffix == PACKED else text)
