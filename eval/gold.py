"""A folder of hand-made labels goes in, Cases come out, and the proof that their arithmetic is the report's own.

A gold folder holds `reports.json` (its documents, how much is labelled, which sums the report itself
gets wrong) and `gold/*.json`, one form each. Nothing here reads a document: the labels are judged alone.

    python -m eval.gold eval/data/jiading-2024
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from itertools import groupby
from pathlib import Path
from typing import Literal, TypeVar, get_args

from pydantic import ValidationError

from pipeline.catalogue import explain, language
from schemas.base import Record
from schemas.errors import HeduiError, UsageError
from schemas.form import FundLine, SelfEvaluation
from schemas.run import Outcome

EquationCode = Literal[
    "weights",
    "scores",
    "initial_budget_parts",
    "adjusted_budget_parts",
    "executed_parts",
    "execution_rate",
    "budget_score",
    "level1_weights",
]

Manner = Literal["exact", "truncated", "rounded"]
"""How a printed number follows from the computed one, at its own decimals; sums only exactly."""

_Read = TypeVar("_Read")

_HUNDRED = Decimal(100)
_SPENDING = ("基本支出", "项目支出")


class Label(Record):
    """One labelled form as stored: `document_index` points into the folder's list of documents."""

    document_index: int
    form_index: int
    family: str | None = None
    """Code of the layout family, where the folder's forms are not all of one report."""
    reviewed_by: str | None = None
    """Who settled it, and when, where the label is a reviewed form of a store."""
    reviewed_at: str | None = None
    form: SelfEvaluation


class Expected(Record):
    """What one file must give: its outcome and how many forms."""

    path: str
    outcome: Outcome
    forms: int


class Reports(Record):
    """What a gold folder says of itself: `reports.json`."""

    documents: tuple[tuple[str, ...], ...]
    """One entry a report: the files that hold it, each with the same forms in the same order."""
    forms: int
    indicator_rows: int
    fund_lines: int
    known_failures: dict[EquationCode, tuple[int, ...]]
    """The equations that the report itself breaks, with the positions of the cases that break them."""
    files: tuple[Expected, ...] = ()
    """Every file of the folder with its outcome, also those without a form; empty if all are `read`."""
    sha256: dict[str, str] = {}
    """Of the documents whose bytes are vouched for."""
    habits: dict[str, tuple[str, ...]] = {}
    """What is hard to read in a form, by the name of its label's file."""


class Shown(Record):
    """A file that shows some forms of another folder's report: by their positions among its cases."""

    dpi: int | None = None
    forms: tuple[int, ...]


class Borrowed(Record):
    """The `reports.json` of a folder without labels of its own: the same forms printed, scanned or cut otherwise."""

    gold: str
    """The labels' folder, from here: `../jiading-2024/gold`."""
    documents: dict[str, Shown]


class Case(Record):
    """One labelled form and every document that holds it."""

    name: str
    documents: tuple[Path, ...]
    form_index: int
    """The form's position in each of its documents, from 0."""
    family: str | None = None
    form: SelfEvaluation


class Equation(Record):
    """One sum, rate or score of one form: `manners` is empty where the printed number does not follow."""

    case: str
    position: int
    """The case's position among the cases given, from 0."""
    code: EquationCode
    field: str
    """Pointer to the printed number."""
    printed: str
    computed: str
    manners: tuple[Manner, ...]


class Proof(Record):
    """How much is labelled, and every equation of every form."""

    forms: int
    indicator_rows: int
    fund_lines: int
    equations: tuple[Equation, ...]

    def of(self, code: EquationCode) -> tuple[Equation, ...]:
        """The equations of one kind, in the order of the cases."""
        return tuple(equation for equation in self.equations if equation.code == code)

    def failures(self) -> dict[EquationCode, tuple[int, ...]]:
        """Positions of the cases whose printed number does not follow, by kind of equation."""
        found: dict[EquationCode, dict[int, None]] = {}
        for equation in self.equations:
            if not equation.manners:
                found.setdefault(equation.code, {})[equation.position] = None
        return {code: tuple(positions) for code, positions in found.items()}


def reports(folder: Path) -> Reports:
    """What the folder says of itself; UsageError if it is no gold folder."""
    return _read(folder / "reports.json", Reports.model_validate_json)


