"""Dynamic batching: who shares a run, who waits, and who gets which answer."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from prometheus_client import REGISTRY

from model_service.arrays import Array, Arrays
from model_service.batching.dynamic import Batcher, max_workers
from model_service.deadline import Deadline
from model_service.errors import (
    DeadlineExceeded,
    ModelFault,
    ModelHung,
    Overloaded,
    ServiceError,
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

POISON = DoublingEngine.poison


@contextmanager
def busy(engine: GatedEngine, **knobs: float) -> Iterator["Queue"]:
    """Give a batcher whose engine holds a run of one row; the rest queues up behind it."""
    batcher = Batcher(ModelRuns(engine), Settings(**knobs))  # type: ignore[arg-type]
    with ThreadPoolExecutor(16) as pool:
        queue = Queue(batcher, pool)
        first = pool.submit(batcher.submit, rows(0), soon())
        assert engine.entered.wait(LIMIT_S)
        try:
            yield queue
        finally:
            engine.gate.set()
            assert answers(first.result(LIMIT_S)) == [0]
    batcher.close()


class Queue:
    """Sends requests from threads of their own, in a known order."""

    def __init__(self, batcher: Batcher, pool: ThreadPoolExecutor) -> None:
        self._batcher = batcher
        self._pool = pool
        self._queued = 0

    def send(
        self,
        *values: float,
        width: int = 1,
        deadline: Deadline | None = None,
        timings: Timings | None = None,
    ) -> Future[dict[str, Array]]:
        """Submit rows, and return once they are in the queue or refused."""
        submitted = rows(*values, width=width), deadline or soon()
        future = self._pool.submit(self._batcher.submit, *submitted, timings)
        while self._batcher._queue._arrivals.qsize() <= self._queued and not future.done():
            time.sleep(0.0005)
        self._queued = self._batcher._queue._arrivals.qsize()
        return future


def test_rows_that_wait_together_share_a_run() -> None:
    engine = GatedEngine()
    with busy(engine) as queue:
        futures = [queue.send(value) for value in (1, 2, 3)]
        engine.gate.set()
        assert [answers(future.result(LIMIT_S)) for future in futures] == [[2], [4], [6]]
    assert engine.batches == [[0], [1, 2, 3]]


def test_a_request_is_told_its_wait_and_the_rows_of_its_run() -> None:
    engine, timings = GatedEngine(), [Timings(), Timings()]
    with busy(engine, max_batch_size=3) as queue:
        futures = [queue.send(1, 2, timings=timings[0]), queue.send(3, 4, timings=timings[1])]
        engine.gate.set()
        assert [answers(future.result(LIMIT_S)) for future in futures] == [[2, 4], [6, 8]]
    assert engine.batches == [[0], [1, 2, 3], [4]]
    assert [told.run_rows for told in timings] == [3, 3]
    assert all(told.seconds["queue"] > 0 for told in timings)


def test_never_more_rows_than_the_maximum_and_a_large_request_is_split_and_joined() -> None:
    engine = GatedEngine()
    with busy(engine, max_batch_size=4) as queue:
        large, small = queue.send(1, 2, 3, 4, 5, 6), queue.send(7)
        engine.gate.set()
        assert answers(large.result(LIMIT_S)) == [2, 4, 6, 8, 10, 12]
        assert answers(small.result(LIMIT_S)) == [14]
    assert engine.batches == [[0], [1, 2, 3, 4], [5, 6, 7]]


def test_only_rows_of_equal_shape_share_a_run_and_none_starves() -> None:
    engine = GatedEngine()
    with busy(engine) as queue:
        futures = [queue.send(v, width=width) for v, width in ((1, 1), (2, 2), (3, 1), (4, 2))]
        engine.gate.set()
        assert [answers(future.result(LIMIT_S)) for future in futures] == [[2], [4], [6], [8]]
    assert engine.batches == [[0], [1, 3], [2, 4]]


def test_waits_for_more_rows_only_until_the_batch_is_full() -> None:
    engine = DoublingEngine()
    batcher = Batcher(ModelRuns(engine), Settings(max_batch_size=2, batch_wait_ms=1000 * LIMIT_S))
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(batcher.submit, rows(value), soon()) for value in (1, 2)]
        assert sorted(answers(future.result(LIMIT_S))[0] for future in futures) == [2, 4]
    assert [len(batch) for batch in engine.batches] == [2]
    batcher.close()


def test_a_wait_is_counted_from_the_oldest_row_and_ends() -> None:
    batcher = Batcher(ModelRuns(DoublingEngine()), Settings(batch_wait_ms=1))
    assert answers(batcher.submit(rows(1), soon())) == [2]
    batcher.close()


@pytest.mark.parametrize(("beside_rows_s", "together"), [(0.05, True), (0.0, False)])
def test_callers_who_come_back_share_runs_if_a_run_costs_more_than_its_rows(
    beside_rows_s: float, together: bool
) -> None:
    class Slow(DoublingEngine):
        """Takes as long for one row as for many."""

        def run(self, inputs: Arrays) -> dict[str, Array]:
            time.sleep(0.05)
            return super().run(inputs)

    engine, callers, times = Slow(), 2, 10
    runs = ModelRuns(engine)
    runs.beside_rows_s = beside_rows_s
    batcher = Batcher(runs, Settings())

    def ask_again_and_again(value: float) -> None:
        for _ in range(times):
            assert answers(batcher.submit(rows(value), soon())) == [2 * value]

    with ThreadPoolExecutor(callers) as pool:
        list(pool.map(ask_again_and_again, range(1, callers + 1)))
    shared = sum(len(batch) == callers for batch in engine.batches)
    assert (shared > times / 2) == together
    batcher.close()


def test_only_the_request_at_fault_fails() -> None:
    engine = GatedEngine()
    with busy(engine) as queue:
        futures = {value: queue.send(value) for value in (1, 2, POISON, 4)}
        engine.gate.set()
        for value in (1, 2, 4):
            assert answers(futures[value].result(LIMIT_S)) == [2 * value]
        with pytest.raises(ModelFault):
            futures[POISON].result(LIMIT_S)


def test_runs_made_again_are_counted_and_bounded() -> None:
    engine, count = GatedEngine(), 8
    before = REGISTRY.get_sample_value("service_retried_runs_total") or 0
    with busy(engine, max_batch_size=count) as queue:
        futures = [queue.send(POISON) for _ in range(count)]
        engine.gate.set()
        for future in futures:
            with pytest.raises(ModelFault):
                future.result(LIMIT_S)
    retried = (REGISTRY.get_sample_value("service_retried_runs_total") or 0) - before
    assert retried == 2 * count - 2


def test_a_request_that_expires_while_others_are_run_again_is_not_run() -> None:
    class SlowToFail(GatedEngine):
        """Raises only when the deadline of the others has passed."""

        def run(self, inputs: Arrays) -> dict[str, Array]:
            if POISON in inputs["x"] and len(inputs["x"]) > 1:
                while expiring.seconds_left:
                    pass
            return super().run(inputs)

    engine = SlowToFail()
    expiring = Deadline.after_ms(200)
    with busy(engine) as queue:
        poisoned = queue.send(POISON)
        late = queue.send(5, deadline=expiring)
        engine.gate.set()
        with pytest.raises(ModelFault):
            poisoned.result(LIMIT_S)
        with pytest.raises(DeadlineExceeded):
            late.result(LIMIT_S)
    assert [5.0] not in engine.batches


def test_more_rows_than_the_queue_holds_are_refused_and_the_others_answered() -> None:
    engine = GatedEngine()
    with busy(engine, queue_rows=3) as queue:
        waiting = queue.send(1, 2)
        with pytest.raises(Overloaded):
            queue.send(3).result(LIMIT_S)
        with pytest.raises(TooManyInstances):
            queue.send(1, 2, 3, 4).result(LIMIT_S)
        engine.gate.set()
        assert answers(waiting.result(LIMIT_S)) == [2, 4]


def test_a_row_whose_deadline_has_passed_is_not_run() -> None:
    engine = GatedEngine()
    batcher = Batcher(ModelRuns(engine), Settings())
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(batcher.submit, rows(0), soon())
        assert engine.entered.wait(LIMIT_S)
        with pytest.raises(DeadlineExceeded):
            batcher.submit(rows(1), Deadline.after_ms(1))
        engine.gate.set()
        assert answers(first.result(LIMIT_S)) == [0]
    assert answers(batcher.submit(rows(2), soon())) == [4]
    assert engine.batches == [[0], [2]]
    batcher.close()


def test_the_thread_outlives_a_batch_that_fails_outside_of_the_model() -> None:
    class NoOutputs(DoublingEngine):
        def run(self, inputs: dict[str, Array]) -> None:  # type: ignore[override]
            return None

    batcher = Batcher(ModelRuns(NoOutputs()), Settings())  # type: ignore[arg-type]
    for _ in range(2):
        with pytest.raises(ServiceError, match="The service failed"):
            batcher.submit(rows(1), soon())
    batcher.close()


def test_requests_for_which_memory_is_short_are_run_in_parts() -> None:
    engine = GatedEngine(memory=2)
    with busy(engine) as queue:
        futures = [queue.send(*values) for values in ((1, 2, 3), (4,), (5,))]
        engine.gate.set()
        assert [answers(f.result(LIMIT_S)) for f in futures] == [[2, 4, 6], [8], [10]]
    assert max(len(batch) for batch in engine.batches) <= 2


def test_once_closed_nobody_waits_for_the_model() -> None:
    engine = GatedEngine()
    batcher = Batcher(ModelRuns(engine), Settings())
    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(batcher.submit, rows(1), soon())
        assert engine.entered.wait(LIMIT_S)
        waiting = pool.submit(batcher.submit, rows(2), soon())
        while batcher._queue._arrivals.empty():
            time.sleep(0.0005)
        batcher.close(ModelHung("It hangs."))
        for hopeless in (running, waiting):
            with pytest.raises(ModelHung):
                hopeless.result(LIMIT_S)
        with pytest.raises(ModelHung):
            batcher.submit(rows(3), soon())
        engine.gate.set()
    assert engine.batches in ([], [[1]])  # what hung may come to an end, and nothing after it


@pytest.mark.parametrize(("cpus", "workers"), [(1, 1), (2, 2), (64, 2)])
def test_two_processes_pay_however_many_cpus_there_are(cpus: int, workers: int) -> None:
    assert max_workers(cpus) == workers
