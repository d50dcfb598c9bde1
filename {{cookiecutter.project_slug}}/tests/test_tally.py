"""What is noted is counted: all of it, once, and before anybody reads the metrics."""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from prometheus_client import REGISTRY, CollectorRegistry

from model_service.metrics import MULTIPROC_DIR
from model_service.tally import TALLY, Histogram, Level, Summary, Tally

LIMIT_S = 10
VALUES = [0.0, 0.5, 1.0, 1.5, 2.0, 99.0, 0.5]


@pytest.mark.parametrize("values", [VALUES, VALUES[:1], []])
def test_many_values_are_observed_as_one_by_one(values: list[float]) -> None:
    registries = CollectorRegistry(), CollectorRegistry()
    at_once, one_by_one = (
        Histogram("seconds", "Of a test.", buckets=(1, 2), registry=registry)
        for registry in registries
    )
    at_once.count(values)
    for value in values:
        one_by_one.observe(value)
    told = [
        [(sample.name, sample.labels, sample.value) for sample in metric.samples]
        for registry in registries
        for metric in registry.collect()
    ]
    for left, right in zip(*told, strict=True):
        assert left == right or left[0].endswith("_created")


def test_a_summary_adds_up() -> None:
    registry = CollectorRegistry()
    Summary("size", "Of a test.", registry=registry).count([1.0, 2.5])
    assert registry.get_sample_value("size_count") == 2
    assert registry.get_sample_value("size_sum") == 3.5


def test_what_is_alike_is_counted_together_and_soon() -> None:
    counted: list[list[int]] = []
    came = threading.Event()

    def count(noted: Sequence[int]) -> None:
        counted.append([*noted])
        came.set()

    tally = Tally()
    for number in range(3):
        tally.note(count, number)
    assert came.wait(LIMIT_S)
    assert counted == [[0, 1, 2]]


def test_nothing_is_lost_or_counted_twice_under_many_threads() -> None:
    counted: list[int] = []
    tally = Tally()

    def note(start: int) -> None:
        for number in range(start, start + 500):
            tally.note(counted.extend, number)
            if number % 50 == 0:
                tally.count()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(note, range(0, 4000, 500)))
    tally.count()
    assert sorted(counted) == list(range(4000))


def test_one_that_fails_keeps_none_of_the_others_from_being_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    counted: list[int] = []

    def fail(_: object) -> None:
        raise ZeroDivisionError

    tally = Tally()
    tally.note(fail, 1)
    tally.note(counted.extend, 2)
    tally.count()
    assert counted == [2]
    assert "ZeroDivisionError" in caplog.text


def test_who_reads_the_metrics_sees_what_was_noted_and_the_levels_as_they_are() -> None:
    level = Level("service_level_of_a_test", "Of a test.")
    size = Summary("service_size_of_a_test", "Of a test.")
    try:
        level.now = 3
        TALLY.note(size.count, 2.0)
        assert REGISTRY.get_sample_value("service_level_of_a_test") == 3
        assert REGISTRY.get_sample_value("service_size_of_a_test_sum") == 2
    finally:
        TALLY.levels.remove(level)
        REGISTRY.unregister(level)
        REGISTRY.unregister(size)


def test_another_process_tells_what_was_noted_here_before_it_ended(tmp_path: Path) -> None:
    note = """
from model_service.metrics import RUN_SECONDS
from model_service.tally import TALLY
TALLY.note(RUN_SECONDS.count, 2.0)
"""
    tell = """
from model_service.exposition import as_text
print(as_text().decode())
"""
    env = {**os.environ, MULTIPROC_DIR: str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", note], env=env, check=True)
    command = [sys.executable, "-c", tell]
    told = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
    assert "service_run_seconds_sum 2.0" in told
