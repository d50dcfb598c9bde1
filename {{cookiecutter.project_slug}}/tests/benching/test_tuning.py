"""The search finds what is best, measures it again, and does not take chance for it."""

import math
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

import pytest

from model_service.benching.measurement import Measurement
from model_service.benching.tuning import (
    Search,
    Trial,
    Values,
    as_variables,
    choices,
)
from model_service.errors import StartupError
from model_service.resources import IGNORED_SETTINGS
from model_service.settings import Settings

SETTINGS = Settings(workers=1, intra_op_threads=1, threads=160)  # whatever 0 would choose
PRESENT = {"workers": 1, "intra_op_threads": 1, "threads": 160}
CPUS = 4
TRIED = {"workers": [1, 2, 4], "intra_op_threads": [1, 2, 4], "threads": [320]}


def found(throughput: float, p99_ms: float = 10, **errors: int) -> Measurement:
    """Return a measurement."""
    return Measurement(throughput, p99_ms / 2, p99_ms, errors, None)


def fastest_with(workers: int, intra_op_threads: int) -> Callable[[Values], Measurement]:
    """Return a service that is fastest with these values, and the slower the farther from them."""

    def measure(values: Values) -> Measurement:
        off = abs(values["workers"] - workers) + abs(values["intra_op_threads"] - intra_op_threads)
        return found(1000 - 100 * off)

    return measure


def search(measure: Callable[[Values], Measurement], **others: Any) -> Search:
    """Return a search that ends after some measurements."""
    options: dict[str, Any] = {"bound_ms": math.inf, "ends": 100, **others}
    clock = count().__next__
    return Search(measure, lambda values, outcome: None, SETTINGS, CPUS, clock=clock, **options)


def test_it_finds_what_is_fastest() -> None:
    best = search(fastest_with(workers=4, intra_op_threads=2)).run(TRIED)
    assert best.values == {**PRESENT, "workers": 4, "intra_op_threads": 2}


def test_finalists_and_the_present_values_are_measured_again() -> None:
    of = search(fastest_with(workers=4, intra_op_threads=2))
    best = of.run(TRIED)
    assert of.trials[0].values == PRESENT
    assert min(len(of.trials[0].measured), len(best.measured)) > 1
    assert sum(len(trial.measured) > 1 for trial in of.trials) == 4


def test_what_means_the_same_is_tried_once() -> None:
    of = search(lambda values: found(100))
    of.run({"workers": [1, 2, 2], "threads": [0]})  # as many as there are already
    assert [trial.values for trial in of.trials] == [
        {"workers": 1, "threads": 160},
        {"workers": 2, "threads": 160},
    ]


def test_what_is_hardly_better_is_left_as_it_is() -> None:
    numbers = count()
    best = search(lambda values: found(1000 + next(numbers) % 2)).run(TRIED)
    assert best.values == PRESENT


def test_without_time_one_other_value_is_tried() -> None:
    of = search(fastest_with(workers=4, intra_op_threads=2), ends=0)
    of.run(TRIED)
    assert len(of.trials) == 2


def test_the_p99_keeps_within_its_bound() -> None:
    def measure(values: Values) -> Measurement:
        return found(100 * values["workers"], 10 * values["workers"])

    best = search(measure, bound_ms=25).run({"workers": [1, 2, 4]})
    assert best.values == {"workers": 2}


def test_if_no_p99_keeps_within_the_bound_it_is_the_lowest() -> None:
    def measure(values: Values) -> Measurement:
        return found(100, 1000 / values["workers"])

    best = search(measure, bound_ms=25).run({"workers": [1, 2, 4]})
    assert best.values == {"workers": 4}


def test_errors_are_worse_than_anything() -> None:
    def measure(values: Values) -> Measurement:
        return found(900, no_answer=1) if values["workers"] == 4 else found(values["workers"] + 1)

    best = search(measure).run({"workers": [2, 4]})
    assert best.values == {"workers": 2}


def test_values_that_do_not_start_are_told_and_passed_over() -> None:
    told: list[object] = []

    def measure(values: Values) -> Measurement:
        if values["workers"] == 4:
            raise StartupError("No memory.")
        return found(values["workers"] + 1)

    of = search(measure)
    of.tell = lambda values, outcome: told.append(outcome)
    assert of.run({"workers": [2, 4]}).values == {"workers": 2}
    assert "No memory." in map(str, told)


def test_present_values_that_do_not_start_end_it() -> None:
    def measure(values: Values) -> Measurement:
        raise StartupError("No memory.")

    with pytest.raises(StartupError, match="No memory"):
        search(measure).run(TRIED)


def medians(throughputs: Iterable[float]) -> float:
    """Return the throughput that speaks for several measurements."""
    return Trial({}, [found(one) for one in throughputs]).throughput


def test_a_median_speaks_for_several_measurements() -> None:
    assert medians([100, 900, 110]) == 110


def test_only_settings_that_this_service_reads_are_tried() -> None:
    tried = choices(SETTINGS, 6, most_rows=32)
    assert not tried.keys() & IGNORED_SETTINGS
    assert tried["workers"] == [1, 2, 4, 6]
    if "max_batch_size" in tried:
        assert max(tried["max_batch_size"], default=0) <= 32
    (threads,) = tried["threads"]
    assert threads >= SETTINGS.queue_rows  # or requests that wait would keep out `/healthz`


def test_values_become_variables() -> None:
    assert as_variables({"workers": 2, "batch_wait_ms": 1.0, "max_batch_size": 2_000_000}) == {
        "SERVICE_WORKERS": "2",
        "SERVICE_BATCH_WAIT_MS": "1",
        "SERVICE_MAX_BATCH_SIZE": "2000000",
    }