def load(folder: Path) -> tuple[Case, ...]:
    """The labelled forms of a gold folder, ordered by report and position in it.

    UsageError if a label is damaged or names a report that `reports.json` does not list.
    """
    documents = reports(folder).documents
    labels = [_read(path, Label.model_validate_json) for path in sorted((folder / "gold").glob("*.json"))]
    cases = []
    for label in sorted(labels, key=lambda label: (label.document_index, label.form_index)):
        if not 0 <= label.document_index < len(documents):
            raise UsageError("gold.unknown_document", folder=str(folder), document_index=label.document_index)
        cases.append(
            Case(
                name=case_name(folder, label),
                documents=tuple(folder / name for name in documents[label.document_index]),
                form_index=label.form_index,
                family=label.family,
                form=label.form,
            ),
        )
    return tuple(cases)


def case_name(folder: Path, label: Label) -> str:
    """What a labelled form is called: folder, report, position."""
    return f"{folder.name}/{label.document_index}/{label.form_index:02}"


def borrowed(folder: Path) -> Borrowed | None:
    """What a folder shows of another's labels; None for a folder with labels of its own."""
    path = folder / "reports.json"
    if not path.is_file() or '"gold"' not in path.read_text(encoding="utf-8"):
        return None
    return _read(path, Borrowed.model_validate_json)


def lent(folder: Path, manifest: Borrowed) -> tuple[Case, ...]:
    """The cases that a borrowing folder's documents show, with those documents; UsageError for a position too many."""
    cases = load((folder / manifest.gold).resolve().parent)
    if any(at >= len(cases) for shown in manifest.documents.values() for at in shown.forms):
        raise UsageError("gold.damaged", path=str(folder / "reports.json"), errors=1)
    return tuple(
        cases[at].model_copy(update={"documents": (folder / name,), "form_index": position})
        for name, shown in manifest.documents.items()
        for position, at in enumerate(shown.forms)
    )


def prove(cases: Sequence[Case]) -> Proof:
    """Every equation that the labels' own numbers allow; a form without one of its numbers gives none."""
    return Proof(
        forms=len(cases),
        indicator_rows=sum(len(case.form.indicators) for case in cases),
        fund_lines=sum(len(case.form.funds) for case in cases),
        equations=tuple(equation for position, case in enumerate(cases) for equation in _equations(position, case)),
    )


def contradictions(proof: Proof, stated: Reports) -> tuple[str, ...]:
    """Where the proof differs from what the folder states, one sentence each; empty if nowhere."""
    counted = {
        "forms": (proof.forms, stated.forms),
        "indicator rows": (proof.indicator_rows, stated.indicator_rows),
        "fund lines": (proof.fund_lines, stated.fund_lines),
    }
    said = [f"{found} {what}, stated {known}" for what, (found, known) in counted.items() if found != known]
    failures = proof.failures()
    for code in get_args(EquationCode):
        found, known = failures.get(code, ()), stated.known_failures.get(code, ())
        if found != known:
            said.append(f"{code} fails in cases {list(found)}, stated {list(known)}")
    return tuple(said)


def _read(path: Path, parse: Callable[[str], _Read]) -> _Read:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError("gold.missing", path=str(path)) from None
    except ValidationError as error:
        raise UsageError("gold.damaged", path=str(path), errors=error.error_count()) from None


def _equations(position: int, case: Case) -> Iterator[Equation]:
    def equation(
        code: EquationCode,
        field: str,
        printed: Decimal,
        computed: Decimal,
        manners: tuple[Manner, ...],
    ) -> Equation:
        return Equation(
            case=case.name,
            position=position,
            code=code,
            field=field,
            printed=format(printed, "f"),
            computed=format(computed, ".6f"),
            manners=manners,
        )

    form = case.form
    total = next((fund for fund in form.funds if fund.source == "total"), FundLine(source="total", label=""))
    sums: tuple[tuple[EquationCode, str, Decimal | None, tuple[Decimal | None, ...]], ...] = (
        ("weights", "/total_weight", form.total_weight, (total.weight, *(row.weight for row in form.indicators))),
        ("scores", "/total_score", form.total_score, (total.score, *(row.score for row in form.indicators))),
        *_fund_sums(form, total),
    )
    for code, field, printed, parts in sums:
        known = [part for part in parts if part is not None]
        if printed is not None and known:
            added = sum(known, Decimal(0))
            yield equation(code, field, printed, added, ("exact",) if printed == added else ())
    for index, fund in enumerate(form.funds):
        rate = _rate(fund)
        if rate is not None and fund.execution_rate is not None:
            printed = fund.execution_rate
            manners = _manners(printed, rate) or _manners(printed, rate / _HUNDRED)
            yield equation("execution_rate", f"/funds/{index}/execution_rate", printed, rate, manners)
        if rate is not None and fund.weight is not None and fund.score is not None:
            earned = fund.weight * min(_HUNDRED, rate) / _HUNDRED
            yield equation("budget_score", f"/funds/{index}/score", fund.score, earned, _manners(fund.score, earned))
    for index, stated, added in _level_sums(form):
        field = f"/indicators/{index}/level1_weight"
        yield equation("level1_weights", field, stated, added, ("exact",) if stated == added else ())


