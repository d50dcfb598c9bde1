"""TensorFlow: runs a SavedModel or a Keras model on the CPU or a CUDA GPU.

It is the signature that runs, a compiled function; calling the model of Keras itself costs four
times as much for one row of a small network, and its `predict` seventy times.
"""

import textwrap
from pathlib import Path

import numpy as np

from ..arrays import Array, Arrays
from ..errors import InvalidArtefact
from ..model_card import TensorSpec
from .base import check_inputs, memory_errors, no_rows, run_row_by_row
from .tensorflow_config import gpus, set_threads, tf
from .tensorflow_formats import Model, Signature, read

LONGEST_REASON = 200  # some run to pages
INTEGERS = (f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64))
DTYPES = {tf.string: "object"} | {
    getattr(tf, name): name for name in ("bool", "float16", "float32", "float64", *INTEGERS)
}


class TensorFlowEngine:
    """One signature, which several threads may run at once; it releases the GIL meanwhile.

    All runs of a process share its threads, so that more of them bring little: it is processes
    that make a service faster. A model whose batch is fixed at 1 runs row by row.
    """

    def __init__(self, model: Model, signature: Signature, device: str, threads: int) -> None:
        self.name = f"tensorflow {tf.__version__}"
        self.device = device
        self.threads = threads
        inputs = _specs(signature.structured_input_signature[1])
        outputs = _specs(signature.structured_outputs)
        self._row_by_row = 1 in {spec.shape[0] for spec in inputs}
        self.inputs = _any_batch(inputs) if self._row_by_row else inputs
        self.outputs = _any_batch(outputs) if self._row_by_row else outputs
        self.dtype = self.outputs[-1].dtype  # inputs may be ids
        self._model = model  # it owns the variables of the signature
        self._signature = signature
        self._place = _place(device)

    @memory_errors()
    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Run the model; see `Engine.run`. Raises ValueError if the inputs do not fit."""
        check_inputs(inputs, self.inputs)
        if len(inputs[self.inputs[0].name]) == 0:
            return no_rows(self.outputs)
        return run_row_by_row(self._run, inputs) if self._row_by_row else self._run(inputs)

    def _run(self, inputs: Arrays) -> dict[str, Array]:
        with tf.device(self._place):
            outputs = self._signature(**{n: tf.constant(array) for n, array in inputs.items()})
        return {spec.name: _array(outputs[spec.name]) for spec in self.outputs}


def available_devices() -> tuple[str, ...]:
    """Return the kinds of device that are worth asking for; asking may still fail."""
    return ("cpu", "cuda") if gpus() else ("cpu",)


def load(artefact: Path, device: str, threads: int) -> TensorFlowEngine:
    """Load an artefact on `cpu`, `cuda` or `cuda:N` with `threads` threads a run on the CPU.

    The threads are those of the first load in a process, and the engine tells how many it has.
    TensorFlow takes the CPU without a word where a GPU is missing, so the engine reports the
    device on which a first number was really put. Raises InvalidArtefact.
    """
    available = gpus()  # before anything runs: their memory is set up then
    threads = set_threads(threads)
    index = int(device.partition(":")[2] or 0)
    place = _place(device if index < available else "cpu")
    try:
        with tf.device(place):
            on_gpu = "GPU" in tf.zeros(()).device
            model, signature = read(artefact)
        return TensorFlowEngine(model, signature, device if on_gpu else "cpu", threads)
    except Exception as error:  # TensorFlow's errors share no root but Exception
        reason = textwrap.shorten(str(error), LONGEST_REASON, placeholder=" ...")
        raise InvalidArtefact(
            f"{artefact.name} cannot be loaded by TensorFlow: {reason}"
        ) from error


def _place(device: str) -> str:
    """Return TensorFlow's name for a device."""
    kind, _, index = device.partition(":")
    return f"/GPU:{index or 0}" if kind == "cuda" else "/CPU:0"


def _specs(tensors: dict[str, tf.TensorSpec]) -> tuple[TensorSpec, ...]:
    return tuple(_spec(name, tensor) for name, tensor in tensors.items())


def _spec(name: str, tensor: tf.TensorSpec) -> TensorSpec:
    dtype = DTYPES.get(tensor.dtype)
    if dtype is None:
        raise ValueError(f"{name!r} is of type {tensor.dtype.name}, which cannot be served.")
    if not tensor.shape.rank:  # None if it is not known
        raise ValueError(f"{name!r} needs a shape whose first dimension is the batch.")
    shape = tuple(-1 if size is None else size for size in tensor.shape)
    return TensorSpec(name=name, dtype=dtype, shape=shape)


def _array(tensor: tf.Tensor) -> Array:
    array: Array = tensor.numpy()
    if array.dtype != object:
        return array
    return np.char.decode(array.astype(bytes), "utf-8", "replace").astype(object)


def _any_batch(specs: tuple[TensorSpec, ...]) -> tuple[TensorSpec, ...]:
    return tuple(
        TensorSpec(name=spec.name, dtype=spec.dtype, shape=(-1, *spec.shape[1:])) for spec in specs
    )
