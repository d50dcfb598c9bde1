"""The contract of an engine: named input arrays in, named output arrays out."""

from typing import Protocol

from ..arrays import Array, Arrays
from ..model_card import TensorSpec


class Engine(Protocol):
    """A loaded model on a device; `run` may be called from several threads at once.

    It knows nothing of HTTP, queues and JSON. `device` is where the model really is, whatever
    was asked for; the first dimension of every input and output is the batch.
    """

    name: str  # runtime and version, for people
    device: str  # `cpu`, `cuda`, `cuda:1`
    threads: int  # of one run on the CPU
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Run the model on inputs that fit `inputs` and have equally many rows.

        Raises whatever the runtime raises; the caller turns it into a ModelFault.
        """
