"""Half: the weights become float16 at half the size, and inputs and outputs stay float32."""

from pathlib import Path

from model_service.engine import onnxruntime
from model_service.model_folder import ModelFolder
from model_service.quantization import onnxruntime_half

from .onnxruntime_weights import numbers_by_type
from .proof import assert_can_be_served, prove


def test_the_artefact_has_half_the_size_and_agrees(model: ModelFolder, tmp_path: Path) -> None:
    proof = prove(onnxruntime_half, model, tmp_path, onnxruntime.load)
    assert_can_be_served(proof, model)
    assert proof.size_ratio < 0.6
    assert numbers_by_type(proof.target).keys() == {"FLOAT16"}


def test_it_needs_no_calibration(model: ModelFolder, tmp_path: Path) -> None:
    target = tmp_path / "quantized.onnx"
    onnxruntime_half.quantize(model.original(), target, {})
    assert target.stat().st_size > 0


def test_it_has_its_name() -> None:
    assert onnxruntime_half.SCHEME == "half"
