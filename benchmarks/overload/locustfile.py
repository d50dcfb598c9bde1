"""What Locust sends, run by its own interpreter: predictions at a rate, and probes beside them.

The environment names a plan, a JSON file with the keys of `load.Plan`. In the closed loop a caller
sends its next request when it has its answer. In the open loop it sends one every `period_s`
seconds, which is longer than any answer takes, so that a slow service does not slow the load.
"""

import json
import os
import random
import time
from pathlib import Path
from typing import Any

import gevent
from locust import FastHttpUser, constant_pacing, events, task

PLAN = json.loads(Path(os.environ["OVERLOAD_PLAN"]).read_text(encoding="utf-8"))
PROBES = "/healthz", "/readyz", "/metrics"
PROBE_PERIOD_S = 0.1
TOLERANCE = 1e-3

records: list[dict[str, Any]] = []


class Caller(FastHttpUser):
    """Sends one instance a request and knows the right prediction."""

    def on_start(self) -> None:
        """Begin at any time of the period, so that the requests do not come in bursts."""
        self.due = time.monotonic() + random.uniform(0, PLAN["period_s"])
        gevent.sleep(self.wait_time())

    def wait_time(self) -> float:
        """Return the time until the next request; Locust's own pacing depends on the answers."""
        wait_s = max(0.0, self.due - time.monotonic())
        self.due += PLAN["period_s"]
        return wait_s

    @task
    def predict(self) -> None:
        case = random.choice(PLAN["cases"])
        self.client.post(
            "/predict",
            json={"instances": [case["instance"]]},
            headers={"X-Request-Timeout-Ms": str(PLAN["deadline_ms"])},
            context=case,
        )


class Probe(FastHttpUser):
    """Asks as an orchestrator does: each time on a new connection, whatever the load."""

    fixed_count = 1
    wait_time = constant_pacing(PROBE_PERIOD_S)

    @task
    def probe(self) -> None:
        for path in PROBES:
            self.client.get(path, headers={"Connection": "close"})


@events.request.add_listener
def record(
    name: str,
    start_time: float,
    response_time: float,
    response: Any,
    context: dict[str, Any],
    **_: object,
) -> None:
    """Keep what came of a request; a status of 0 is a connection that failed."""
    status = response.status_code
    kept = {"name": name, "start": start_time, "ms": response_time, "status": status}
    if name == "/predict" and status == 200:
        kept["right"] = is_right(response.json(), context["prediction"])
    elif name == "/predict" and status:
        kept["code"] = response.json()["code"]
        kept["retry_after"] = response.headers.get("Retry-After")
    records.append(kept)


def is_right(answer: dict[str, Any], expected: list[float]) -> bool:
    (prediction,) = answer["predictions"]
    pairs = zip(prediction, expected, strict=True)
    return all(abs(given - wanted) <= TOLERANCE for given, wanted in pairs)


@events.spawning_complete.add_listener
def note_start(**_: object) -> None:
    records.append({"name": "start", "start": time.time()})


@events.quitting.add_listener
def write_records(**_: object) -> None:
    Path(PLAN["records"]).write_text(json.dumps(records), encoding="utf-8")
