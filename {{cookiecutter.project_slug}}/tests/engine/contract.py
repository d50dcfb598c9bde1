"""What every engine must do, whatever runtime is behind it: one suite, subclassed by each."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from model_service.engine import Engine
from model_service.model_folder import GoldenExamples, ModelFolder
from model_service.preprocessing import Preprocessor
from model_service.settings import Settings

from .loading import LoadingContract
from .rows import CLOSE, LONG_S, Row, spoilt, ticks_during, varied

ENOUGH_TICKS = 10  # in a long run; where the runtime holds the GIL there are one or two


class EngineContract(LoadingContract):
    """The tests of an engine; a subclass names its module and adds what its runtime alone does."""

    def test_has_the_signature_of_the_card(self, engine: Engine, model: ModelFolder) -> None:
        inputs = {spec.name: spec for spec in engine.inputs}
        outputs = {spec.name: spec for spec in engine.outputs}
        assert inputs.keys() == {spec.name for spec in model.card.inputs}
        assert all(inputs[spec.name].accepts(spec) for spec in model.card.inputs)
        assert all(outputs[spec.name].accepts(spec) for spec in model.card.outputs)

    def test_names_its_runtime_and_what_it_was_given(self, artefact: Path) -> None:
        engine = self.load(artefact, "cpu", 2)
        assert engine.name
        assert (engine.device, engine.threads, engine.dtype) == ("cpu", 2, "float32")

    def test_gives_the_golden_outputs(
        self, engine: Engine, model: ModelFolder, golden: GoldenExamples, settings: Settings
    ) -> None:
        assert_golden(engine, model, golden, settings)

    @pytest.mark.parametrize("count", [1, 2, 7, 32])
    def test_answers_a_row_alike_in_every_batch(self, count: int, engine: Engine, row: Row) -> None:
        skip_if_one_row_at_a_time(engine, count)
        batch = varied(row, count)
        outputs = engine.run(batch)
        assert outputs.keys() == {spec.name for spec in engine.outputs}
        for index in range(count):
            alone = engine.run({name: rows[index : index + 1] for name, rows in batch.items()})
            for name, values in alone.items():
                assert len(outputs[name]) == count
                assert str(values.dtype) == dtype_of(engine, name)
                np.testing.assert_allclose(outputs[name][index], values[0], CLOSE, CLOSE)

    @pytest.mark.parametrize("threads", [1, 2])
    def test_any_number_of_threads_gives_the_same_answer(
        self, threads: int, artefact: Path, engine: Engine, row: Row
    ) -> None:
        batch = varied(row, 2)
        expected = engine.run(batch)
        for name, values in self.load(artefact, "cpu", threads).run(batch).items():
            np.testing.assert_allclose(values, expected[name], CLOSE, CLOSE)

    def test_leaves_its_inputs_as_they_are(self, engine: Engine, row: Row) -> None:
        batch = varied(row, 1)
        before = {name: rows.copy() for name, rows in batch.items()}
        engine.run(batch)
        for name, rows in batch.items():
            np.testing.assert_array_equal(rows, before[name])

    def test_takes_rows_that_lie_anywhere_and_are_read_only(self, engine: Engine, row: Row) -> None:
        batch = varied(row, 1)  # as the bytes of a request's body are, behind its JSON
        body = {name: memoryview(b"{" + rows.tobytes())[1:] for name, rows in batch.items()}
        found = {
            name: np.frombuffer(body[name], rows.dtype).reshape(rows.shape)
            for name, rows in batch.items()
        }
        assert not any(rows.flags.aligned or rows.flags.writeable for rows in found.values())
        expected = engine.run(batch)
        for name, values in engine.run(found).items():
            np.testing.assert_allclose(values, expected[name], CLOSE, CLOSE)

    def test_eight_threads_get_the_answers_of_one(self, engine: Engine, row: Row) -> None:
        batches = [{n: rows[i : i + 1] for n, rows in varied(row, 64).items()} for i in range(64)]
        serial = [engine.run(batch) for batch in batches]
        with ThreadPoolExecutor(8) as pool:
            concurrent = list(pool.map(engine.run, batches))
        for one, other in zip(serial, concurrent, strict=True):
            for name, values in one.items():
                np.testing.assert_allclose(other[name], values, CLOSE, CLOSE)

    def test_another_thread_goes_on_during_a_run(self, engine: Engine, row: Row) -> None:
        batch = {name: np.repeat(array[None], 64, axis=0) for name, array in row.items()}
        ticks, seconds = 0, 0.0
        while seconds < LONG_S:  # the same rows over and over, until a run takes long enough
            batch = {name: np.concatenate([rows, rows]) for name, rows in batch.items()}
            ticks, seconds = ticks_during(engine, batch)
        assert ticks >= ENOUGH_TICKS

    @pytest.mark.parametrize("count", [0, 1, 2, 7])
    def test_runs_several_inputs_and_outputs_of_several_types(
        self, count: int, doubling: Path
    ) -> None:
        engine = self.load(doubling, "cpu", 1)
        x = np.arange(3 * count, dtype=np.float32).reshape(count, 3) / 2
        n = np.arange(2 * count, dtype=np.int32).reshape(count, 2) - 3
        outputs = engine.run({"n": n, "x": x})
        assert outputs.keys() == {"twice_n", "twice_x"}
        for name, expected in {"twice_x": 2 * x, "twice_n": 2 * n}.items():
            np.testing.assert_array_equal(outputs[name], expected, strict=True)

    def test_an_empty_batch_has_empty_outputs(self, engine: Engine, row: Row) -> None:
        outputs = engine.run({name: array[None][:0] for name, array in row.items()})
        assert outputs.keys() == {spec.name for spec in engine.outputs}
        for spec in engine.outputs:
            assert outputs[spec.name].shape == (0, *spec.shape[1:])
            assert str(outputs[spec.name].dtype) == spec.dtype

    @pytest.mark.parametrize("fault", ["name", "rank", "shape", "dtype", "missing"])
    def test_raises_on_inputs_that_do_not_fit_and_goes_on(
        self, fault: str, engine: Engine, row: Row
    ) -> None:
        good = varied(row, 1)
        before = engine.run(good)
        with pytest.raises(Exception):  # noqa: B017, PT011  # whatever the runtime raises
            engine.run(spoilt(good, fault))
        for name, values in engine.run(good).items():
            np.testing.assert_allclose(values, before[name], CLOSE, CLOSE)

    @pytest.mark.gpu
    def test_gives_the_golden_outputs_on_the_gpu(
        self, artefact: Path, model: ModelFolder, golden: GoldenExamples, settings: Settings
    ) -> None:
        engine = self.load(artefact, "cuda", 1)
        assert engine.device == "cuda"
        assert_golden(engine, model, golden, settings)


def assert_golden(
    engine: Engine, model: ModelFolder, golden: GoldenExamples, settings: Settings
) -> None:
    """Run each golden example and compare with the outputs of the card."""
    preprocess, tolerance = Preprocessor(model.card, settings), model.card.golden.tolerance
    for index, instance in enumerate(golden.instances):
        outputs = engine.run({name: row[None] for name, row in preprocess(instance).items()})
        for name, expected in golden.outputs.items():
            np.testing.assert_allclose(outputs[name][0], expected[index], tolerance, tolerance)


def dtype_of(engine: Engine, output: str) -> str:
    """Return the dtype that the signature gives an output."""
    return next(spec.dtype for spec in engine.outputs if spec.name == output)


def skip_if_one_row_at_a_time(engine: Engine, count: int) -> None:
    """Skip a larger batch for a model whose batch dimension is 1."""
    if count > 1 and any(spec.shape[0] == 1 for spec in engine.inputs):
        pytest.skip("This model takes one row at a time.")
