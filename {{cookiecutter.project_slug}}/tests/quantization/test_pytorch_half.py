"""Half: the weights become float16 at half the size, and inputs and outputs stay float32."""

from pathlib import Path

import pytest
import torch

from model_service.engine import pytorch, pytorch_weights
from model_service.errors import InvalidArtefact
from model_service.quantization import pytorch_half

from ..engine.pytorch_networks import Scaling, write_torchscript
from ..models import model_of
from .proof import assert_can_be_served, prove


def test_the_artefact_has_half_the_size_and_agrees(tmp_path: Path) -> None:
    model = model_of("pytorch")
    proof = prove(pytorch_half, model, tmp_path, pytorch.load)
    assert_can_be_served(proof, model)
    assert proof.size_ratio < 0.6
    assert proof.engine.dtype == "bfloat16"


def test_integers_stay_as_they_are(tmp_path: Path) -> None:
    original, target = tmp_path / "original.pt", tmp_path / "half"
    torch.save({"w": torch.ones(3), "n": torch.tensor(2**40)}, original)
    pytorch_half.quantize(original, target, {})
    weights = pytorch_weights.read(target)
    assert weights["w"].dtype == torch.float16
    assert weights["n"].item() == 2**40


def test_a_program_is_refused(tmp_path: Path) -> None:
    program = write_torchscript(tmp_path / "model.pt", Scaling())
    with pytest.raises(InvalidArtefact, match=r"model\.pt is a program.* state dict"):
        pytorch_half.quantize(program, tmp_path / "half", {})


def test_it_has_its_name() -> None:
    assert (pytorch_half.SCHEME, pytorch_half.SUFFIX) == ("half", ".safetensors")
