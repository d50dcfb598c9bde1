"""What every engine must do with an artefact: load the right one, and refuse any other."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from model_service.engine import Engine
from model_service.errors import InvalidArtefact
from model_service.model_folder import GoldenExamples, ModelFolder
from model_service.preprocessing import Preprocessor
from model_service.settings import Settings

from ..models import golden_of, model_of
from ..processes import run_python
from .rows import CLOSE, Row, varied

REPORT_A_RUN = """
import sys
from pathlib import Path
import numpy as np
from {module} import load
inputs = dict(np.load(sys.argv[2]))
np.savez(sys.argv[3], **load(Path(sys.argv[1]), "cpu", 1).run(inputs))
"""


class LoadingContract:
    """The first half of the contract, with what both are tried on; a subclass names `runtime`."""

    runtime: ModuleType
    vital: tuple[str, ...] = ("",)  # if an artefact is a folder, the parts that it cannot lack

    @pytest.fixture
    def model(self) -> ModelFolder:
        """Return the model of this service in the format of the runtime."""
        return model_of(self.runtime.__name__.rpartition(".")[2])

    @pytest.fixture
    def golden(self, model: ModelFolder) -> GoldenExamples:
        """Return instances as a client sends them, with the outputs of the model."""
        return golden_of(model)

    @pytest.fixture
    def engine(self, artefact: Path) -> Engine:
        """Return the original model on the CPU."""
        return self.load(artefact, "cpu", 1)

    @pytest.fixture
    def doubling(self, tmp_path: Path) -> Path:
        """Return a model of two inputs and two outputs.

        `x` float32 [-1, 3] -> `twice_x` and `n` int32 [-1, 2] -> `twice_n`, each doubled.
        """
        raise NotImplementedError

    def assert_refused(self, artefact: Path) -> None:
        """Try to load, and expect one sentence that names the file."""
        with pytest.raises(InvalidArtefact) as refusal:
            self.load(artefact, "cpu", 1)
        assert artefact.name in str(refusal.value)
        assert len(str(refusal.value).splitlines()) == 1

    def copies(self, artefact: Path, folder: Path) -> Iterator[tuple[Path, Path]]:
        """Yield each vital part, to spoil, with the copy of the artefact that it is a part of."""
        for index, part in enumerate(self.vital):
            copy = folder / str(index) / artefact.name
            copy.parent.mkdir()
            (shutil.copytree if artefact.is_dir() else shutil.copy)(artefact, copy)
            yield copy / part, copy

    def load(self, artefact: Path, device: str, threads: int) -> Engine:
        """Load an artefact with the runtime."""
        engine: Engine = self.runtime.load(artefact, device, threads)
        return engine

    @pytest.fixture
    def artefact(self, model: ModelFolder) -> Path:
        """Return the original model."""
        return model.original()

    @pytest.fixture
    def row(self, model: ModelFolder, golden: GoldenExamples, settings: Settings) -> Row:
        """Return a sound row, without the batch dimension."""
        return Preprocessor(model.card, settings)(golden.instances[0])

    @pytest.mark.parametrize(
        "content",
        [b"", b"no model", b"PK\x03\x04" + bytes(64), bytes(range(256)) * 16],
        ids=["empty", "text", "archive", "bytes"],
    )
    def test_refuses_what_is_no_model(self, content: bytes, artefact: Path, tmp_path: Path) -> None:
        broken = tmp_path / artefact.name
        broken.write_bytes(content)
        self.assert_refused(broken)
        for part, copy in self.copies(artefact, tmp_path):
            part.write_bytes(content)
            self.assert_refused(copy)

    def test_refuses_a_truncated_artefact(self, artefact: Path, tmp_path: Path) -> None:
        for part, copy in self.copies(artefact, tmp_path):
            part.write_bytes(part.read_bytes()[: part.stat().st_size // 2])
            self.assert_refused(copy)

    def test_refuses_a_missing_artefact_and_a_folder(self, artefact: Path, tmp_path: Path) -> None:
        self.assert_refused(tmp_path / artefact.name)
        self.assert_refused(tmp_path)

    def test_loads_again_after_a_refusal(
        self, artefact: Path, engine: Engine, row: Row, tmp_path: Path
    ) -> None:
        self.assert_refused(tmp_path / artefact.name)
        batch = varied(row, 1)
        again = self.load(artefact, "cpu", 1).run(batch)
        for name, values in engine.run(batch).items():
            np.testing.assert_allclose(again[name], values, CLOSE, CLOSE)

    @pytest.mark.filterwarnings("ignore")  # a runtime may warn and go on elsewhere
    @pytest.mark.parametrize("device", ["cuda", "cuda:99"])
    def test_never_claims_a_device_that_is_not_there(self, device: str, artefact: Path) -> None:
        if device == "cuda" and "cuda" in self.runtime.available_devices():
            pytest.skip("This machine may have the GPU that is asked for.")
        try:
            engine = self.load(artefact, device, 1)
        except InvalidArtefact:
            return
        assert engine.device == "cpu"

    def test_a_new_process_gives_the_same_answers(
        self, artefact: Path, engine: Engine, row: Row, tmp_path: Path
    ) -> None:
        inputs, outputs = tmp_path / "inputs.npz", tmp_path / "outputs.npz"
        arrays: dict[str, Any] = {**varied(row, 3)}
        np.savez(inputs, **arrays)
        code = REPORT_A_RUN.format(module=self.runtime.__name__)
        run = run_python("-c", code, str(artefact), str(inputs), str(outputs))
        assert run.returncode == 0, run.stderr
        reported = np.load(outputs)
        for name, values in engine.run(varied(row, 3)).items():
            np.testing.assert_allclose(reported[name], values, CLOSE, CLOSE)
