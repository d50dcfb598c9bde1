"""The pace of the model: what was lately measured while there was work."""

import pytest

from model_service import pace
from model_service.pace import Pace

from .clock import Clock


def started(monkeypatch: pytest.MonkeyPatch) -> tuple[Clock, Pace]:
    """Return a clock and a pace that goes by it."""
    clock = Clock()
    monkeypatch.setattr(pace, "time", clock)
    return clock, Pace()


def test_nothing_is_known_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    _, rows = started(monkeypatch)
    assert rows.seconds(100) == 0


def test_rows_take_as_long_as_they_took(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, rows = started(monkeypatch)
    for _ in range(10):
        clock.now += 0.4
        rows.count(4)
    assert rows.seconds(30) == pytest.approx(3)


def test_rows_of_a_run_count_each(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, rows = started(monkeypatch)
    for _ in range(20):
        clock.now += 0.32
        rows.count(32)
    assert rows.seconds(1) == pytest.approx(0.01)


def test_the_time_without_work_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, rows = started(monkeypatch)
    clock.now = 3600
    rows.resume()
    clock.now += 0.1
    rows.count(1)
    assert rows.seconds(1) == pytest.approx(0.1)


def test_what_is_long_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, rows = started(monkeypatch)
    for seconds in (1.0, 0.01):
        for _ in range(500):
            clock.now += seconds
            rows.count(1)
    assert rows.seconds(1) == pytest.approx(0.01, rel=0.05)
