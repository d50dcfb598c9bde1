"""The model card: what people get wrong in it is refused, and the key is named."""

from typing import Any

import pytest

from model_service.errors import InvalidModelCard
from model_service.model_card import (
    ModelCard,
    Section,
    TensorSpec,
    convert,
)

from .cards import SMALLEST, card

ARTEFACT = {"file": "model.bin", "sha256": 64 * "0"}
SPEC = {"name": "x", "dtype": "float32", "shape": [-1, 3]}


def test_what_is_left_out_has_a_default() -> None:
    smallest = card()
    assert smallest.golden.file == "golden.json"
    assert smallest.postprocessing.activation == "none"
    assert smallest.preprocessing == {}


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"nmae": "digits"}, "nmae"),
        ({"name": ""}, "$.name"),
        ({"name": "my model"}, "$.name"),
        ({"name": "a/b"}, "$.name"),
        ({"name": "../up"}, "$.name"),
        ({"name": 65 * "a"}, "$.name"),
        ({"version": 1}, "$.version"),
        ({"version": ""}, "$.version"),
        ({"task": "regression"}, "$.task"),
        ({"artefact": {"file": "model.bin"}}, "sha256"),
        ({"artefact": ARTEFACT | {"file": ""}}, "$.artefact.file"),
        ({"artefact": ARTEFACT | {"sha256": 63 * "0"}}, "$.artefact.sha256"),
        ({"artefact": ARTEFACT | {"sha256": 64 * "F"}}, "$.artefact.sha256"),
        ({"artefact": ARTEFACT | {"size": 3}}, "size"),
        ({"artefact": "model.bin"}, "$.artefact"),
        ({"inputs": []}, "$.inputs"),
        ({"outputs": []}, "$.outputs"),
        ({"inputs": SPEC}, "$.inputs"),
        ({"inputs": [SPEC | {"shape": []}]}, "$.inputs[0].shape"),
        ({"inputs": [SPEC | {"shape": [-2, 3]}]}, "$.inputs[0].shape[0]"),
        ({"inputs": [SPEC | {"shape": ["batch", 3]}]}, "$.inputs[0].shape[0]"),
        ({"inputs": [SPEC, SPEC | {"dtype": ""}]}, "$.inputs[1].dtype"),
        ({"inputs": [{"name": "x", "shape": [-1]}]}, "dtype"),
        ({"preprocessing": []}, "$.preprocessing"),
        ({"postprocessing": {"activation": "relu"}}, "$.postprocessing.activation"),
        ({"postprocessing": {"label": "labels.txt"}}, "label"),
        ({"golden": {"tolerance": 0}}, "$.golden.tolerance"),
        ({"golden": {"tolerance": "small"}}, "$.golden.tolerance"),
        ({"quantization": {"min_agreement": 1.1}}, "$.quantization.min_agreement"),
        ({"quantization": {"golden_tolerance": -1}}, "$.quantization.golden_tolerance"),
    ],
)
def test_a_wrong_key_is_named(changes: dict[str, Any], word: str) -> None:
    with pytest.raises(InvalidModelCard) as refusal:
        card(**changes)
    assert "model.toml" in str(refusal.value)
    assert f"`{word}`" in str(refusal.value)


@pytest.mark.parametrize("key", SMALLEST)
def test_a_missing_key_is_named(key: str) -> None:
    rest = {name: value for name, value in SMALLEST.items() if name != key}
    with pytest.raises(InvalidModelCard, match=f"`{key}`"):
        convert(rest, ModelCard)


def test_a_fault_of_a_section_is_named_with_the_section() -> None:
    class Options(Section, frozen=True, kw_only=True):
        size: int

    with pytest.raises(InvalidModelCard, match=r"\[preprocessing\].*`\$\.size`"):
        convert({"size": "big"}, Options, "preprocessing")


@pytest.mark.parametrize(
    ("other", "accepted"),
    [
        ({}, True),
        ({"shape": [-1, 3]}, True),
        ({"shape": [1, 3]}, True),
        ({"shape": [-1, 4]}, False),
        ({"shape": [-1, -1]}, False),
        ({"shape": [-1]}, False),
        ({"shape": [-1, 3, 1]}, False),
        ({"name": "z"}, False),
        ({"dtype": "float64"}, False),
    ],
)
def test_a_spec_accepts_what_fits_it(other: dict[str, Any], accepted: bool) -> None:
    spec = convert(SPEC, TensorSpec)
    assert spec.accepts(convert(SPEC | other, TensorSpec)) is accepted


def test_a_spec_reads_like_a_signature() -> None:
    assert str(convert(SPEC, TensorSpec)) == "x float32[-1, 3]"
