"""A starter's network as a SavedModel folder, its weights as variables."""

from pathlib import Path

import numpy as np
import tensorflow as tf

from . import tensorflow_graph
from .starter import OUTPUT, Array, Starter

FILE = "saved_model"
SIGNATURE = "serving_default"


def export(starter: Starter, path: Path) -> None:
    """Write the network of a starter; the batch is of any size. Raises TypeError on a new layer."""
    module = tf.Module()
    module.weights = [
        [tf.Variable(array, trainable=False) for array in tensorflow_graph.weights_of(layer)]
        for layer in starter.layers
    ]
    graph = tensorflow_graph.trace(starter, module.weights)
    tf.saved_model.save(module, path, signatures={SIGNATURE: graph})
    # It holds a random number, so that no two runs would write the same; nothing needs it.
    (path / "fingerprint.pb").unlink()


def run(starter: Starter, path: Path) -> Array:
    """Return the probabilities that TensorFlow computes for the held-out samples."""
    model = tf.saved_model.load(path)
    inputs = {name: tf.constant(array) for name, array in starter.held_out.inputs.items()}
    return np.asarray(model.signatures[SIGNATURE](**inputs)[OUTPUT])
