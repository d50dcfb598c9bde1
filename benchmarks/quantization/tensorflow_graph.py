"""A network as a TensorFlow function: what TFLite files are converted from."""

from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from torch import Tensor, nn

from .graph import Translator

TO_CHANNELS_LAST, TO_CHANNELS_FIRST = (0, 2, 3, 1), (0, 3, 1, 2)


def traced(network: nn.Module, shape: tuple[int, ...]) -> Any:
    """Return the concrete function of a network whose rows have a shape; the batch is of any size.

    It takes `x` and gives `logits`. Images have their channels first outside, last inside.
    """

    def serve(x: Any) -> dict[str, Any]:
        value = tf.transpose(x, TO_CHANNELS_LAST) if len(shape) == 3 else x
        return {"logits": Translator(network, _apply, tf.add).run(value)}

    spec = tf.TensorSpec([None, *shape], tf.float32, name="x")
    return tf.function(serve, input_signature=[spec], autograph=False).get_concrete_function()


def _apply(layer: nn.Module, value: Any) -> Any:
    """Return what a layer makes of a value; raises TypeError for a new kind of layer."""
    match layer:
        case nn.Identity():
            return value
        case nn.Conv2d():
            kernel = _array(layer.weight).transpose(2, 3, 1, 0)
            return tf.nn.conv2d(_padded(value, layer.padding[0]), kernel, layer.stride, "VALID")
        case nn.BatchNorm2d(weight=Tensor() as scale, bias=Tensor() as offset):
            statistics = {"mean": layer.running_mean, "variance": layer.running_var}
            return tf.compat.v1.nn.fused_batch_norm(
                value,
                _array(scale),
                _array(offset),
                **{name: _array(tensor) for name, tensor in statistics.items()},
                epsilon=layer.eps,
                is_training=False,
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
        case nn.Linear(bias=Tensor() as bias):
            return tf.linalg.matmul(value, _array(layer.weight).T) + _array(bias)
        case _:
            raise TypeError(f"A layer of type {type(layer).__name__} has no TensorFlow form here.")


def _padded(value: Any, size: Any) -> Any:
    """Pad as PyTorch does, evenly: what TensorFlow calls SAME lies otherwise at a stride of 2."""
    return tf.pad(value, [[0, 0], [size, size], [size, size], [0, 0]]) if size else value


def _array(tensor: Any) -> NDArray[np.float32]:
    return np.asarray(tensor.detach().numpy())
