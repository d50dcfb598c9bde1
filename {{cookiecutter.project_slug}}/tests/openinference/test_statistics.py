"""Statistics are the service's metrics in the words of Triton."""

import numpy as np
import pytest
from prometheus_client.samples import Sample

from model_service import exposition
from model_service.deadline import Deadline
from model_service.openinference.statistics import model_statistics
from model_service.settings import Settings
from model_service.timings import Timings

from .echo import echoing

SAMPLES = [
    Sample("service_last_run_timestamp_seconds", {}, 12.5),
    Sample("service_batch_rows_sum", {}, 7),
    Sample("service_batch_rows_count", {}, 3),
    Sample("service_batch_rows_bucket", {"le": "1.0"}, 99),
    Sample("service_prediction_seconds_count", {"outcome": "success"}, 4),
    Sample("service_prediction_seconds_sum", {"outcome": "success"}, 0.5),
    Sample("service_prediction_seconds_count", {"outcome": "fail"}, 1),
    Sample("service_prediction_seconds_sum", {"outcome": "fail"}, 0.25),
    Sample("service_step_seconds_count", {"step": "preprocess"}, 2),
    Sample("service_step_seconds_sum", {"step": "preprocess"}, 1e-9),
    Sample("service_run_seconds_count", {}, 3),
    Sample("service_run_seconds_sum", {}, 2),
]


def test_counts_are_told_and_times_in_nanoseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exposition, "samples", lambda: SAMPLES)
    (told,) = model_statistics(echoing(Settings()))["model_stats"]
    assert (told["name"], told["version"]) == ("echo", "3")
    assert told["last_inference"] == 12_500
    assert (told["inference_count"], told["execution_count"]) == (7, 3)
    assert told["inference_stats"] == {
        "success": {"count": 4, "ns": 500_000_000},
        "fail": {"count": 1, "ns": 250_000_000},
        "queue": {"count": 0, "ns": 0},
        "compute_input": {"count": 2, "ns": 1},
        "compute_infer": {"count": 3, "ns": 2_000_000_000},
        "compute_output": {"count": 0, "ns": 0},
    }


def test_a_run_is_counted_with_its_time() -> None:
    running = echoing(Settings(), {"in_x": "float32"})
    (before,) = model_statistics(running)["model_stats"]
    running.pipeline.run(
        {"in_x": np.zeros((1, 3), np.float32)}, Deadline.after_ms(60_000), Timings()
    )
    (after,) = model_statistics(running)["model_stats"]
    for count in ("inference_count", "execution_count"):
        assert after[count] == before[count] + 1
    assert after["last_inference"] >= before["last_inference"]
    infer = [told["inference_stats"]["compute_infer"] for told in (before, after)]
    assert infer[1]["count"] == infer[0]["count"] + 1
    assert infer[1]["ns"] > infer[0]["ns"]
