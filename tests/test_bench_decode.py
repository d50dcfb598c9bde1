"""`make bench BENCH=decode`: small pictures through all of it, and what is told of the figures."""

import re
from pathlib import Path

import pytest

from benchmarks.decode import __main__ as decode
from benchmarks.decode import measure, report
from benchmarks.decode.measure import Difference, Result


def test_it_tells_times_and_differences_and_writes_the_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(decode, "RESULTS", tmp_path / "bench" / "decode.json")
    monkeypatch.setattr(measure, "WIDTH", 4)
    monkeypatch.setattr(decode, "PAGE", tmp_path / "decode.md")
    decode.main("--docs", sizes=((400, 300), (1001, 900)), turns=2)
    told = capsys.readouterr().out
    lines = re.findall(r"^\| (photograph|hard edges) \| (\d+) x (\d+) .*$", told, re.MULTILINE)
    assert len(lines) == 4
    small, _ = re.findall(r"^\| .* \| 400 x 300 .*$", told, re.MULTILINE)
    assert "| 0.00, at most 0 | 0.0000 |" in small  # nothing to gain: the very same
    (large, _) = re.findall(r"^\| .* \| 1001 x 900 .*$", told, re.MULTILINE)
    assert "| 0.00, at most 0 |" not in large
    assert large in (tmp_path / "decode.md").read_text(encoding="utf-8")
    assert (tmp_path / "bench" / "decode.json").is_file()


def test_a_line_has_medians_and_the_spread() -> None:
    drafted, resaved = Difference(9.4, 0.531, 0.00771), Difference(7, 0.47, 0.0055)
    result = Result("photo", 4000, 3000, 104.04, 37.9, (2.7, 3.1, 2.8), drafted, resaved)
    assert report.line(result) == (
        "| photo | 4000 x 3000 (12 M) | 104.0 ms | 37.9 ms | 2.8 (2.7 to 3.1)"
        " | 0.53, at most 9 | 0.0077 | 0.47, at most 7 | 0.0055 |"
    )
