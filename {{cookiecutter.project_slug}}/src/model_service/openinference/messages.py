"""The JSON of an inference request, as the protocol defines it.

A parameter of a tensor says how to read or write it, so an unknown one is refused; parameters of
the request are free, but for those that would change the answer and are not supported.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from ..errors import InvalidRequest
from ..nesting import refuse_deep

Size = Annotated[int, Meta(ge=0, le=2**31)]


class InputParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an input is written: its bytes in the body after the JSON, if it is binary."""

    binary_data_size: Size | None = None


class Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An input tensor; without `data` it is binary."""

    name: str
    shape: list[Size]
    datatype: str
    parameters: InputParameters = InputParameters()
    data: msgspec.Raw = msgspec.field(default_factory=lambda: msgspec.Raw(b"null"))


class OutputParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an output is to be written; `classification` is how many of the best classes."""

    binary_data: bool | None = None
    classification: Size = 0


class Output(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An output that is asked for."""

    name: str
    parameters: OutputParameters = OutputParameters()


class Parameters(msgspec.Struct, frozen=True):
    """What is asked of the service; `timeout` is in microseconds, and there are no sequences."""

    timeout: Annotated[int, Meta(ge=0, le=2**53)] = 0
    binary_data_output: bool = False
    sequence_id: None = None
    sequence_start: None = None
    sequence_end: None = None


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole request; without `outputs` it asks for all."""

    inputs: list[Input]
    outputs: list[Output] = []
    id: str | None = None
    parameters: Parameters = Parameters()
    model_name: str | None = None  # the kserve client repeats it


_decoder = msgspec.json.Decoder(Message)


def read_message(text: bytes | memoryview) -> Message:
    """Return the JSON of a request; raises InvalidRequest, naming what is wrong where."""
    refuse_deep(bytes(text))
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"This is no inference request: {error}.") from None
