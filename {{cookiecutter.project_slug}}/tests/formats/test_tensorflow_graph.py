"""What a SavedModel's graph tells before anything of it is loaded."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from model_service.engine.tensorflow_config import tf
from model_service.engine.tensorflow_formats import (
    GRAPH,
    USUAL_SIGNATURE,
)
from model_service.errors import ImportRefused
from model_service.formats.tensorflow_graph import inspect_graph

from ..engine.tensorflow_models import X, write_doubling


def test_tells_who_saved_it_and_its_other_signatures(tmp_path: Path) -> None:
    path = write_doubling(tmp_path / "model", X, signatures=(USUAL_SIGNATURE, "score"))
    assert inspect_graph(path) == (
        f"saved by TensorFlow {tf.__version__}",
        "serving_default is served; its other signatures are score",
    )


def test_a_single_signature_of_any_name_is_no_news(tmp_path: Path) -> None:
    path = write_doubling(tmp_path / "model", X, signatures=("score",))
    assert len(inspect_graph(path)) == 1


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        (lambda x: tf.numpy_function(lambda a: a, [x], tf.float32), "calls Python code"),
        (lambda x: tf.io.read_file(tf.strings.as_string(x[0, 0])), "reads or writes files"),
        (lambda x: tf.io.matching_files(tf.strings.as_string(x[0, 0])), "reads or writes files"),
    ],
    ids=["python", "read", "list"],
)
def test_what_reaches_beyond_the_model_is_refused(
    operation: Callable[[tf.Tensor], tf.Tensor], reason: str, tmp_path: Path
) -> None:
    function = tf.function(lambda x: {"y": operation(x)}, [X], autograph=False)
    path = tmp_path / "model"
    tf.saved_model.save(tf.Module(), path, {USUAL_SIGNATURE: function.get_concrete_function()})
    with pytest.raises(ImportRefused, match=f"model has the operator .* which {reason}"):
        inspect_graph(path)


@pytest.mark.parametrize("content", [b"\xff" * 9, b"no graph", b""])
def test_a_damaged_graph_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / GRAPH).write_bytes(content)
    with pytest.raises(ImportRefused, match=r"saved_model\.pb (is damaged|holds no graph)"):
        inspect_graph(tmp_path)


def test_a_folder_without_a_graph_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"saved_model\.pb cannot be read: No such file"):
        inspect_graph(tmp_path)


def test_a_version_that_steers_the_terminal_is_left_out(tmp_path: Path) -> None:
    saved = SavedModel()
    saved.meta_graphs.add().meta_info_def.tensorflow_version = "\x1b[2J"
    (tmp_path / GRAPH).write_bytes(saved.SerializeToString())
    assert inspect_graph(tmp_path) == ()
