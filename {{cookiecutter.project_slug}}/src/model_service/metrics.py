"""Prometheus metrics of all workers, or of this process alone.

`server.py` sets `PROMETHEUS_MULTIPROC_DIR`: each worker keeps its numbers in files there, any of
them answers for all, and what a worker has counted outlives it. `tally.py` says when it counts.
"""

from prometheus_client import Counter, Gauge

from .tally import Histogram, Level, Summary

MULTIPROC_DIR = "PROMETHEUS_MULTIPROC_DIR"

REQUESTS = Counter("service_requests_total", "Requests answered.", ["route", "code"])
REQUEST_SECONDS = Histogram(
    "service_request_seconds",
    "Time from a request to its answer.",
    ["route"],
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)
STEP_SECONDS = Histogram(
    "service_step_seconds",
    "Time of one step of a prediction without its queue: preprocess, model, postprocess.",
    ["step"],
    buckets=(0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 30),
)
BATCH_ROWS = Histogram(
    "service_batch_rows", "Rows in one run of the model.", buckets=[2**n for n in range(11)]
)
RUN_SECONDS = Summary("service_run_seconds", "Time of one run of the model.")
QUEUE_SECONDS = Histogram(
    "service_queue_seconds",
    "Time that rows wait for their run of the model.",
    buckets=(0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 30),
)
FAILED_RUNS = Counter("service_failed_runs_total", "Runs in which the model raised.")
RETRIED_RUNS = Counter("service_retried_runs_total", "Runs of a part of a batch that had failed.")
GPU_PAUSES = Counter(
    "service_gpu_pauses_total", "Times that the CPU took over since the GPU was out of memory."
)
REPLACED_WORKERS = Counter("service_replaced_workers_total", "Workers that died and were replaced.")
PREDICTION_SECONDS = Summary(
    "service_prediction_seconds", "Time of predictions, answered or refused.", ["outcome"]
)
LAST_RUN = Gauge(
    "service_last_run_timestamp_seconds",
    "When the model was last run, in seconds since 1970.",
    multiprocess_mode="max",
)
IN_FLIGHT = Level("service_requests_in_flight", "Predictions being read, run or answered.")
ROWS = Level("service_rows", "Rows admitted and not yet answered.")
REJECTED = Counter("service_rejected_total", "Requests refused: no room, time or model.", ["code"])
READY = Gauge("service_model_ready", "1 once the model is served.", multiprocess_mode="livemin")
DEVICE = Gauge(
    "service_device_info",
    "The device that was asked for and the one in use.",
    ["asked", "device"],
    multiprocess_mode="livemax",
)
