"""Client batching: the rows of one request run together, in chunks of the maximum."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from model_service.batching.client import Batcher
from model_service.deadline import Deadline
from model_service.errors import (
    DeadlineExceeded,
    ModelFault,
    ModelHung,
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


def test_the_rows_of_a_request_run_together_in_chunks_and_come_back_in_order() -> None:
    engine, timings = DoublingEngine(), Timings()
    batcher = Batcher(ModelRuns(engine), Settings(max_batch_size=2))
    assert answers(batcher.submit(rows(1, 2, 3, 4, 5), soon(), timings)) == [2, 4, 6, 8, 10]
    assert engine.batches == [[1, 2], [3, 4], [5]]
    assert timings.run_rows == 2


def test_requests_do_not_share_runs_and_do_not_meet_in_the_engine() -> None:
    engine = GatedEngine()
    batcher = Batcher(ModelRuns(engine), Settings(queue_rows=3))
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(batcher.submit, rows(1, 2), soon())
        assert engine.entered.wait(LIMIT_S)
        with pytest.raises(DeadlineExceeded):
            batcher.submit(rows(3), Deadline.after_ms(1))
        with pytest.raises(Overloaded):
            batcher.submit(rows(3, 4), soon())
        engine.gate.set()
        assert answers(first.result(LIMIT_S)) == [2, 4]
    assert answers(batcher.submit(rows(5), soon())) == [10]
    assert engine.batches == [[1, 2], [5]]


def test_a_request_that_never_fits_is_told_so() -> None:
    with pytest.raises(TooManyInstances, match="at most 2"):
        Batcher(ModelRuns(DoublingEngine()), Settings(queue_rows=2)).submit(rows(1, 2, 3), soon())


def test_a_fault_is_the_requests_own_and_the_next_one_is_served() -> None:
    batcher = Batcher(ModelRuns(DoublingEngine()), Settings())
    with pytest.raises(ModelFault):
        batcher.submit(rows(1, DoublingEngine.poison), soon())
    assert answers(batcher.submit(rows(1), soon())) == [2]


def test_rows_for_which_memory_is_short_are_run_in_parts() -> None:
    engine = DoublingEngine(1)
    batcher = Batcher(ModelRuns(engine), Settings())
    assert answers(batcher.submit(rows(1, 2, 3), soon())) == [2, 4, 6]
    assert engine.batches == [[1], [2], [3]]


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
