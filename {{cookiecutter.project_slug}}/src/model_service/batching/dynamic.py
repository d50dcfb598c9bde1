"""Dynamic batching: rows of concurrent requests share a run of the model.

One thread runs the model. Whenever it is free it takes what is queued (Triton's rule): rows of
the same shape and dtype as the oldest, up to the maximum. It waits for more as long as
SERVICE_BATCH_WAIT_MS says, counted from the arrival of the oldest row, or else for callers who are
about to come back (`dynamic_patience.py`). If a run raises, its requests are split and run again,
so that the one at fault fails alone.
"""

import logging
import threading
import time

from .. import metrics
from ..arrays import Array, Arrays
from ..deadline import Deadline
from ..errors import DeadlineExceeded, ModelFault, OutOfMemory, ServiceError
from ..model_run import ModelRuns
from ..settings import Settings
from ..timings import Timings
from .base import STOPPED, Admission
from .dynamic_job import Job, Slice, join
from .dynamic_patience import Patience
from .dynamic_queue import JobQueue

logger = logging.getLogger(__name__)

IGNORED_SETTINGS: frozenset[str] = frozenset()


class Batcher:
    """A queue of jobs and the thread that runs them, `max_rows` at a time at most."""

    def __init__(self, runs: ModelRuns, settings: Settings) -> None:
        self._runs = runs
        self.max_rows = settings.max_batch_size
        self._wait_s = settings.batch_wait_ms / 1000
        self._patience = Patience(runs, self.max_rows)
        self.admission = Admission(settings, runs.pace, self.max_rows)
        self._queue = JobQueue()
        self._jobs: set[Job] = set()  # that somebody waits for
        self._closed: ServiceError | None = None
        threading.Thread(target=self._serve, name="batcher", daemon=True).start()

    def submit(
        self, rows: Arrays, deadline: Deadline, timings: Timings | None = None
    ) -> dict[str, Array]:
        """Queue rows of equal shape, wait, and return their outputs in the same order.

        Raises TooManyInstances, Overloaded, DeadlineExceeded, OutOfMemory, ModelFault.
        """
        job = Job(rows, deadline, timings)
        with self.admission.of(rows, deadline):
            self._jobs.add(job)
            try:
                if self._closed:  # asked after the job is known, so that `close` misses none
                    raise self._closed
                self._queue.put(job)
                if not job.wait(deadline.seconds_left):
                    raise DeadlineExceeded("The model was busy until the request's deadline.")
            finally:
                self._jobs.remove(job)
        return job.result()

    def close(self, error: ServiceError = STOPPED) -> None:
        """Take no more work: who waits for the model, or comes for it, gets the error."""
        self._closed = error
        for job in self._jobs.copy():
            job.fail(error)
        self._queue.wake()

    def _serve(self) -> None:
        while slices := self._next_batch():
            try:
                self._run(slices)
            except Exception:  # the thread must outlive whatever one batch does
                logger.exception("a batch failed outside of the model")
                for part in slices:
                    part.job.fail(ServiceError("The service failed; its log says why."))
            self._queue.receive()
            kind, rows = slices[0].job.kind, sum(part.rows for part in slices)
            self._patience.ran(kind, rows, self._queue.rows(kind))

    def _next_batch(self) -> list[Slice]:
        """Wait for rows and take those of one run; nothing once the batcher is closed."""
        while not self._closed:
            self._queue.drop_dead_jobs()
            oldest = self._queue.oldest
            wait_s = self._seconds_to_wait(oldest) if oldest else None
            if wait_s == 0:
                return self._queue.take(self.max_rows)
            self._queue.receive(wait_s)
        return []

    def _seconds_to_wait(self, oldest: Job) -> float:
        """Return how long rows that are here wait for more of their kind; 0: run now."""
        rows = self._queue.rows(oldest.kind)
        if not self._wait_s:
            return self._patience.seconds(oldest.kind, rows)
        if rows >= self.max_rows:
            return 0
        return max(0.0, oldest.arrived + self._wait_s - time.monotonic())

    def _run(self, slices: list[Slice]) -> None:
        """Run slices as one batch; if that raises, in halves, so that one at fault fails alone.

        Of n requests that are at most 2n - 2 runs more.
        """
        run = self._runs.run_in_parts if len(slices) == 1 else self._runs.run
        try:
            outputs = run(join(slices))
        except (ModelFault, OutOfMemory) as fault:
            if len(slices) == 1:
                slices[0].job.fail(fault)
            else:
                half = len(slices) // 2
                for part in (slices[:half], slices[half:]):
                    if wanted := [piece for piece in part if piece.job.wanted()]:
                        metrics.RETRIED_RUNS.inc()
                        self._run(wanted)
            return
        first, rows = 0, sum(piece.rows for piece in slices)
        for piece in slices:
            job, last = piece.job, first + piece.rows
            job.timings.ran(rows)
            job.deliver({name: output[first:last] for name, output in outputs.items()})
            first = last


def max_workers(cpus: int) -> int:
    """Return how many processes pay: two, since the interpreter runs one thread of each at a time.

    The fewer there are, the more rows meet in a run, and the less memory the model takes.
    """
    return min(cpus, 2)
