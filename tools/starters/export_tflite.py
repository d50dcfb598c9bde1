"""A starter's network as a TFLite file: TensorFlow traces it, and its converter writes it."""

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from model_service.architecture.tensor import Standardise
from torch import Tensor, nn

from .starter import OUTPUT, Array, Starter

FILE = "model.tflite"
TO_CHANNELS_LAST, TO_CHANNELS_FIRST = (0, 2, 3, 1), (0, 3, 1, 2)


def export(starter: Starter, path: Path) -> None:
    """Write the network of a starter; the batch is of any size. Raises TypeError on a new layer."""
    shape = [None, *starter.train.inputs.shape[1:]]

    def serve(inputs: Any) -> dict[str, Any]:
        value = tf.transpose(inputs, TO_CHANNELS_LAST) if len(shape) == 4 else inputs
        for layer in starter.network:
            value = _apply(layer, value)
        return {OUTPUT: value}

    spec = tf.TensorSpec(shape, tf.float32, name=starter.input_name)
    graph = tf.function(serve, input_signature=[spec], autograph=False).get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([graph], tf.Module())
    path.write_bytes(converter.convert())


def run(starter: Starter, path: Path) -> Array:
    """Return the probabilities of the held-out samples, as LiteRT computes them."""
    runner = Interpreter(str(path)).get_signature_runner()
    (name,) = runner.get_input_details()
    return np.asarray(runner(**{name: starter.held_out.inputs})[OUTPUT])


def _apply(layer: nn.Module, value: Any) -> Any:
    """Return what a layer makes of a value; images have their channels last."""
    match layer:
        case Standardise():
            # Divided first: the converter would fold a division before a dense layer into its
            # weights, and what int8 makes of features that differ in size by thousands is noise.
            return value / _array(layer.std) - _array(layer.mean / layer.std)
        case nn.Conv2d(bias=Tensor() as bias):
            kernel = _array(layer.weight).transpose(2, 3, 1, 0)
            # The starters pad by half of an odd kernel at stride 1, which TensorFlow calls SAME.
            return tf.nn.conv2d(value, kernel, layer.stride, "SAME") + _array(bias)
        case nn.Linear(bias=Tensor() as bias):
            return tf.linalg.matmul(value, _array(layer.weight).T) + _array(bias)
        case nn.ReLU():
            return tf.nn.relu(value)
        case nn.MaxPool2d():
            return tf.nn.max_pool2d(value, layer.kernel_size, layer.stride, "VALID")
        case nn.Flatten():
            size = np.prod(value.shape[1:])
            return tf.reshape(tf.transpose(value, TO_CHANNELS_FIRST), [-1, size])
        case nn.Softmax():
            return tf.nn.softmax(value)
        case _:
            raise TypeError(f"A layer of type {type(layer).__name__} has no TFLite form here.")


def _array(tensor: Tensor) -> Array:
    return np.asarray(tensor.detach().numpy())
