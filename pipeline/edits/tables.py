"""A form's fields and rows as they stand while events are applied; the form comes out again whole."""

from collections.abc import Iterator, Mapping, Sequence

from pipeline.edits.rows import TABLES, RowIds, Spot, TableName
from pipeline.edits.values import written
from pipeline.ground import Value
from schemas.form import Extra, FundLine, FundSource, IndicatorRow, SelfEvaluation

_ADDED_SOURCE: FundSource = "other"
"""What a fund row is until a person says more."""


class Tables:
    """The fields of a form by spot; rows in order by their ids."""

    def __init__(self, form: SelfEvaluation, rows: RowIds) -> None:
        self.order: dict[TableName, list[str]] = {table: list(rows.get(table, ())) for table in TABLES}
        self._top: dict[str, Value] = {name: getattr(form, name) for name in SelfEvaluation.model_fields}
        self._extras: dict[tuple[TableName | None, str], list[Extra]] = {(None, ""): list(form.extras)}
        self._values: dict[tuple[TableName, str], dict[str, Value]] = {}
        lines: dict[TableName, Sequence[FundLine | IndicatorRow]] = {"funds": form.funds, "indicators": form.indicators}
        for table in TABLES:
            for row, line in zip(self.order[table], lines[table], strict=True):
                self._values[table, row] = {name: getattr(line, name) for name in type(line).model_fields}
                self._extras[table, row] = list(line.extras)

    def ids(self) -> dict[TableName, tuple[str, ...]]:
        """The rows as they stand."""
        return {table: tuple(order) for table, order in self.order.items()}

    def has(self, spot: Spot) -> bool:
        """Whether there is such a field."""
        name, _, number = spot.field.partition("/")
        if name == "extras":
            return int(number) < len(self._extras.get((spot.table, spot.row), ()))
        return name in self._fields(spot)

    def get(self, spot: Spot) -> Value:
        """The value of a field; None if it is blank or not there."""
        name, _, number = spot.field.partition("/")
        if name != "extras":
            return self._fields(spot).get(name)
        extras = self._extras.get((spot.table, spot.row), [])
        return extras[int(number)].text if int(number) < len(extras) else None

    def label_of(self, spot: Spot) -> str:
        """The printed label of an extra."""
        extras = self._extras.get((spot.table, spot.row), [])
        number = int(spot.field.partition("/")[2])
        return extras[number].label if number < len(extras) else ""

    def put(self, spot: Spot, value: Value) -> None:
        """Give a field that is there another value; an extra that is emptied keeps its label."""
        name, _, number = spot.field.partition("/")
        if name == "extras":
            extras = self._extras[spot.table, spot.row]
            extras[int(number)] = extras[int(number)].model_copy(update={"text": written(value) or ""})
        else:
            self._fields(spot)[name] = value

    def put_extra(self, table: TableName, row: str, source: Spot) -> Spot:
        """Append what stands at `source` to the extras of a row, under its label or its field's name."""
        name, _, number = source.field.partition("/")
        theirs = self._extras.get((source.table, source.row), [])
        label = theirs[int(number)].label if name == "extras" else name
        own = self._extras.setdefault((table, row), [])
        own.append(Extra(label=label, text=written(self.get(source)) or ""))
        return Spot(table, row, f"extras/{len(own) - 1}")

    def fields(self, table: TableName, row: str) -> tuple[str, ...]:
        """The fields of a row, its extras last."""
        own = tuple(name for name in self._values[table, row] if name != "extras")
        return (*own, *(f"extras/{at}" for at in range(len(self._extras.get((table, row), ())))))

    def values(self) -> Iterator[tuple[str, Value]]:
        """Every field by its pointer, blanks included, the form's own first."""
        for name, value in self._top.items():
            if name not in {*TABLES, "extras"}:
                yield f"/{name}", value
        yield from self._extra_values(None, "", "")
        for table, order in self.order.items():
            for at, row in enumerate(order):
                for name, value in self._values[table, row].items():
                    if name != "extras":
                        yield f"/{table}/{at}/{name}", value
                yield from self._extra_values(table, row, f"/{table}/{at}")

    def _extra_values(self, table: TableName | None, row: str, place: str) -> Iterator[tuple[str, Value]]:
        for number, extra in enumerate(self._extras.get((table, row), ())):
            yield f"{place}/extras/{number}", extra.text

    def add(self, table: TableName, row: str, after: str | None) -> None:
        """A row without values below another, or the first."""
        order = self.order[table]
        if row in order or (after is not None and after not in order):
            return
        order.insert(0 if after is None else order.index(after) + 1, row)
        blank = FundLine(source=_ADDED_SOURCE, label="") if table == "funds" else IndicatorRow()
        self._values[table, row] = {name: getattr(blank, name) for name in type(blank).model_fields}

    def drop(self, table: TableName, row: str) -> None:
        """A row goes."""
        self.order[table].remove(row)

    def form(self) -> SelfEvaluation:
        """The form as it stands."""
        funds = tuple(FundLine.model_validate(self._line("funds", row)) for row in self.order["funds"])
        indicators = tuple(
            IndicatorRow.model_validate(self._line("indicators", row)) for row in self.order["indicators"]
        )
        own = {**self._top, "funds": funds, "indicators": indicators, "extras": tuple(self._extras[None, ""])}
        return SelfEvaluation.model_validate(own)

    def _line(self, table: TableName, row: str) -> Mapping[str, object]:
        return {**self._values[table, row], "extras": tuple(self._extras.get((table, row), ()))}

    def _fields(self, spot: Spot) -> dict[str, Value]:
        return self._top if spot.table is None else self._values.get((spot.table, spot.row), {})
