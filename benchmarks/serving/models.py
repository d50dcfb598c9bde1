"""The models that are served, the same in every run: untrained, since only their time counts."""

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from .. import model_folder
from ..model_folder import Array
from ..peers.scripts.runtime import SIDE, pixels
from ..quantization.samples import samples

WIDTHS = {"small": 128, "large": 4520, "images": 64}  # 120 thousand, 24 and 11 million parameters
PHOTO = (500, 375)  # pixels; of ImageNet's the commonest size
BLOCKS = 12  # of even colour along a side of it
CALIBRATION = 16
PREPROCESSING = f"""
[preprocessing]
color = "RGB"
resize = "stretch"
size = [{SIDE}, {SIDE}]
filter = "bilinear"
scale = {1 / 127.5}
mean = [1.0, 1.0, 1.0]
layout = "NCHW"

[quantization]
min_agreement = 0.5
golden_tolerance = 100.0
"""


@dataclass(frozen=True)
class Subject:
    """A model folder, an instance as a client sends it, its row, and the output of that row."""

    folder: Path
    instance: Any
    row: Array
    expected: Array


def small(folder: Path) -> Subject:
    """Write the MLP of which a run takes less time than a request."""
    return _of_numbers(folder, "small")


def large(folder: Path) -> Subject:
    """Write the MLP whose weights are read from memory once a run, however many rows it has."""
    return _of_numbers(folder, "large")


def images(folder: Path) -> Subject:
    """Write the ResNet18 for photos of 224 x 224, with photos to quantize it by."""
    _write_network(folder, "cnn", WIDTHS["images"], (3, SIDE, SIDE))
    photos = [photo(seed) for seed in range(2 * CALIBRATION)]
    rows = np.stack([pixels(jpeg) for jpeg in photos])
    for name, part in (("calibration", rows[:CALIBRATION]), ("evaluation", rows[CALIBRATION:])):
        np.savez(folder / f"{name}.npz", x=part)
    instance = {"b64": base64.b64encode(photos[0]).decode()}
    outputs = model_folder.finish(folder, rows[:1], instances=[instance], more=PREPROCESSING)
    return Subject(folder, instance, rows[0], outputs[0])


def arrays(folder: Path) -> Subject:
    """Write the ResNet18 for what has been preprocessed."""
    _write_network(folder, "cnn", WIDTHS["images"], (3, SIDE, SIDE))
    rows = np.stack([pixels(photo(0))])
    outputs = model_folder.finish(folder, rows)
    return Subject(folder, rows[0].tolist(), rows[0], outputs[0])


MAKERS: dict[str, Callable[[Path], Subject]] = {
    "small": small,
    "large": large,
    "images": images,
    "arrays": arrays,
}


def too_short(subject: Subject) -> Subject:
    """Return a subject whose instance lacks its last number, which the types do not tell."""
    return replace(subject, instance=subject.instance[:-1], row=subject.row[:-1])


def photo(seed: int) -> bytes:
    """Return a JPEG of about the size and the detail of a photo."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (BLOCKS, BLOCKS, 3), np.uint8)
    smooth = np.asarray(Image.fromarray(coarse).resize(PHOTO, Image.Resampling.BICUBIC), np.int16)
    grain = random.normal(scale=8, size=smooth.shape)
    file = io.BytesIO()
    image = Image.fromarray((smooth + grain).clip(0, 255).astype(np.uint8))
    image.save(file, "JPEG", quality=90)
    return file.getvalue()


def _of_numbers(folder: Path, model: str) -> Subject:
    _write_network(folder, "mlp", WIDTHS[model], (784,))
    instance = samples("mlp", 1, seed=1)[0].astype(float).round(4).tolist()
    rows = np.array([instance], np.float32)
    outputs = model_folder.finish(folder, rows, instances=[instance])
    return Subject(folder, instance, rows[0], outputs[0])


def _write_network(folder: Path, kind: str, width: int, shape: tuple[int, ...]) -> None:
    from ..quantization.export_onnxruntime import export  # only here: these import PyTorch
    from ..quantization.networks import make

    folder.mkdir(parents=True)
    export(make(kind, width), shape, folder / model_folder.MODEL)
