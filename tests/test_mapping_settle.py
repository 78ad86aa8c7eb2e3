"""Independent readings first, then arithmetic: what is agreed, what stays undiscriminated, who may confirm."""

import pytest
from handmade import region_of

from pipeline.mapping.ask import model_readings
from pipeline.mapping.lexicon import Lexicon, standard
from pipeline.mapping.settle import Example, confirmed, rival_roles, settle
from pipeline.mapping.skeleton import analyse
from schemas.errors import UsageError
from schemas.reading import CutAnswer, CutQuestion, Reading, Role, RoleAnswer, RoleQuestion, Slot, Template

FORM = """
项目名称 | « | {name} | « | « | «
项目资金（万元） | | 全年预算数 | 全年执行数 | {w} | {s}
^ | 年度资金总额 | 50.00 | 40.00 | 10 | 8
^ | 其中：财政拨款 | 30.00 | 25.00 | |
^ | 其他资金 | 20.00 | 15.00 | |
一级指标 | 三级指标 | 年度指标值 | 实际完成值 | {w} | {s}
产出指标 | 甲 | ≥5个 | 5个 | 50 | {first}
效益指标 | 乙 | ≥5个 | 4个 | 40 | {second}
总分 | « | « | « | 100 | {total}
"""


def example(  # noqa: PLR0913 - what a form prints
    name: str = "道路",
    *,
    first: int = 45,
    second: int = 40,
    w: str = "分值",
    s: str = "得分",
    lexicon: Lexicon | None = None,
) -> Example:
    """A form that lost points in its first indicator, unless told otherwise."""
    total = 8 + first + second
    region = region_of(FORM.format(name=name, first=first, second=second, total=total, w=w, s=s), "项目支出绩效自评表")
    return Example(region, analyse(region, lexicon or standard()))


MET = """
项目名称 | « | 道路 | « | « | «
项目资金（万元） | | 全年预算数 | 全年执行数 | {w} | {s}
^ | 年度资金总额 | 50.00 | 50.00 | 10 | 10
一级指标 | 三级指标 | 年度指标值 | 实际完成值 | {w} | {s}
产出指标 | 甲 | ≥5个 | 5个 | 50 | 50
效益指标 | 乙 | ≥5个 | 6个 | 40 | 40
总分 | « | « | « | 100 | 100
"""


def fully_met(w: str = "分值", s: str = "得分", lexicon: Lexicon | None = None) -> Example:
    """A form in which everything was met: weight and score are the same in every row."""
    region = region_of(MET.format(w=w, s=s), "项目支出绩效自评表")
    return Example(region, analyse(region, lexicon or standard()))


class Scripted:
    """An outside party that answers by a list of words; a word it does not know is an extra it is not sure of."""

    def __init__(self, words: dict[str, Role], probability: float | None = 0.95) -> None:
        self.words = words
        self.probability = probability
        self.asked: list[RoleQuestion] = []

    def ask_role(self, question: RoleQuestion, why: str) -> RoleAnswer:  # noqa: ARG002 - part of the protocol
        """The listed role, surely."""
        self.asked.append(question)
        known = self.words.get(question.text)
        if known is None or known not in question.options:
            return RoleAnswer(role="extra", probability=0.2)
        return RoleAnswer(role=known, probability=self.probability)

    def ask_cut(self, question: CutQuestion, why: str) -> CutAnswer:
        """Never asked here."""
        raise NotImplementedError(question, why)


WORDS: dict[str, Role] = {
    "项目名称": "project_name",
    "全年预算数": "adjusted_budget",
    "全年执行数": "executed",
    "分值": "weight",
    "得分": "score",
    "年度资金总额": "total",
    "其中：财政拨款": "fiscal",
    "其他资金": "other",
    "一级指标": "level1",
    "三级指标": "name",
    "年度指标值": "target",
    "实际完成值": "actual",
    "总分": "total",
}


