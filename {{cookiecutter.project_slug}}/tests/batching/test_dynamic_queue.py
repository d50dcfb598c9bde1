"""The queue of jobs: who is in it, and who is taken out together."""

import threading

import pytest

from model_service.batching.dynamic_job import Job
from model_service.batching.dynamic_queue import JobQueue
from model_service.deadline import Deadline
from model_service.errors import ModelHung

from ..engines import LIMIT_S, rows, soon


def job(*values: float, width: int = 1, deadline: Deadline | None = None) -> Job:
    """Return a job of so many rows."""
    return Job(rows(*values, width=width), deadline or soon())


def queue(*jobs: Job) -> JobQueue:
    """Return a queue that has taken in these jobs."""
    queue = JobQueue()
    for one in jobs:
        queue.put(one)
    queue.receive()
    return queue


def taken(queue: JobQueue, room: int) -> list[tuple[Job, int, int]]:
    """Take rows out, as slices in plain words."""
    return [(part.job, part.start, part.stop) for part in queue.take(room)]


def test_an_empty_queue_has_no_oldest_job_and_does_not_wait_unless_told() -> None:
    empty = queue()
    empty.receive()
    empty.receive(0.001)
    assert empty.oldest is None
    assert empty.rows(job(1).kind) == 0


def test_jobs_are_here_once_they_are_received() -> None:
    one, late = job(1), JobQueue()
    late.put(one)
    assert late.oldest is None
    late.receive()
    assert late.oldest is one


@pytest.mark.parametrize("news", ["job", "wake"])
def test_a_wait_ends_with_news(news: str) -> None:
    one, waiting = job(1), JobQueue()
    receiver = threading.Thread(target=waiting.receive, args=(None,))
    receiver.start()
    if news == "job":
        waiting.put(one)
    else:
        waiting.wake()
    receiver.join(LIMIT_S)
    assert not receiver.is_alive()
    assert waiting.oldest is (one if news == "job" else None)


def test_rows_are_counted_by_kind_and_taken_in_order_of_arrival() -> None:
    first, wide, last = job(1, 2), job(3, width=2), job(4)
    jobs = queue(first, wide, last)
    assert (jobs.rows(first.kind), jobs.rows(wide.kind)) == (3, 1)
    assert taken(jobs, 8) == [(first, 0, 2), (last, 0, 1)]
    assert jobs.oldest is wide
    assert "queue" in first.timings.seconds
    assert "queue" not in wide.timings.seconds


def test_a_large_job_is_taken_in_parts() -> None:
    large, small = job(1, 2, 3), job(4)
    jobs = queue(large, small)
    assert taken(jobs, 2) == [(large, 0, 2)]
    assert jobs.rows(large.kind) == 2
    assert taken(jobs, 2) == [(large, 2, 3), (small, 0, 1)]
    assert jobs.oldest is None


def test_who_has_an_answer_or_no_time_is_dropped() -> None:
    failed, late, alive = job(1), job(2, deadline=Deadline.after_ms(0)), job(3)
    jobs = queue(failed, late, alive)
    failed.fail(ModelHung("It hangs."))
    jobs.drop_dead_jobs()
    assert jobs.oldest is alive
    assert late.error is not None
