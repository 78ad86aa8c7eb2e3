"""A picture's numbers in a failing equation are read again; what the sums would like is never asked."""

from decimal import Decimal

import pytest
from handmade import read_form

from pipeline.checks import check
from pipeline.ground import ground
from pipeline.mapping.draft import draft
from pipeline.mapping.lexicon import standard
from pipeline.mapping.settle import Example
from pipeline.mapping.skeleton import analyse
from pipeline.run import Ways, judge, roles_of
from pipeline.second_look import doubtful, look_again
from schemas.evidence import CellSpan, PageSpan
from schemas.extraction import Extraction
from schemas.run import DocumentInfo, Usage

D = Decimal
GRID = """
项目名称 | 会议室升级 | « | « | « | « | «
项目资金（万元） | « | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
年度资金总额 | « | 57.00 | 50.00 | 10 | 87.71 | 8.77
其中：财政拨款 | « | 51.00 | 50.00 | - | 87.71 | -
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
产出指标 | 数量指标 | 显示屏数量 | 7个 | 7个 | 90 | 90
总分 | « | « | « | « | 100 | 98.77
"""


class Reader:
    """An outside party with a magnifying glass: says what a list holds, and keeps where it was asked to look."""

    def __init__(self, *said: str | None) -> None:
        self.said = list(said)
        self.asked: list[tuple[PageSpan, int]] = []

    def read_again(self, span: PageSpan, page: int) -> str | None:
        """The next text of the list; the last one for ever."""
        self.asked.append((span, page))
        return self.said.pop(0) if len(self.said) > 1 else self.said[0]


def pictured() -> Extraction:
    """The form above, every number of it read from a picture; 57.00 was read as 51.00 in the second row."""
    extraction = read_form(GRID).extraction
    evidence = {pointer: proof.model_copy(update={"origin": "ocr"}) for pointer, proof in extraction.evidence.items()}
    return extraction.model_copy(update={"evidence": evidence})


def test_only_pictured_numbers_of_failing_equations_are_doubtful() -> None:
    """Text of the page is never read again, nor what stands in no failing equation, nor what has no page."""
    read = pictured()
    assert doubtful(read, check(read)) == (
        "/funds/0/adjusted_budget",
        "/funds/1/adjusted_budget",
        "/funds/1/execution_rate",
        "/funds/1/executed",
    )
    text = read_form(GRID).extraction
    assert doubtful(text, check(text)) == ()
    nowhere = {
        pointer: proof.model_copy(update={"spans": (CellSpan(cell="A1"),)}) for pointer, proof in read.evidence.items()
    }
    placeless = read.model_copy(update={"evidence": nowhere})
    assert doubtful(placeless, check(placeless)) == ()


def test_second_reading_replaces_the_first_and_both_are_kept() -> None:
    """57.00 at double size: the value changes, the equations hold, before and after stand in the evidence."""
    read = pictured()
    reader = Reader("57.00", "57.00", "87.71", "50.00")
    again = look_again(read, check(read), reader)
    assert again.form.funds[1].adjusted_budget == D("57.00")
    proof = again.evidence["/funds/1/adjusted_budget"]
    assert (proof.before, proof.text, proof.origin) == ("51.00", "57.00", "ocr")
    assert again.evidence["/funds/0/adjusted_budget"].before is None
    assert [page for _, page in reader.asked] == [1, 1, 1, 1]
    assert not any(finding.severity == "error" for finding in check(again).findings)


def test_a_second_reading_that_fits_no_sum_is_taken_all_the_same() -> None:
    """The sum that would fit never chooses: 52.00 is what was seen, and the equation goes on failing."""
    read = pictured()
    again = look_again(read, check(read), Reader("57.00", "52.00", "87.71", "50.00"))
    assert again.form.funds[1].adjusted_budget == D("52.00")
    assert any(finding.rule == "fund_parts_sum" and finding.severity == "error" for finding in check(again).findings)


@pytest.mark.parametrize("said", [None, "五十七", ""])
def test_what_gives_no_number_the_second_time_stays_as_it_was(said: str | None) -> None:
    """Nothing, words or an empty crop: the first reading stays, and so does its finding."""
    read = pictured()
    assert look_again(read, check(read), Reader(said)) is read


def test_a_form_is_looked_at_again_on_its_way_and_its_record_says_so() -> None:
    """The whole path over a picture: the record holds the second value, the first as `before`, no error finding."""
    read = read_form(GRID)
    grid = read.region.grid.model_copy(
        update={"cells": tuple(cell.model_copy(update={"origin": "ocr"}) for cell in read.region.grid.cells)}
    )
    region = read.region.model_copy(update={"grid": grid})
    words = standard()
    done = judge(
        Example(region, analyse(region, words)),
        read.template,
        DocumentInfo(path="a.pdf", sha256="0" * 64, media_type="application/pdf", pages=1),
        Ways(words, "zh"),
        complete=True,
        usage=Usage(),
        look=Reader("57.00", "57.00", "87.71", "50.00"),
    )
    assert str(done.record.form.funds[1].adjusted_budget) == "57.00"
    assert done.record.evidence["/funds/1/adjusted_budget"].before == "51.00"
    assert not any(finding.severity == "error" for finding in done.record.findings)
    slots = {slot.number: slot for slot in read.template.slots}
    mapped = draft(region, analyse(region, words), roles_of(read.template), words)
    assert ground(mapped, region, slots).form.funds[1].adjusted_budget == D("51.00")
