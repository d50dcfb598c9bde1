"""The steps of a prediction are timed without the wait between them, and told in one header."""

import time

from model_service.timings import Timings


def test_a_step_is_timed_without_what_it_waited_for_the_model() -> None:
    start = time.perf_counter()
    timings = Timings()
    time.sleep(0.02)
    timings.waited(0.015)
    timings.waited(0.005)
    timings.ended("model")
    elapsed = time.perf_counter() - start
    assert timings.seconds["queue"] == 0.02
    assert 0 < timings.seconds["model"] <= elapsed - 0.02


def test_a_step_begins_where_the_one_before_ended() -> None:
    start = time.perf_counter()
    timings = Timings()
    time.sleep(0.005)
    timings.ended("preprocess")
    between = time.perf_counter()
    time.sleep(0.005)
    timings.ended("model")
    assert timings.seconds["preprocess"] <= between - start
    assert 0.005 <= timings.seconds["model"] <= time.perf_counter() - start - 0.005


def test_the_largest_run_is_told() -> None:
    timings = Timings()
    for rows in (3, 4, 1):
        timings.ran(rows)
    assert timings.run_rows == 4


def test_the_header_has_milliseconds_in_order_and_the_rows() -> None:
    timings = Timings()
    timings.seconds |= {"queue": 0.0012345, "model": 2.0}
    assert timings.header() == {"Server-Timing": "queue;dur=1.234, model;dur=2000.000"}
    timings.ran(3)
    assert timings.header()["Server-Timing"].endswith(', batch;desc="3"')
