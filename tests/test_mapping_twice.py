"""A form that prints targets in one table and results in another has each indicator once."""

from decimal import Decimal

import pytest
from handmade import region_of

from pipeline.mapping.lexicon import standard
from pipeline.mapping.settle import Example, settle
from pipeline.mapping.skeleton import analyse
from pipeline.run import Understood, Ways, finish
from schemas.reading import Reading
from schemas.run import DocumentInfo, FormRecord

TARGETS = """
项目名称 | « | 道路 | « | « | «
一级指标 | 二级指标 | 三级指标 | 指标性质 | 年度指标值 | 度量单位
产出指标 | 数量指标 | 指标1：修路 | ≥ | 5 | 条
^ | 质量指标 | 指标2：验收 | 定性 | 合格 |
效益指标 | 社会效益指标 | 指标3：通行 | ≥ | 90 | %
"""
FIRST, SECOND = "修路 | 4条 | 40 | 32 | 一条缓建", "验收 | 合格 | 20 | 20 |"
RESULTS = f"""
二、自评情况 | « | « | « | « | «
一级指标 | 三级指标 | 实际完成值 | 分值 | 得分 | 偏差原因
产出指标 | {FIRST}
^ | {SECOND}
效益指标 | 通行 | 93% | 40 | 40 |
总分 | « | « | 100 | 92 |
"""


def record(grid: str) -> FormRecord:
    """The form, with a model that says with 0.95 what the known words say."""
    words = standard()
    region = region_of(grid, "项目支出绩效自评表")
    form = Example(region, analyse(region, words))
    model = {
        slot.number: Reading(source="model", role=role, probability=0.95)
        for slot in form.skeleton.slots
        if (role := words.role(slot.section, slot.text)) is not None
    }
    template = settle([form], model, words)
    document = DocumentInfo(path="a.pdf", sha256="0" * 64, media_type="application/pdf", pages=1)
    run = finish(Understood(document, (form,)), {template.key: template}, Ways(words, "zh"), digest="d")
    (only,) = run.forms
    return only


def test_two_tables_of_the_same_indicators_are_one_row_each() -> None:
    """Targets from the first, results from the second, by name and order; ordinals in front of names do not count."""
    found = record(TARGETS.strip() + RESULTS)
    rows = found.form.indicators
    assert [(row.level1, row.level2, row.name) for row in rows] == [
        ("产出指标", "数量指标", "指标1：修路"),
        ("产出指标", "质量指标", "指标2：验收"),
        ("效益指标", "社会效益指标", "指标3：通行"),
    ]
    assert [(row.target and row.target.text, row.actual and row.actual.text) for row in rows] == [
        ("≥5条", "4条"),
        ("合格", "合格"),
        ("≥90%", "93%"),
    ]
    assert [(row.weight, row.score) for row in rows] == [
        (Decimal(40), Decimal(32)),
        (Decimal(20), Decimal(20)),
        (Decimal(40), Decimal(40)),
    ]
    assert rows[0].deviation_note == "一条缓建"
    assert (found.status, found.decision.reasons) == ("accepted", ())


def test_evidence_of_a_result_is_its_cell_in_the_second_table() -> None:
    """The score of the first indicator stands in row 7 of the page's table."""
    found = record(TARGETS.strip() + RESULTS)
    grid = region_of(TARGETS.strip() + RESULTS).grid
    (cell,) = [cell for cell in grid.cells if cell.text == "32"]
    assert found.evidence["/indicators/0/score"].spans == cell.spans


def test_what_the_second_table_repeats_is_claimed_once() -> None:
    """Targets in one cell where the first table divides them, weights and their total printed twice: all accepted."""
    first = """
项目名称 | « | 道路 | « | « | «
一级指标 | 三级指标 | 年度指标值 | 度量单位 | 分值 | 备注
产出指标 | 修路 | ≥5 | 条 | 60 | 重点
效益指标 | 通行 | ≥90 | % | 40 |
合计 | « | « | « | 100 |
"""
    second = """
一级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
产出指标 | 修路 | ≥5条 | 4条 | 60 | 50
效益指标 | 通行 | ≥90% | 93% | 40 | 40
总分 | « | « | « | 100 | 90
"""
    found = record(first.strip() + second)
    assert [(row.name, row.weight, row.score) for row in found.form.indicators] == [
        ("修路", Decimal(60), Decimal(50)),
        ("通行", Decimal(40), Decimal(40)),
    ]
    assert [(extra.label, extra.text) for extra in found.form.indicators[0].extras] == [("备注", "重点")]
    assert (found.form.total_weight, found.form.total_score) == (Decimal(100), Decimal(90))
    assert (found.status, found.decision.reasons) == ("accepted", ())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("效益指标 | 通行 | 93%", "效益指标 | 通行率 | 93%"),
        (f"产出指标 | {FIRST}\n^ | {SECOND}", f"产出指标 | {SECOND}\n^ | {FIRST}"),
        ("效益指标 | 通行 | 93%", "满意度指标 | 通行 | 93%"),
    ],
    ids=["another name", "another order", "another level"],
)
def test_two_tables_that_do_not_agree_wait_for_a_person(old: str, new: str) -> None:
    """Nothing is guessed: all rows are there, and the first whose target was not found is named."""
    assert old in RESULTS
    found = record(TARGETS.strip() + RESULTS.replace(old, new))
    assert len(found.form.indicators) == 6
    assert found.status == "review"
    assert ("/indicators/3/target",) in [reason.fields for reason in found.decision.reasons]


def test_further_indicators_in_a_second_table_are_rows_of_their_own() -> None:
    """Two tables with all columns and other names: nothing is joined, nothing is missing."""
    one = """
项目名称 | 道路 | « | « | «
三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
修路 | ≥5条 | 4条 | 60 | 50
三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
通行 | ≥90% | 93% | 40 | 40
总分 | « | « | 100 | 90
"""
    found = record(one)
    assert [row.name for row in found.form.indicators] == ["修路", "通行"]
    assert (found.status, found.decision.reasons) == ("accepted", ())
