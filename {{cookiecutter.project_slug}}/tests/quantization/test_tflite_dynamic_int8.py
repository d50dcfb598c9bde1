"""Dynamic int8: the weights of dense layers and convolutions become int8, and the answers stay."""

from pathlib import Path

from model_service.engine import tflite
from model_service.quantization import tflite_dynamic_int8

from ..engine.tflite_models import numbers_by_type
from ..models import model_of
from .proof import IS_TABLE, assert_can_be_served, prove


def test_the_artefact_is_smaller_and_agrees(tmp_path: Path) -> None:
    model = model_of("tflite")
    proof = prove(tflite_dynamic_int8, model, tmp_path, tflite.load)
    assert_can_be_served(proof, model)
    assert proof.size_ratio < (1 if IS_TABLE else 0.4)


def test_nearly_all_that_is_multiplied_is_of_eight_bits(tmp_path: Path) -> None:
    original, target = model_of("tflite").original(), tmp_path / "quantized.tflite"
    tflite_dynamic_int8.quantize(original, target, {})
    numbers = numbers_by_type(target, but_tables=True)
    assert numbers["INT8"] > 0.9 * numbers.total()
    assert numbers_by_type(original)["INT8"] == 0


def test_it_can_be_done_again(tmp_path: Path) -> None:
    target = tmp_path / "quantized.tflite"
    for _ in range(2):
        tflite_dynamic_int8.quantize(model_of("tflite").original(), target, {})
    assert tflite.load(target, "cpu", 1).inputs


def test_it_has_its_name() -> None:
    assert tflite_dynamic_int8.SCHEME == "dynamic-int8"
