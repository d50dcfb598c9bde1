"""What PyTorch files say of themselves: weights, exported programs and TorchScript.

Weights and TorchScript tell no names or shapes of inputs: those stand in the folder architecture.
"""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open

from .. import architecture
from ..engine.pytorch import PyTorchEngine, load
from ..engine.pytorch_weights import blank, read_content, weights_in
from ..errors import ImportRefused, StartupError
from .base import Signature, notes_of, refuse_bomb
from .pytorch_checkpoint import labels_of, table_of
from .pytorch_trial import try_out

OWN_CODE = "It brings its own code, which runs in the service: serve none but your own."


def read(path: Path, kind: str) -> Signature:
    """Return what a file of a kind says of itself; raises ImportRefused if it cannot be served.

    The refusal of weights that do not fit the network carries a table of all tensors, as a note.
    """
    if kind not in READERS:
        raise ImportRefused(f"{path.name} is no file that PyTorch loads ({kind}).")
    refuse_bomb(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of formats that are old
            return READERS[kind](path)
    except ImportRefused:
        raise
    except StartupError as error:
        raise ImportRefused(str(error)) from error
    except Exception as error:  # PyTorch's errors share no root but Exception
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise ImportRefused(f"{path.name} cannot be read: {reason}") from error


def _read_pickled(path: Path) -> Signature:
    return _read_weights(path, read_content(path))


def _read_safetensors(path: Path) -> Signature:
    with safe_open(path, "pt") as file:
        told = file.metadata() or {}
    return _read_weights(path, read_content(path), told)


def _read_weights(path: Path, content: Any, told: dict[str, str] | None = None) -> Signature:
    weights = weights_in(content, path.name)
    table = table_of(weights, blank(weights).state_dict())
    try:
        engine = _load(path)
    except StartupError as error:
        refusal = ImportRefused(str(error))
        refusal.add_note(table)
        raise refusal from error
    try_out(engine, path.name)
    beside = content if told is None else told
    return Signature(
        architecture.INPUTS,
        architecture.OUTPUTS,
        labels=labels_of(beside),
        notes=notes_of(beside),
        table=table,
    )


def _read_exported(path: Path) -> Signature:
    engine = _load(path)
    return Signature(engine.inputs, engine.outputs, notes=(OWN_CODE,))


def _read_torchscript(path: Path) -> Signature:
    script: Any = torch.jit.load(path, map_location="cpu")  # type: ignore[no-untyped-call]
    arguments = script.forward.schema.arguments[1:]  # the first is the model itself
    needed = [argument.name for argument in arguments if not argument.has_default_value()]
    stated = [spec.name for spec in architecture.INPUTS]
    if not len(needed) <= len(stated) <= len(arguments):
        raise ImportRefused(
            f"{path.name} takes {', '.join(needed)}, and the folder architecture states the inputs"
            f" {', '.join(stated)}: write those of the model there; TorchScript has no shapes."
        )
    try_out(_load(path), path.name)
    return Signature(
        architecture.INPUTS,
        architecture.OUTPUTS,
        notes=(OWN_CODE, "Its inputs and outputs are those that the folder architecture states."),
    )


READERS: dict[str, Callable[[Path], Signature]] = {
    "state-dict": _read_pickled,
    "safetensors": _read_safetensors,
    "torch-export": _read_exported,
    "torchscript": _read_torchscript,
}


def _load(path: Path) -> PyTorchEngine:
    return load(path, "cpu", torch.get_num_threads())
