"""LiteRT: loads a `.tflite` file and runs it on the CPU.

It is the `Interpreter` that runs: `CompiledModel`, LiteRT's newer way, is no faster and holds the
GIL for the whole of a run, so that nothing else of the service would be answered meanwhile.
"""

from importlib.metadata import version
from pathlib import Path

from ..arrays import Array, Arrays
from ..errors import InvalidArtefact
from .base import check_inputs, memory_errors, no_rows, run_row_by_row
from .tflite_runner import Runner, Tensor, new_runner


class LiteRtEngine:
    """As many interpreters as there ever were runs at once, since one runs one thread at a time.

    Each has its own repacked copy of the weights, beside the pages of the file, which all map. A
    model whose batch is fixed at 1 runs row by row.
    """

    device = "cpu"

    def __init__(self, artefact: Path, threads: int) -> None:
        self.name = f"litert {version('ai-edge-litert')}"
        self.threads = threads
        self._artefact = artefact
        runner = new_runner(artefact, threads)
        self._idle = [runner]
        self._inputs = Tensor.all_of(runner.get_input_details())
        self._outputs = Tensor.all_of(runner.get_output_details())
        self.dtype = str(self._outputs[-1].dtype)  # inputs may be ids
        sizes = {tensor.shape[0] for tensor in self._inputs}
        self._row_by_row = 1 in sizes
        batch = -1 if self._row_by_row else min(sizes)
        self.inputs = tuple(tensor.spec(batch) for tensor in self._inputs)
        self.outputs = tuple(tensor.spec(batch) for tensor in self._outputs)

    @memory_errors()
    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Run the model; see `Engine.run`. Raises ValueError if the inputs do not fit."""
        check_inputs(inputs, self.inputs)  # LiteRT would resize the model to any shape that comes
        if len(inputs[self.inputs[0].name]) == 0:
            return no_rows(self.outputs)
        numbers = {tensor.name: tensor.encode(inputs[tensor.name]) for tensor in self._inputs}
        try:
            runner = self._idle.pop()
        except IndexError:
            runner = new_runner(self._artefact, self.threads)
        try:
            outputs = self._run(runner, numbers)
        finally:
            self._idle.append(runner)
        return {tensor.name: tensor.decode(outputs[tensor.name]) for tensor in self._outputs}

    def _run(self, runner: Runner, inputs: Arrays) -> Arrays:
        if self._row_by_row:
            return run_row_by_row(lambda row: runner(**row), inputs)
        return runner(**inputs)


def available_devices() -> tuple[str, ...]:
    """Return the kinds of device that are worth asking for: LiteRT serves the CPU."""
    return ("cpu",)


def load(artefact: Path, device: str, threads: int) -> LiteRtEngine:
    """Load an artefact with `threads` threads a run, on the CPU whatever device is asked for.

    Raises InvalidArtefact.
    """
    try:
        return LiteRtEngine(artefact, threads)
    except (ValueError, RuntimeError) as error:  # what LiteRT raises for all that it cannot read
        reason = " ".join(str(error).split())
        raise InvalidArtefact(f"{artefact.name} cannot be loaded by LiteRT: {reason}") from error
