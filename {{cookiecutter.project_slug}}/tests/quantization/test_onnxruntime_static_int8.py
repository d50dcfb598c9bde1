"""Static int8: weights and activations become int8, and the answers stay."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from model_service.engine import onnxruntime
from model_service.model_folder import ModelFolder
from model_service.quantization import onnxruntime_static_int8

from .onnxruntime_reshaping import write_reshaping
from .onnxruntime_weights import numbers_by_type
from .proof import Proof, assert_can_be_served, prove


@pytest.fixture(scope="module")
def proof(model: ModelFolder, tmp_path_factory: pytest.TempPathFactory) -> Proof:
    """Return the quantized model of this service."""
    return prove(
        onnxruntime_static_int8, model, tmp_path_factory.mktemp("static"), onnxruntime.load
    )


def test_the_artefact_agrees_at_less_than_four_tenths_of_the_size(
    proof: Proof, model: ModelFolder
) -> None:
    assert_can_be_served(proof, model)
    assert proof.size_ratio < 0.4


def test_nearly_all_numbers_are_of_eight_bits(proof: Proof) -> None:
    weights = numbers_by_type(proof.target)
    assert weights["INT8"] > 0
    # A table of rows to look up is made of the type of activations.
    assert weights["INT8"] + weights["UINT8"] > 0.9 * weights.total()


def test_scores_are_not_rounded_to_steps_of_a_byte(proof: Proof) -> None:
    nodes = onnx.load(proof.target).graph.node
    scores = {name for node in nodes if node.op_type == "Softmax" for name in node.output}
    rounded = {name for node in nodes if node.op_type == "QuantizeLinear" for name in node.input}
    assert rounded
    assert scores.isdisjoint(rounded)


def test_the_samples_are_handed_over_one_by_one() -> None:
    samples = onnxruntime_static_int8.Samples(
        {"x": np.array([[1], [2]]), "z": np.array([[3], [4]])}
    )
    rows = [samples.get_next(), samples.get_next()]
    assert [{name: a.tolist() for name, a in (row or {}).items()} for row in rows] == [
        {"x": [[1]], "z": [[3]]},
        {"x": [[2]], "z": [[4]]},
    ]
    assert samples.get_next() is None


def test_shapes_may_follow_from_constants(tmp_path: Path) -> None:
    original, target = write_reshaping(tmp_path / "model.onnx"), tmp_path / "quantized.onnx"
    rows = {"x": np.random.default_rng(0).normal(size=(16, 4)).astype(np.float32)}
    onnxruntime_static_int8.quantize(original, target, rows)
    before, after = (onnxruntime.load(path, "cpu", 1).run(rows) for path in (original, target))
    np.testing.assert_allclose(after["y"], before["y"], atol=0.1)


def test_it_has_its_name() -> None:
    assert onnxruntime_static_int8.SCHEME == "static-int8"
