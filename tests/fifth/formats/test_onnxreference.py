"""ONNX files say what they take and give."""

from pathlib import Path

import pytest

from model_service.errors import ImportRefused
from model_service.formats.onnxreference import read

from ..models import model_of


def test_the_signature_is_that_of_the_card() -> None:
    model = model_of("onnxreference")
    signature = read(model.original(), "onnx")
    assert (signature.inputs, signature.outputs) == (model.card.inputs, model.card.outputs)


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused):
        read(tmp_path / "absent.onnx", "onnx")
