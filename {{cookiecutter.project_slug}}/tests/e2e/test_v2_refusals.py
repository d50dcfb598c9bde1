"""What Triton's own client is told of a request that cannot be answered."""

from typing import Any

import numpy as np
import pytest
from tritonclient.http import InferRequestedOutput
from tritonclient.utils import InferenceServerException

from .triton import (
    EVERY,
    MODEL,
    UNREADABLE,
    inputs_of,
    outputs_of,
)


def without(name: str) -> list[Any]:
    """Return all inputs but one."""
    return inputs_of({n: array for n, array in EVERY.items() if n != name}, False)


def renamed(name: str, array: Any) -> list[Any]:
    """Return all inputs, `in_fp32` being another."""
    return without("in_fp32") + inputs_of({name: array}, False)


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "unknown model": ({"model_name": "other"}, "404", "no model other"),
    "unknown version": ({"model_version": "9"}, "404", "in version 9"),
    "missing input": ({"inputs": without("in_bool")}, "400", "'in_bool' is missing"),
    "unknown input": ({"inputs": renamed("x", EVERY["in_fp32"])}, "400", "no input 'x'"),
    "another datatype": ({"inputs": renamed("in_fp32", EVERY["in_fp64"])}, "400", "FP32"),
    "another rank": ({"inputs": renamed("in_fp32", EVERY["in_fp32"][0])}, "400", "FP32"),
    "unknown output": ({"outputs": [InferRequestedOutput("y")]}, "400", "no output 'y'"),
    "a sequence": ({"sequence_id": 1, "sequence_start": True}, "400", "sequence"),
    "no time": ({"timeout": 1}, "504", "deadline"),
}


def refusal_of(name: str, triton: Any) -> InferenceServerException:
    """Send such a request and return its refusal; raises if it is answered."""
    given = {"model_name": MODEL, "inputs": inputs_of(EVERY, False)} | REFUSED[name][0]
    with pytest.raises(InferenceServerException) as refusal:
        triton.infer(**given)
    return refusal.value


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_is_readable(name: str, triton: Any) -> None:
    refusal = refusal_of(name, triton)
    assert refusal.message() and UNREADABLE not in refusal.message()
    assert refusal.status()[0] in "45"
    assert triton.is_server_live()


@pytest.mark.parametrize("name", REFUSED)
def test_its_status_and_words_tell_the_reason(name: str, triton: Any) -> None:
    _, status, words = REFUSED[name]
    refusal = refusal_of(name, triton)
    assert refusal.status() == status
    assert words in refusal.message()


def test_an_unknown_model_is_not_told(triton: Any) -> None:
    with pytest.raises(InferenceServerException) as refusal:
        triton.get_model_metadata("other")
    assert UNREADABLE not in refusal.value.message()
    assert refusal.value.status()[0] in "45"


def test_what_the_service_does_not_have_is_told_readably(triton: Any) -> None:
    for ask in (triton.get_model_repository_index, triton.get_system_shared_memory_status):
        with pytest.raises(InferenceServerException, match="nothing at"):
            ask()


def test_no_number_is_refused_as_json(triton: Any) -> None:
    nan = {**EVERY, "in_fp32": np.full((1, 3), np.nan, np.float32)}
    with pytest.raises(InferenceServerException, match="not finite"):
        triton.infer(MODEL, inputs_of(nan, True), outputs=outputs_of(nan, False))
