"""A network's weights as a safetensors file; the layers that they belong to stand in `networks`."""

from pathlib import Path

from safetensors.torch import save_file
from torch import nn

FILE = "model.safetensors"


def export(network: nn.Module, shape: tuple[int, ...], path: Path) -> None:
    """Write the parameters and buffers of a network."""
    save_file(network.state_dict(), path)
