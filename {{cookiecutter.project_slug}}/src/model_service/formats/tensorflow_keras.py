"""What can be told of a Keras model from its configuration, without loading it."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import msgspec

from ..errors import ImportRefused

CONFIG, METADATA = "config.json", "metadata.json"
# Layers that do what else the service would have to do before the model.
PREPROCESSING = {
    "Rescaling": ("scale", "offset"),
    "Normalization": ("mean", "variance"),
    "Resizing": ("height", "width"),
    "TextVectorization": ("max_tokens",),
}
MOST_LAYERS = 100_000


def inspect_archive(file: Path) -> tuple[str, ...]:
    """Return notes on a `.keras` file; raises ImportRefused if it is no whole one."""
    try:
        with zipfile.ZipFile(file) as archive:
            config = msgspec.json.decode(archive.read(CONFIG))
            metadata = msgspec.json.decode(archive.read(METADATA))
    except (OSError, KeyError, zipfile.BadZipFile, msgspec.DecodeError, RecursionError):
        raise ImportRefused(
            f"{file.name} is no whole .keras file: it needs a {CONFIG} and a {METADATA} that can be"
            " read."
        ) from None
    version = metadata.get("keras_version") if isinstance(metadata, dict) else None
    return (*_saved_by(version), *_own_preprocessing(config))


def inspect_hdf5(file: Path) -> tuple[str, ...]:
    """Return notes on an HDF5 file of Keras; raises ImportRefused if it holds weights alone."""
    try:
        with h5py.File(file) as content:
            attributes = dict(content.attrs)
        config = msgspec.json.decode(attributes.get("model_config", "null"))
    except (OSError, KeyError, TypeError, RuntimeError, msgspec.DecodeError, RecursionError):
        raise ImportRefused(f"{file.name} is damaged: copy or save the model again.") from None
    if config is None:
        raise ImportRefused(
            f"{file.name} holds weights without their layers: save the whole model, as in"
            " model.save('model.keras')."
        )
    return (*_saved_by(attributes.get("keras_version")), *_own_preprocessing(config))


def _saved_by(version: Any) -> Iterator[str]:
    if isinstance(version, str) and version.isprintable():
        yield f"saved by Keras {version}"


def _own_preprocessing(config: Any) -> Iterator[str]:
    for layer in _layers(config):
        name, settings = layer["class_name"], layer.get("config")
        keys = PREPROCESSING.get(name, ()) if isinstance(name, str) else ()
        if keys and isinstance(settings, dict):
            said = (f"{key}={settings.get(key)}" for key in keys)
            yield f"preprocesses by itself: {name} ({', '.join(said)})"


def _layers(config: Any) -> Iterator[dict[str, Any]]:
    """Yield the layers of a configuration, those inside of other models too."""
    waiting = [config]
    for _ in range(MOST_LAYERS):
        if not waiting:
            return
        value = waiting.pop()
        if isinstance(value, dict):
            if "class_name" in value:
                yield value
            waiting += reversed(value.values())
        elif isinstance(value, list):
            waiting += reversed(value)
