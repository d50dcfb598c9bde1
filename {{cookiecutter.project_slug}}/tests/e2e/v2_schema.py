"""The answers of the Open Inference Protocol, as its specification defines them, and no more.

`parameters` is where the protocol lets a server add what is its own.
"""

from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

T = TypeVar("T")

Datatype = Literal[
    "BOOL",
    "UINT8",
    "UINT16",
    "UINT32",
    "UINT64",
    "INT8",
    "INT16",
    "INT32",
    "INT64",
    "FP16",
    "FP32",
    "FP64",
    "BYTES",
]
Size = Annotated[int, Meta(ge=0)]
SizeOrAny = Annotated[int, Meta(ge=-1)]


class Exact(msgspec.Struct, forbid_unknown_fields=True):
    """An object that has no other fields."""


class Live(Exact):
    live: Literal[True]


class Ready(Exact):
    live: Literal[True]
    ready: Literal[True]


class ModelReady(Exact):
    name: str
    ready: Literal[True]


class Server(Exact):
    name: str
    version: str
    extensions: list[str]


class TensorMetadata(Exact):
    name: str
    datatype: Datatype
    shape: list[SizeOrAny]
    parameters: dict[str, Any] | None = None


class ModelMetadata(Exact):
    name: str
    versions: list[str]
    platform: str
    inputs: list[TensorMetadata]
    outputs: list[TensorMetadata]
    parameters: dict[str, Any] | None = None


class Parameters(msgspec.Struct):
    """Of an output; this one is of the binary extension."""

    binary_data_size: Size | None = None


class Output(Exact):
    """An output tensor: its values, or how many bytes they are."""

    name: str
    shape: list[Size]
    datatype: Datatype
    data: list[Any] | None = None
    parameters: Parameters | None = None

    def __post_init__(self) -> None:
        """Raise ValueError unless the values are given exactly once."""
        if (self.data is not None) == self.is_binary:
            raise ValueError("an output has either data or binary_data_size")

    @property
    def is_binary(self) -> bool:
        """Whether its values follow the JSON."""
        return self.parameters is not None and self.parameters.binary_data_size is not None


class Inference(Exact):
    model_name: str
    model_version: str
    outputs: list[Output]
    id: str | None = None
    parameters: dict[str, Any] | None = None


class Error(Exact):
    """The protocol asks for `error`; the rest is this service's own."""

    error: Annotated[str, Meta(min_length=1)]
    code: str
    request_id: str


class Duration(Exact):
    count: Size
    ns: Size


class InferenceStatistics(Exact):
    success: Duration
    fail: Duration
    queue: Duration
    compute_input: Duration
    compute_infer: Duration
    compute_output: Duration


class ModelStatistics(Exact):
    name: str
    version: str
    last_inference: Size
    inference_count: Size
    execution_count: Size
    inference_stats: InferenceStatistics
    batch_stats: list[Any]


class Statistics(Exact):
    model_stats: Annotated[list[ModelStatistics], Meta(min_length=1, max_length=1)]


def read(body: object, kind: type[T]) -> T:
    """Return an answer, bytes of JSON or parsed; raises if it is not exactly of this kind."""
    if isinstance(body, bytes):
        return msgspec.json.decode(body, type=kind)
    return msgspec.convert(body, kind)
