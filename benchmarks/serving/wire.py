"""Requests and answers in the dialects of the servers that are compared."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

JSON = {"Content-Type": "application/json"}
BINARY = "Inference-Header-Content-Length"
DEADLINE = "X-Request-Timeout-Ms"
TOLERANCE = 1e-3  # absolute and relative: batches of different sizes are summed in other orders

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Request:
    """A POST of one instance."""

    path: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: JSON)

    def within(self, deadline_ms: int) -> "Request":
        """Return the request of a caller who waits so long."""
        return replace(self, headers={**self.headers, DEADLINE: str(deadline_ms)})


def native(instance: Any) -> Request:
    """Return the request of `/predict`, which all that are written by hand have."""
    return Request("/predict", json.dumps({"instances": [instance]}).encode())


def v2_json(row: Array, model: str = "model") -> Request:
    """Return the request of the Open Inference Protocol, with numbers as JSON."""
    tensor = {**_described(row), "data": row.ravel().tolist()}
    return Request(_infer(model), json.dumps({"inputs": [tensor]}).encode())


def v2_binary(row: Array, model: str = "model") -> Request:
    """Return the request of the Open Inference Protocol, with numbers as bytes, both ways."""
    tensor = {**_described(row), "parameters": {"binary_data_size": row.nbytes}}
    whole = {"inputs": [tensor], "parameters": {"binary_data_output": True}}
    head = json.dumps(whole).encode()
    headers = {"Content-Type": "application/octet-stream", BINARY: str(len(head))}
    return Request(_infer(model), head + row.tobytes(), headers)


def is_right(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    expected: Array,
    tolerance: float = TOLERANCE,
) -> bool:
    """Return whether an answer is the output row that is expected, in any of the dialects."""
    if status != 200:
        return False
    try:
        got = _numbers(headers, body)
    except (ValueError, LookupError, TypeError):
        return False
    return got.shape == expected.shape and np.allclose(got, expected, tolerance, tolerance)


def _numbers(headers: Mapping[str, str], body: bytes) -> Array:
    lower = {name.lower(): value for name, value in headers.items()}
    if head := lower.get(BINARY.lower()):
        return np.frombuffer(body[int(head) :], np.float32)
    answer = json.loads(body)
    if isinstance(answer, dict):
        answer = answer["outputs"][0]["data"] if "outputs" in answer else answer["predictions"]
    return np.asarray(answer, np.float32).ravel()


def _described(row: Array) -> dict[str, Any]:
    return {"name": "x", "shape": [1, *row.shape], "datatype": "FP32"}


def _infer(model: str) -> str:
    return f"/v2/models/{model}/infer"