def read_by(words: dict[str, Role], *examples: Example, lexicon: Lexicon | None = None, sure: float = 0.95) -> Template:
    """The template of a layout that the scripted model and the lexicon read."""
    model = model_readings([examples[0].skeleton], Scripted(words, sure), lambda _: None)
    return settle(examples, model, lexicon or standard())


def slots(template: Template, text: str) -> list[Slot]:
    """The slots of a label, in order."""
    return [slot for slot in template.slots if slot.text == text]


def test_lexicon_and_model_agree_on_everything() -> None:
    """Every slot agreed: the layout is confirmed without a person."""
    template = read_by(WORDS, example())
    assert {slot.state for slot in template.slots} == {"agreed"}
    assert (template.state, template.decided_by, template.forms_seen) == ("confirmed", "rules", 1)
    assert [(slot.text, slot.role) for slot in template.slots][-3:] == [
        ("分值", "weight"),
        ("得分", "score"),
        ("总分", "total"),
    ]


def test_lost_points_tell_weight_from_score_and_make_the_content_a_second_reading() -> None:
    """One form with a score below its weight: exchanging the columns breaks score_range."""
    template = settle([example()], {}, standard())
    for text in ("分值", "得分"):
        indicator = slots(template, text)[1]
        assert (indicator.state, indicator.undiscriminated_with) == ("agreed", ())


def test_fully_met_forms_leave_weight_and_score_undiscriminated_without_two_words() -> None:
    """The lexicon and the column's content are not enough: the exchange breaks nothing."""
    template = settle([fully_met()], {}, standard())
    weight, score = slots(template, "分值")[1], slots(template, "得分")[1]
    assert weight.undiscriminated_with == (score.number,)
    assert score.undiscriminated_with == (weight.number,)
    assert {weight.state, score.state} <= {"undiscriminated", "single"}
    assert template.state == "proposed"


def test_two_independent_words_settle_what_arithmetic_cannot() -> None:
    """Lexicon and model agree on weight and score of fully met forms."""
    template = read_by(WORDS, fully_met())
    assert {slot.state for slot in template.slots} == {"agreed"}
    assert slots(template, "分值")[1].undiscriminated_with != ()
    assert template.state == "confirmed"


def test_one_form_that_lost_points_discriminates_the_layout_for_all() -> None:
    """All forms of the layout in the batch decide together."""
    whole = [example("道路", first=50), example("桥梁"), example("绿化", first=50)]
    template = settle(whole, {}, standard())
    assert slots(template, "得分")[1].state == "agreed"
    assert template.forms_seen == 3


def test_words_exchanged_by_the_lexicon_are_put_right_by_the_equations() -> None:
    """A region that calls the weight 得分 and the score 分值: the model says so, and score_range proves it."""
    swapped: dict[str, Role] = {**WORDS, "分值": "score", "得分": "weight"}
    template = read_by(swapped, example(w="得分", s="分值"))
    weight, score = slots(template, "得分")[1], slots(template, "分值")[1]
    assert (weight.role, score.role) == ("weight", "score")
    assert weight.state == score.state == "agreed"


def test_readings_that_differ_where_no_equation_decides_are_disputed() -> None:
    """The model exchanges weight and score of a fully met form, surely: nobody is believed unseen."""
    swapped: dict[str, Role] = {**WORDS, "分值": "score", "得分": "weight"}
    template = read_by(swapped, fully_met())
    assert {slots(template, "分值")[1].state, slots(template, "得分")[1].state} == {"disputed"}
    assert template.state == "proposed"


