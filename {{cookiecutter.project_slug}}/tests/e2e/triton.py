"""What the tests of Triton's two clients share: every datatype, as they send and get it."""

from typing import Any

import numpy as np
from tritonclient.http import InferInput, InferRequestedOutput, InferResult

from model_service.arrays import Array, Arrays

from ..openinference.bodies import DATATYPES
from ..openinference.echo import ALL, output_of, values
from .v2_schema import Inference, read

MODEL, VERSION = "echo", "3"
UNREADABLE = "in the client while decoding"  # what the clients say of an error without `error`
EVERY = {name: values(dtype, 400) for name, dtype in ALL.items()}


def inputs_of(arrays: Arrays, binary: bool) -> list[Any]:
    """Return arrays as the clients send them."""
    inputs = []
    for name, array in arrays.items():
        inputs.append(InferInput(name, list(array.shape), DATATYPES[str(array.dtype)]))
        inputs[-1].set_data_from_numpy(array, binary_data=binary)
    return inputs


def outputs_of(arrays: Arrays, binary: bool) -> list[Any]:
    """Return a request for the outputs that these inputs come back as."""
    return [InferRequestedOutput(output_of(name), binary_data=binary) for name in arrays]


def assert_same(result: InferResult, arrays: Arrays) -> None:
    """Check that an answer is one of the protocol, and each input has come back."""
    answer = read(result.get_response(), Inference)
    assert (answer.model_name, answer.model_version) == (MODEL, VERSION)
    assert [one.name for one in answer.outputs] == [output_of(name) for name in arrays]
    for name, array in arrays.items():
        back = result.as_numpy(output_of(name))
        assert back.shape == array.shape
        np.testing.assert_array_equal(texts(back) if array.dtype == object else back, array)


def in_binary(result: InferResult) -> list[bool]:
    """Return of each output whether its values came as bytes."""
    return [one.is_binary for one in read(result.get_response(), Inference).outputs]


def texts(array: Array) -> Array:
    """Return an array of text; in binary the clients leave it undecoded."""
    plain = [one.decode() if isinstance(one, bytes) else one for one in array.ravel()]
    return np.array(plain, object).reshape(array.shape)
