"""A starter's weights as a safetensors file; its layers stand in the template's architecture."""

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from .starter import Array, Starter

FILE = "model.safetensors"


def export(starter: Starter, path: Path) -> None:
    """Write the parameters and buffers of a starter's network."""
    save_file(starter.network.state_dict(), path)


def run(starter: Starter, path: Path) -> Array:
    """Return the probabilities of the held-out samples, as PyTorch computes them."""
    network = starter.build().eval()
    network.load_state_dict(load_file(path))
    with torch.inference_mode():
        return np.asarray(network(torch.from_numpy(starter.held_out.inputs)))
