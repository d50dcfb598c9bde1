"""Half: the weights become float16 at half the size, and inputs and outputs stay float32."""

from pathlib import Path

from model_service.engine import tflite
from model_service.quantization import tflite_half

from ..engine.tflite_models import numbers_by_type
from ..models import model_of
from .proof import IS_TABLE, assert_can_be_served, prove


def test_the_artefact_is_smaller_and_agrees(tmp_path: Path) -> None:
    model = model_of("tflite")
    proof = prove(tflite_half, model, tmp_path, tflite.load)
    assert_can_be_served(proof, model)
    assert proof.size_ratio < (1 if IS_TABLE else 0.6)


def test_nearly_all_that_is_multiplied_is_of_sixteen_bits(tmp_path: Path) -> None:
    original, target = model_of("tflite").original(), tmp_path / "quantized.tflite"
    tflite_half.quantize(original, target, {})
    numbers = numbers_by_type(target, but_tables=True)
    assert numbers["FLOAT16"] > 0.9 * numbers.total()
    assert numbers_by_type(original)["FLOAT16"] == 0


def test_it_has_its_name() -> None:
    assert tflite_half.SCHEME == "half"
