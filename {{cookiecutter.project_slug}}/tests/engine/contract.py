"""What every engine must do, whatever runtime is behind it: one suite, subclassed by each."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from model_service.arrays import Array
from model_service.engine import Engine, available_devices, load
from model_service.errors import InvalidArtefact
from model_service.model_folder import GoldenExamples, ModelFolder
from model_service.preprocessing import Preprocessor
from model_service.settings import Settings

Row = dict[str, Array]
CLOSE = 1e-5  # batches of other sizes may sum in another order


class EngineContract:
    """The tests of an engine; a subclass adds what its runtime alone does."""

    @pytest.fixture
    def artefact(self, model: ModelFolder) -> Path:
        """Return the original model."""
        return model.file(model.card.artefact.file)

    @pytest.fixture
    def row(self, model: ModelFolder, golden: GoldenExamples, settings: Settings) -> Row:
        """Return a sound row, without the batch dimension."""
        return Preprocessor(model.card, settings)(golden.instances[0])

    def test_has_the_signature_of_the_card(self, engine: Engine, model: ModelFolder) -> None:
        inputs = {spec.name: spec for spec in engine.inputs}
        outputs = {spec.name: spec for spec in engine.outputs}
        assert inputs.keys() == {spec.name for spec in model.card.inputs}
        assert all(inputs[spec.name].accepts(spec) for spec in model.card.inputs)
        assert all(outputs[spec.name].accepts(spec) for spec in model.card.outputs)

    def test_names_its_runtime_and_what_it_was_given(self, artefact: Path) -> None:
        engine = load(artefact, "cpu", 2)
        assert engine.name
        assert (engine.device, engine.threads) == ("cpu", 2)

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

    def test_leaves_its_inputs_as_they_are(self, engine: Engine, row: Row) -> None:
        batch = varied(row, 1)
        before = {name: rows.copy() for name, rows in batch.items()}
        engine.run(batch)
        for name, rows in batch.items():
            np.testing.assert_array_equal(rows, before[name])

    def test_eight_threads_get_the_answers_of_one(self, engine: Engine, row: Row) -> None:
        batches = [{n: rows[i : i + 1] for n, rows in varied(row, 64).items()} for i in range(64)]
        serial = [engine.run(batch) for batch in batches]
        with ThreadPoolExecutor(8) as pool:
            concurrent = list(pool.map(engine.run, batches))
        for one, other in zip(serial, concurrent, strict=True):
            for name, values in one.items():
                np.testing.assert_allclose(other[name], values, CLOSE, CLOSE)

    def test_raises_on_an_input_that_does_not_fit(self, engine: Engine) -> None:
        with pytest.raises(Exception):  # noqa: B017, PT011  # whatever the runtime raises
            engine.run({"no such input": np.zeros((1, 1), np.float32)})

    @pytest.mark.parametrize(
        "content",
        [b"", b"no model", b"PK\x03\x04" + bytes(64), bytes(range(256)) * 16],
        ids=["empty", "text", "archive", "bytes"],
    )
    def test_refuses_what_is_no_model(self, content: bytes, artefact: Path, tmp_path: Path) -> None:
        broken = tmp_path / artefact.name
        broken.write_bytes(content)
        assert_refused(broken)

    def test_refuses_a_truncated_artefact(self, artefact: Path, tmp_path: Path) -> None:
        truncated = tmp_path / artefact.name
        truncated.write_bytes(artefact.read_bytes()[: artefact.stat().st_size // 2])
        assert_refused(truncated)

    def test_refuses_a_missing_artefact_and_a_folder(self, artefact: Path, tmp_path: Path) -> None:
        assert_refused(tmp_path / artefact.name)
        assert_refused(tmp_path)

    def test_loads_again_after_a_refusal(
        self, artefact: Path, engine: Engine, row: Row, tmp_path: Path
    ) -> None:
        assert_refused(tmp_path / artefact.name)
        batch = varied(row, 1)
        again = load(artefact, "cpu", 1).run(batch)
        for name, values in engine.run(batch).items():
            np.testing.assert_allclose(again[name], values, CLOSE, CLOSE)

    @pytest.mark.filterwarnings("ignore")  # a runtime may warn and go on elsewhere
    @pytest.mark.parametrize("device", ["cuda", "cuda:99"])
    def test_never_claims_a_device_that_is_not_there(self, device: str, artefact: Path) -> None:
        if device == "cuda" and "cuda" in available_devices():
            pytest.skip("This machine may have the GPU that is asked for.")
        try:
            engine = load(artefact, device, 1)
        except InvalidArtefact:
            return
        assert engine.device == "cpu"

    @pytest.mark.gpu
    def test_gives_the_golden_outputs_on_the_gpu(
        self, artefact: Path, model: ModelFolder, golden: GoldenExamples, settings: Settings
    ) -> None:
        engine = load(artefact, "cuda", 1)
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


def assert_refused(artefact: Path) -> None:
    """Try to load, and expect one sentence that names the file."""
    with pytest.raises(InvalidArtefact) as refusal:
        load(artefact, "cpu", 1)
    assert artefact.name in str(refusal.value)
    assert len(str(refusal.value).splitlines()) == 1


def varied(row: Row, count: int) -> Row:
    """Return that many different rows; the first is the given one."""
    return {name: np.stack([np.roll(a, i) for i in range(count)]) for name, a in row.items()}


def dtype_of(engine: Engine, output: str) -> str:
    """Return the dtype that the signature gives an output."""
    return next(spec.dtype for spec in engine.outputs if spec.name == output)


def skip_if_one_row_at_a_time(engine: Engine, count: int) -> None:
    """Skip a larger batch for a model whose batch dimension is 1."""
    if count > 1 and any(spec.shape[0] == 1 for spec in engine.inputs):
        pytest.skip("This model takes one row at a time.")
