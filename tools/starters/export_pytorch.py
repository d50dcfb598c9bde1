"""A starter's weights as a safetensors file; its layers stand in the template's architecture."""

from pathlib import Path

from safetensors.torch import load_file, save_file

from .starter import Array, Starter, probabilities

FILE = "model.safetensors"


def export(starter: Starter, path: Path) -> None:
    """Write the parameters and buffers of a starter's network."""
    save_file(starter.network.state_dict(), path)


def run(starter: Starter, path: Path) -> Array:
    """Return the probabilities of the held-out samples, as PyTorch computes them."""
    network = starter.build().eval()
    network.load_state_dict(load_file(path))
    return probabilities(network, starter.held_out.inputs)