@pytest.mark.parametrize(
    ("probability", "target", "name"),
    [(0.9, "disputed", "agreed"), (0.6, "undiscriminated", "agreed"), (0.3, "undiscriminated", "single")],
)
def test_a_model_dissents_from_seven_in_ten_and_agrees_from_four(probability: float, target: str, name: str) -> None:
    """Below that its word is kept as a reading and decides nothing."""
    said: dict[str, Role] = {"年度指标值": "actual", "实际完成值": "target", "三级指标": "name"}
    form = example()
    model = {
        site.number: Reading(source="model", role=said[site.text], probability=probability)
        for site in form.skeleton.slots
        if site.text in said
    }
    template = settle([form], model, standard())
    assert (slots(template, "年度指标值")[0].role, slots(template, "年度指标值")[0].state) == ("target", target)
    assert (slots(template, "三级指标")[0].role, slots(template, "三级指标")[0].state) == ("name", name)


AUDITED = """
项目名称 | « | 道路 | « | « | «
一级指标 | 三级指标 | 年度指标值 | 分值 | 得分 | 复核情况
产出指标 | 甲 | ≥5个 | 50 | 45 | {first}
效益指标 | 乙 | ≥5个 | 50 | 40 | 40
总分 | « | « | 100 | 85 | {total}
"""


@pytest.mark.parametrize(("first", "total", "state"), [(45, 85, "single"), (40, 80, "single"), (45, 90, "agreed")])
def test_a_column_put_aside_that_could_be_the_score_leaves_it_open(first: int, total: int, state: str) -> None:
    """Somebody else's points that add up as well could be the score: one word is not enough. Others are no rivals."""
    less = standard().without(["复核情况"])
    region = region_of(AUDITED.format(first=first, total=total), "项目支出绩效自评表")
    form = Example(region, analyse(region, less))
    numbers = {slot.text: slot.number for slot in form.skeleton.slots}
    said = {numbers["复核情况"]: Reading(source="model", role="extra", probability=0.9)}
    found = slots(settle([form], said, less), "得分")[0]
    assert (found.role, found.state) == ("score", state)
    assert (numbers["复核情况"] in found.undiscriminated_with) == (state == "single")


ASIDE = """
项目名称 | « | 道路 | « | « | « | « | « | «
一级指标 | 二级指标 | 三级指标 | 参照口径 | 年度指标值 | 实际完成值 | 分值 | 得分 | {last}
产出指标 | 数量指标 | 甲 | 按年度计划执行口径 | ≥5个 | 5个 | 25 | 25 | 无差异
^ | ^ | 乙 | 按上级核定执行口径 | ≥5个 | 4个 | 25 | 20 | 进度滞后
效益指标 | 社会效益指标 | 丙 | 按年度计划执行口径 | ≥5个 | 5个 | 25 | 25 | 无差异
^ | ^ | 丁 | 按年度计划执行口径 | ≥5个 | 4个 | 25 | 15 | 进度滞后
总分 | « | « | « | « | « | 100 | 85 | «
"""
SAID: dict[str, Role] = {
    **WORDS, "二级指标": "level2", "偏差原因": "deviation_note", "参照口径": "extra", "情况": "extra"
}  # fmt: skip


@pytest.mark.parametrize(
    ("last", "sure", "state"), [("偏差原因", 0.95, "agreed"), ("偏差原因", 0.6, "single"), ("情况", 0.95, "single")]
)
def test_a_column_that_could_be_nothing_else_is_put_aside_by_a_sure_model_alone(
    last: str, sure: float, state: str
) -> None:
    """With every other role settled elsewhere nothing is left for it; where one is free, it could be that one."""
    region = region_of(ASIDE.format(last=last), "项目支出绩效自评表")
    form = Example(region, analyse(region, standard()))
    model = model_readings([form.skeleton], Scripted(SAID), lambda _: None)
    number = next(slot.number for slot in form.skeleton.slots if slot.text == "参照口径")
    model[number] = Reading(source="model", role="extra", probability=sure)

    found = slots(settle([form], model, standard()), "参照口径")[0]

    assert (found.role, found.state) == ("extra", state)
    assert ("layouts.by_rest" in {reading.reason for reading in found.readings}) == (state == "agreed")


