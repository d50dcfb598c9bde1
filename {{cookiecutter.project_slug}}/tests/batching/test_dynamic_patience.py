"""Patience: who is waited for, for how long, and what is learnt from it."""

import pytest

from model_service.batching import dynamic_patience
from model_service.batching.dynamic_patience import (
    MOST_SKIPPED,
    PART,
    Patience,
)
from model_service.model_run import ModelRuns

from ..clock import Clock
from ..engines import DoublingEngine

KIND, OTHER = "kind", "other"
RUN_S = 0.004  # what a run takes beside its rows
LIMIT_S = PART * RUN_S
CALLERS = 16


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock by which the patience goes."""
    clock = Clock(100.0)
    monkeypatch.setattr(dynamic_patience, "time", clock)
    return clock


def patience(max_rows: int = 32, run_s: float = RUN_S) -> Patience:
    """Return the patience with a model whose runs take so long beside their rows."""
    runs = ModelRuns(DoublingEngine())
    runs.beside_rows_s = run_s
    return Patience(runs, max_rows)


def test_rows_wait_for_as_many_as_ran_and_were_left(clock: Clock) -> None:
    waits = patience()
    waits.ran(KIND, 8, 7)
    assert waits.seconds(KIND, 7) == pytest.approx(LIMIT_S)
    clock.now += LIMIT_S / 2
    assert waits.seconds(KIND, 14) == pytest.approx(LIMIT_S / 2)
    assert waits.seconds(KIND, 15) == 0


def test_no_more_are_waited_for_than_a_run_takes(clock: Clock) -> None:
    waits = patience(max_rows=12)
    waits.ran(KIND, 12, 9)
    assert waits.seconds(KIND, 11) > 0
    assert waits.seconds(KIND, 12) == 0


def test_a_single_caller_never_waits(clock: Clock) -> None:
    waits = patience()
    for _ in range(3):
        waits.ran(KIND, 1, 0)
        assert waits.seconds(KIND, 1) == 0


def test_nobody_waits_before_the_first_run(clock: Clock) -> None:
    assert patience().seconds(KIND, 1) == 0


def test_who_comes_later_than_that_does_not_wait(clock: Clock) -> None:
    waits = patience()
    waits.ran(KIND, 8, 0)
    clock.now += LIMIT_S
    assert waits.seconds(KIND, 1) == 0


def test_rows_of_another_kind_are_not_waited_for(clock: Clock) -> None:
    waits = patience()
    waits.ran(KIND, 8, 2)
    assert waits.seconds(OTHER, 1) == 0
    assert waits.seconds(KIND, 2) > 0


@pytest.mark.parametrize("run_s", [0.0, 0.0009])
def test_where_next_to_nothing_is_saved_nobody_waits(clock: Clock, run_s: float) -> None:
    waits = patience(run_s=run_s)
    waits.ran(KIND, 8, 8)
    assert waits.seconds(KIND, 8) == 0


def test_a_model_that_was_not_measured_is_not_waited_for(clock: Clock) -> None:
    waits = Patience(ModelRuns(DoublingEngine()), 32)
    waits.ran(KIND, 8, 8)
    assert waits.seconds(KIND, 8) == 0


def try_once(waits: Patience, clock: Clock, came: bool, left: int = 0) -> bool:
    """Have half of the callers wait for the others, and run; return whether they waited."""
    waited = waits.seconds(KIND, CALLERS // 2) > 0
    clock.now += 0 if came else LIMIT_S
    rows = CALLERS if came else CALLERS // 2
    assert waits.seconds(KIND, rows) == 0
    waits.ran(KIND, rows, left or CALLERS - rows)
    return waited


def tries(waits: Patience, clock: Clock, runs: int, came: bool, left: int = 0) -> int:
    """Return how often rows waited in so many runs."""
    return sum(try_once(waits, clock, came, left) for _ in range(runs))


def test_callers_who_come_back_are_waited_for_each_time(clock: Clock) -> None:
    waits = patience()
    waits.ran(KIND, CALLERS // 2, CALLERS // 2)
    assert tries(waits, clock, 100, came=True) == 100


def test_those_who_do_not_come_are_waited_for_less_and_less(clock: Clock) -> None:
    waits = patience()
    waits.ran(KIND, CALLERS // 2, CALLERS // 2)
    pauses = [2**n for n in range(10)]
    assert pauses[-1] == MOST_SKIPPED
    assert tries(waits, clock, sum(pauses) + len(pauses), came=False) == len(pauses)
    assert tries(waits, clock, 10 * (MOST_SKIPPED + 1), came=False) == 10


def test_those_who_come_whatever_is_answered_are_waited_for_less_and_less(clock: Clock) -> None:
    waits = patience(max_rows=CALLERS)
    waits.ran(KIND, CALLERS // 2, CALLERS // 2)
    assert tries(waits, clock, 1000, came=True, left=CALLERS // 2) < 12


def test_callers_who_come_back_again_are_soon_waited_for(clock: Clock) -> None:
    waits = patience()
    waits.ran(KIND, CALLERS // 2, CALLERS // 2)
    tries(waits, clock, 1000, came=False)
    tries(waits, clock, MOST_SKIPPED, came=True)
    assert tries(waits, clock, 100, came=True) == 100
    try_once(waits, clock, came=False)
    assert tries(waits, clock, 2, came=True) == 1
