"""`make bench BENCH=overload`: its parts, without the load generator, which has to be fetched."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from benchmarks.overload import load, model
from benchmarks.overload.figures import Span, Times, Window, median, span_after, times, window
from benchmarks.overload.service import WAYS
from benchmarks.overload.settings import Settings
from benchmarks.overload.targets import FULL_LOAD
from benchmarks.pins import pins
from benchmarks.usage import CpuTime, cpu_time, others

from .answers import QUESTIONS

TIMES = Times(10, 40, 45)
FULL = Window(
    load=2.0,
    offered=200,
    goodput=95,
    share=0.95,
    refused=100,
    late=5,
    failed=0,
    answers=Times(400, 700, 800),
    refusals=TIMES,
    probes={"/healthz": TIMES, "/readyz": TIMES, "/metrics": Times(10, 60, 120)},
    others=0.01,
)


def request(start: float, ms: float, status: int = 200, **more: object) -> dict[str, Any]:
    return {"name": "/predict", "start": start, "ms": ms, "status": status, **more}


def refusal(start: float, ms: float, **more: object) -> dict[str, Any]:
    return request(start, ms, 503, **{"code": "overloaded", "retry_after": "1", **more})


def of(*records: dict[str, Any]) -> Window:
    return window(list(records), Span(0, 2), deadline_ms=1000, capacity=10)


def test_goodput_is_what_was_right_and_in_time() -> None:
    seen = of(
        request(0, 900, right=True), request(1, 400, right=True), request(1, 1100, right=True)
    )
    assert (seen.offered, seen.goodput, seen.late, seen.failed) == (1.5, 1.0, 0.5, 0)
    assert seen.share == 0.1
    assert seen.answers == Times(650, 895, 900)


def test_a_wrong_answer_and_a_lost_connection_are_failures() -> None:
    assert of(request(0, 5, right=False), request(0, 5, status=0)).failed == 1


def test_a_refusal_has_its_code_and_says_when_to_come_back() -> None:
    assert of(refusal(0, 3)).refused == 0.5
    for incomplete in ({"retry_after": None}, {"code": "model_not_ready"}):
        seen = of(refusal(0, 3, **incomplete))
        assert (seen.refused, seen.failed, seen.refusals) == (0, 0.5, None)


def test_an_answer_504_is_late() -> None:
    assert of(request(0, 1001, 504, code="deadline_exceeded")).late == 0.5


def test_a_probe_that_is_not_well_is_a_failure() -> None:
    probes = [
        {"name": "/healthz", "start": 0, "ms": 3, "status": 200},
        {"name": "/healthz", "start": 1, "ms": 5, "status": 503},
    ]
    seen = of(*probes)
    assert seen.probes == {"/healthz": times([3, 5])}
    assert (seen.offered, seen.failed) == (0, 0.5)


def test_only_what_was_sent_within_the_span_counts() -> None:
    records = [
        {"name": "start", "start": 100.0},
        *(request(start, 1, right=True) for start in (101.9, 102.0, 104.9, 105.0)),
    ]
    span = span_after(records, warm_up_s=2, seconds=3)
    assert [record["start"] for record in span.of(records)] == [102.0, 104.9]


def test_without_a_capacity_the_goodput_is_the_capacity() -> None:
    seen = window([request(0, 5, right=True)], Span(0, 1), deadline_ms=1000)
    assert (seen.goodput, seen.share) == (1, 1)
    assert window([], Span(0, 1), deadline_ms=1000).goodput == 0


def test_medians_are_taken_figure_by_figure_and_the_largest_maximum_is_kept() -> None:
    repetitions = [
        replace(FULL, goodput=goodput, refusals=Times(1, p99, 2 * p99), others=None)
        for goodput, p99 in ((90, 30), (95, 10), (70, 20))
    ]
    seen = median([*repetitions[:2], replace(repetitions[2], answers=None)])
    assert (seen.goodput, seen.refusals, seen.others) == (90, Times(1, 20, 60), None)
    assert seen.answers == FULL.answers
    assert median([replace(FULL, refusals=None)]).refusals is None


def test_a_caller_has_its_answer_before_its_next_request_is_due() -> None:
    count, period_s = load.callers(230.5, deadline_ms=1000)
    assert period_s > 1
    assert count / period_s == pytest.approx(230.5, abs=1)


def test_the_model_takes_all_its_rows_and_tells_them_apart(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "labels.txt").touch()  # of the starter, which it replaces
    cases = model.write(folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "golden.json",
        "model.onnx",
        "model.toml",
    ]
    session = onnxruntime.InferenceSession(folder / "model.onnx")
    rows = np.array([case["instance"] for case in cases], np.float32)
    (answers,) = session.run(None, {"x": rows})
    right = np.array([case["prediction"] for case in cases])
    assert np.allclose(answers, right, atol=1e-4)
    distances = np.abs(right[:, None] - right[None]).max(axis=2)
    np.fill_diagonal(distances, np.inf)
    assert distances.min() > 0.01  # ten times what is taken for equal
    golden = json.loads((folder / "golden.json").read_text())
    assert golden["outputs"]["y"] == [case["prediction"] for case in cases[: model.GOLDEN]]


def test_every_way_of_batching_is_measured() -> None:
    assert list(WAYS) == QUESTIONS["batching"]
    assert FULL_LOAD in Settings().loads


def test_service_and_load_generator_get_different_cpus() -> None:
    pinned = pins()
    if pinned.cpu is None:
        assert "share" in str(pinned)
    else:
        assert pinned.service[:2] == pinned.load[:2] == ("taskset", "-c")
        assert pinned.service != pinned.load


def test_the_cpu_time_of_a_group_is_that_of_its_processes(tmp_path: Path) -> None:
    (tmp_path / "stat").write_text("cpu 1 1 1 1\ncpu0 100 0 50 800 50 0 0 0 9 9\n")
    for pid, group, user, system in ((7, 7, 30, 20), (8, 7, 40, 10), (9, 5, 99, 99)):
        (tmp_path / str(pid)).mkdir()
        fields = ["S", "1", str(group), *["0"] * 8, str(user), str(system)]
        (tmp_path / str(pid) / "stat").write_text(f"{pid} (a (b) c) {' '.join(fields)} 0\n")
    a_second = os.sysconf("SC_CLK_TCK")
    assert cpu_time(7, 0, tmp_path) == CpuTime(100 / a_second, 150 / a_second)
    assert cpu_time(7, None, tmp_path) == CpuTime(100 / a_second, None)
    assert cpu_time(7, 0, tmp_path / "nowhere") is None
    with pytest.raises(LookupError, match="CPU 3"):
        cpu_time(7, 3, tmp_path)


def test_a_busy_process_takes_cpu_time() -> None:
    if not Path("/proc/stat").exists():
        pytest.skip("this system tells nothing in /proc")
    spin = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    process = subprocess.Popen([sys.executable, "-c", f"{spin}\ninput()"], stdin=subprocess.PIPE)
    group = os.getpgid(process.pid)
    before = cpu_time(group, None)
    try:
        assert before is not None
        while (now := cpu_time(group, None)) and now.service < before.service + 0.2:
            assert process.poll() is None
    finally:
        process.communicate(b"\n", timeout=60)


def test_what_others_had_is_the_rest() -> None:
    assert others(CpuTime(1, 10), CpuTime(4, 15), seconds=10) == pytest.approx(0.2)
    assert others(CpuTime(1, None), CpuTime(4, None), seconds=10) is None
    assert others(None, None, seconds=10) is None
