"""`make bench BENCH=hot_path`: every step of a prediction is timed beside the bare function."""

from pathlib import Path

from benchmarks.hot_path import report
from benchmarks.hot_path.__main__ import measure


def test_every_step_is_timed_and_told(tmp_path: Path) -> None:
    times = measure(tmp_path, repetitions=2)
    whole, *_ = times.values()
    assert len(whole) == 2
    # It does all that the bare one does, and more.
    assert all(step > bare for step, bare in zip(whole, times["bare"], strict=True))
    table = report.table(times)
    assert all(f"| {name} |" in table for name in list(times)[:-2])
    assert table in report.page(times, "a CPU")


def test_a_step_is_told_without_those_after_it() -> None:
    times = {
        "outer": [50.0, 100.0, 25.0],
        "inner": [20.0, 40.0, 10.0],
        "bare": [10.0, 20.0, 5.0],
        "flask": [5.0, 10.0, 2.5],
    }
    table = report.table(times)
    assert "| `POST /predict`, of which: | 50 | 5.00 (5.00 to 5.00) |" in table
    assert "| outer | 30 | 3.00 (3.00 to 3.00) |" in table
    assert "| inner | 20 | 2.00 (2.00 to 2.00) |" in table
    assert "that does nothing | 5 | 0.50 (0.50 to 0.50) |" in table
