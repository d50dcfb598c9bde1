"""Reads a model, in whatever format TensorFlow or Keras saved it, as a named signature."""

import tempfile
import zipfile
from pathlib import Path
from typing import Any

import keras
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from .tensorflow_config import tf

USUAL_SIGNATURE = "serving_default"
GRAPH = "saved_model.pb"
KERAS_SUFFIXES = (".keras", ".h5", ".hdf5")

Model = Any  # what `tf.saved_model.load` returns; a signature is only valid while it is kept
Signature = Any  # its `structured_input_signature[1]` and `structured_outputs` say what it takes


def read(artefact: Path) -> tuple[Model, Signature]:
    """Return a model and the signature to serve: the only one, or the usual one of several.

    A folder holds a SavedModel, a file a Keras model; that one has the names which Keras gives it
    in `model.export`. A SavedModel is a program, which is run: load none but your own. Raises
    ValueError for what cannot be served, or whatever TensorFlow raises.
    """
    model = _load_saved_model(artefact) if artefact.is_dir() else _load_keras(artefact)
    signatures = dict(model.signatures)
    if len(signatures) == 1:
        return model, next(iter(signatures.values()))
    if USUAL_SIGNATURE not in signatures:
        raise ValueError(
            f"of its signatures ({', '.join(signatures) or 'none'}) none is {USUAL_SIGNATURE};"
            " save it again with that one."
        )
    return model, signatures[USUAL_SIGNATURE]


def _load_saved_model(folder: Path) -> Model:
    if not (folder / GRAPH).is_file():
        raise ValueError(f"it is a folder without a {GRAPH}.")
    try:
        return tf.saved_model.load(folder)
    except AttributeError as error:
        if "add_slot" not in str(error):
            raise
    # Keras 2 saved the state of its optimizer, whose class is not there any more. Nothing of it
    # is needed to predict, so it is loaded without.
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for path in folder.resolve().iterdir():
            (copy / path.name).symlink_to(path)
        (copy / GRAPH).unlink()
        (copy / GRAPH).write_bytes(_without_optimizer((folder / GRAPH).read_bytes()))
        return tf.saved_model.load(copy)


def _without_optimizer(graph: bytes) -> bytes:
    saved = SavedModel.FromString(graph)
    for meta_graph in saved.meta_graphs:
        for node in meta_graph.object_graph_def.nodes:
            node.ClearField("slot_variables")
    return bytes(saved.SerializeToString())


def _load_keras(file: Path) -> Model:
    if not file.is_file() or file.suffix not in KERAS_SUFFIXES:
        raise ValueError("there is no SavedModel folder, .keras or .h5 file of that name.")
    if file.suffix == ".keras" and not zipfile.is_zipfile(file):
        raise ValueError("it is not a whole .keras file.")
    try:
        model = keras.saving.load_model(file, compile=False, safe_mode=True)
    except (ValueError, TypeError) as error:
        if "Lambda" in str(error) or "Could not locate" in str(error):
            raise ValueError(
                "it needs Python code that is not in it (a Lambda layer, or a class of your own);"
                " call `model.export(folder)` where you have that code, and serve the folder."
            ) from error
        raise
    with tempfile.TemporaryDirectory() as exported:
        model.export(exported, verbose=False)
        return tf.saved_model.load(exported)