def _level_sums(form: SelfEvaluation) -> Iterator[tuple[int, Decimal, Decimal]]:
    """For each level-1 label with points: its first row, the points, the weights below it; none without weights."""
    at = 0
    for label, group in groupby(form.indicators, key=lambda row: (row.level1, row.level1_weight)):
        rows = tuple(group)
        weights = [row.weight for row in rows if row.weight is not None]
        if label[1] is not None and weights:
            yield at, label[1], sum(weights, Decimal(0))
        at += len(rows)


def _fund_sums(
    form: SelfEvaluation,
    total: FundLine,
) -> Iterator[tuple[EquationCode, str, Decimal | None, tuple[Decimal | None, ...]]]:
    """The parts of each column; a department's rows by kind of spending divide the total once more."""
    rows = [fund for fund in form.funds if fund is not total]
    spending = [fund for fund in rows if fund.label.endswith(_SPENDING)]
    for parts in ([fund for fund in rows if fund not in spending], spending):
        yield (
            "initial_budget_parts",
            "/funds/0/initial_budget",
            total.initial_budget,
            tuple(part.initial_budget for part in parts),
        )
        yield (
            "adjusted_budget_parts",
            "/funds/0/adjusted_budget",
            total.adjusted_budget,
            tuple(part.adjusted_budget for part in parts),
        )
        yield "executed_parts", "/funds/0/executed", total.executed, tuple(part.executed for part in parts)


def _rate(fund: FundLine) -> Decimal | None:
    """Executed in per cent of the adjusted budget (the initial one where there is none); 0 of 0 is 0."""
    budget = fund.initial_budget if fund.adjusted_budget is None else fund.adjusted_budget
    if budget is None or fund.executed is None:
        return None
    if not budget:
        return None if fund.executed else Decimal(0)
    return fund.executed / budget * _HUNDRED


def _manners(printed: Decimal, computed: Decimal) -> tuple[Manner, ...]:
    exponent = Decimal(1).scaleb(int(printed.as_tuple().exponent))
    manners: list[Manner] = []
    if printed == computed:
        manners.append("exact")
    if printed == computed.quantize(exponent, ROUND_DOWN):
        manners.append("truncated")
    if printed == computed.quantize(exponent, ROUND_HALF_UP):
        manners.append("rounded")
    return tuple(manners)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the proof of one gold folder: 0 if it is what the folder states, 1 if not, 2 if it cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m eval.gold", description="prove the arithmetic of labels")
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args(arguments).folder
    try:
        proof, stated = prove(load(folder)), reports(folder)
    except HeduiError as error:
        sys.stderr.write(f"{explain(error, language(None, os.environ))}\n")
        return 2
    write = sys.stdout.write
    write(f"{proof.forms} forms, {proof.indicator_rows} indicator rows, {proof.fund_lines} fund lines\n")
    for code in get_args(EquationCode):
        equations = proof.of(code)
        held = [equation for equation in equations if equation.manners]
        how = {manner: sum(manner in equation.manners for equation in held) for manner in get_args(Manner)}
        ways = ", ".join(f"{count} {manner}" for manner, count in how.items() if count)
        write(f"{code:<22}{len(held):>3}/{len(equations):<3} {ways}\n")
        for failed in (equation for equation in equations if not equation.manners):
            write(f"  {failed.case} {failed.field} printed {failed.printed}, computed {failed.computed}\n")
    said = contradictions(proof, stated)
    for sentence in said:
        sys.stderr.write(f"{sentence}\n")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
