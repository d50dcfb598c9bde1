"""Inputs of the measured models: random, but smooth as pictures are, so that they differ."""

import numpy as np
from numpy.typing import NDArray

SHAPES = {"mlp": (784,), "cnn": (3, 64, 64)}  # of one row, by the name of the model
PATCH = 4  # pixels to a side that share a colour

Array = NDArray[np.float32]


def samples(model: str, count: int, seed: int) -> Array:
    """Return inputs of a model, float32 [count, *shape], of mean 0 and about deviation 1."""
    shape = SHAPES[model]
    channels, side = (shape[0], shape[-1]) if len(shape) == 3 else (1, round(shape[0] ** 0.5))
    random = np.random.default_rng(seed)
    coarse = random.normal(size=(count, channels, side // PATCH, side // PATCH))
    smooth = coarse.repeat(PATCH, axis=2).repeat(PATCH, axis=3)
    noise = random.normal(scale=0.2, size=smooth.shape)
    return (smooth + noise).astype(np.float32).reshape(count, *shape)
