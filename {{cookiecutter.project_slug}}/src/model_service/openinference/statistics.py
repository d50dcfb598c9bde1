"""The statistics of the model as Triton tells them, from the service's own metrics.

So they are those of all workers, since the service was started.
"""

from typing import Any

from .. import exposition
from ..startup import Running

DURATIONS = {
    "success": ("prediction_seconds", "success"),
    "fail": ("prediction_seconds", "fail"),
    "queue": ("queue_seconds", ""),
    "compute_input": ("step_seconds", "preprocess"),
    "compute_infer": ("run_seconds", ""),
    "compute_output": ("step_seconds", "postprocess"),
}


def model_statistics(running: Running) -> dict[str, Any]:
    """Return counts, and times in nanoseconds; `inference_count` is of rows."""
    totals = {
        (sample.name, sample.labels.get("step") or sample.labels.get("outcome") or ""): sample.value
        for sample in exposition.samples()
    }

    def told(metric: str, label: str = "", unit: float = 1) -> int:
        return round(unit * totals.get((f"service_{metric}", label), 0))

    model = {
        "name": running.model.card.name,
        "version": running.model.card.version,
        "last_inference": told("last_run_timestamp_seconds", unit=1e3),
        "inference_count": told("batch_rows_sum"),
        "execution_count": told("batch_rows_count"),
        "inference_stats": {
            stat: {"count": told(f"{name}_count", label), "ns": told(f"{name}_sum", label, 1e9)}
            for stat, (name, label) in DURATIONS.items()
        },
        "batch_stats": [],
    }
    return {"model_stats": [model]}
