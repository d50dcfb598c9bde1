"""Dynamic int8: the weights of dense layers become int8, and the answers stay."""

from pathlib import Path

import torch

from model_service.engine import pytorch, pytorch_weights
from model_service.quantization import pytorch_dynamic_int8

from ..models import model_of
from .proof import assert_can_be_served, prove


def test_the_artefact_is_smaller_and_agrees(tmp_path: Path) -> None:
    model = model_of("pytorch")
    proof = prove(pytorch_dynamic_int8, model, tmp_path, pytorch.load)
    assert_can_be_served(proof, model)
    assert proof.size_ratio < 1


def test_the_weights_of_dense_layers_have_eight_bits(tmp_path: Path) -> None:
    target = tmp_path / "quantized.pt"
    pytorch_dynamic_int8.quantize(model_of("pytorch").original(), target, {})
    packed = {
        name: value
        for name, value in pytorch_weights.read(target).items()
        if name.endswith("._packed_params")
    }
    assert packed
    for weight, _ in packed.values():
        assert weight.dtype == torch.qint8


def test_it_has_its_name() -> None:
    assert (pytorch_dynamic_int8.SCHEME, pytorch_dynamic_int8.SUFFIX) == ("dynamic-int8", ".pt")
