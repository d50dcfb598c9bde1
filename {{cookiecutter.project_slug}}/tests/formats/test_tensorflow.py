"""Models as TensorFlow and Keras save them; what cannot be served is one sentence."""

import shutil
from pathlib import Path

import h5py
import keras
import pytest
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from model_service.engine.tensorflow_config import tf
from model_service.engine.tensorflow_formats import GRAPH
from model_service.errors import ImportRefused
from model_service.formats.base import Signature
from model_service.formats.tensorflow import read
from model_service.model_card import TensorSpec

from ..engine.tensorflow_models import (
    N,
    X,
    write_as_keras_2_did,
    write_doubling,
    write_shouting,
)

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation"
)  # of Keras, when it saves

VARIABLES = "variables/variables.data-00000-of-00001"


def spec(name: str, dtype: str, *shape: int) -> TensorSpec:
    """Return a spec."""
    return TensorSpec(name=name, dtype=dtype, shape=shape)


def refusal(path: Path, kind: str) -> str:
    """Return why a model is refused: one sentence, which names it."""
    with pytest.raises(ImportRefused, match=path.name) as refused:
        read(path, kind)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def save_keras(path: Path, *layers: keras.layers.Layer) -> Path:
    """Save a model of these layers."""
    keras.Sequential([keras.Input((3,), name="x"), *layers]).save(path)
    return path


def test_a_savedmodel_tells_its_serving_signature(tmp_path: Path) -> None:
    path = write_doubling(tmp_path / "model", X, N)
    signature = read(path, "savedmodel")
    assert signature.inputs == (spec("n", "int32", -1, 2), spec("x", "float32", -1, 3))
    assert signature.outputs == (spec("twice_n", "int32", -1, 2), spec("twice_x", "float32", -1, 3))
    assert signature.notes == (f"saved by TensorFlow {tf.__version__}",)


def test_texts_come_through(tmp_path: Path) -> None:
    signature = read(write_shouting(tmp_path / "model"), "savedmodel")
    assert signature.inputs == (spec("text", "object", -1, 2),)


def test_a_savedmodel_of_keras_2_is_read_as_the_engine_reads_it(tmp_path: Path) -> None:
    signature = read(write_as_keras_2_did(tmp_path / "model"), "savedmodel")
    assert signature.inputs == (spec("x", "float32", -1, 3),)
    assert signature.outputs == (spec("y", "float32", -1, 2),)


@pytest.mark.parametrize("name", ["labels.txt", "assets/labels.txt", "assets.extra/labels.txt"])
def test_labels_in_the_folder_are_taken(name: str, tmp_path: Path) -> None:
    path = write_doubling(tmp_path / "model", X)
    (path / name).parent.mkdir(exist_ok=True)
    (path / name).write_text("cat\ndog\n", encoding="utf-8")
    assert read(path, "savedmodel").labels == ("cat", "dog")


@pytest.mark.parametrize("name", ["model.keras", "model.h5", "model.hdf5"])
def test_a_keras_model_tells_the_names_of_its_export(name: str, tmp_path: Path) -> None:
    path = save_keras(tmp_path / name, keras.layers.Dense(2))
    kind = "keras" if name.endswith("keras") else "h5"
    expected = Signature(
        (spec("x", "float32", -1, 3),),
        (spec("output_0", "float32", -1, 2),),
        notes=(f"saved by Keras {keras.__version__}",),
    )
    assert read(path, kind) == expected
    misnamed = tmp_path / "model.bin"
    shutil.copy(path, misnamed)
    assert read(misnamed, kind) == expected


@pytest.mark.parametrize("kept", [0, 1, 100, -30])
def test_a_graph_that_was_cut_off_is_refused(kept: int, tmp_path: Path) -> None:
    path = write_as_keras_2_did(tmp_path / "model")
    (path / GRAPH).write_bytes((path / GRAPH).read_bytes()[:kept])
    refusal(path, "savedmodel")


@pytest.mark.parametrize("kept", [0, 1, -1])
def test_weights_that_were_cut_off_are_refused(kept: int, tmp_path: Path) -> None:
    path = write_as_keras_2_did(tmp_path / "model")
    (path / VARIABLES).write_bytes((path / VARIABLES).read_bytes()[:kept])
    refusal(path, "savedmodel")


@pytest.mark.parametrize("kept", [0, 1, 100, 0.5, 0.99])
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_keras_model_that_was_cut_off_is_refused(
    suffix: str, kept: float, tmp_path: Path
) -> None:
    path = save_keras(tmp_path / f"model{suffix}", keras.layers.Dense(2))
    content = path.read_bytes()
    path.write_bytes(content[: kept if isinstance(kept, int) else int(kept * len(content))])
    refusal(path, suffix[1:])


def test_an_operator_of_another_library_is_named(tmp_path: Path) -> None:
    path = write_doubling(tmp_path / "model", X)
    saved = SavedModel.FromString((path / GRAPH).read_bytes())
    for function in saved.meta_graphs[0].graph_def.library.function:
        for node in function.node_def:
            node.op = "OwnAdd" if node.op == "AddV2" else node.op
    (path / GRAPH).write_bytes(saved.SerializeToString())
    assert "model needs the operator OwnAdd, which TensorFlow does not have" in refusal(
        path, "savedmodel"
    )


def test_a_layer_that_needs_python_is_refused(tmp_path: Path) -> None:
    path = save_keras(tmp_path / "model.keras", keras.layers.Lambda(lambda x: x))
    assert "needs Python code that is not in it" in refusal(path, "keras")


def test_a_model_of_keras_2_that_keras_3_does_not_know_says_how_to_save_it(tmp_path: Path) -> None:
    path = save_keras(tmp_path / "model.h5", keras.layers.Dense(2))
    with h5py.File(path, "r+") as file:
        file.attrs["keras_version"] = "2.4.0"
        config = file.attrs["model_config"]
        file.attrs["model_config"] = config.replace('"units": 2', '"units": 2, "time_major": false')
    assert "was saved by Keras 2.4.0, and Keras 3 cannot load it" in refusal(path, "h5")


@pytest.mark.parametrize("kind", ["onnx", "pickle", "unknown"])
def test_what_tensorflow_does_not_load_is_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.write_bytes(b"")
    refusal(path, kind)
