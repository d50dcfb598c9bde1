"""State dicts of PyTorch: read without running what they hold, mapped, into the architecture.

On the meta device a network has shapes and no memory; its parameters become the mapped pages of the
file, which the processes of the service share. Loading 400 MB takes milliseconds that way.
"""

import pickle
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import safetensors.torch
import torch
from torch import Tensor, nn
from torch.ao.quantization import quantize_dynamic
from torch.nn.modules.utils import consume_prefix_in_state_dict_if_present

from .. import architecture
from ..errors import InvalidArtefact
from .pytorch_network import Network, dtype_of
from .pytorch_programs import is_program

WRAPPERS = ("state_dict", "model_state_dict", "model_state", "model")  # trainers nest under these
PARALLEL = "module."  # the prefix of a network that was trained in parallel
SHOWN = 3  # entries of a list in a sentence

Weights: TypeAlias = dict[str, Tensor]


def load_weights(artefact: Path, device: str) -> Network:
    """Return the network of `architecture` with the weights of a file, ready to run on a device.

    Numbers in float16 become bfloat16 on the CPU, which computes nine times slower in float16.
    Raises InvalidArtefact, or what PyTorch raises.
    """
    network = fill(read(artefact), artefact.name)
    dtype = dtype_of([*network.state_dict().values()])
    if dtype == torch.float16 and device == "cpu":
        dtype = torch.bfloat16
        network.to(dtype)
    network.to(device)
    return Network(network, architecture.INPUTS, architecture.OUTPUTS, device, dtype)


def read(artefact: Path) -> Weights:
    """Return the tensors of a `.safetensors` or `.pt` file by name, mapped where it can be.

    Raises InvalidArtefact, or what PyTorch raises.
    """
    return weights_in(read_content(artefact), artefact.name)


def read_content(artefact: Path) -> Any:
    """Return whatever such a file holds, tensors or not; raises as `read` does."""
    if is_program(artefact):
        raise InvalidArtefact(
            f"{artefact.name} is a program with its own code: save the state dict of the model."
        )
    if _is_safetensors(artefact):
        return safetensors.torch.load_file(artefact)
    return _read_pickle(artefact)


def weights_in(content: Any, file: str) -> Weights:
    """Return the state dict in the content of a file; raises InvalidArtefact if there is none."""
    if isinstance(content, Mapping):
        inner = (content.get(key) for key in WRAPPERS)
        content = next((value for value in inner if isinstance(value, Mapping)), content)
    if not isinstance(content, dict) or not all(map(_is_weight, content.items())):
        raise InvalidArtefact(f"{file} holds no state dict: save that of the model.")
    if all(name.startswith(PARALLEL) for name in content):
        # In place, and no copy: a state dict has metadata beside its items.
        consume_prefix_in_state_dict_if_present(content, PARALLEL)
    return content


def fill(weights: Weights, file: str) -> nn.Module:
    """Return the architecture with these weights; raises InvalidArtefact if they do not fit."""
    network = blank(weights)
    if not are_quantized(weights):
        _check_fit(weights, network.state_dict(), file)
    network.load_state_dict(weights, assign=True)
    if any(tensor.is_meta for tensor in (*network.parameters(), *network.buffers())):
        # The rest is what no state dict holds: buffers that the constructor computes.
        network = architecture.build()
        network.load_state_dict(weights, assign=True)
    return network.eval().requires_grad_(False)


def blank(weights: Weights) -> nn.Module:
    """Return the architecture in the form that takes these weights, without their values."""
    if are_quantized(weights):
        return quantized(architecture.build().eval())
    with torch.device("meta"):
        return architecture.build()


def are_quantized(weights: Weights) -> bool:
    """Return whether `quantized` made some of the layers that these weights belong to."""
    return any("_packed_params" in name for name in weights)


def quantized(network: nn.Module) -> nn.Module:
    """Return a network with dense and recurrent layers that compute in int8."""
    with warnings.catch_warnings():
        # It is called deprecated, and its integers are; what is newer needs a compiler to be fast.
        warnings.simplefilter("ignore")
        quantize: Callable[..., nn.Module] = quantize_dynamic
        return quantize(network, {nn.Linear, nn.LSTM}, dtype=torch.qint8)


def _check_fit(weights: Weights, expected: Weights, file: str) -> None:
    different = [
        f"{name} is {list(weights[name].shape)} and should be {list(tensor.shape)}"
        for name, tensor in expected.items()
        if name in weights and weights[name].shape != tensor.shape
    ]
    faults = {
        "missing": [name for name in expected if name not in weights],
        "unexpected": [name for name in weights if name not in expected],
        "of another shape": different,
    }
    said = [f"{fault}: {_some(names)}" for fault, names in faults.items() if names]
    if said:
        raise InvalidArtefact(
            f"{file} does not fit the network in the folder architecture ({'; '.join(said)}): put"
            " the layers of the model there."
        )


def _some(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _read_pickle(artefact: Path) -> Any:
    try:
        return torch.load(
            artefact,
            weights_only=True,
            mmap=zipfile.is_zipfile(artefact),  # the format before PyTorch 1.6 cannot be mapped
            map_location="cpu",
        )
    except pickle.UnpicklingError as error:
        raise InvalidArtefact(
            f"{artefact.name} is damaged or holds more than tensors, which could run code: save"
            " the `state_dict()` of the model."
        ) from error


def _is_weight(item: tuple[object, object]) -> bool:
    name, value = item
    quantized = isinstance(value, tuple | torch.dtype)  # of a layer that quantize_dynamic made
    return isinstance(name, str) and (isinstance(value, Tensor) or quantized)


def _is_safetensors(artefact: Path) -> bool:
    with artefact.open("rb") as file:
        return file.read(9)[8:] == b"{"  # eight bytes of length, then a header in JSON
