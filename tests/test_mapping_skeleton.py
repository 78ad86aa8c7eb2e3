"""A form's bones by geometry: labels beside values, labels over values, closing rows; the key holds no value."""

from handmade import read_form, region_of

from pipeline.mapping.bones import Skeleton
from pipeline.mapping.lexicon import Lexicon, standard
from pipeline.mapping.skeleton import analyse

TABLE = """
三级指标 | 年度指标值 | 分值 | 得分
甲 | ≥5 | 60 | 60
乙 | ≥6 | 40 | 38
"""


def bones(text: str, lexicon: Lexicon | None = None) -> Skeleton:
    """The skeleton of a hand-made form."""
    return analyse(region_of(text, "项目支出绩效自评表"), lexicon or standard())


def pairs(skeleton: Skeleton) -> list[tuple[str, str, str | None]]:
    """Section, label and value of each pair."""
    return [(pair.section, pair.label.text, pair.value.text if pair.value else None) for pair in skeleton.pairs]


def test_labels_and_values_alternate_along_a_row() -> None:
    """One pair or two; a label without a value cell has none; a blank value stays a value."""
    found = bones("项目名称 | 道路 | « | «\n主管部门 | 某局 | 实施单位 |" + TABLE)
    assert pairs(found) == [("field", "项目名称", "道路"), ("field", "主管部门", "某局"), ("field", "实施单位", "")]


def test_goals_stand_under_their_headings() -> None:
    """Beside a merged label; a short goal under known headings too."""
    text = """
        年度总体目标 | 预期目标 | « | 实际完成情况
        ^ | 完成。 | « | 已完成。
        """
    found = bones(text)
    assert pairs(found) == [("goal", "预期目标", "完成。"), ("goal", "实际完成情况", "已完成。")]
    assert [side.text for side in found.sides] == ["年度总体目标"]


def test_without_a_known_word_long_texts_under_short_ones_are_goals() -> None:
    """By their length alone."""
    text = """
        年度 | 计划内容 | « | 成果
        ^ | 改造老旧道路十二公里并完成配套排水工程 | « | 改造老旧道路十二公里，配套排水工程已经验收
        """
    assert [entry[:2] for entry in pairs(bones(text, Lexicon.empty()))] == [("goal", "计划内容"), ("goal", "成果")]


def test_closing_rows_stand_below_the_indicators() -> None:
    """A total with numbers in its columns and a grade of one short word."""
    found = bones(TABLE.strip() + "\n总分 | « | 100 | 98\n评分等级 | « | « | 优")
    assert [(closing.label.text, [(at, cell.text) for at, cell in closing.cells]) for closing in found.closings] == [
        ("总分", [(2, "100"), (3, "98")]),
        ("评分等级", [(3, "优")]),
    ]


def test_a_remark_below_the_total_is_a_pair() -> None:
    """A label known beside texts closes nothing, however short its text."""
    found = bones(TABLE.strip() + "\n总分 | « | 100 | 98\n存在问题 | 无 | « | «")
    assert pairs(found) == [("field", "存在问题", "无")]
    assert [closing.label.text for closing in found.closings] == ["总分"]


def test_a_cell_that_fills_a_row_alone_is_a_heading_above_and_a_note_below() -> None:
    """Its text makes no slot: two projects have one layout."""
    first = bones("道路养护项目绩效自评表 | « | « | «\n" + TABLE.strip() + "\n注：甲 | « | « | «")
    other = bones("桥梁检测项目绩效自评表 | « | « | «\n" + TABLE.strip() + "\n注：乙 | « | « | «")
    assert [cell.text for cell in first.headings] == ["道路养护项目绩效自评表", "注：甲"]
    assert first.first_row == 1
    assert first.key == other.key


