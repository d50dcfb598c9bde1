"""The statistics of the model as Triton tells them, from the service's own metrics.

So they are those of all workers, since the service was started.
"""

from collections.abc import Iterable
from typing import Any

from prometheus_client.samples import Sample

from ..model_card import ModelCard

STEPS = {"compute_input": "preprocess", "compute_output": "postprocess"}


def model_statistics(card: ModelCard, samples: Iterable[Sample]) -> dict[str, Any]:
    """Return counts, and times in nanoseconds; `inference_count` is of rows."""
    totals: dict[tuple[str, str], float] = {}
    for sample in samples:
        label = sample.labels.get("step") or sample.labels.get("outcome") or ""
        totals[sample.name, label] = sample.value

    def told(metric: str, label: str = "") -> float:
        return totals.get((f"service_{metric}", label), 0)

    def duration(metric: str, label: str = "") -> dict[str, int]:
        count, seconds = (told(f"{metric}_{what}", label) for what in ("count", "sum"))
        return {"count": round(count), "ns": round(seconds * 1e9)}

    return {
        "name": card.name,
        "version": card.version,
        "last_inference": round(told("last_run_timestamp_seconds") * 1000),
        "inference_count": round(told("batch_rows_sum")),
        "execution_count": round(told("batch_rows_count")),
        "inference_stats": {
            "success": duration("prediction_seconds", "success"),
            "fail": duration("prediction_seconds", "fail"),
            "queue": duration("queue_seconds"),
            "compute_infer": duration("run_seconds"),
            **{stat: duration("step_seconds", step) for stat, step in STEPS.items()},
        },
        "batch_stats": [],
    }
