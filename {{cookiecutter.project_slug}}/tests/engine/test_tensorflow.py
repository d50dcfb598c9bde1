"""TensorFlow keeps the contract of an engine, and names what is its own."""

from pathlib import Path

import numpy as np
import pytest

from model_service.engine import tensorflow
from model_service.engine.tensorflow import available_devices, load
from model_service.engine.tensorflow_config import tf
from model_service.errors import InvalidArtefact
from model_service.model_card import TensorSpec

from ..processes import run_python
from .contract import EngineContract
from .tensorflow_models import (
    N,
    X,
    write_as_keras_2_did,
    write_boundless,
    write_doubling,
    write_shouting,
)

REPORT_ITSELF = """
import sys
from pathlib import Path
from {module} import load
engine = load(Path(sys.argv[1]), "cpu", 2)
print(engine.device, engine.threads, engine.dtype)
"""


class TestTensorFlow(EngineContract):
    """The contract, on the runtime of this service."""

    runtime = tensorflow
    vital = ("saved_model.pb", "variables/variables.data-00000-of-00001")

    @pytest.fixture
    def doubling(self, tmp_path: Path) -> Path:
        return write_doubling(tmp_path / "doubling", X, N)

    def test_names_its_runtime_and_what_it_was_given(self, artefact: Path) -> None:
        """Asked of a process of its own: threads stay what the first load of a process set."""
        run = run_python("-c", REPORT_ITSELF.format(module=tensorflow.__name__), str(artefact))
        assert run.stdout.split() == ["cpu", "2", "float32"]
        assert load(artefact, "cpu", 1).name == f"tensorflow {tf.__version__}"

    def test_tells_the_threads_that_it_has_and_not_those_it_was_asked_for(
        self, artefact: Path
    ) -> None:
        first = load(artefact, "cpu", 1).threads
        assert load(artefact, "cpu", first + 1).threads == first

    def test_reads_the_folder_alone(self, artefact: Path, tmp_path: Path) -> None:
        moved = tmp_path / "anything"
        moved.symlink_to(artefact)
        assert load(moved, "cpu", 1).inputs == load(artefact, "cpu", 1).inputs

    def test_says_that_it_has_no_memory(self, tmp_path: Path) -> None:
        engine = load(write_boundless(tmp_path / "boundless"), "cpu", 1)
        with pytest.raises(MemoryError):
            engine.run({"x": np.ones((1, 3), np.float32)})


def test_a_gpu_is_available_only_where_tensorflow_finds_one() -> None:
    found = bool(tf.config.list_physical_devices("GPU"))
    assert available_devices() == (("cpu", "cuda") if found else ("cpu",))


def test_a_batch_fixed_at_1_takes_and_gives_any_number_of_rows(tmp_path: Path) -> None:
    fixed = [tf.TensorSpec([1, *spec.shape[1:]], spec.dtype, spec.name) for spec in (X, N)]
    engine = load(write_doubling(tmp_path / "model", *fixed), "cpu", 1)
    assert {spec.name: spec.shape for spec in engine.inputs} == {"x": (-1, 3), "n": (-1, 2)}
    assert {spec.shape[0] for spec in engine.outputs} == {-1}
    for count in (0, 1, 5):
        x = np.arange(3 * count, dtype=np.float32).reshape(count, 3)
        n = np.arange(2 * count, dtype=np.int32).reshape(count, 2)
        outputs = engine.run({"x": x, "n": n})
        np.testing.assert_array_equal(outputs["twice_x"], 2 * x)
        np.testing.assert_array_equal(outputs["twice_n"], 2 * n)


def test_a_batch_fixed_at_another_size_takes_that_size_alone(tmp_path: Path) -> None:
    spec = tf.TensorSpec([4, 3], tf.float32, name="x")
    engine = load(write_doubling(tmp_path / "model", spec), "cpu", 1)
    assert engine.inputs == (TensorSpec(name="x", dtype="float32", shape=(4, 3)),)
    x = np.ones((4, 3), np.float32)
    np.testing.assert_array_equal(engine.run({"x": x})["twice_x"], 2 * x)
    with pytest.raises(ValueError, match=r"x float32\[4, 3\]"):
        engine.run({"x": x[:3]})


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        (tf.TensorSpec([None], tf.complex64, name="c"), "'c' is of type complex64"),
        (tf.TensorSpec([None, 2], tf.bfloat16, name="b"), "'b' is of type bfloat16"),
        (tf.TensorSpec([], tf.float32, name="s"), "'s' needs a shape"),
        (tf.TensorSpec(None, tf.float32, name="u"), "'u' needs a shape"),
    ],
    ids=["complex", "bfloat16", "single number", "unknown rank"],
)
def test_a_signature_that_cannot_be_served_is_refused(
    spec: tf.TensorSpec, reason: str, tmp_path: Path
) -> None:
    artefact = write_doubling(tmp_path / "saved_model", spec)
    with pytest.raises(
        InvalidArtefact, match=f"saved_model cannot be loaded by TensorFlow: {reason}"
    ):
        load(artefact, "cpu", 1)


def test_texts_go_in_and_come_out_as_texts(tmp_path: Path) -> None:
    engine = load(write_shouting(tmp_path / "saved_model"), "cpu", 1)
    assert engine.inputs == (TensorSpec(name="text", dtype="object", shape=(-1, 2)),)
    assert engine.outputs == (TensorSpec(name="shouted", dtype="object", shape=(-1, 2)),)
    texts = np.array([["h\u00e9", ""], ["you", "\u4f60\U0001f600"]], object)
    shouted = engine.run({"text": texts})["shouted"]
    assert shouted.tolist() == [["H\u00c9!", "!"], ["YOU!", "\u4f60\U0001f600!"]]
    assert shouted.dtype == object
    assert engine.run({"text": texts[:0]})["shouted"].shape == (0, 2)


def test_a_model_as_keras_2_saved_it_is_served(tmp_path: Path) -> None:
    engine = load(write_as_keras_2_did(tmp_path / "saved_model"), "cpu", 1)
    outputs = engine.run({"x": np.ones((2, 3), np.float32)})
    np.testing.assert_array_equal(outputs["y"], np.full((2, 2), 9, np.float32))
