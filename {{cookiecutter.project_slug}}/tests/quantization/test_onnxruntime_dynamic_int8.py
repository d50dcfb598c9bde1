"""Dynamic int8: the weights of dense layers become int8, and the answers stay."""

from pathlib import Path

import numpy as np

from model_service.engine import onnxruntime
from model_service.model_folder import ModelFolder
from model_service.quantization import onnxruntime_dynamic_int8

from .onnxruntime_reshaping import write_reshaping
from .onnxruntime_weights import numbers_by_type
from .proof import assert_can_be_served, prove


def test_the_artefact_is_smaller_and_agrees(model: ModelFolder, tmp_path: Path) -> None:
    proof = prove(onnxruntime_dynamic_int8, model, tmp_path, onnxruntime.load)
    assert_can_be_served(proof, model)
    assert proof.size_ratio < 1
    assert numbers_by_type(proof.target)["INT8"] > 0


def test_it_needs_no_calibration(model: ModelFolder, tmp_path: Path) -> None:
    target = tmp_path / "quantized.onnx"
    onnxruntime_dynamic_int8.quantize(model.original(), target, {})
    assert target.stat().st_size > 0


def test_shapes_may_follow_from_constants(tmp_path: Path) -> None:
    original, target = write_reshaping(tmp_path / "model.onnx"), tmp_path / "quantized.onnx"
    rows = {"x": np.random.default_rng(0).normal(size=(16, 4)).astype(np.float32)}
    onnxruntime_dynamic_int8.quantize(original, target, rows)
    before, after = (onnxruntime.load(path, "cpu", 1).run(rows) for path in (original, target))
    np.testing.assert_allclose(after["y"], before["y"], atol=0.1)


def test_it_has_its_name() -> None:
    assert onnxruntime_dynamic_int8.SCHEME == "dynamic-int8"