def test_slots_count_in_reading_order_and_columns_know_their_table() -> None:
    """A blank header has no slot."""
    found = bones(
        "项目名称 | 道路 | « | «\n资金 | | 全年预算数 | 得分\n^ | 年度资金总额 | 10 | 8\n^ | 其他资金 | 0 |\n"
        + TABLE.strip()
    )
    assert [(slot.number, slot.section, slot.table, slot.text) for slot in found.slots] == [
        (1, "field", 0, "项目名称"),
        (2, "fund_column", 0, "全年预算数"),
        (3, "fund_column", 0, "得分"),
        (4, "fund_row", 0, "年度资金总额"),
        (5, "fund_row", 0, "其他资金"),
        (6, "indicator_column", 1, "三级指标"),
        (7, "indicator_column", 1, "年度指标值"),
        (8, "indicator_column", 1, "分值"),
        (9, "indicator_column", 1, "得分"),
    ]
    fund = found.table("fund")
    assert fund is not None
    assert [column.slot for column in fund.columns] == [0, 2, 3]
    assert fund.row_slots == (4, 5)


def test_the_key_changes_with_labels_and_their_order_not_with_width_or_wraps() -> None:
    """The same words wrapped otherwise are the same layout."""
    plain = bones("项目名称 | 道路 | 主管部门 | 某局" + TABLE)
    assert bones("项目⏎名称 | 桥梁 | 主管⏎部门 | 某局" + TABLE).key == plain.key
    assert bones("主管部门 | 某局 | 项目名称 | 道路" + TABLE).key != plain.key
    assert bones("项目名称 | 道路 | 实施单位 | 某局" + TABLE).key != plain.key


def test_the_number_of_indicators_is_no_part_of_a_layout() -> None:
    """A form with one row more has the same key."""
    assert bones(TABLE + "丙 | ≥7 | 0 | 0").key == bones(TABLE).key


def test_texts_under_headings_beside_a_label_of_just_these_rows_are_goals() -> None:
    """Also where one heading is known as a label with its value beside it; two rows of labels and values are none."""
    goals = """
绩效目标 | 年初设定目标 | 全年实际完成
^ | 改造提升高标准农田十二万亩，亩均增产六十公斤。 | 改造提升高标准农田十一万亩，亩均增产六十三公斤。
一级指标 | 年度指标值 | 得分
产出指标 | ≥5个 | 90
效益指标 | ≥6个 | 10
"""
    found = analyse(region_of(goals), standard())
    assert [(pair.label.text, pair.value.text[:4]) for pair in found.pairs if pair.value] == [
        ("年初设定目标", "改造提升"),
        ("全年实际完成", "改造提升"),
    ]
    fields = """
基本信息 | 项目名称 | 道路养护经费和桥梁检修
^ | 主管部门 | 交通运输局和住房城乡建设局
一级指标 | 年度指标值 | 得分
产出指标 | ≥5个 | 90
效益指标 | ≥6个 | 10
"""
    assert [pair.label.text for pair in analyse(region_of(fields), standard()).pairs] == ["项目名称", "主管部门"]


def test_a_total_in_the_column_of_names_closes_the_indicators() -> None:
    """Blank cells stand before it: centred over columns without lines, or not merged in a sheet."""
    for total in (" | 总计 | | | 100 | 98", "总计 | | | | 100 | 98"):
        found = bones(
            "一级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分\n"
            f"产出指标 | 甲 | ≥5 | 5 | 60 | 60\n^ | 乙 | ≥6 | 6 | 40 | 38\n{total}"
        )
        assert [len(table.rows) for table in found.tables] == [2]
        (closing,) = found.closings
        assert (closing.label.text, [(at, cell.text) for at, cell in closing.cells if cell.text]) == (
            "总计",
            [(4, "100"), (5, "98")],
        )


TASKS = """
部门名称 | 海岸带局 | « | « | «
{header} | 主要内容 | 预算数 | 执行数 | 执行率
{tasks}
金额合计 | | 30 | 27 | 90%
一级指标 | 三级指标 | 年度指标值 | 实际完成值 | 得分
产出指标 | 甲 | ≥5个 | 6个 | 55
效益指标 | 乙 | ≥6个 | 7个 | 40
"""


