"""What TensorFlow and Keras files say of themselves; the signature is that of the engine."""

import re
import tempfile
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path

from ..engine.tensorflow import TensorFlowEngine, load
from ..errors import ImportRefused, StartupError
from ..labels import read_labels
from .base import Signature, refuse_bomb
from .tensorflow_graph import inspect_graph
from .tensorflow_keras import inspect_archive, inspect_hdf5

Notes = tuple[str, ...]

# What looks into a format without loading it: refuses, or returns what it tells beside the model.
INSPECTORS: dict[str, Callable[[Path], Notes]] = {
    "savedmodel": inspect_graph,
    "keras": inspect_archive,
    "h5": inspect_hdf5,
}
SUFFIXES = {"keras": (".keras",), "h5": (".h5", ".hdf5")}  # Keras goes by them
LABELS = ("labels.txt", "classes.txt", "assets/labels.txt", "assets.extra/labels.txt")
UNKNOWN_OPERATOR = re.compile(r"Op type not registered '([^']+)'")


def read(path: Path, kind: str) -> Signature:
    """Return what a file or folder of a kind says of itself.

    Raises ImportRefused if it cannot be served, before anything of it is run if that can be told.
    """
    if kind not in INSPECTORS:
        raise ImportRefused(f"{path.name} is nothing that TensorFlow loads ({kind}).")
    refuse_bomb(path)
    notes = INSPECTORS[kind](path)
    try:
        engine = _load(path, kind)
    except StartupError as error:
        raise ImportRefused(_reason(path, str(error), notes)) from error
    # TensorFlow has them in no order of their own.
    inputs, outputs = (
        tuple(sorted(specs, key=attrgetter("name"))) for specs in (engine.inputs, engine.outputs)
    )
    return Signature(inputs, outputs, labels=_labels(path), notes=notes)


def _load(path: Path, kind: str) -> TensorFlowEngine:
    if path.suffix in SUFFIXES.get(kind, (path.suffix,)):
        return load(path, "cpu", 1)
    with tempfile.TemporaryDirectory() as folder:
        named = Path(folder, path.name + SUFFIXES[kind][0])
        named.symlink_to(path.resolve())
        return load(named, "cpu", 1)


def _reason(path: Path, error: str, notes: Notes) -> str:
    if unknown := UNKNOWN_OPERATOR.search(error):
        return (
            f"{path.name} needs the operator {unknown[1]}, which TensorFlow does not have: build"
            " the model without the library that brought it."
        )
    by_keras_2 = next((note for note in notes if note.startswith("saved by Keras 2.")), "")
    if not by_keras_2:
        return error
    return (
        f"{path.name} was {by_keras_2}, and Keras 3 cannot load it: where you have Keras 2 or"
        " tf_keras, save it by tf.saved_model.save(model, folder), and import the folder."
    )


def _labels(path: Path) -> Notes:
    """Return the names of classes that lie in the folder of a SavedModel, a line each."""
    for name in LABELS:
        try:
            return read_labels((path / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
    return ()
