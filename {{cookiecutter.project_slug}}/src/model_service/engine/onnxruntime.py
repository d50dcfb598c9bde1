"""ONNX Runtime: loads an `.onnx` file and runs it on the CPU or a CUDA GPU."""

import ctypes
import os
from pathlib import Path

import numpy as np
import onnxruntime as ort

from ..arrays import Array, Arrays
from ..errors import InvalidArtefact
from ..model_card import TensorSpec
from .base import check_inputs, memory_errors

PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
DTYPES = {
    "tensor(float16)": "float16",
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(string)": "object",
    "tensor(bool)": "bool",
} | {
    f"tensor({kind}{bits})": f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)
}


class OnnxRuntimeEngine:
    """One session; ONNX Runtime lets several threads run it at once and releases the GIL.

    What is a single number in the model is one number for one row here: it runs a row at a time.
    """

    def __init__(self, session: ort.InferenceSession, device: str, threads: int) -> None:
        self.name = f"onnxruntime {ort.__version__}"
        self.device = device
        self.threads = threads
        self.inputs = tuple(_spec(node) for node in session.get_inputs())
        self.outputs = tuple(_spec(node) for node in session.get_outputs())
        self.dtype = self.outputs[-1].dtype  # inputs may be ids
        self._session = session
        self._single = {node.name for node in session.get_inputs() if not node.shape}
        self._output_names = [spec.name for spec in self.outputs]

    @memory_errors()
    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Run the model; see `Engine.run`. Raises ValueError if the inputs do not fit."""
        check_inputs(inputs, self.inputs)
        feeds = {
            k: array.reshape(()) if k in self._single else array for k, array in inputs.items()
        }
        outputs = map(np.atleast_1d, self._session.run(self._output_names, feeds))
        return dict(zip(self._output_names, outputs, strict=True))


def available_devices() -> tuple[str, ...]:
    """Return the kinds of device that are worth asking for; asking may still fail."""
    if PROVIDERS["cuda"] not in ort.get_available_providers():
        return ("cpu",)
    try:
        ctypes.CDLL("libcuda.so.1")  # comes with the driver; the GPU build starts without it, too
    except OSError:
        return ("cpu",)
    return ("cpu", "cuda")


def load(artefact: Path, device: str, threads: int) -> OnnxRuntimeEngine:
    """Load an artefact on `cpu`, `cuda` or `cuda:N` with `threads` threads a run on the CPU.

    ONNX Runtime falls back to the CPU without an error when CUDA cannot be used, so the engine
    reports the device of the provider that is really in use. Raises InvalidArtefact.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    # Threads that spin between runs cost a core and gain little: 1.16 against 0.25 cores measured.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    ort.set_default_logger_severity(3)  # errors: they name the library that a GPU lacks
    kind, _, index = device.partition(":")
    provider_options = {"device_id": index or "0"} if kind == "cuda" else {}
    try:
        session = ort.InferenceSession(
            os.fspath(artefact),
            options,
            providers=[(PROVIDERS[kind], provider_options)],
            enable_fallback=0,  # no silent change of device, neither now nor in a later run
        )
    except Exception as error:  # ONNX Runtime's errors share no root but Exception
        reason = str(error).splitlines()[0]
        raise InvalidArtefact(
            f"{artefact.name} cannot be loaded by ONNX Runtime: {reason}"
        ) from error
    in_use = session.get_providers()[0]
    on_gpu = in_use == PROVIDERS["cuda"]
    return OnnxRuntimeEngine(session, device if on_gpu else "cpu", threads)


def _spec(node: ort.NodeArg) -> TensorSpec:
    dtype = DTYPES.get(node.type)
    if dtype is None:
        raise InvalidArtefact(f"{node.name!r} is a {node.type}, which this service cannot serve.")
    shape = tuple(size if isinstance(size, int) else -1 for size in node.shape)
    return TensorSpec(name=node.name, dtype=dtype, shape=shape or (1,))
