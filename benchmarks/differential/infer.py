"""What all sound requests are made with."""

from collections.abc import Mapping
from typing import Any

from ..hostile.corpus import Case
from .signatures import NAME
from .tensors import body_of

MODEL = f"/v2/models/{NAME}"
INFER = f"{MODEL}/infer"
WAYS = {False: "JSON", True: "bytes"}
IN_BYTES = {"binary_data_output": True}
TEXTS = ["", "a", "na\u00efve \N{SNOWMAN} \N{GRINNING FACE}", 'quote " and \\', "\n", "\0"]


def post(
    inputs: Mapping[str, Any], headers: Mapping[str, str] | None = None, **fields: Any
) -> Case:
    """Return a request to infer; an input is an array to send as bytes, or itself as JSON."""
    body, length = body_of(inputs, **fields)
    return Case(body, None, path=INFER, headers={**length, **(headers or {})})


def output(name: str, **parameters: Any) -> dict[str, Any]:
    """Return an output that is asked for."""
    return {"name": name, "parameters": parameters}
