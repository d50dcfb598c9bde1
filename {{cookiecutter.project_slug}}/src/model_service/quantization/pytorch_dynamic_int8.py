"""Dynamic int8 for PyTorch: weights int8 in the file, activations scaled at run time.

Dense and LSTM layers only: PyTorch has no other. Of the ways that there are, `quantize_dynamic` is
the one that runs faster than the original without a compiler (an MLP four times at batch 32).
PyTorch calls it deprecated, so this service keeps to the versions that have it.
"""

from pathlib import Path

import torch

from ..arrays import Arrays
from ..engine import pytorch_weights

SCHEME = "dynamic-int8"
SUFFIX = ".pt"


def quantize(original: Path, target: Path, calibration: Arrays) -> None:
    """Write the quantized artefact; it needs no calibration. Raises InvalidArtefact."""
    network = pytorch_weights.fill(pytorch_weights.read(original), original.name)
    torch.save(pytorch_weights.quantized(network).state_dict(), target)
