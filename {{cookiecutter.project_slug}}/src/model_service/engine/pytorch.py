"""PyTorch: runs a state dict in the network of `architecture`, or a program, on CPU or GPU."""

import os
import warnings
from pathlib import Path

# Threads that spin between runs cost a core and gain little; read when torch is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np
import torch
from torch import Tensor

from ..arrays import Array, Arrays
from ..errors import InvalidArtefact, StartupError
from ..model_card import TensorSpec
from .base import check_inputs, memory_errors, no_rows
from .pytorch_network import Network
from .pytorch_programs import is_program, load_program
from .pytorch_weights import load_weights

SIXTEEN_BIT = (torch.float16, torch.bfloat16)


class PyTorchEngine:
    """One network, which PyTorch lets several threads run at once; it releases the GIL meanwhile.

    The thread count is that of the process: the last engine loaded sets it for all.
    """

    def __init__(self, network: Network) -> None:
        self.name = f"pytorch {torch.__version__}"
        self.device = network.device
        self.threads = torch.get_num_threads()
        self.dtype = str(network.dtype).removeprefix("torch.")
        self.inputs, self.outputs = network.inputs, network.outputs
        self._network = network

    @memory_errors()
    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Run the model; see `Engine.run`. Raises ValueError if the inputs do not fit."""
        check_inputs(inputs, self.inputs)  # PyTorch would broadcast and convert
        if len(inputs[self.inputs[0].name]) == 0:  # an exported program takes one row at least
            return no_rows(self.outputs)
        # Whether gradients are kept is a state of each thread, so it is not enough to say it once.
        with torch.inference_mode():
            tensors = [self._tensor(inputs[spec.name]) for spec in self.inputs]
            outputs = self._network.run(tensors)
            return {spec.name: _array(outputs[spec.name], spec) for spec in self.outputs}

    def _tensor(self, array: Array) -> Tensor:
        # PyTorch can neither share memory that it may not write to, nor step backwards through it.
        tensor = torch.from_numpy(np.require(array, requirements=["C", "W"]))
        sixteen_bit = self._network.dtype in SIXTEEN_BIT and tensor.is_floating_point()
        return tensor.to(self.device, self._network.dtype if sixteen_bit else None)


def available_devices() -> tuple[str, ...]:
    """Return the kinds of device that are worth asking for; asking may still fail."""
    return ("cpu", "cuda") if torch.cuda.is_available() else ("cpu",)


def load(artefact: Path, device: str, threads: int) -> PyTorchEngine:
    """Load an artefact on `cpu`, `cuda` or `cuda:N` with `threads` threads a run on the CPU.

    What it is, its content tells and not its name. A program runs the code that it brings: load
    none but your own, whose hash the model card holds. Raises InvalidArtefact.
    """
    torch.set_num_threads(threads)
    try:
        read = load_program if is_program(artefact) else load_weights
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of formats that are old, and of its own code
            return PyTorchEngine(read(artefact, device))
    except StartupError:
        raise
    except Exception as error:  # PyTorch's errors share no root but Exception
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise InvalidArtefact(f"{artefact.name} cannot be loaded by PyTorch: {reason}") from error


def _array(tensor: Tensor, spec: TensorSpec) -> Array:
    array: Array = tensor.to("cpu", getattr(torch, spec.dtype)).numpy()
    return array
