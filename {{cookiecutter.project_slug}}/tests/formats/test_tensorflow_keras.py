"""What the configuration of a Keras model tells before the model is loaded."""

import json
import zipfile
from pathlib import Path

import h5py
import keras
import pytest

from model_service.errors import ImportRefused
from model_service.formats.tensorflow_keras import (
    inspect_archive,
    inspect_hdf5,
)

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation"
)  # of Keras, when it saves


def write_archive(path: Path, **parts: object) -> Path:
    """Write a file of JSON parts."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(f"{name}.json", json.dumps(content))
    return path


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_layers_that_preprocess_are_told(suffix: str, tmp_path: Path) -> None:
    inner = keras.Sequential([keras.Input((3,)), keras.layers.Rescaling(1 / 255)])
    model = keras.Sequential([keras.Input((3,)), inner, keras.layers.Dense(1)])
    path = tmp_path / f"model{suffix}"
    model.save(path)
    inspect = inspect_archive if suffix == ".keras" else inspect_hdf5
    saved_by, rescaling = inspect(path)
    assert saved_by == f"saved by Keras {keras.__version__}"
    assert rescaling.startswith("preprocesses by itself: Rescaling (scale=0.0039")


@pytest.mark.parametrize(
    "config", [None, [], 3, "x", {"class_name": 3}, {"class_name": "Rescaling"}]
)
def test_any_configuration_is_looked_through(config: object, tmp_path: Path) -> None:
    path = write_archive(tmp_path / "m.keras", config=config, metadata={"keras_version": "3.9.0"})
    assert inspect_archive(path) == ("saved by Keras 3.9.0",)


@pytest.mark.parametrize(
    "metadata", [None, [], {}, {"keras_version": 3}, {"keras_version": "\x07"}]
)
def test_a_version_that_is_none_is_left_out(metadata: object, tmp_path: Path) -> None:
    assert inspect_archive(write_archive(tmp_path / "m.keras", config={}, metadata=metadata)) == ()


def test_an_archive_without_its_parts_is_named(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "m.keras", config={})
    with pytest.raises(ImportRefused, match=r"m\.keras is no whole \.keras file"):
        inspect_archive(path)


@pytest.mark.parametrize("config", [b"{", b"\xff", b"[" * 100_000])
def test_a_configuration_that_is_no_json_is_named(config: bytes, tmp_path: Path) -> None:
    path = write_archive(tmp_path / "m.keras", metadata={})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("config.json", config)
    with pytest.raises(ImportRefused, match=r"m\.keras is no whole \.keras file"):
        inspect_archive(path)


def test_weights_without_their_layers_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.weights.h5"
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)]).save_weights(path)
    with pytest.raises(
        ImportRefused, match=r"model\.weights\.h5 holds weights without their layers"
    ):
        inspect_hdf5(path)


@pytest.mark.parametrize("config", [3, "{", [1, 2]])
def test_a_configuration_in_hdf5_that_is_no_json_is_named(config: object, tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = config
    with pytest.raises(ImportRefused, match=r"model\.h5 is damaged"):
        inspect_hdf5(path)
