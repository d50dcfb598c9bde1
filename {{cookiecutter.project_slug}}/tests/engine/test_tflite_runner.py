"""A TFLite model as a function of named arrays: which signature, which names, which numbers."""

from pathlib import Path

import numpy as np
import pytest

from model_service.engine.tflite_runner import Tensor, new_runner

from .tflite_models import Doubled, write_doubling

X = np.array([[1, 2, 3], [4, 5, 6]], np.float32)


@pytest.mark.parametrize(
    "signatures",
    [(), ("serving_default",), ("predict",), ("train", "serving_default")],
    ids=["none", "the usual one", "another one", "the usual one of two"],
)
def test_runs_by_name(signatures: tuple[str, ...], tmp_path: Path) -> None:
    artefact = write_doubling(tmp_path / "m.tflite", Doubled("x"), signatures=signatures)
    runner = new_runner(artefact, 1)
    assert list(runner.get_input_details()) == ["x"]
    assert list(runner.get_output_details()) == ["twice_x"]
    for rows in (X, X[:1], X):
        np.testing.assert_array_equal(runner(x=rows)["twice_x"], 2 * rows)


def test_outputs_are_copies(tmp_path: Path) -> None:
    runner = new_runner(write_doubling(tmp_path / "m.tflite", Doubled("x"), signatures=()), 1)
    first = runner(x=X)["twice_x"]
    runner(x=-X)
    np.testing.assert_array_equal(first, 2 * X)


def test_does_not_guess_between_signatures(tmp_path: Path) -> None:
    artefact = write_doubling(tmp_path / "m.tflite", Doubled("x"), signatures=("train", "test"))
    with pytest.raises(ValueError, match="train, test none is serving_default"):
        new_runner(artefact, 1)


def read(tmp_path: Path, tensor: Doubled) -> Tensor:
    """Return what the engine makes of an input."""
    runner = new_runner(write_doubling(tmp_path / "m.tflite", tensor), 1)
    (read,) = Tensor.all_of(runner.get_input_details())
    return read


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "uint8", "int64"])
def test_numbers_without_a_scale_are_what_they_are(dtype: str, tmp_path: Path) -> None:
    tensor = read(tmp_path, Doubled("x", dtype.upper(), (-1, 2, -1)))
    assert str(tensor.spec(-1)) == f"x {dtype}[-1, 2, -1]"
    array = np.ones((1, 2, 3), dtype)
    assert tensor.encode(array) is array
    assert tensor.decode(array) is array


def test_a_scale_gives_the_nearest_number_within_the_range(tmp_path: Path) -> None:
    tensor = read(tmp_path, Doubled("x", "UINT8", scale=0.5, zero_point=10))
    assert str(tensor.spec(8)) == "x float32[8, 3]"
    encoded = tensor.encode(np.array([0, 1, 1.2, -5, -6, 1000], np.float32))
    assert encoded.dtype == np.uint8
    assert encoded.tolist() == [10, 12, 12, 0, 0, 255]
    assert tensor.decode(encoded).dtype == np.float32
    assert tensor.decode(encoded).tolist() == [0, 1, 1, -5, -5, 122.5]


@pytest.mark.parametrize(
    ("tensor", "reason"),
    [
        (Doubled("x", "STRING"), "'x' is of type bytes"),
        (Doubled("x", "COMPLEX64"), "'x' is of type complex64"),
        (Doubled("x", shape=()), "'x' is a single number"),
    ],
    ids=["text", "complex numbers", "no batch"],
)
def test_what_cannot_be_served_is_refused(tensor: Doubled, reason: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=reason):
        read(tmp_path, tensor)
