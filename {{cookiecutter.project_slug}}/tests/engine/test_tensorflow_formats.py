"""Every format is read as a signature; what would run code of the file is refused."""

from pathlib import Path

import keras
import numpy as np
import pytest

from model_service.engine.tensorflow_config import tf
from model_service.engine.tensorflow_formats import read

from .tensorflow_models import N, X, write_as_keras_2_did, write_doubling


class Own(keras.layers.Layer):  # type: ignore[misc]  # Keras has no types
    """A layer that a file can name and Keras does not know."""

    def call(self, x: tf.Tensor) -> tf.Tensor:
        """Return x."""
        return x


def call(artefact: Path, x: np.ndarray) -> np.ndarray:
    """Run the signature of one input and return its one output."""
    model, signature = read(artefact)
    (name,) = signature.structured_input_signature[1]
    (output,) = signature(**{name: tf.constant(x)}).values()
    assert model
    return np.asarray(output)


def save_keras(path: Path, layer: keras.layers.Layer) -> Path:
    """Save a model of that layer alone."""
    start = keras.Input((3,), name="x")
    keras.Model(start, layer(start)).save(path)
    return path


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # of Keras, when it saves
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_keras_model_is_read_with_the_names_of_its_export(suffix: str, tmp_path: Path) -> None:
    dense = keras.layers.Dense(2, kernel_initializer="ones")
    artefact = save_keras(tmp_path / f"model{suffix}", dense)
    _, signature = read(artefact)
    assert list(signature.structured_input_signature[1]) == ["x"]
    assert list(signature.structured_outputs) == ["output_0"]
    x = np.array([[1, 2, 3], [4, 5, 6]], np.float32)
    np.testing.assert_allclose(call(artefact, x), [[6, 6], [15, 15]])


@pytest.mark.parametrize(
    "layer", [keras.layers.Lambda(lambda x: x), Own()], ids=["lambda", "own class"]
)
def test_a_keras_model_that_needs_code_is_refused(
    layer: keras.layers.Layer, tmp_path: Path
) -> None:
    artefact = save_keras(tmp_path / "model.keras", layer)
    with pytest.raises(ValueError, match=r"needs Python code .* `model\.export\(folder\)`"):
        read(artefact)


def test_a_model_of_keras_2_with_its_optimizer_is_read_without_it(tmp_path: Path) -> None:
    artefact = write_as_keras_2_did(tmp_path / "saved_model")
    with pytest.raises(AttributeError, match="add_slot"):
        tf.saved_model.load(artefact)
    before = (artefact / "saved_model.pb").read_bytes()
    np.testing.assert_array_equal(call(artefact, np.ones((2, 3), np.float32)), np.full((2, 2), 9))
    assert (artefact / "saved_model.pb").read_bytes() == before


@pytest.mark.parametrize("signatures", [("score",), ("other", "serving_default")])
def test_the_only_signature_is_served_or_the_usual_one(
    signatures: tuple[str, ...], tmp_path: Path
) -> None:
    artefact = write_doubling(tmp_path / "model", X, signatures=signatures)
    np.testing.assert_array_equal(call(artefact, np.ones((1, 3), np.float32)), [[2, 2, 2]])


@pytest.mark.parametrize(("signatures", "listed"), [((), "none"), (("a", "b"), "a, b")])
def test_no_signature_is_guessed(signatures: tuple[str, ...], listed: str, tmp_path: Path) -> None:
    artefact = write_doubling(tmp_path / "model", N, signatures=signatures)
    with pytest.raises(ValueError, match=rf"signatures \({listed}\) none is serving_default"):
        read(artefact)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("absent", "there is no SavedModel folder"),
        ("weights.bin", "there is no SavedModel folder"),
        ("folder", r"without a saved_model\.pb"),
        ("half.keras", r"not a whole \.keras file"),
    ],
)
def test_what_is_no_model_is_named(name: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for file in ("weights.bin", "half.keras"):
        (tmp_path / file).write_bytes(b"PK\x03\x04")
    with pytest.raises(ValueError, match=reason):
        read(tmp_path / name)
