"""A JPEG on its way to the array of a model, with and without `jpeg_draft`."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..quantization import networks, template
from .pictures import jpeg

SIDE = 224
WIDTH = 64  # of ResNet18
OTHER_QUALITY = 85  # what a picture is saved with for comparison
CARD: dict[str, Any] = {
    "name": "decode",
    "version": "1",
    "task": "raw",
    "artefact": {"file": "model.bin", "sha256": 64 * "0"},
    "inputs": [{"name": "x", "dtype": "float32", "shape": [-1, 3, SIDE, SIDE]}],
    "outputs": [{"name": "y", "dtype": "float32", "shape": [-1, networks.CLASSES]}],
}
STD = (0.229, 0.224, 0.225)
PREPROCESSING = {
    "size": [SIDE, SIDE],
    "scale": 1 / 255,
    "mean": [0.485, 0.456, 0.406],
    "std": STD,
}

Array = NDArray[Any]
Preprocess = Callable[[bytes], dict[str, Array]]
Scores = Callable[[Array], Array]


@dataclass(frozen=True)
class Difference:
    """How far two arrays of one picture lie apart: values of 0 to 255, and scores of 0 to 1."""

    largest: float
    mean: float
    scores: float


@dataclass(frozen=True)
class Result:
    """One picture: milliseconds of CPU time as a whole and drafted, and what differs.

    `resaved` is how far the picture lies from itself, saved with another quality.
    """

    picture: str
    width: int
    height: int
    whole_ms: float
    drafted_ms: float
    ratios: tuple[float, ...]
    drafted: Difference
    resaved: Difference


def preprocessors() -> tuple[Preprocess, Preprocess]:
    """Return the template's own preprocessing of a card, without and with `jpeg_draft`."""
    card, image = template.module("model_card"), template.module("preprocessing.image")
    settings = template.module("settings").Settings()

    def of(draft: bool) -> Preprocess:
        raw = CARD | {"preprocessing": PREPROCESSING | {"jpeg_draft": draft}}
        made: Preprocess = image.Preprocessor(card.convert(raw, card.ModelCard), settings)
        return made

    return of(False), of(True)


def scores() -> Scores:
    """Return a ResNet18 with random weights as a function: the input of a row -> its scores."""
    network = networks.make("cnn", WIDTH)

    def of(row: Array) -> Array:
        with torch.inference_mode():
            result: Array = network(torch.from_numpy(row[np.newaxis])).softmax(-1).numpy()
        return result

    return of


def measure(
    picture: str, image: Any, ways: tuple[Preprocess, Preprocess], score: Scores, turns: int
) -> Result:
    """Preprocess a picture both ways in turns, and compare what comes out."""
    data = jpeg(image)
    seconds = [[_seconds(way, data) for way in ways] for _ in range(turns)]
    whole, drafted = (way(data)["x"] for way in ways)
    resaved = ways[0](jpeg(image, OTHER_QUALITY))["x"]
    whole_s, drafted_s = (statistics.median(times) for times in zip(*seconds, strict=True))
    return Result(
        picture,
        image.width,
        image.height,
        1000 * whole_s,
        1000 * drafted_s,
        tuple(one / other for one, other in seconds),
        difference(whole, drafted, score),
        difference(whole, resaved, score),
    )


def difference(one: Array, other: Array, score: Scores) -> Difference:
    """Compare two inputs of a model, in the values that their pixels had."""
    apart = np.abs(one - other) * np.array(STD)[:, np.newaxis, np.newaxis] * 255
    return Difference(
        float(apart.max()), float(apart.mean()), float(np.abs(score(one) - score(other)).max())
    )


def _seconds(preprocess: Preprocess, data: bytes) -> float:
    before = time.thread_time()
    preprocess(data)
    return time.thread_time() - before
