"""Programs of PyTorch, which bring their own code: exported, compiled ahead of time, TorchScript.

An exported and a compiled program know their signature; TorchScript has that of `architecture`.
"""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import torch
from torch import Tensor
from torch.export import ExportedProgram
from torch.export.passes import move_to_device_pass
from torch.utils._pytree import tree_unflatten

from .. import architecture
from ..errors import InvalidArtefact
from ..model_card import TensorSpec
from .pytorch_network import Network, dtype_of

METADATA = "service"  # the key of a compiled package under which its `About` stands


class About(msgspec.Struct, frozen=True):
    """What a compiled package says of itself: `quantize` writes it, the engine reads it.

    `cpu` are the features of the CPU that it was compiled for.
    """

    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    cpu: tuple[str, ...]


def is_program(artefact: Path) -> bool:
    """Return whether a file holds code, and not weights alone."""
    return _loader(artefact) is not None


def load_program(artefact: Path, device: str) -> Network:
    """Load a program on a device; raises InvalidArtefact, or what PyTorch raises."""
    loader = _loader(artefact)
    if loader is None:
        raise InvalidArtefact(f"{artefact.name} holds no program.")
    return loader(artefact, device)


def cpu_features() -> tuple[str, ...]:
    """Return the instruction sets, and the like, of the CPU of this machine."""
    return tuple(sorted(name for name, has in torch.cpu.get_capabilities().items() if has is True))


def _load_compiled(artefact: Path, device: str) -> Network:
    if device != "cpu":
        raise InvalidArtefact(f"{artefact.name} is compiled for the CPU, not for {device}.")
    from torch._inductor import aoti_load_package  # two seconds and 70 MB that only this needs

    program = aoti_load_package(str(artefact))
    metadata = program.loader.get_metadata()
    if METADATA not in metadata:
        raise InvalidArtefact(f"{artefact.name} was not made by `quantize` of this service.")
    about = msgspec.json.decode(metadata[METADATA], type=About)
    lacking = ", ".join(sorted({*about.cpu} - {*cpu_features()}))
    if lacking:
        raise InvalidArtefact(
            f"{artefact.name} is compiled for a CPU with {lacking}, which this one lacks: run"
            " `quantize` on a machine of the kind that serves it."
        )
    return Network(program, about.inputs, about.outputs, "cpu", torch.int8)


def _load_exported(artefact: Path, device: str) -> Network:
    program = move_to_device_pass(torch.export.load(artefact), device)
    inputs = [node for node in program.graph.nodes if node.op == "placeholder"]
    by_name = {node.name: node.meta["val"] for node in program.graph.nodes if "val" in node.meta}
    arguments = tuple(
        _spec(node.target, node.meta["val"])
        for node in inputs
        if node.name in program.graph_signature.user_inputs
    )
    names = program.graph_signature.user_outputs
    results = tuple(
        _spec(label, by_name[name])
        for label, name in zip(_output_names(program), names, strict=True)
    )
    weights = [*program.state_dict.values()]
    return Network(_flat(program), arguments, results, device, dtype_of(weights))


def _load_torchscript(artefact: Path, device: str) -> Network:
    program = torch.jit.load(artefact, map_location=device).eval()  # type: ignore[no-untyped-call]
    dtype = dtype_of([*program.state_dict().values()])
    return Network(program, architecture.INPUTS, architecture.OUTPUTS, device, dtype)


LOADERS = {
    "data/aotinductor/": _load_compiled,
    "models/": _load_exported,
    "constants.pkl": _load_torchscript,
}


def _loader(artefact: Path) -> Callable[[Path, str], Network] | None:
    """Return what loads a file, by the parts that its archive has."""
    if not zipfile.is_zipfile(artefact):
        return None
    with zipfile.ZipFile(artefact) as archive:
        parts = [name.partition("/")[2] for name in archive.namelist()]  # below its one folder
    return next(
        (load for start, load in LOADERS.items() if any(part.startswith(start) for part in parts)),
        None,
    )


def _flat(program: ExportedProgram) -> Callable[..., Any]:
    """Return a program as a function of positional arguments, however it was exported."""
    module, spec = program.module(), program.call_spec.in_spec

    def run(*tensors: Tensor) -> Any:
        args, kwargs = tree_unflatten(list(tensors), spec)
        return module(*args, **kwargs)

    return run


def _output_names(program: ExportedProgram) -> list[str]:
    """Return the keys of the dict that a program returns, or else the names of its values."""
    spec = program.call_spec.out_spec
    return list(spec.context if spec.type is dict else program.graph_signature.user_outputs)


def _spec(name: str, value: Tensor) -> TensorSpec:
    shape = tuple(size if isinstance(size, int) else -1 for size in value.shape)
    return TensorSpec(name=name, dtype=str(value.dtype).removeprefix("torch."), shape=shape)