def test_tasks_are_no_part_of_a_layout_and_their_money_is_of_no_source() -> None:
    """Two departments with other tasks have one layout; each task is a line of funds under its own name."""
    one = TASKS.format(header="任务名称", tasks="巡查 | 巡海岸 | 10 | 9 | 90%\n修复 | 补红树林 | 20 | 18 | 90%")
    two = TASKS.format(header="任务名称", tasks="修志 | 出书 | 30 | 27 | 90%")
    assert analyse(region_of(one), standard()).key == analyse(region_of(two), standard()).key
    form = read_form(one, "部门整体支出绩效自评表").form
    assert [(line.source, line.label) for line in form.funds] == [
        ("other", "巡查"),
        ("other", "修复"),
        ("total", "金额合计"),
    ]


def test_rows_under_a_header_of_sources_are_told_by_their_own_words() -> None:
    """资金来源 heads sources; where no total is known, the rows may hold it."""
    sources = TASKS.format(header="资金来源", tasks="巡查 | 巡海岸 | 10 | 9 | 90%\n修复 | 补红树林 | 20 | 18 | 90%")
    slots = [slot.text for slot in analyse(region_of(sources), standard()).slots if slot.section == "fund_row"]
    assert slots == ["巡查", "修复", "金额合计"]
    unknown = TASKS.format(header="任务名称", tasks="巡查 | 巡海岸 | 10 | 9 | 90%").replace("金额合计", "全加起来")
    slots = [slot.text for slot in analyse(region_of(unknown), standard()).slots if slot.section == "fund_row"]
    assert slots == ["巡查", "全加起来"]


def test_rows_that_number_what_their_header_names_are_tasks() -> None:
    """项目一：…, 项目二：… under 项目 are projects, whatever each is called; 项目养护费 numbers nothing."""
    one = TASKS.format(
        header="项目", tasks="项目一：巡查 | 巡海岸 | 10 | 9 | 90%\n项目二：修复 | 补红树林 | 20 | 18 | 90%"
    )
    two = TASKS.format(header="项目", tasks="项目1、修志 | 出书 | 30 | 27 | 90%")
    assert analyse(region_of(one), standard()).key == analyse(region_of(two), standard()).key
    form = read_form(one, "部门整体支出绩效自评表").form
    assert [(line.source, line.label) for line in form.funds] == [
        ("other", "项目一：巡查"),
        ("other", "项目二：修复"),
        ("total", "金额合计"),
    ]
    words = TASKS.format(header="项目", tasks="项目一：巡查 | 巡海岸 | 10 | 9 | 90%\n项目养护费 | 出书 | 20 | 18 | 90%")
    slots = [slot.text for slot in analyse(region_of(words), standard()).slots if slot.section == "fund_row"]
    assert slots == ["项目一：巡查", "项目养护费", "金额合计"]


NESTED_TASKS = """
部门（单位）名称 | « | 海岸带局 | « | « | « | « | « | «
年度主要任务 | 任务名称 | 完成情况 | 预算数（万元） | « | « | 执行数（万元） | « | «
^ | ^ | ^ | {total} | 财政拨款 | 其他资金 | {total} | 财政拨款 | 其他资金
^ | 巡查 | 已完成 | 10 | 8 | 2 | 9 | 7 | 2
^ | 修复 | 已完成 | 20 | 20 | 0 | 18 | 18 | 0
^ | 金额合计 | « | 30 | 28 | 2 | 27 | 25 | 2
一级指标 | 二级指标 | 三级指标 | 指标值 | 实际完成值 | 分值 | 得分 | 原因分析 | «
产出指标 | 数量指标 | 甲 | ≥5个 | 6个 | 60 | 55 | | «
效益指标 | 社会效益指标 | 乙 | ≥6个 | 7个 | 40 | 40 | | «
总分 | « | « | « | « | 100 | 95 | | «
"""


def test_tasks_by_source_have_their_whole_as_the_amount_and_each_source_beside_it() -> None:
    """The label of the total is merged over two columns; 总额 under 预算数 is the budget, 财政拨款 a part of it."""
    form = read_form(NESTED_TASKS.format(total="总额"), "部门整体支出绩效自评表").form
    amounts = [(line.source, line.label, str(line.adjusted_budget), str(line.executed)) for line in form.funds]
    assert amounts == [("other", "巡查", "10", "9"), ("other", "修复", "20", "18"), ("total", "金额合计", "30", "27")]
    assert [extra.text for extra in form.funds[2].extras] == ["28", "2", "25", "2"]


