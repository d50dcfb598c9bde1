"""A network as a function of TensorFlow, for the formats that are made from one."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf
from torch import nn

from .graph import Translator

TO_CHANNELS_LAST, TO_CHANNELS_FIRST = (0, 2, 3, 1), (0, 3, 1, 2)

Weights = Mapping[str, Any]  # of a layer by their names: arrays, or variables that hold them


def arrays_of(layer: nn.Module) -> Weights:
    """Return the weights of a layer as TensorFlow orders them; none of what is not a layer."""
    match layer:
        case nn.Conv2d():
            return {"weight": layer.weight.numpy().transpose(2, 3, 1, 0)}
        case nn.BatchNorm2d():
            names = "weight", "bias", "running_mean", "running_var"
            return {name: getattr(layer, name).numpy() for name in names}
        case nn.Linear():
            return {"weight": layer.weight.numpy().T, "bias": layer.bias.numpy()}
        case _:
            return {}


def traced(
    network: nn.Module,
    shape: tuple[int, ...],
    weights_of: Callable[[nn.Module], Weights] = arrays_of,
) -> Any:
    """Return the concrete function of a network whose rows have a shape; the batch is of any size.

    It takes `x` and gives `logits`. Images have their channels first outside, last inside.
    """
    layer = partial(_apply, weights_of)

    def serve(x: Any) -> dict[str, Any]:
        value = tf.transpose(x, TO_CHANNELS_LAST) if len(shape) == 3 else x
        return {"logits": Translator(network, layer, tf.add).run(value)}

    spec = tf.TensorSpec([None, *shape], tf.float32, name="x")
    return tf.function(serve, input_signature=[spec], autograph=False).get_concrete_function()


def _apply(weights_of: Callable[[nn.Module], Weights], layer: nn.Module, value: Any) -> Any:
    """Return what a layer makes of a value; raises TypeError for a new kind of layer."""
    weights = weights_of(layer)
    match layer:
        case nn.Identity():
            return value
        case nn.Conv2d():
            padded = _padded(value, layer.padding[0])
            return tf.nn.conv2d(padded, weights["weight"], layer.stride, "VALID")
        case nn.BatchNorm2d():
            return tf.compat.v1.nn.fused_batch_norm(
                value, *weights.values(), epsilon=layer.eps, is_training=False
            )[0]
        case nn.ReLU():
            return tf.nn.relu(value)
        case nn.MaxPool2d():  # after a ReLU zeros are the least there is, so they can pad
            padded = _padded(value, layer.padding)
            return tf.nn.max_pool2d(padded, layer.kernel_size, layer.stride, "VALID")
        case nn.AdaptiveAvgPool2d():
            return tf.reduce_mean(value, axis=[1, 2], keepdims=True)
        case nn.Flatten():
            size = np.prod(value.shape[1:])
            return tf.reshape(tf.transpose(value, TO_CHANNELS_FIRST), [-1, size])
        case nn.Linear():
            return tf.linalg.matmul(value, weights["weight"]) + weights["bias"]
        case _:
            raise TypeError(f"A layer of type {type(layer).__name__} has no TensorFlow form here.")


def _padded(value: Any, size: Any) -> Any:
    """Pad as PyTorch does, evenly: what TensorFlow calls SAME lies otherwise at a stride of 2."""
    return tf.pad(value, [[0, 0], [size, size], [size, size], [0, 0]]) if size else value
