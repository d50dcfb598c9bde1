"""A starter's network as a function of TensorFlow, for the formats that are made from one."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from model_service.architecture.tensor import Standardise
from model_service.architecture.text import TokenMean
from torch import Tensor, nn

from .starter import OUTPUT, Array, Starter

TO_CHANNELS_LAST, TO_CHANNELS_FIRST = (0, 2, 3, 1), (0, 3, 1, 2)


def weights_of(layer: nn.Module) -> tuple[Array, ...]:
    """Return the kernel and the bias of a layer as TensorFlow lays them out, or nothing."""
    match layer:
        case TokenMean():
            return (_array(layer.table.weight),)
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
    specs = [
        tf.TensorSpec(
            [None if size == -1 else size for size in shape],
            starter.train.inputs[name].dtype,
            name=name,
        )
        for name, shape in starter.input_shapes.items()
    ]

    def serve(*inputs: Any) -> dict[str, Any]:
        is_image = len(inputs[0].shape) == 4
        values = [tf.transpose(inputs[0], TO_CHANNELS_LAST)] if is_image else inputs
        for layer, own in zip(starter.layers, weights, strict=True):
            values = [_apply(layer, own, *values)]
        return {OUTPUT: values[0]}

    return tf.function(serve, input_signature=specs, autograph=False).get_concrete_function()


def _apply(layer: nn.Module, weights: Sequence[Any], value: Any, mask: Any = None) -> Any:
    """Return what a layer makes of a value; images have their channels last."""
    match layer:
        case TokenMean():
            # The row of the padding is zero, so that it adds nothing to the sum of all.
            rows = tf.reduce_sum(tf.gather(weights[0], value * mask), axis=1)
            count = tf.reduce_sum(tf.cast(mask, tf.float32), axis=1, keepdims=True)
            return rows / tf.maximum(count, 1)
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
