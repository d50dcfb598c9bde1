"""The contract of an engine: named input arrays in, named output arrays out."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

import numpy as np

from ..arrays import Array, Arrays
from ..model_card import TensorSpec

NO_MEMORY = re.compile(
    r"out of memory|OOM when|(failed|can't|unable) (to )?allocate|bad_alloc|ALLOC_FAILED",
    re.IGNORECASE,
)


class Engine(Protocol):
    """A loaded model on a device; `run` may be called from several threads at once.

    It knows nothing of HTTP, queues and JSON. `device` is where the model really is, whatever
    was asked for; the first dimension of every input and output is the batch.
    """

    name: str  # runtime and version, for people
    device: str  # `cpu`, `cuda`, `cuda:1`
    threads: int  # of one run on the CPU
    dtype: str  # in which it computes, as far as the runtime tells
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Run the model on inputs that fit `inputs` and have equally many rows.

        Raises MemoryError if the device has no room for them, and else whatever the runtime
        raises; the caller turns it into a ModelFault.
        """


@contextmanager
def memory_errors() -> Iterator[None]:
    """Raise MemoryError where a runtime says that it has no memory.

    Their classes for it have nothing in common, and some have none; their words are alike.
    """
    try:
        yield
    except Exception as error:
        if NO_MEMORY.search(str(error)):
            raise MemoryError from error
        raise


def check_inputs(inputs: Arrays, signature: tuple[TensorSpec, ...]) -> None:
    """Raise ValueError unless the arrays are those of a signature, with equally many rows.

    A runtime may broadcast or convert what does not fit, and answer nonsense.
    """
    if inputs.keys() != {spec.name for spec in signature}:
        raise ValueError(f"the model takes {_listed(signature)} and was given {sorted(inputs)}")
    arrays = [inputs[spec.name] for spec in signature]
    pairs = zip(signature, arrays, strict=True)
    if not all(array.dtype == spec.dtype and spec.fits(array.shape) for spec, array in pairs):
        raise ValueError(f"the model takes {_listed(signature)} and was given {_given(inputs)}")
    if len({len(array) for array in arrays}) > 1:
        raise ValueError(f"the inputs have different numbers of rows: {_given(inputs)}")


def run_row_by_row(
    run: Callable[[dict[str, Array]], Mapping[str, Array]], inputs: Arrays
) -> dict[str, Array]:
    """Return what a model whose batch is fixed at 1 gives for one row or more, joined."""
    count = len(next(iter(inputs.values())))
    runs = [
        run({name: array[row : row + 1] for name, array in inputs.items()}) for row in range(count)
    ]
    return {name: np.concatenate([one[name] for one in runs]) for name in runs[0]}


def no_rows(outputs: tuple[TensorSpec, ...]) -> dict[str, Array]:
    """Return the outputs of an empty batch; a dimension of any size is 0 in them.

    Some operators run no rows, others raise.
    """
    return {
        spec.name: np.empty((0, *(max(size, 0) for size in spec.shape[1:])), spec.dtype)
        for spec in outputs
    }


def _given(inputs: Arrays) -> str:
    return ", ".join(f"{name} {a.dtype}{list(a.shape)}" for name, a in inputs.items())


def _listed(specs: tuple[TensorSpec, ...]) -> str:
    return ", ".join(map(str, specs))
