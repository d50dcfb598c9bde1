"""PyTorch keeps the contract of an engine, and names what is its own."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from model_service.engine import pytorch
from model_service.engine.pytorch import available_devices, load

from .contract import EngineContract
from .pytorch_networks import TWICE_X, Doubling, X, use, write_exported
from .rows import Row, varied


class TestPyTorch(EngineContract):
    """The contract, on the runtime of this service."""

    runtime = pytorch

    @pytest.fixture
    def doubling(self, tmp_path: Path) -> Path:
        x, n = torch.ones(2, 3), torch.ones(2, 2, dtype=torch.int32)
        return write_exported(tmp_path / "doubling.pt2", Doubling(), x, n)

    def test_names_the_version_of_the_runtime(self, artefact: Path) -> None:
        assert load(artefact, "cpu", 1).name == f"pytorch {torch.__version__}"

    def test_maps_the_artefact_and_does_not_copy_it(self, artefact: Path) -> None:
        engine = load(artefact, "cpu", 1)
        assert str(artefact) in Path("/proc/self/maps").read_text()
        assert engine.inputs

    def test_reads_arrays_that_it_may_not_write_to(self, artefact: Path, row: Row) -> None:
        engine, batch = load(artefact, "cpu", 1), varied(row, 2)
        expected = engine.run(batch)
        for rows in batch.values():
            rows.flags.writeable = False
        for name, values in engine.run(batch).items():
            np.testing.assert_array_equal(values, expected[name])

    def test_keeps_no_gradients_in_any_thread(self, artefact: Path, row: Row) -> None:
        engine = load(artefact, "cpu", 1)
        recording: list[bool] = []
        inner = engine._network.call

        def call(*tensors: torch.Tensor) -> torch.Tensor:
            recording.append(torch.is_grad_enabled())
            output: torch.Tensor = inner(*tensors)
            return output

        object.__setattr__(engine._network, "call", call)
        engine.run(varied(row, 1))
        assert recording == [False]

    def test_says_that_it_has_no_memory(self, artefact: Path, row: Row) -> None:
        engine = load(artefact, "cpu", 1)
        object.__setattr__(engine._network, "call", lambda *_: torch.ones(2**45))
        with pytest.raises(MemoryError):
            engine.run(varied(row, 1))


def test_the_cpu_is_always_available() -> None:
    assert available_devices()[0] == "cpu"
    assert ("cuda" in available_devices()) == torch.cuda.is_available()


def test_threads_of_the_runtime_do_not_spin() -> None:
    assert os.environ["OMP_WAIT_POLICY"] == "passive"


def test_a_network_in_sixteen_bits_is_given_and_gives_what_is_stated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, lambda: torch.nn.Linear(3, 3, bias=False), [X], [TWICE_X])
    artefact = tmp_path / "model.pt"
    torch.save({"weight": 2 * torch.eye(3, dtype=torch.float16)}, artefact)
    engine = load(artefact, "cpu", 1)
    assert engine.dtype == "bfloat16"
    x = np.array([[1, 2, 3]], np.float32)
    np.testing.assert_array_equal(engine.run({"x": x})["twice_x"], 2 * x, strict=True)
