"""FormRecords come in one by one, their sums by supervising department go out in 万元. No Excel here."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from pipeline.catalogue import Lang, say
from pipeline.checks.across import is_counted
from pipeline.export.rows import Entry, total_line
from pipeline.export.values import in_wan
from schemas.amount import normalised
from schemas.run import FormRecord

GRADES = ("优", "良", "中", "差")

_CENT = Decimal("0.01")
_CENT_EXPONENT = -2


@dataclass
class Totals:
    """The sums of one department. Money only of forms whose unit and total line are known, else `left_out` counts.

    Of several versions of one project in several files only one is summed; the others count as `left_out` too.
    """

    name: str
    forms: int = 0
    accepted: int = 0
    initial: Decimal = Decimal(0)
    adjusted: Decimal = Decimal(0)
    executed: Decimal = Decimal(0)
    rate_base: Decimal = Decimal(0)
    rate_executed: Decimal = Decimal(0)
    left_out: int = 0
    scores: Decimal = Decimal(0)
    scored: int = 0
    grades: Counter[str] = field(default_factory=Counter)

    def add(self, record: FormRecord) -> None:
        """Count one form in."""
        form = record.form
        self.forms += 1
        self.accepted += record.status == "accepted"
        if not is_counted(record):
            self.left_out += 1
            return
        self._add_money(record)
        if form.total_score is not None:
            self.scores += form.total_score
            self.scored += 1
        self.grades[next((grade for grade in GRADES if normalised(form.grade or "").startswith(grade)), "")] += 1

    def _add_money(self, record: FormRecord) -> None:
        total = total_line(record)
        line, unit = (total[1], record.form.amount_unit) if total is not None else (None, None)
        initial = in_wan(line.initial_budget, unit) if line is not None else None
        adjusted = in_wan(line.adjusted_budget, unit) if line is not None else None
        executed = in_wan(line.executed, unit) if line is not None else None
        if initial is None and adjusted is None and executed is None:
            self.left_out += 1
            return
        self.initial += initial or 0
        self.adjusted += adjusted or 0
        self.executed += executed or 0
        base = adjusted if adjusted is not None else initial
        if base is not None and executed is not None:
            self.rate_base += base
            self.rate_executed += executed

    def row(self) -> tuple[Entry, ...]:
        """The department's row of 汇总; rate and mean score are computed, rounded to two decimals."""
        rate = self.rate_executed / self.rate_base * 100 if self.rate_base else None
        mean = self.scores / self.scored if self.scored else None
        return (
            Entry(self.name),
            Entry(self.forms),
            Entry(self.accepted, "accepted" if self.accepted == self.forms else "plain"),
            Entry(self.forms - self.accepted, "review" if self.accepted < self.forms else "plain"),
            *(Entry(_at_least_two_decimals(sum_)) for sum_ in (self.initial, self.adjusted, self.executed)),
            Entry(rate.quantize(_CENT, ROUND_HALF_UP) if rate is not None else None),
            Entry(self.left_out, "warning" if self.left_out else "plain"),
            Entry(mean.quantize(_CENT, ROUND_HALF_UP) if mean is not None else None),
            *(Entry(self.grades[grade]) for grade in GRADES),
            Entry(self.grades[""]),
        )


class Summary:
    """The sums by department, in the order in which the departments first appear, and of all together."""

    def __init__(self, lang: Lang) -> None:
        self._unnamed = say("export.unnamed_department", lang)
        self._departments: dict[str, Totals] = {}
        self.all = Totals(say("export.all_departments", lang))

    def add(self, record: FormRecord) -> None:
        """Count one form in; names that differ only in spaces or width are one department."""
        name = record.form.supervising_department or record.form.implementing_unit or self._unnamed
        self._departments.setdefault(normalised(name), Totals(name)).add(record)
        self.all.add(record)

    def rows(self) -> list[tuple[Entry, ...]]:
        """One row a department, the sum of all last."""
        last = tuple(entry._replace(mark="total") if entry.mark == "plain" else entry for entry in self.all.row())
        return [*(totals.row() for totals in self._departments.values()), last]


def _at_least_two_decimals(amount: Decimal) -> Decimal:
    exponent = amount.as_tuple().exponent
    return amount.quantize(_CENT) if isinstance(exponent, int) and exponent > _CENT_EXPONENT else amount
