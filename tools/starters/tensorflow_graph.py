"""A starter's network as a function of TensorFlow, for the formats that are made from one."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from model_service.architecture.tensor import Standardise
from torch import Tensor, nn

from .starter import OUTPUT, Array, Starter

TO_CHANNELS_LAST, TO_CHANNELS_FIRST = (0, 2, 3, 1), (0, 3, 1, 2)


def weights_of(layer: nn.Module) -> tuple[Array, ...]:
    """Return the kernel and the bias of a layer as TensorFlow lays them out, or nothing."""
    match layer:
        case nn.Conv2d(bias=Tensor() as bias):
            return _array(layer.weight).transpose(2, 3, 1, 0), _array(bias)
        case nn.Linear(bias=Tensor() as bias):
            return _array(layer.weight).T, _array(bias)
        case _:
            return ()


def trace(starter: Starter, weights: Sequence[Sequence[Any]]) -> Any:
    """Return the network as a concrete function; the batch is of any size.

    `weights` are those of each layer: arrays, which become constants, or variables. Raises
    TypeError on a new layer.
    """
    shape = [None, *starter.train.inputs.shape[1:]]

    def serve(inputs: Any) -> dict[str, Any]:
        value = tf.transpose(inputs, TO_CHANNELS_LAST) if len(shape) == 4 else inputs
        for layer, own in zip(starter.network, weights, strict=True):
            value = _apply(layer, own, value)
        return {OUTPUT: value}

    spec = tf.TensorSpec(shape, tf.float32, name=starter.input_name)
    return tf.function(serve, input_signature=[spec], autograph=False).get_concrete_function()


def _apply(layer: nn.Module, weights: Sequence[Any], value: Any) -> Any:
    """Return what a layer makes of a value; images have their channels last."""
    match layer:
        case Standardise():
            # Divided first: the converter would fold a division before a dense layer into its
            # weights, and what int8 makes of features that differ in size by thousands is noise.
            return value / _array(layer.std) - _array(layer.mean / layer.std)
        case nn.Conv2d():
            # The starters pad by half of an odd kernel at stride 1, which TensorFlow calls SAME.
            return tf.nn.conv2d(value, weights[0], layer.stride, "SAME") + weights[1]
        case nn.Linear():
            return tf.linalg.matmul(value, weights[0]) + weights[1]
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
            raise TypeError(f"A layer of type {type(layer).__name__} has no form here.")


def _array(tensor: Tensor) -> Array:
    return np.asarray(tensor.detach().numpy())
