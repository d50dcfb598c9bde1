"""A deadline is a point in time: before it there is time left, after it there is none."""

import time

from model_service.deadline import Deadline


def test_before_it_there_is_time_left() -> None:
    assert 0 < Deadline.after_ms(60_000).seconds_left <= 60


def test_milliseconds_are_counted_from_now_on_the_monotonic_clock() -> None:
    earliest = time.monotonic() + 2
    deadline = Deadline.after_ms(2000)
    assert earliest <= deadline.at <= time.monotonic() + 2


def test_after_it_no_time_is_left() -> None:
    assert Deadline(time.monotonic() - 1).seconds_left == 0
