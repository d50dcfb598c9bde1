"""LiteRT keeps the contract of an engine, and names what is its own."""

from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

from model_service.engine import tflite
from model_service.engine.tflite import available_devices, load
from model_service.model_card import TensorSpec

from .contract import EngineContract
from .rows import Row, varied
from .tflite_models import Doubled, write_doubling


class TestLiteRt(EngineContract):
    """The contract, on the runtime of this service."""

    runtime = tflite

    @pytest.fixture
    def doubling(self, tmp_path: Path) -> Path:
        return write_doubling(
            tmp_path / "doubling.tflite", Doubled("x"), Doubled("n", "INT32", (-1, 2))
        )

    def test_names_the_version_of_the_runtime(self, artefact: Path) -> None:
        assert load(artefact, "cpu", 1).name == f"litert {version('ai-edge-litert')}"

    def test_maps_the_artefact_and_does_not_copy_it(self, artefact: Path) -> None:
        engine = load(artefact, "cpu", 1)
        assert str(artefact) in Path("/proc/self/maps").read_text()
        assert engine.inputs

    def test_an_answer_stays_when_the_next_run_overwrites_the_interpreter(
        self, artefact: Path, row: Row
    ) -> None:
        engine, (first, second) = load(artefact, "cpu", 1), (varied(row, 2), varied(row, 2))
        second = {name: rows[::-1].copy() for name, rows in second.items()}
        answer = engine.run(first)
        kept = {name: values.copy() for name, values in answer.items()}
        engine.run(second)
        for name, values in answer.items():
            np.testing.assert_array_equal(values, kept[name])


def test_the_cpu_is_all_there_is() -> None:
    assert available_devices() == ("cpu",)


class TestFixedBatch:
    """A model whose batch is fixed at 1."""

    @pytest.fixture
    def artefact(self, tmp_path: Path) -> Path:
        return write_doubling(
            tmp_path / "model.tflite", Doubled("x", shape=(1, 3)), Doubled("n", "INT32", (1, 2))
        )

    def test_takes_and_gives_any_number_of_rows(self, artefact: Path) -> None:
        engine = load(artefact, "cpu", 1)
        assert {spec.name: spec.shape for spec in engine.inputs} == {"x": (-1, 3), "n": (-1, 2)}
        assert {spec.shape[0] for spec in engine.outputs} == {-1}
        for count in (0, 1, 5):
            x = np.arange(3 * count, dtype=np.float32).reshape(count, 3)
            n = np.arange(2 * count, dtype=np.int32).reshape(count, 2)
            outputs = engine.run({"x": x, "n": n})
            np.testing.assert_array_equal(outputs["twice_x"], 2 * x)
            np.testing.assert_array_equal(outputs["twice_n"], 2 * n)

    def test_eight_threads_do_not_mix_their_rows(self, artefact: Path) -> None:
        engine = load(artefact, "cpu", 1)
        batches = [
            {"x": np.full((4, 3), i, np.float32), "n": np.full((4, 2), i, np.int32)}
            for i in range(64)
        ]
        with ThreadPoolExecutor(8) as pool:
            for i, outputs in enumerate(pool.map(engine.run, batches)):
                assert (outputs["twice_x"] == 2 * i).all()
                assert (outputs["twice_n"] == 2 * i).all()


def test_a_batch_fixed_at_another_size_takes_that_size_alone(tmp_path: Path) -> None:
    engine = load(write_doubling(tmp_path / "m.tflite", Doubled("x", shape=(4, 3))), "cpu", 1)
    assert engine.inputs == (TensorSpec(name="x", dtype="float32", shape=(4, 3)),)
    x = np.ones((4, 3), np.float32)
    np.testing.assert_array_equal(engine.run({"x": x})["twice_x"], 2 * x)
    with pytest.raises(ValueError, match=r"x float32\[4, 3\]"):
        engine.run({"x": x[:3]})


def test_a_quantized_model_is_given_and_gives_numbers(tmp_path: Path) -> None:
    artefact = write_doubling(
        tmp_path / "model.tflite",
        Doubled("bytes", "UINT8", scale=0.5, zero_point=128),
        Doubled("signed", "INT8", scale=0.25, zero_point=-3),
    )
    engine = load(artefact, "cpu", 1)
    assert {spec.dtype for spec in (*engine.inputs, *engine.outputs)} == {"float32"}
    rows = np.array([[-1.5, 0, 2], [1, -0.5, 3.5]], np.float32)
    outputs = engine.run({"bytes": rows, "signed": rows})
    np.testing.assert_array_equal(outputs["twice_bytes"], 2 * rows)
    np.testing.assert_array_equal(outputs["twice_signed"], 2 * rows)
