"""What a model is asked: one label at a time, its row of labels, one short sample; its answers become readings."""

from handmade import region_of

from pipeline.mapping.ask import model_readings, questions
from pipeline.mapping.bones import Skeleton
from pipeline.mapping.lexicon import standard
from pipeline.mapping.skeleton import analyse
from schemas.reading import ROLES_OF, CutAnswer, CutQuestion, RoleAnswer, RoleQuestion

FORM = """
项目名称 | « | 政府聘用辅助人员经费（含以前年度未支付的全部尾款和保证金） | «
主管部门 | 某局 | 项目主管部门 | 某厅
项目资金 | | 全年预算数 | 得分
^ | 年度资金总额 | 50.00 | 8
三级指标 | 年度指标值 | 分值 | 得分
甲 | | 50 | 50
乙 | ≥6个 | 40 | 40
总分 | « | 100 | 98
"""


class Scripted:
    """An outside party that gives the same kind of answer to every question."""

    def __init__(self) -> None:
        self.asked: list[tuple[RoleQuestion, str]] = []

    def ask_role(self, question: RoleQuestion, why: str) -> RoleAnswer:
        """得分 is the score, all else the first role of its section."""
        self.asked.append((question, why))
        role = "score" if question.text == "得分" else question.options[0]
        return RoleAnswer(role=role, probability=0.9, rivals=(("note", 0.05),) if "note" in question.options else ())

    def ask_cut(self, question: CutQuestion, why: str) -> CutAnswer:
        """Never asked here."""
        raise NotImplementedError(question, why)


def skeleton() -> Skeleton:
    """The bones of the form."""
    return analyse(region_of(FORM, "项目支出绩效自评表（2024年度）"), standard())


def test_a_question_shows_a_label_its_neighbours_and_one_short_sample() -> None:
    """No more than 24 characters of one value leave the machine for a label; a blank cell is no sample."""
    asked = {question.text: question for question in questions(skeleton()).values()}
    assert asked["项目名称"].sample == "政府聘用辅助人员经费（含以前年度未支付的全部尾款"
    assert len(asked["项目名称"].sample or "") <= 24
    target = asked["年度指标值"]
    assert (target.section, target.neighbours, target.sample) == (
        "indicator_column",
        ("三级指标", "年度指标值", "分值", "得分"),
        "≥6个",
    )
    assert target.options == ROLES_OF["indicator_column"]
    assert asked["年度资金总额"].sample == "50.00"
    assert asked["总分"].sample == "100"


def test_every_slot_is_asked_once_and_told() -> None:
    """The reason names the kind of question and the layout, never a text of the document."""
    bones, asker, told = skeleton(), Scripted(), list[str]()
    readings = model_readings([bones], asker, told.append)
    assert len(asker.asked) == len(bones.slots) == len(told) == len(readings)
    assert asker.asked[0][1] == f"role:field:{bones.key[:8]}"


def test_an_answer_becomes_a_reading_with_its_probability_and_rivals() -> None:
    """Of the model, for the catalogue by a code."""
    bones = skeleton()
    readings = model_readings([bones], Scripted(), lambda _: None)
    (first, second) = (readings[slot.number] for slot in bones.slots if slot.text == "得分")
    assert (first.source, first.role, second.role, first.reason) == ("model", "score", "score", "layouts.by_model")
    assert first.probability is not None
    assert first.probability > 0.8


def test_labels_that_claim_one_role_share_its_probability() -> None:
    """Three labels that all answer project_name, each surely: a form has one project's name, so they share it."""
    bones = skeleton()
    readings = model_readings([bones], Scripted(), lambda _: None)
    said = [readings[slot.number] for slot in bones.slots if slot.section == "field"]
    shares = [dict(reading.rivals) | {reading.role: reading.probability or 0} for reading in said]
    assert [round(share["project_name"], 2) for share in shares] == [0.33, 0.33, 0.33]


def test_what_the_bones_say_is_not_asked_and_what_a_value_rules_out_is_not_answered() -> None:
    """The header over the funds' labels costs no question; nobody answers that a column of words is a score."""
    bones = analyse(
        region_of(FORM.replace("项目资金 | | 全年", "项目资金 | 来源 | 全年"), "项目支出绩效自评表"), standard()
    )
    asker = Scripted()
    readings = model_readings([bones], asker, lambda _: None)
    assert "来源" in {slot.text for slot in bones.slots}
    assert "来源" not in {question.text for question, _ in asker.asked}
    (target,) = (slot.number for slot in bones.slots if slot.text == "年度指标值")
    assert {"weight", "score"}.isdisjoint(role for role, share in readings[target].rivals if share > 0.001)


def test_a_row_of_headers_that_a_table_has_again_is_asked_once() -> None:
    """Each level has a table of its own under the same headers: they mean the same."""
    again = """
一级指标 | 名目 | 年度指标值 | 实绩 | 得分
产出指标 | 甲 | ≥5个 | 6个 | 50
^ | 乙 | ≥6个 | 7个 | 10
小计 | « | « | « | 60
一级指标 | 名目 | 年度指标值 | 实绩 | 得分
效益指标 | 丙 | ≥5个 | 6个 | 40
^ | 丁 | ≥9个 | 9个 | 0
"""
    found = analyse(region_of(again, "项目支出绩效自评表（2024年度）"), standard())
    asker = Scripted()
    readings = model_readings([found], asker, lambda _: None)
    assert [question.text for question, _ in asker.asked].count("名目") == 1
    assert [readings[slot.number].role for slot in found.slots if slot.text == "名目"] == ["level1", "level1"]
