"""Dynamic batching: rows of concurrent requests share a run of the model.

One thread runs the model. Whenever it is free it takes what is queued (Triton's rule): rows of
the same shape and dtype as the oldest, up to the maximum. Only if SERVICE_BATCH_WAIT_MS is set
does it wait for more, counted from the arrival of the oldest row. If a run raises, its requests
are split and run again, so that the one at fault fails alone.
"""

import logging
import threading
import time
from collections import deque
from contextlib import suppress
from queue import Empty, SimpleQueue

from .. import metrics
from ..arrays import Array, Arrays
from ..deadline import Deadline
from ..errors import DeadlineExceeded, ModelFault, OutOfMemory, ServiceError
from ..model_run import ModelRuns
from ..settings import Settings
from ..timings import Timings
from .base import STOPPED, Admission
from .dynamic_job import Job, Slice, join

logger = logging.getLogger(__name__)

IGNORED_SETTINGS: frozenset[str] = frozenset()


class Batcher:
    """A queue of jobs and the thread that runs them, `max_rows` at a time at most."""

    def __init__(self, runs: ModelRuns, settings: Settings) -> None:
        self._runs = runs
        self.max_rows = settings.max_batch_size
        self._wait_s = settings.batch_wait_ms / 1000
        self.admission = Admission(settings, runs.pace, self.max_rows)
        self._arrivals: SimpleQueue[Job | None] = SimpleQueue()  # None: there is news, but no job
        self._queue: deque[Job] = deque()  # of the thread alone, in order of arrival
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
                self._arrivals.put(job)
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
        self._arrivals.put(None)

    def _serve(self) -> None:
        while slices := self._next_batch():
            try:
                self._run(slices)
            except Exception:  # the thread must outlive whatever one batch does
                logger.exception("a batch failed outside of the model")
                for part in slices:
                    part.job.fail(ServiceError("The service failed; its log says why."))

    def _next_batch(self) -> list[Slice]:
        """Wait for rows and take those of one run; nothing once the batcher is closed."""
        while not self._closed:
            self._receive(0)
            self._drop_dead_jobs()
            wait_s = self._seconds_to_wait()
            if wait_s == 0:
                return self._take()
            self._receive(wait_s)
        return []

    def _receive(self, wait_s: float | None) -> None:
        """Queue the jobs that have come, or the first ones that will within so many seconds."""
        with suppress(Empty):
            job = self._arrivals.get(timeout=wait_s)
            while True:
                if job:
                    self._queue.append(job)
                job = self._arrivals.get_nowait()

    def _drop_dead_jobs(self) -> None:
        for job in [job for job in self._queue if not job.wanted()]:
            self._queue.remove(job)

    def _seconds_to_wait(self) -> float | None:
        """Return how long to wait for more rows; 0: run now, None: until some arrive."""
        if not self._queue:
            return None
        if not self._wait_s:
            return 0
        oldest = self._queue[0]
        rows = sum(job.count - job.taken for job in self._queue if job.kind == oldest.kind)
        if rows >= self.max_rows:
            return 0
        return max(0.0, oldest.arrived + self._wait_s - time.monotonic())

    def _take(self) -> list[Slice]:
        """Take rows of the oldest job's kind, in order of arrival; a large job in several runs."""
        kind, room = self._queue[0].kind, self.max_rows
        slices = []
        for job in [job for job in self._queue if job.kind == kind]:
            start = job.taken
            if not start:
                job.timings.waited(time.monotonic() - job.arrived)
            job.taken = min(job.count, start + room)
            slices.append(Slice(job, start, job.taken))
            room -= job.taken - start
            if job.taken == job.count:
                self._queue.remove(job)
            if not room:
                break
        return slices

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
        first, rows = 0, sum(stop - start for _, start, stop in slices)
        for job, start, stop in slices:
            last = first + stop - start
            job.timings.ran(rows)
            job.deliver({name: output[first:last] for name, output in outputs.items()})
            first = last


def max_workers(cpus: int) -> int:
    """Return how many processes pay: two, since the interpreter runs one thread of each at a time.

    The fewer there are, the more rows meet in a run, and the less memory the model takes.
    """
    return min(cpus, 2)
