"""How a form's levels are merged in print: a level in a row of its own, and points in a column beside a level."""

from decimal import Decimal

from eval.corpus.blocks import Grid
from eval.corpus.compose import Manner, compose
from eval.corpus.layout import Layout
from eval.corpus.table import Printed
from schemas.form import Extra, IndicatorRow, SelfEvaluation


def _row(level1: str, level2: str, points: str, name: str) -> IndicatorRow:
    extras = (Extra(label="权重", text=points),)
    return IndicatorRow(level1=level1, level1_weight=Decimal(10), level2=level2, name=name, extras=extras)


_FORM = SelfEvaluation(
    indicators=(
        _row("决策", "项目立项", "4", "立项依据充分性"),
        _row("决策", "项目立项", "4", "立项程序规范性"),
        _row("决策", "绩效目标", "4", "绩效目标合理性"),
        _row("过程", "资金管理", "6", "预算执行率"),
    ),
)


def _cells(*, row: tuple[str, ...], band: tuple[str, ...] = ()) -> tuple[Printed, ...]:
    described = {
        "widths": (60.0, 40.0, 80.0),
        "head": (),
        "rows": ("indicators",),
        "indicators": {"header": (), "row": row, "band": band},
    }
    (grid,) = compose(_FORM, Layout.model_validate(described), Manner())
    assert isinstance(grid, Grid)
    return grid.cells


def test_a_level_in_a_row_of_its_own_is_told_for_every_row_below_it() -> None:
    """The row of 决策 prints the level and the points of its three indicators, not those of 过程."""
    cells = _cells(row=("3|{name}",), band=("3<|{level1}",))
    assert [(cell.lines[0], cell.row) for cell in cells if cell.align == "left"] == [
        ("决策(10分)", 0),
        ("过程(10分)", 4),
    ]
    assert cells[0].fields == (
        "/indicators/0/level1",
        "/indicators/0/level1_weight",
        "/indicators/1/level1",
        "/indicators/1/level1_weight",
        "/indicators/2/level1",
        "/indicators/2/level1_weight",
    )


def test_points_beside_a_level_2_are_merged_as_it_is() -> None:
    """Two levels with the same points have a cell each, as high as the level's own."""
    cells = _cells(row=("1v|{level2}", "1v|{extra:权重}", "1|{name}"))
    assert [(cell.lines[0], cell.row, cell.rowspan) for cell in cells if cell.column == 1] == [
        ("4", 0, 2),
        ("4", 2, 1),
        ("6", 3, 1),
    ]
    assert cells[1].fields == ("/indicators/0/extras/0", "/indicators/1/extras/0")
