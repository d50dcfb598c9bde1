"""What engines share; the contract holds each engine to the rest."""

import pytest

from model_service.engine.base import memory_errors

# What the runtimes say, in their own words.
SHORT_OF_MEMORY = [
    "[ONNXRuntimeError] : 1 : FAIL : ... Failed to allocate memory for requested buffer of size 9",
    "CUDA failure 2: out of memory ; GPU=0",
    "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.11 GiB",
    "DefaultCPUAllocator: can't allocate memory: you tried to allocate 140737488355328 bytes.",
    "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
    "OOM when allocating tensor with shape[1048576,4194304] and type float on /device:GPU:0",
    "std::bad_alloc",
]


@pytest.mark.parametrize("words", SHORT_OF_MEMORY)
def test_a_shortage_of_memory_is_one_error_for_all_runtimes(words: str) -> None:
    with pytest.raises(MemoryError) as error, memory_errors():
        raise RuntimeError(words)
    assert isinstance(error.value.__cause__, RuntimeError)


def test_what_else_a_runtime_raises_stays_what_it_is() -> None:
    with pytest.raises(ValueError, match="Invalid dimension"), memory_errors():
        raise ValueError("Invalid dimension 7 for x")
