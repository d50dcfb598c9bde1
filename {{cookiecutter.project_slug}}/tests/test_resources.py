"""Processes and threads: what is set wins, else what the container may use is shared out."""

import os
from pathlib import Path

import pytest

from model_service.resources import (
    RESERVED_THREADS,
    available_cpus,
    plan,
)
from model_service.settings import Settings

ALLOWED = len(os.sched_getaffinity(0))
V1_QUOTA, V1_PERIOD = "cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us"


def test_what_is_set_wins() -> None:
    layout = plan(Settings(workers=3, threads=5, intra_op_threads=7), cpus=2)
    assert (layout.workers, layout.threads, layout.intra_op_threads) == (3, 5, 7)


@pytest.mark.parametrize("cpus", [1, 2, 7, 64])
def test_the_cpus_are_shared_out_and_none_is_promised_twice(cpus: int) -> None:
    layout = plan(Settings(), cpus)
    assert layout.workers >= 1
    assert layout.intra_op_threads >= 1
    assert cpus / 2 < layout.workers * layout.intra_op_threads <= cpus


def test_more_workers_than_cpus_still_get_a_thread_each() -> None:
    assert plan(Settings(workers=8), cpus=2).intra_op_threads == 1


def test_waiting_rows_never_take_the_last_request_thread() -> None:
    assert plan(Settings(queue_rows=500), cpus=2).threads == 500 + RESERVED_THREADS


@pytest.mark.parametrize(
    ("files", "quota"),
    [
        ({}, ALLOWED),
        ({"cpu.max": "max 100000\n"}, ALLOWED),
        ({"cpu.max": "100000 100000\n"}, 1),
        ({"cpu.max": "200000 100000\n"}, 2),
        ({"cpu.max": "150000 100000\n"}, 1),
        ({"cpu.max": "50000 100000\n"}, 1),
        ({"cpu.max": "6400000 100000\n"}, 64),
        ({"cpu.max": "nonsense"}, ALLOWED),
        ({V1_QUOTA: "-1\n", V1_PERIOD: "100000\n"}, ALLOWED),
        ({V1_QUOTA: "100000\n", V1_PERIOD: "100000\n"}, 1),
        ({V1_QUOTA: "100000\n"}, ALLOWED),
    ],
)
def test_the_quota_of_the_container_bounds_the_cpus(
    files: dict[str, str], quota: int, tmp_path: Path
) -> None:
    (tmp_path / "cpu").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert available_cpus(tmp_path) == min(ALLOWED, quota)
