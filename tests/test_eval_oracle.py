"""The roles that a person who knows the forms gives a layout."""

from handmade import read_form

from eval.oracle import Labelled, roles_by_person
from pipeline.mapping.lexicon import standard
from pipeline.mapping.settle import Example
from pipeline.mapping.skeleton import analyse
from schemas.form import Extra

DEPARTMENT = """
公开14表 | « | « | «
金额单位：元 | « | « | «
部门名称 | 海岸带局 | « | «
部门总体目标 | 部门职责 | 负责海岸带的巡查、修复和档案，管理海岸带工程 | «
^ | 总体绩效目标 | 海岸常青，人与海和谐相处 | «
财政年度 | 目标 | 实际完成情况 | «
2021 | 种树三百亩，巡查海岸。 | 种了三百亩，巡查了海岸。 | «
一级指标 | 三级指标 | 指标值 | 得分
产出指标 | 甲 | ≥5个 | 50
效益指标 | 乙 | ≥6个 | 40
"""


def test_a_label_gives_up_a_role_that_another_one_has() -> None:
    """总体绩效目标 reads like the year's goal and is none: the person says so, and leaves the unit of money a unit."""
    read = read_form(DEPARTMENT, "2021年度部门整体支出绩效自评表")
    gold = read.form.model_copy(
        update={
            "expected_goal": "种树三百亩，巡查海岸。",
            "amount_unit": "元",
            "extras": (
                Extra(label="部门职责", text="负责海岸带的巡查、修复和档案，管理海岸带工程"),
                Extra(label="总体绩效目标", text="海岸常青，人与海和谐相处"),
            ),
        }
    )
    labelled = Labelled(Example(read.region, analyse(read.region, standard())), gold)
    roles = roles_by_person(read.template, [labelled], standard())
    told = {slot.text: roles[slot.number] for slot in read.template.slots}
    assert (told["金额单位"], told["总体绩效目标"], told["目标"]) == ("amount_unit", "extra", "expected_goal")