POINTED = """
项目名称 | « | 道路 | « | « | « | «
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
产出指标 | 数量指标 | 甲 | ≥5个 | 5个 | 50{unit} | 50{unit}
效益指标 | 社会效益指标 | 乙 | ≥5个 | 4个 | 50{unit} | 40{unit}
总分 | « | « | « | « | 100{unit} | {total}{unit}
"""


@pytest.mark.parametrize("unit", ["分", ""])
@pytest.mark.parametrize("total", [90, 95])
def test_a_known_score_is_never_put_aside_for_a_model_nor_for_a_wrong_sum(unit: str, total: int) -> None:
    """Points with 分 behind them are numbers; a column left out has no equations that could fail."""
    region = region_of(POINTED.format(unit=unit, total=total), "项目支出绩效自评表")
    form = Example(region, analyse(region, standard()))
    model = model_readings([form.skeleton], Scripted({**WORDS, "二级指标": "level2"}), lambda _: None)
    number = next(slot.number for slot in form.skeleton.slots if slot.text == "得分")

    agreed = settle([form], model, standard())
    model[number] = Reading(source="model", role="extra", probability=0.99)
    template = settle([form], model, standard())

    assert (slots(agreed, "得分")[0].role, slots(agreed, "得分")[0].state) == ("score", "agreed")
    assert slots(template, "得分")[0].state == ("agreed" if slots(template, "得分")[0].role == "score" else "disputed")
    assert template.state == "proposed" or slots(template, "得分")[0].role == "score"


PAID_IN = """
项目名称 | « | 道路 | « | «
资金来源 | 全年预算数 | 实际到位 | 实际支出 | 执行率
合计 | 660.00 | 660.00 | 615.00 | 93.18%
其中：财政拨款 | 600.00 | 600.00 | 560.00 | 93.33%
其他资金 | 60.00 | 60.00 | 55.00 | 91.67%
一级指标 | 三级指标 | « | 分值 | 得分
产出指标 | 甲 | « | 100 | 93
"""


def test_equations_make_no_budget_of_a_column_that_a_known_word_puts_aside() -> None:
    """Money paid in adds up as budgets do: the model's word for it is a dispute that waits for a person."""
    region = region_of(PAID_IN, "项目支出绩效自评表")
    form = Example(region, analyse(region, standard()))
    said: dict[str, Role] = {**WORDS, "实际到位": "initial_budget", "实际支出": "executed", "执行率": "execution_rate"}
    template = settle([form], model_readings([form.skeleton], Scripted(said), lambda _: None), standard())

    assert (slots(template, "实际到位")[0].role, slots(template, "实际到位")[0].state) == ("extra", "disputed")
    assert slots(template, "全年预算数")[0].role == "adjusted_budget"


def test_target_and_actual_exchanged_by_the_model_are_disputed() -> None:
    """No equation speaks of them."""
    swapped: dict[str, Role] = {**WORDS, "年度指标值": "actual", "实际完成值": "target"}
    template = read_by(swapped, example())
    assert [slots(template, text)[0].state for text in ("年度指标值", "实际完成值")] == ["disputed", "disputed"]


def test_a_word_that_nobody_knows_is_unread_unless_the_model_says_it() -> None:
    """With neither lexicon nor model a text column has no role; with the model alone it has one reading."""
    less = standard().without(["三级指标"])
    none = settle([example(lexicon=less)], {}, less)
    assert slots(none, "三级指标")[0].state in {"unread", "single"}
    assert none.state == "proposed"
    said = read_by(WORDS, example(lexicon=less), lexicon=less)
    assert slots(said, "三级指标")[0].role == "name"


