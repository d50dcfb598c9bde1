"""A network as a TFLite file: TensorFlow traces it, and its converter writes it."""

from pathlib import Path

import tensorflow as tf
from torch import nn

from .tensorflow_graph import traced

FILE = "model.tflite"


def export(network: nn.Module, shape: tuple[int, ...], path: Path) -> None:
    """Write a network whose rows have a shape; the batch is of any size."""
    function = traced(network, shape)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], tf.Module())
    path.write_bytes(converter.convert())
