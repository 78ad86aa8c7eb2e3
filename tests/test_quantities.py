"""What a target's or an actual's cell says: operator, one number, a unit, or just its text."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quantities import Part, quantity, split_quantity
from schemas.amount import normalised
from schemas.form import Operator


@pytest.mark.parametrize(
    ("text", "operator", "value", "unit"),
    [
        ("53.00(人)", None, "53.00", "人"),
        ("≥53.00(人)", "≥", "53.00", "人"),
        ("＝355.00（个村居 35个片区）", "=", "355.00", "个村居 35个片区"),
        ("=355.00(个村居 35个片区)", "=", "355.00", "个村居 35个片区"),
        ("≥100.00(%)", "≥", "100.00", "%"),
        ("100%", None, "100", "%"),
        ("≥ 90 %", "≥", "90", "%"),
        (">=90%", "≥", "90", "%"),
        ("≧90%", "≥", "90", "%"),
        ("＞＝90", "≥", "90", None),
        ("<=5", "≤", "5", None),
        ("═1", "=", "1", None),
        ("<5‰", "<", "5", "‰"),
        (">3天", ">", "3", "天"),
        ("95%以上", "≥", "95", "%"),
        ("95%及以上", "≥", "95", "%"),
        ("90分以上", "≥", "90", "分"),
        ("5个以内", "≤", "5", "个"),
        ("10万元以下", "≤", "10", "万元"),
        ("不少于5次", "≥", "5", "次"),
        ("不低于 98%", "≥", "98", "%"),
        ("不超过3,616.90万元", "≤", "3616.90", "万元"),
        ("不高于2.5", "≤", "2.5", None),
        ("0", None, "0", None),
        ("≥0次", "≥", "0", "次"),
        ("-5%", None, "-5", "%"),
        ("0.0900000762939453", None, "0.0900000762939453", None),
        ("12个月", None, "12", "个月"),
        ("≤30日", "≤", "30", "日"),
        ("≥10部门/领域", "≥", "10", "部门/领域"),
        ("1000元/人/年", None, "1000", "元/人/年"),
        ("53.00()", None, "53.00", None),
        ("31台（套）", None, "31", "台（套）"),
        ("≥5人(次)", "≥", "5", "人(次)"),
    ],
)
def test_one_number_with_operator_and_unit(text: str, operator: Operator | None, value: str, unit: str | None) -> None:
    """The number keeps its decimals and loses its separators; brackets around the unit are dropped."""
    found = quantity(text)
    assert found is not None
    assert (found.text, found.operator, found.value, found.unit) == (text, operator, Decimal(value), unit)
    assert str(found.value) == value


@pytest.mark.parametrize(
    "text",
    [
        "2021年12月",
        "2021年底前",
        "2023年",
        "≥2021年",
        "11月30日前",
        "12月底",
        "2021-12-31",
        "2021.12.31",
        "2021/6/30",
        "1-2次",
        "3～5个",
        "90%-95%",
        "80至90",
        "10次左右",
        "10天内",
        "100%完成",
        "5人已到位",
        "100%.",
        "达到90%",
        "约100人",
        "第三季度",
        "1:3",
        "1/3",
        "7,00.0,77",
        "12,34",
        "≥90%以上",
        "1次，全年",
        "有效保障",
        "无",
        "定性",
        "≥" + "9" * 21,
    ],
)
def test_dates_ranges_malformed_numbers_and_other_words_are_text(text: str) -> None:
    """Operator, value and unit are null together; the text stays as printed."""
    found = quantity(text)
    assert found is not None
    assert (found.text, found.operator, found.value, found.unit) == (text, None, None, None)


@pytest.mark.parametrize("text", ["", " ", "-", "—", "/", "——", "－", "／"])
def test_a_cell_that_holds_nothing_is_null_not_an_object_of_nulls(text: str) -> None:
    """In every column a dash or a slash is nothing."""
    assert quantity(text) is None


@pytest.mark.parametrize(
    ("cells", "text", "operator", "value", "unit"),
    [
        ([("operator", "≥"), ("value", "20"), ("unit", "万亩")], "≥20万亩", "≥", "20", "万亩"),
        ([("unit", "%"), ("value", "0.1"), ("operator", "≤")], "≤0.1%", "≤", "0.1", "%"),
        ([("operator", "＝"), ("value", "1,200"), ("unit", "个")], "＝1,200个", "=", "1200", "个"),
        ([("operator", "≥"), ("value", "90%")], "≥90%", "≥", "90", "%"),
        ([("value", "20"), ("unit", "万亩")], "20万亩", None, "20", "万亩"),
        ([("operator", "/"), ("value", "20"), ("unit", "-")], "20", None, "20", None),
        ([("operator", "定性"), ("value", "合格"), ("unit", "")], "合格", None, None, None),
        ([("operator", "文字描述"), ("value", ""), ("unit", "良好")], "良好", None, None, None),
        ([("operator", "定性"), ("value", "1"), ("unit", "")], "1", None, None, None),
        ([("operator", "≤"), ("value", "2023年12月"), ("unit", "")], "≤2023年12月", None, None, None),
        ([("operator", "≥"), ("value", "不少于5"), ("unit", "次")], "≥不少于5次", None, None, None),
        ([("operator", "正向指标"), ("value", "5"), ("unit", "次")], "正向指标5次", None, None, None),
    ],
)
def test_a_target_in_several_cells(
    cells: list[tuple[Part, str]], text: str, operator: Operator | None, value: str | None, unit: str | None
) -> None:
    """The text joins operator, value, unit in this order, whatever the order of the columns."""
    found = split_quantity(cells)
    assert found is not None
    assert (found.text, found.operator, found.unit) == (text, operator, unit)
    assert found.value == (Decimal(value) if value else None)


@pytest.mark.parametrize(
    "cells",
    [
        [("operator", ""), ("value", ""), ("unit", "")],
        [("operator", "定性"), ("value", "/"), ("unit", "")],
        [("operator", "-"), ("value", "—"), ("unit", "/")],
    ],
)
def test_a_split_target_without_content_is_null(cells: list[tuple[Part, str]]) -> None:
    """定性 beside nothing says nothing."""
    assert split_quantity(cells) is None


@given(st.text(alphabet="0123456789.,%≥≤=><-~/（）()年月日个次人以上内至 　％完成万元－／１２", max_size=14))
def test_a_value_is_always_the_cells_only_number(text: str) -> None:
    """Whatever the cell: if a value is given, the cell holds these digits, and the text is untouched."""
    found = quantity(text)
    if found is None:
        assert normalised(text) in {"", "-", "/", "--"}
        return
    assert found.text == text
    if found.value is not None:
        assert format(found.value, "f").lstrip("-") in normalised(text).replace(",", "")
        assert found.unit is None or normalised(found.unit) in normalised(text)
    else:
        assert (found.operator, found.unit) == (None, None)
