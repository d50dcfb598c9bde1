"""Statistics are the service's metrics in the words of Triton."""

from prometheus_client.samples import Sample

from model_service import metrics
from model_service.openinference.statistics import model_statistics

from ..cards import card

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


def test_counts_are_told_and_times_in_nanoseconds() -> None:
    told = model_statistics(card(), SAMPLES)
    assert (told["name"], told["version"]) == ("smallest", "1")
    assert told["last_inference"] == 12_500
    assert (told["inference_count"], told["execution_count"]) == (7, 3)
    assert told["inference_stats"] == {
        "success": {"count": 4, "ns": 500_000_000},
        "fail": {"count": 1, "ns": 250_000_000},
        "queue": {"count": 0, "ns": 0},
        "compute_infer": {"count": 3, "ns": 2_000_000_000},
        "compute_input": {"count": 2, "ns": 1},
        "compute_output": {"count": 0, "ns": 0},
    }


def test_every_metric_that_is_read_is_one_that_the_service_has() -> None:
    names = {sample.name for sample in metrics.samples()}
    labelled = ("prediction_seconds", "step_seconds")  # have samples only once they are used
    read = {sample.name for sample in SAMPLES if not any(map(sample.name.__contains__, labelled))}
    assert read <= names
