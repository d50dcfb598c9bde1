"""Static int8: weights and activations become int8, and the answers stay."""

from pathlib import Path

import numpy as np
import pytest

from model_service.engine import tflite
from model_service.errors import InvalidArtefact
from model_service.model_folder import ModelFolder
from model_service.quantization import tflite_static_int8

from ..engine.tflite_models import Doubled, numbers_by_type, operators, write_doubling
from ..models import model_of
from .proof import Proof, assert_can_be_served, prove


@pytest.fixture(scope="module")
def model() -> ModelFolder:
    """Return the model of this service as a TFLite file."""
    return model_of("tflite")


@pytest.fixture(scope="module")
def proof(model: ModelFolder, tmp_path_factory: pytest.TempPathFactory) -> Proof:
    """Return the quantized model of this service."""
    return prove(tflite_static_int8, model, tmp_path_factory.mktemp("static"), tflite.load)


def test_the_artefact_agrees_at_less_than_four_tenths_of_the_size(
    proof: Proof, model: ModelFolder
) -> None:
    assert_can_be_served(proof, model)
    assert proof.size_ratio < 0.4


def test_nearly_all_numbers_are_of_eight_bits(proof: Proof) -> None:
    numbers = numbers_by_type(proof.target)
    assert numbers["INT8"] > 0.9 * numbers.total()


def test_scores_are_not_rounded_to_steps_of_a_byte(proof: Proof) -> None:
    assert operators(proof.target)[-2:] == ["DEQUANTIZE", "SOFTMAX"]


def test_the_scales_span_every_sample(tmp_path: Path) -> None:
    original = write_doubling(tmp_path / "original.tflite", Doubled("x"))
    target = tmp_path / "quantized.tflite"
    samples = np.zeros((100, 3), np.float32)
    samples[50] = [-100, 0, 100]  # one in a hundred, which an average would lose
    tflite_static_int8.quantize(original, target, {"x": samples})
    assert "QUANTIZE" in operators(target)
    answers = tflite.load(target, "cpu", 1).run({"x": samples[50:51]})["twice_x"]
    np.testing.assert_allclose(answers, [[-200, 0, 200]], atol=2)


def test_a_model_without_a_signature_is_refused(tmp_path: Path) -> None:
    original = write_doubling(tmp_path / "original.tflite", Doubled("x"), signatures=())
    with pytest.raises(InvalidArtefact, match=r"original\.tflite has no signature"):
        tflite_static_int8.quantize(
            original, tmp_path / "quantized.tflite", {"x": np.zeros((1, 3), np.float32)}
        )


def test_it_has_its_name() -> None:
    assert tflite_static_int8.SCHEME == "static-int8"
