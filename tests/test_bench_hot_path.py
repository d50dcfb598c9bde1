"""`make bench BENCH=hot_path`: every step of a prediction is timed beside the bare function."""

from pathlib import Path

from benchmarks.hot_path import report
from benchmarks.hot_path.__main__ import measure


def test_every_step_is_timed_and_told(tmp_path: Path) -> None:
    steps = measure(tmp_path, repetitions=2)
    whole = steps["POST /predict"]
    assert len(whole) == 2
    assert all(step > bare for step, bare in whole)  # it does all that the bare one does, and more
    table = report.table(steps)
    assert all(f"| {name} |" in table for name in steps)
    assert table in report.page(steps, "a CPU")


def test_ratios_are_those_of_pairs() -> None:
    steps = {"twice": [(20.0, 10.0), (60.0, 30.0), (8.0, 4.0)]}
    assert "| twice | 20 | 2.00 (2.00 to 2.00) |" in report.table(steps)
