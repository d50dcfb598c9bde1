"""No batching: one instance a request, one row a run."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from model_service.batching.none import Batcher
from model_service.deadline import Deadline
from model_service.errors import (
    DeadlineExceeded,
    ModelFault,
    ModelHung,
    OutOfMemory,
    Overloaded,
    TooManyInstances,
)
from model_service.model_run import ModelRuns
from model_service.settings import Settings
from model_service.timings import Timings

from ..engines import (
    LIMIT_S,
    DoublingEngine,
    GatedEngine,
    answers,
    rows,
    soon,
)


def test_one_row_is_answered() -> None:
    batcher, timings = Batcher(ModelRuns(DoublingEngine()), Settings()), Timings()
    assert answers(batcher.submit(rows(3), soon(), timings)) == [6]
    assert timings.run_rows == 1


def test_more_rows_are_refused_with_their_number() -> None:
    with pytest.raises(TooManyInstances, match="one instance a request and got 2"):
        Batcher(ModelRuns(DoublingEngine()), Settings()).submit(rows(1, 2), soon())


def test_one_request_at_a_time_and_no_more_than_the_queue_holds() -> None:
    engine = GatedEngine()
    batcher = Batcher(ModelRuns(engine), Settings(queue_rows=1))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(batcher.submit, rows(1), soon())
        assert engine.entered.wait(LIMIT_S)
        with pytest.raises(Overloaded):
            batcher.submit(rows(2), soon())
        engine.gate.set()
        assert answers(first.result(LIMIT_S)) == [2]


def test_a_request_that_waits_until_its_deadline_is_not_run() -> None:
    engine = GatedEngine()
    batcher = Batcher(ModelRuns(engine), Settings())
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(batcher.submit, rows(1), soon())
        assert engine.entered.wait(LIMIT_S)
        with pytest.raises(DeadlineExceeded):
            batcher.submit(rows(2), Deadline.after_ms(1))
        engine.gate.set()
        first.result(LIMIT_S)
    assert engine.batches == [[1]]


def test_a_fault_is_the_requests_own_and_the_next_one_is_served() -> None:
    batcher = Batcher(ModelRuns(DoublingEngine()), Settings())
    with pytest.raises(ModelFault):
        batcher.submit(rows(DoublingEngine.poison), soon())
    assert answers(batcher.submit(rows(1), soon())) == [2]


def test_once_closed_nobody_waits_for_the_model() -> None:
    engine = GatedEngine()
    batcher = Batcher(ModelRuns(engine), Settings())
    with ThreadPoolExecutor(2) as pool:
        pool.submit(batcher.submit, rows(1), soon())
        assert engine.entered.wait(LIMIT_S)
        waiting = pool.submit(batcher.submit, rows(2), soon())
        batcher.close(ModelHung("It hangs."))
        with pytest.raises(ModelHung):
            waiting.result(LIMIT_S)
        with pytest.raises(ModelHung):
            batcher.submit(rows(3), soon())
        engine.gate.set()
    assert engine.batches == [[1]]


def test_a_row_for_which_there_is_no_memory_may_come_again() -> None:
    with pytest.raises(OutOfMemory):
        Batcher(ModelRuns(DoublingEngine(0)), Settings()).submit(rows(1), soon())
