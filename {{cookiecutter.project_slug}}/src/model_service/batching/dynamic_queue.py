"""The jobs that wait for their runs, in order of arrival."""

import time
from collections import deque
from contextlib import suppress
from queue import Empty, SimpleQueue

from .dynamic_job import Job, Slice


class JobQueue:
    """A queue that any thread puts jobs into; all else is for the one thread that empties it."""

    def __init__(self) -> None:
        self._arrivals: SimpleQueue[Job | None] = SimpleQueue()  # None: there is news, but no job
        self._jobs: deque[Job] = deque()

    def put(self, job: Job) -> None:
        """Add a job."""
        self._arrivals.put(job)

    def wake(self) -> None:
        """End the wait of `receive`."""
        self._arrivals.put(None)

    def receive(self, wait_s: float | None = 0) -> None:
        """Take in the jobs that have come, or the first ones that will within so many seconds."""
        with suppress(Empty):
            job = self._arrivals.get(timeout=wait_s)
            while True:
                if job:
                    self._jobs.append(job)
                job = self._arrivals.get_nowait()

    def drop_dead_jobs(self) -> None:
        """Forget the jobs of which an answer is of no more use."""
        for job in [job for job in self._jobs if not job.wanted()]:
            self._jobs.remove(job)

    @property
    def oldest(self) -> Job | None:
        """The job that came first."""
        return self._jobs[0] if self._jobs else None

    def rows(self, kind: object) -> int:
        """Return how many rows of a kind are here."""
        return sum(job.count - job.taken for job in self._jobs if job.kind == kind)

    def take(self, room: int) -> list[Slice]:
        """Take rows of the oldest job's kind, in order of arrival; a large job in several runs."""
        kind = self._jobs[0].kind
        slices = []
        for job in [job for job in self._jobs if job.kind == kind]:
            start = job.taken
            if not start:
                job.timings.waited(time.monotonic() - job.arrived)
            job.taken = min(job.count, start + room)
            slices.append(Slice(job, start, job.taken))
            room -= job.taken - start
            if job.taken == job.count:
                self._jobs.remove(job)
            if not room:
                break
        return slices
