"""A number is read as its cell shows it; a format that is not understood is told, never guessed."""

import datetime as dt

import pytest

from pipeline.read.number_format import is_date, shown, shown_date, shown_text


@pytest.mark.parametrize(
    ("value", "code", "expected"),
    [
        (615.9, "0.00", "615.90"),
        (3616.9, "#,##0.00", "3,616.90"),
        (1234567.891, "#,##0", "1,234,568"),
        (0.9987, "0.00%", "99.87%"),
        (1, "0%", "100%"),
        (0.125, "0.00", "0.13"),
        (2.675, "0.00", "2.68"),
        (1.005, "0.00", "1.01"),
        (0.1 + 0.2, "General", "0.3"),
        (615.14, "General", "615.14"),
        (100.0, "General", "100"),
        (0.0900000762939453, "General", "0.090000076"),
        (12345678.9012, "General", "12345678.9"),
        (123456789012, "General", "1.23457E+11"),
        (0, "0.00", "0.00"),
        (-1.5, "0.00", "-1.50"),
        (-0.001, "0.00", "0.00"),
        (-1234.5, "#,##0.00_);(#,##0.00)", "(1,234.50)"),
        (0, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
        (5, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "5.00"),
        (-5, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-5.00"),
        (53, '"≥"0.00"(人)"', "≥53.00(人)"),
        (7, '[Red]0"个"', "7个"),
        (12, "[$¥-804]#,##0.0", "¥12.0"),
        (0.5, "#.##", ".5"),
        (0.5, "0.##", "0.5"),
        (3, "0.##", "3."),
        (7, "000", "007"),
        (12345678, "#,##0,", "12,346"),
        (150, "[>=100]0.0;0.00", "150.0"),
        (50, "[>=100]0.0;0.00", "50.00"),
        (9, ";;;", ""),
        (12345678, '0!.0,"万元"', "1234.6万元"),
        (123456, '0"."0000', "12.3456"),
        (1234, '0!.0000"万"', "0.1234万"),
        (-6159000, '0!.0,"万"', "-615.9万"),
        (123456, '0"."00.0', None),
        (42, "@", "42"),
        (1.5, "# ?/?", None),
        (12, "[DBNum1]0", None),
        (12000, "0.00E+00", None),
    ],
)
def test_numbers_are_printed_as_formatted(value: float, code: str, expected: str | None) -> None:
    """Rounded half up from fifteen digits, as an office program prints them; None for what is not understood."""
    assert shown(value, code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("yyyy-mm-dd", "2024-03-05"),
        ("yyyy/m/d", "2024/3/5"),
        ('yyyy"年"m"月"d"日"', "2024年3月5日"),
        ("[$-804]yyyy年mm月", "2024年03月"),
        ("yy.m.d h:mm", "24.3.5 14:07"),
        ("h:mm:ss AM/PM", "2:07:09 PM"),
        ("mm:ss", "07:09"),
        ("aaaa", "星期二"),
        ("[h]:mm", None),
        ('[DBNum1][$-804]yyyy"年"m"月"d"日"', "二〇二四年三月五日"),
        ('[DBNum1]h"时"mm"分"', "十四时七分"),
    ],
)
def test_dates_are_printed_as_formatted(code: str, expected: str | None) -> None:
    """An m beside hours or seconds is a minute."""
    assert shown_date(dt.datetime(2024, 3, 5, 14, 7, 9), code) == expected  # noqa: DTZ001 - a workbook's times have no zone


@pytest.mark.parametrize(
    ("code", "expected"),
    [("0.00", False), ("General", False), ('0"日"', False), ("yyyy", True), ('#,##0"days"', False), ("m/d", True)],
)
def test_dates_are_told_from_numbers(code: str, expected: bool) -> None:  # noqa: FBT001 - a table
    """Letters in quotes are text."""
    assert is_date(code) is expected


def test_texts_are_framed_by_their_section() -> None:
    """The fourth section, or the only one if it has a place for text."""
    assert shown_text("甲", "0.00") == "甲"
    assert shown_text("甲", "@") == "甲"
    assert shown_text("甲", '0;0;0;"单位："@') == "单位：甲"
