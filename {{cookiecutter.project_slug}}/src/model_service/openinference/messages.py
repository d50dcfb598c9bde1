"""The JSON of an inference request, as the protocol defines it.

A parameter of a tensor says how to read or write it, so an unknown one is refused; parameters of
the request are free, but for those that would change the answer and are not supported.
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from ..errors import InvalidRequest

Size = Annotated[int, Meta(ge=0, le=2**31)]
STATEFUL = frozenset({"sequence_id", "sequence_start", "sequence_end"})


class InputParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an input is written: its bytes in the body after the JSON, if it is binary."""

    binary_data_size: Size | None = None


class Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An input tensor; without `data` it is binary."""

    name: str
    shape: list[Size]
    datatype: str
    parameters: InputParameters | None = None
    data: msgspec.Raw = msgspec.Raw(b"null")


class OutputParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an output is to be written; `classification` is how many of the best classes."""

    binary_data: bool | None = None
    classification: Annotated[int, Meta(ge=0, le=2**31)] = 0


class Output(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An output that is asked for."""

    name: str
    parameters: OutputParameters | None = None


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole request."""

    inputs: list[Input]
    outputs: list[Output] | None = None
    id: str | None = None
    model_name: str | None = None  # the kserve client repeats it
    parameters: dict[str, Any] | None = None


class Parameters(msgspec.Struct, frozen=True):
    """What the parameters of a request ask of the service; `timeout` is in microseconds."""

    timeout: Annotated[int, Meta(ge=0, le=2**53)] = 0
    binary_data_output: bool = False


_decoder = msgspec.json.Decoder(Message)


def read_message(text: bytes | memoryview) -> tuple[Message, Parameters]:
    """Return the JSON of a request and what its parameters ask for; raises InvalidRequest."""
    try:
        message = _decoder.decode(text)
        given = message.parameters or {}
        parameters = msgspec.convert(given, Parameters)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise InvalidRequest(f"This is no inference request: {error}.") from None
    except UnicodeDecodeError:
        raise InvalidRequest("This is no inference request: it is not UTF-8.") from None
    except RecursionError:
        raise InvalidRequest("This is no inference request: it is nested too deeply.") from None
    if stateful := STATEFUL.intersection(given):
        raise InvalidRequest(f"{min(stateful)!r} cannot be used: this model keeps no sequences.")
    return message, parameters