def test_a_wrong_sum_in_the_report_does_not_change_the_reading() -> None:
    """Total score printed 5 too high: an error of the report, no reason to read another column."""
    good = settle([example()], {}, standard())
    text = FORM.format(name="道路", first=45, second=40, total=98, w="分值", s="得分")
    region = region_of(text, "项目支出绩效自评表")
    wrong = settle([Example(region, analyse(region, standard()))], {}, standard())
    assert [(slot.text, slot.role) for slot in wrong.slots] == [(slot.text, slot.role) for slot in good.slots]


def test_the_key_holds_no_value() -> None:
    """Two projects of one layout have one key; another header word makes another layout."""
    assert example("道路").skeleton.key == example("桥梁", first=50, second=1).skeleton.key
    assert example(s="自评得分").skeleton.key != example().skeleton.key


def test_a_person_confirms_and_corrects() -> None:
    """Roles that were named change, the others are confirmed as proposed; the reading of the person stands first."""
    template = settle([fully_met()], {}, standard())
    number = slots(template, "实际完成值")[0].number
    done = confirmed(template, {number: "extra"})
    assert (done.state, done.decided_by) == ("confirmed", "human")
    assert {slot.state for slot in done.slots} == {"human"}
    assert done.slots[number - 1].role == "extra"
    assert done.slots[number - 1].readings[0] == Reading(source="human", role="extra", reason="layouts.by_person")
    again = confirmed(done, {number: "actual"})
    assert [reading.source for reading in again.slots[number - 1].readings].count("human") == 1


@pytest.mark.parametrize(
    ("roles", "code"),
    [
        ({99: "score"}, "layouts.no_such_column"),
        ({0: "score"}, "layouts.no_such_column"),
        ({1: "score"}, "layouts.no_such_role"),
        ({2: "level1"}, "layouts.no_such_role"),
    ],
)
def test_a_column_or_role_that_is_not_there_is_told(roles: dict[int, Role], code: str) -> None:
    """The layout stays as it was."""
    with pytest.raises(UsageError) as raised:
        confirmed(settle([fully_met()], {}, standard()), roles)
    assert raised.value.code == code


def test_a_layout_with_an_unnamed_column_cannot_be_confirmed() -> None:
    """The person is asked for its role by the label."""
    less = standard().without(["实际完成值"])
    template = settle([example(lexicon=less)], {}, less)
    (slot,) = slots(template, "实际完成值")
    unread = template.model_copy(
        update={"slots": tuple(own.model_copy(update={"role": None}) if own is slot else own for own in template.slots)}
    )
    with pytest.raises(UsageError) as raised:
        confirmed(unread, {})
    assert raised.value.code == "layouts.column_without_role"
    assert raised.value.params["label"] == "实际完成值"


def test_rivals_are_the_other_readings_with_their_rows_adjusted() -> None:
    """One slot changed at a time; who held the role takes the old one."""
    swapped: dict[str, Role] = {**WORDS, "分值": "score", "得分": "weight"}
    template = read_by(swapped, fully_met())
    rivals = rival_roles(template)
    weight, score = slots(template, "分值")[1], slots(template, "得分")[1]
    assert weight.role is not None
    assert score.role is not None
    assert any(rival[weight.number] == score.role and rival[score.number] == weight.role for rival in rivals)
    chosen = {slot.number: slot.role for slot in template.slots}
    assert {sum(role != chosen[number] for number, role in rival.items()) for rival in rivals} == {2}


def test_a_known_field_keeps_a_value_that_looks_like_a_label() -> None:
    """年度目标完成情况 | 完成以下工作： is no place to sign: its text is not put aside without a word."""
    region = region_of("""
项目名称 | 道路养护 | « | «
年度目标完成情况 | 完成以下工作： | « | «
一级指标 | 三级指标 | 年度指标值 | 得分
产出指标 | 修路 | ≥5条 | 50
效益指标 | 通行 | ≥90% | 50
""")
    form = Example(region, analyse(region, standard()))
    (slot,) = slots(settle([form], {}, standard()), "年度目标完成情况")
    assert slot.role == "actual_achievement"
    assert slot.state == "single"
