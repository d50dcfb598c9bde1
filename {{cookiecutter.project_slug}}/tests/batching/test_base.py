"""The bound on admitted rows."""

import time
from contextlib import ExitStack
from typing import Any

import pytest

from model_service.batching.base import Admission
from model_service.deadline import Deadline
from model_service.errors import (
    DeadlineExceeded,
    Overloaded,
    TooManyInstances,
)
from model_service.pace import Pace
from model_service.settings import Settings

from ..engines import rows, soon


def admission(**limits: Any) -> Admission:
    """Return an admission with these limits."""
    return Admission(Settings(**limits), Pace())


def test_admits_up_to_the_limit_and_no_row_more() -> None:
    bounded = admission(queue_rows=3)
    with bounded.of(rows(1, 2), soon()), bounded.of(rows(3), soon()):
        refused = pytest.raises(Overloaded)
        with refused, bounded.of(rows(4), soon()):
            pass


def test_admits_up_to_the_bytes_and_no_byte_more() -> None:
    bounded = admission(queue_bytes=3 * 4)  # float32
    with bounded.of(rows(1, 2), soon()), bounded.of(rows(3), soon()):
        refused = pytest.raises(Overloaded)
        with refused, bounded.of(rows(4), soon()):
            pass


def test_gives_the_room_back_when_the_work_is_done_or_has_failed() -> None:
    bounded = admission(queue_rows=2, queue_bytes=2 * 4)
    with pytest.raises(ZeroDivisionError), bounded.of(rows(1, 2), soon()):
        raise ZeroDivisionError
    with bounded.of(rows(1, 2), soon()):
        pass


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [({"queue_rows": 4}, "5 rows .* at most 4"), ({"queue_bytes": 16}, "20 bytes .* at most 16")],
)
def test_says_at_once_that_a_request_can_never_fit(limits: dict[str, int], sentence: str) -> None:
    with (
        pytest.raises(TooManyInstances, match=sentence),
        admission(**limits).of(rows(*range(5)), soon()),
    ):
        pass


class TenSecondsARow(Pace):
    """A pace that is known and does not change."""

    def seconds(self, rows: int) -> float:
        """Return ten seconds for each row."""
        return 10.0 * rows


def test_work_that_cannot_be_answered_in_time_is_refused_at_once() -> None:
    bounded = Admission(Settings(), TenSecondsARow())
    hurried, patient = Deadline.after_ms(25_000), Deadline.after_ms(3_600_000)
    with bounded.of(rows(1, 2), patient):
        with pytest.raises(Overloaded, match="in time"), bounded.of(rows(3), hurried):
            pass
        with pytest.raises(Overloaded, match="in time"):
            bounded.check(hurried)
        bounded.check(patient)


def test_rows_that_join_a_run_make_others_wait() -> None:
    tight = Deadline.after_ms(70_000)
    for run_rows, admits in ((0, True), (2, False), (3, True)):
        bounded = Admission(Settings(), TenSecondsARow(), run_rows)
        with bounded.of(rows(*range(5)), tight), ExitStack() as refused:
            if not admits:
                refused.enter_context(pytest.raises(Overloaded))
            bounded.check(tight)


def test_an_idle_model_takes_whoever_comes() -> None:
    with Admission(Settings(), TenSecondsARow()).of(rows(1), Deadline.after_ms(5_000)):
        pass


def test_what_comes_after_its_deadline_is_not_admitted() -> None:
    late = Deadline(time.monotonic())
    with pytest.raises(DeadlineExceeded), admission().of(rows(1), late):
        pass
