"""Small engines whose answers can be told by heart: x in, 2x out."""

import threading

import numpy as np

from model_service.arrays import Array, Arrays
from model_service.deadline import Deadline
from model_service.model_card import TensorSpec

LIMIT_S = 30  # how long a test waits for what must happen at once; never reached on success


class DoublingEngine:
    """Doubles its input, and remembers the rows of each run.

    It raises for `poison` in a row, and for more rows than there is memory for.
    """

    name = "doubling"
    threads = 1
    dtype = "float32"
    inputs: tuple[TensorSpec, ...] = (TensorSpec(name="x", dtype="float32", shape=(-1, -1)),)
    outputs: tuple[TensorSpec, ...] = (TensorSpec(name="y", dtype="float32", shape=(-1, -1)),)
    poison = -1.0

    def __init__(self, memory: int = 1_000_000, device: str = "cpu") -> None:
        self.memory = memory
        self.device = device
        self.batches: list[list[float]] = []

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Return y = 2x."""
        x = inputs["x"]
        if len(x) > self.memory:
            raise MemoryError
        self.batches.append([float(value) for value in x[:, 0]])
        if (x == self.poison).any():
            raise RuntimeError("poison")
        return {"y": 2 * x}


class GatedEngine(DoublingEngine):
    """As above, but a run waits for `gate`; `entered` tells that one is waiting."""

    def __init__(self, memory: int = 1_000_000) -> None:
        super().__init__(memory)
        self.entered = threading.Event()
        self.gate = threading.Event()

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Return y = 2x once the gate is open."""
        self.entered.set()
        assert self.gate.wait(LIMIT_S)
        return super().run(inputs)


def rows(*values: float, width: int = 1) -> dict[str, Array]:
    """Return one input row of the given width for each value."""
    return {"x": np.repeat(np.array(values, np.float32)[:, None], width, axis=1)}


def answers(outputs: Arrays) -> list[float]:
    """Return the first value of each output row."""
    return [float(value) for value in outputs["y"][:, 0]]


def soon() -> Deadline:
    """Return a deadline that what is sound never reaches."""
    return Deadline.after_ms(1000 * LIMIT_S)
