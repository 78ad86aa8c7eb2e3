"""The benchmark of scans: both ways read the same pages, and the ratio is theirs."""

from pathlib import Path

import pytest
from drawn import pdf, table

from eval.scan_bench import Timed, main


def test_a_ratio_is_hedui_by_bare() -> None:
    """Three seconds beside two."""
    assert Timed("a.pdf", 2, 2.0, 3.0).ratio == 1.5


def test_a_file_is_read_in_both_ways(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One page with a small table: a line for the file, one for all, the bar; what is slower than it fails."""
    path = pdf(
        tmp_path, lambda page: table(page, (60, 260, 380), (200, 230, 260), {(0, 0): "项目名称", (1, 1): "9.87"})
    )
    status = main([str(path), "--rounds", "1"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["pages", "drawn.pdf", "all", "bar:"]
    ratio = float(lines[2].split()[-1])
    assert status == (0 if ratio <= 1.5 else 1)
    assert float(lines[1].split()[2]) > 0
