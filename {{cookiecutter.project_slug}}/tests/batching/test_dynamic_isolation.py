"""No innocent victim: whoever shares its runs, a request gets its own answer or its own error.

Any interleaving of sizes, shapes, faults, shortages of memory and deadlines is tried.
"""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_service.arrays import Array, Arrays
from model_service.batching.dynamic import Batcher
from model_service.deadline import Deadline
from model_service.errors import (
    DeadlineExceeded,
    ModelFault,
    OutOfMemory,
    ServiceError,
)
from model_service.model_run import ModelRuns
from model_service.settings import Settings

from ..engines import LIMIT_S, DoublingEngine, answers, rows, soon

POISON = DoublingEngine.poison


class Request(NamedTuple):
    """What is sent, and how many runs are let through before."""

    values: list[float]
    width: int
    expires: bool
    runs_before: int


class SteppedEngine(DoublingEngine):
    """Each run waits for a permit, until all are let through."""

    def __init__(self, memory: int) -> None:
        super().__init__(memory)
        self._permits = threading.Semaphore(0)
        self._open = False

    def permit(self, runs: int) -> None:
        """Let so many runs through."""
        if runs:
            self._permits.release(runs)

    def open(self) -> None:
        """Let all runs through."""
        self._open = True
        self._permits.release()

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Return y = 2x once there is a permit."""
        if not self._open:
            assert self._permits.acquire(timeout=LIMIT_S)
        return super().run(inputs)


def expected(request: Request, memory: int) -> type[ServiceError] | None:
    """Return the error that a request deserves, None for an answer."""
    if request.expires:
        return DeadlineExceeded
    if not memory:
        return OutOfMemory
    return ModelFault if POISON in request.values else None


def send(requests: Sequence[Request], engine: SteppedEngine, max_rows: int) -> list[Future[Arrays]]:
    """Send the requests one after the other, and let all be answered."""
    batcher = Batcher(ModelRuns(engine), Settings(max_batch_size=max_rows))
    expired = time.monotonic()
    with ThreadPoolExecutor(len(requests)) as pool:
        futures: list[Future[Arrays]] = []
        for request in requests:
            engine.permit(request.runs_before)
            deadline = Deadline(expired) if request.expires else soon()
            sent = rows(*request.values, width=request.width)
            futures.append(pool.submit(batcher.submit, sent, deadline))
        engine.open()
    batcher.close()
    return futures


requests = st.builds(
    Request,
    values=st.lists(st.sampled_from([1.0, 2.0, 3.0, POISON]), min_size=1, max_size=7),
    width=st.integers(1, 2),
    expires=st.sampled_from([False, False, True]),
    runs_before=st.integers(0, 3),
)


@settings(deadline=None, max_examples=200)
@given(
    sent=st.lists(requests, min_size=1, max_size=8),
    max_rows=st.integers(1, 5),
    memory=st.integers(0, 5),
)
def test_every_request_gets_what_it_deserves(
    sent: list[Request], max_rows: int, memory: int
) -> None:
    engine = SteppedEngine(memory)
    for request, future in zip(sent, send(sent, engine, max_rows), strict=True):
        error = expected(request, memory)
        if error:
            with pytest.raises(error):
                future.result(LIMIT_S)
        else:
            outputs = future.result(LIMIT_S)
            assert outputs["y"].shape == (len(request.values), request.width)
            assert answers(outputs) == [2 * value for value in request.values]
    assert all(len(batch) <= min(max_rows, memory) for batch in engine.batches)
