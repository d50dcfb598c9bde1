"""Half: the weights become float16 at half the size, and inputs and outputs stay float32."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from model_service.engine import tensorflow
from model_service.engine.tensorflow_config import tf
from model_service.engine.tensorflow_formats import GRAPH
from model_service.errors import InvalidArtefact
from model_service.quantization import tensorflow_half

from ..engine.tensorflow_models import write_as_keras_2_did
from ..models import model_of
from .proof import assert_can_be_served, prove


def numbers_by_type(folder: Path) -> Counter[str]:
    """Return how many numbers of each type the constants of a SavedModel hold."""
    saved = SavedModel.FromString((folder / GRAPH).read_bytes())
    counts: Counter[str] = Counter()
    for function in saved.meta_graphs[0].graph_def.library.function:
        for node in function.node_def:
            if node.op == "Const":
                values = tf.make_ndarray(node.attr["value"].tensor)
                counts[str(values.dtype)] += values.size
    return counts


def test_the_artefact_has_half_the_size_and_agrees(tmp_path: Path) -> None:
    model = model_of("tensorflow")
    proof = prove(tensorflow_half, model, tmp_path, tensorflow.load)
    assert_can_be_served(proof, model)
    assert proof.size_ratio < 0.6
    numbers = numbers_by_type(proof.target)
    assert numbers["float16"] > 0.9 * numbers.total()


def test_several_inputs_keep_their_names(tmp_path: Path) -> None:
    original, target = tmp_path / "original", tmp_path / "half"
    specs = [tf.TensorSpec([None, 3], tf.float32, name=name) for name in ("z", "a")]
    weights = tf.Variable(np.full((3, 2), 0.5, np.float32))
    module = tf.Module()
    module.weights = weights
    function = tf.function(
        lambda z, a: {"first": z @ weights, "all": (a + z) @ weights}, specs, autograph=False
    )
    tf.saved_model.save(module, original, {"serving_default": function.get_concrete_function()})
    tensorflow_half.quantize(original, target, {})
    before, after = tensorflow.load(original, "cpu", 1), tensorflow.load(target, "cpu", 1)
    assert (after.inputs, after.outputs) == (before.inputs, before.outputs)
    rows = {"z": np.ones((2, 3), np.float32), "a": np.full((2, 3), 4, np.float32)}
    for name, values in before.run(rows).items():
        np.testing.assert_array_equal(after.run(rows)[name], values)


def test_weights_beyond_the_range_of_float16_stay_as_they_are(tmp_path: Path) -> None:
    original, target = tmp_path / "original", tmp_path / "half"
    module = tf.Module()
    module.weights = tf.Variable(np.full((3, 2), 1e6, np.float32))
    spec = tf.TensorSpec([None, 3], tf.float32, name="x")
    function = tf.function(lambda x: {"y": x @ module.weights}, [spec], autograph=False)
    tf.saved_model.save(module, original, {"serving_default": function.get_concrete_function()})
    tensorflow_half.quantize(original, target, {})
    outputs = tensorflow.load(target, "cpu", 1).run({"x": np.ones((1, 3), np.float32)})
    np.testing.assert_array_equal(outputs["y"], np.full((1, 2), 3e6, np.float32))


def test_a_model_of_keras_2_can_be_made_smaller(tmp_path: Path) -> None:
    original, target = write_as_keras_2_did(tmp_path / "original"), tmp_path / "half"
    tensorflow_half.quantize(original, target, {})
    outputs = tensorflow.load(target, "cpu", 1).run({"x": np.ones((1, 3), np.float32)})
    np.testing.assert_array_equal(outputs["y"], np.full((1, 2), 9, np.float32))


@pytest.mark.filterwarnings("ignore")  # TensorFlow: its first version is deprecated
def test_a_model_of_tensorflow_1_is_refused(tmp_path: Path) -> None:
    v1, folder = tf.compat.v1, tmp_path / "first"
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [None, 3], name="x")
        ones = np.ones((3, 2), np.float32)
        weights = v1.get_variable("w", initializer=ones, use_resource=False)
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, str(folder), {"x": x}, {"y": x @ weights})
    with pytest.raises(InvalidArtefact, match="first holds variables as TensorFlow 1"):
        tensorflow_half.quantize(folder, tmp_path / "half", {})


def test_it_has_its_name() -> None:
    assert (tensorflow_half.SCHEME, tensorflow_half.SUFFIX) == ("half", "")