def test_parts_without_their_whole_are_not_put_aside() -> None:
    """Where no column holds the whole, nobody says that the parts may be left out."""
    read = read_form(NESTED_TASKS.format(total="甲类"), "部门整体支出绩效自评表")
    roles = {slot.text: slot.role for slot in read.template.slots if "财政拨款" in slot.text}
    assert roles == {"预算数（万元） / 财政拨款": None, "执行数（万元） / 财政拨款": None}


def test_tasks_without_a_total_are_tasks_unless_one_sums_the_others_up() -> None:
    """项目名称 over three tasks; a row with the sum of the others under an unknown word may be their total."""
    grid = TASKS.format(header="项目名称", tasks="{rows}").replace("金额合计 | | 30 | 27 | 90%\n", "")
    tasks = grid.format(
        rows="巡查 | 巡海岸 | 10 | 9 | 90%\n修复 | 补红树林 | 20 | 18 | 90%\n修志 | 出书 | 5 | 5 | 100%"
    )
    assert [(line.source, line.label) for line in read_form(tasks).form.funds] == [
        ("other", "巡查"),
        ("other", "修复"),
        ("other", "修志"),
    ]
    summed = grid.format(
        rows="巡查 | 巡海岸 | 10 | 9 | 90%\n修复 | 补红树林 | 20 | 18 | 90%\n全部 | 所有 | 30 | 27 | 90%"
    )
    slots = [slot.text for slot in analyse(region_of(summed), standard()).slots if slot.section == "fund_row"]
    assert slots == ["巡查", "修复", "全部"]


TOLD_TASKS = """
部门名称 | 海岸带局 | « | « | «
年度主要任务 | 任务名称 | 主要内容 | 完成情况 | «
{tasks}
一级指标 | 三级指标 | 年度指标值 | 实际完成值 | 得分
产出指标 | 甲 | ≥5个 | 6个 | 55
效益指标 | 乙 | ≥6个 | 7个 | 40
"""


def test_tasks_in_words_are_told_under_their_names_and_are_no_indicators() -> None:
    """Whatever their number, they are one label of one layout; the row of their headers begins no second form."""
    one = TOLD_TASKS.format(tasks="^ | 巡查 | 巡海岸 | 已巡完 | «\n^ | 修复 | 补红树林 | 已补种 | «")
    read = read_form(one, "部门整体支出绩效自评表")
    told = [(extra.label, extra.text) for extra in read.form.extras]
    assert told == [
        ("巡查 主要内容", "巡海岸"),
        ("巡查 完成情况", "已巡完"),
        ("修复 主要内容", "补红树林"),
        ("修复 完成情况", "已补种"),
    ]
    assert [row.name for row in read.form.indicators] == ["甲", "乙"]
    assert read.form.supervising_department == "海岸带局"
    two = TOLD_TASKS.format(tasks="^ | 修志 | 出书 | 已出版 | «")
    assert analyse(region_of(one), standard()).key == analyse(region_of(two), standard()).key
    alone = "\n".join(one.splitlines()[:5])
    assert [table.kind for table in analyse(region_of(alone), standard()).tables] == ["indicator"]


def test_a_column_without_a_header_is_part_of_the_key() -> None:
    """Forms with another number of columns are of two layouts, whichever of them is read first."""
    plain = "项目名称 | 道路 | « | «\n三级指标 | 指标值 | 分值 | 得分\n甲 | ≥5 | 60 | 55\n乙 | ≥6 | 40 | 40"
    wider = (
        "项目名称 | 道路 | « | « | «\n三级指标 | | 指标值 | 分值 | 得分\n甲 | 1 | ≥5 | 60 | 55\n乙 | 2 | ≥6 | 40 | 40"
    )
    assert bones(plain).key != bones(wider).key
