"""A starter's network as a TFLite file: TensorFlow traces it, and its converter writes it."""

from pathlib import Path

import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

from . import tensorflow_graph
from .starter import OUTPUT, Array, Starter

FILE = "model.tflite"


def export(starter: Starter, path: Path) -> None:
    """Write the network of a starter; the batch is of any size. Raises TypeError on a new layer."""
    weights = [tensorflow_graph.weights_of(layer) for layer in starter.layers]
    graph = tensorflow_graph.trace(starter, weights)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([graph], tf.Module())
    path.write_bytes(converter.convert())


def run(starter: Starter, path: Path) -> Array:
    """Return the probabilities of the held-out samples, as LiteRT computes them."""
    runner = Interpreter(str(path)).get_signature_runner()
    return np.asarray(runner(**starter.held_out.inputs)[OUTPUT])
