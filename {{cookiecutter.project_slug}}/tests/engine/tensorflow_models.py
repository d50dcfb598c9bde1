"""SavedModels small enough to tell their answers by heart, and one as Keras 2 saved them."""

from pathlib import Path

import numpy as np
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from model_service.engine.tensorflow_config import tf
from model_service.engine.tensorflow_formats import (
    GRAPH,
    USUAL_SIGNATURE,
)

X = tf.TensorSpec([None, 3], tf.float32, name="x")
N = tf.TensorSpec([None, 2], tf.int32, name="n")


def write_doubling(
    path: Path, *inputs: tf.TensorSpec, signatures: tuple[str, ...] = (USUAL_SIGNATURE,)
) -> Path:
    """Write a model that gives, for each input `name`, twice its values as `twice_<name>`."""

    def double(**tensors: tf.Tensor) -> dict[str, tf.Tensor]:
        return {f"twice_{name}": tensor + tensor for name, tensor in tensors.items()}

    named = {spec.name: spec for spec in inputs}
    function = tf.function(double, autograph=False).get_concrete_function(**named)
    tf.saved_model.save(tf.Module(), path, dict.fromkeys(signatures, function))
    return path


def write_boundless(path: Path) -> Path:
    """Write a model that repeats the first number of each row over half a petabyte."""

    def fill(x: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"y": tf.tile(x[:, :1], (1, 2**45))}

    function = tf.function(fill, autograph=False).get_concrete_function(x=X)
    tf.saved_model.save(tf.Module(), path, {USUAL_SIGNATURE: function})
    return path


def write_shouting(path: Path) -> Path:
    """Write a model that gives each of two texts in capitals and with an exclamation mark."""

    def shout(text: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"shouted": tf.strings.upper(text, "utf-8") + "!"}

    spec = tf.TensorSpec([None, 2], tf.string, name="text")
    function = tf.function(shout, autograph=False).get_concrete_function(text=spec)
    tf.saved_model.save(tf.Module(), path, {USUAL_SIGNATURE: function})
    return path


def write_as_keras_2_did(path: Path) -> Path:
    """Write y = x @ w, w being threes, with the state of an optimizer beside it."""
    model, optimizer = tf.Module(), tf.Module()
    model.w, model.momentum = (tf.Variable(np.full((3, 2), n, np.float32)) for n in (3, 0))
    model.optimizer = optimizer
    multiply = tf.function(lambda x: {"y": x @ model.w}, [X], autograph=False)
    tf.saved_model.save(model, path, {USUAL_SIGNATURE: multiply.get_concrete_function()})
    saved = SavedModel.FromString((path / GRAPH).read_bytes())
    nodes = saved.meta_graphs[0].object_graph_def.nodes
    child = {child.local_name: child.node_id for child in nodes[0].children}
    slot = nodes[child["optimizer"]].slot_variables.add(slot_name="m")
    slot.original_variable_node_id = child["w"]
    slot.slot_variable_node_id = child["momentum"]
    (path / GRAPH).write_bytes(saved.SerializeToString())
    return path
