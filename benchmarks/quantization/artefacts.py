"""The models as files: originals in the format of a framework, and what is quantized of them."""

import importlib
from pathlib import Path

import numpy as np

from . import template
from .samples import SHAPES, Array, samples
from .settings import Settings

CALIBRATION_ROWS, PROOF_ROWS = 32, 4
PROOF = "proof.npy"


def export(framework: str, folder: Path, settings: Settings) -> None:
    """Write every model into a folder of its own, with the outputs of its network as proof."""
    from torch import from_numpy  # only here: what is measured shall not share its process

    from .networks import make

    exporter = importlib.import_module(f".export_{framework}", __package__)
    for model, width in settings.widths.items():
        network = make(model, width)
        home = folder / model
        home.mkdir()
        exporter.export(network, SHAPES[model], home / exporter.FILE)
        np.save(home / PROOF, network(from_numpy(proof_inputs(model))).numpy())


def proof_inputs(model: str) -> Array:
    """Return the inputs whose outputs are kept as proof."""
    return samples(model, PROOF_ROWS, seed=3)


def quantize(framework: str, scheme: str, folder: Path, settings: Settings) -> None:
    """Quantize every model of a folder with the template's own code."""
    quantizer = template.module(f"quantization.{framework}_{scheme.replace('-', '_')}")
    for model, width in settings.widths.items():
        template.serve_network(framework, model, width)
        original = artefact(folder / model)
        target = folder / model / scheme / f"model{quantizer.SUFFIX}"
        target.parent.mkdir()
        quantizer.quantize(original, target, {"x": samples(model, CALIBRATION_ROWS, seed=1)})


def artefact(folder: Path) -> Path:
    """Return the model in a folder: a file, or a folder for some frameworks."""
    (path,) = folder.glob("model*")
    return path
