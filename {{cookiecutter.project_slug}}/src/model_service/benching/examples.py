"""The requests that are sent: the model's own examples, or rows of zeros where it has none."""

import http.client
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import msgspec

from ..arrays import Array
from ..errors import StartupError
from ..model_folder import ModelFolder
from ..openinference.datatypes import datatype_of
from ..openinference.request import HEADER
from ..preprocessing import read_instances
from ..warming import blank_rows
from .target import Request, Target

MOST = 64  # different requests; the model's caches should not see one alone


def requests_for(target: Target, model: ModelFolder, rows: int) -> list[Request]:
    """Return the first requests that the service answers, each of so many instances.

    Raises StartupError, with what the service says, if it answers none.
    """
    reason = "the model has no example"
    for requests in _candidates(model, rows):
        try:
            status, answer = target.ask("POST", requests[0].path, requests[0])
        except (OSError, http.client.HTTPException) as error:
            raise StartupError(
                f"No service answers at {target.host}:{target.port} ({error}): start it, or leave"
                " --url away."
            ) from None
        if status == 200:
            return requests
        reason = _reason(status, answer)
    raise StartupError(f"The service answers none of the model's own examples: {reason}")


def _candidates(model: ModelFolder, rows: int) -> Iterator[list[Request]]:
    """Yield requests of golden instances, of example files, then of rows that are all zeros."""
    if model.card.native:
        for instances in (model.golden().instances, _instances_of_files(model)):
            if instances:
                yield [_native(some) for some in _groups(instances[:MOST], rows)]
    for row in blank_rows(model.card.inputs):
        yield [_tensors(model.card.name, row, rows)]


def _instances_of_files(model: ModelFolder) -> list[Any]:
    files = sorted((model.path / "examples").glob("*.*"))
    return [instance for file in files for instance in read_instances(file.read_bytes())]


def _groups(instances: list[Any], rows: int) -> list[list[Any]]:
    """Return a group of so many instances for each, beginning with it."""
    return [list(islice(cycle(instances), first, first + rows)) for first in range(len(instances))]


def _native(instances: list[Any]) -> Request:
    return Request("/predict", msgspec.json.encode({"instances": instances}))


def _tensors(model: str, row: dict[str, Array], rows: int) -> Request:
    """Return a request of the Open Inference Protocol; a text has the four bytes of its length."""
    parts = {
        name: rows * (bytes(4 * array.size) if array.dtype == object else array.tobytes())
        for name, array in row.items()
    }
    inputs = [
        {
            "name": name,
            "datatype": datatype_of(str(array.dtype)),
            "shape": [rows, *array.shape],
            "parameters": {"binary_data_size": len(parts[name])},
        }
        for name, array in row.items()
    ]
    head = msgspec.json.encode({"inputs": inputs, "parameters": {"binary_data_output": True}})
    body = b"".join([head, *parts.values()])
    return Request(f"/v2/models/{model}/infer", body, {HEADER: str(len(head))})


def _reason(status: int, answer: bytes) -> str:
    """Return what an answer says of its error."""
    try:
        return str(msgspec.json.decode(answer)["error"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return f"it answers with status {status}."
