"""A network as a SavedModel folder, its weights as variables."""

import functools
from pathlib import Path

import tensorflow as tf
from torch import nn

from .tensorflow_graph import Weights, arrays_of, traced

FILE = "model"


def export(network: nn.Module, shape: tuple[int, ...], path: Path) -> None:
    """Write a network whose rows have a shape; the batch is of any size."""

    @functools.cache
    def variables_of(layer: nn.Module) -> Weights:
        return {name: tf.Variable(array) for name, array in arrays_of(layer).items()}

    module = tf.Module()
    # They must be there before the function is traced, and belong to what is saved.
    module.weights = [variables_of(layer) for layer in network.modules()]
    module.function = traced(network, shape, variables_of)
    tf.saved_model.save(module, path, signatures={"serving_default": module.function})
