"""ONNX Runtime keeps the contract of an engine, and names what is its own."""

import base64
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

from model_service.engine import onnxruntime
from model_service.engine.onnxruntime import available_devices, load
from model_service.model_folder import ModelFolder

from .contract import EngineContract

# Two Add nodes, x + x and n + n: written by the package onnx, which serving does not need.
DOUBLING = base64.b64decode(
    "CAoSADqTAQoUCgF4CgF4Egd0d2ljZV94IgNBZGQKFAoBbgoBbhIHdHdpY2VfbiIDQWRkEgFnWhQKAXgSDwoNCAES"
    "CQoDEgFiCgIIA1oUCgFuEg8KDQgGEgkKAxIBYgoCCAJiGgoHdHdpY2VfeBIPCg0IARIJCgMSAWIKAggDYhoKB3R3"
    "aWNlX24SDwoNCAYSCQoDEgFiCgIIAkIECgAQEQ=="
)
# x * s, where s is one number for all rows.
SCALED = base64.b64decode(
    "CAgSADpMCg4KAXgKAXMSAXkiA011bBIBZ1oUCgF4Eg8KDQgBEgkKAxIBYgoCCANaCwoBcxIGCgQIARIAYhQKAXkSDwoN"
    "CAESCQoDEgFiCgIIA0IECgAQEQ=="
)
# Each row of x, repeated 2**45 times: half a petabyte.
BOUNDLESS = base64.b64decode(
    "CAg6kAEKGQoBeBIBcyIFU2hhcGUqCgoDZW5kGAGgAQIKHgoBcwoBbhIBdCIGQ29uY2F0KgsKBGF4aXMYAKABAgoRCgF4"
    "CgF0EgF5IgZFeHBhbmQSAWcqEAgBEAc6B4CAgICAgAhCAW5aFAoBeBIPCg0IARIJCgMSAWIKAggBYhUKAXkSEAoOCAES"
    "CgoDEgFiCgMSAW1CBAoAEBE="
)


class TestOnnxRuntime(EngineContract):
    """The contract, on the runtime of this service."""

    runtime = onnxruntime

    @pytest.fixture
    def doubling(self, tmp_path: Path) -> Path:
        path = tmp_path / "doubling.onnx"
        path.write_bytes(DOUBLING)
        return path

    def test_names_the_version_of_the_runtime(self, artefact: Path) -> None:
        assert load(artefact, "cpu", 1).name == f"onnxruntime {ort.__version__}"

    def test_reads_no_file_but_the_artefact(self, model: ModelFolder, tmp_path: Path) -> None:
        artefact = model.original()
        renamed = tmp_path / "anything.bin"
        renamed.write_bytes(artefact.read_bytes())
        assert load(renamed, "cpu", 1).inputs == load(artefact, "cpu", 1).inputs

    def test_says_that_it_has_no_memory(self, tmp_path: Path) -> None:
        artefact = tmp_path / "boundless.onnx"
        artefact.write_bytes(BOUNDLESS)
        engine = load(artefact, "cpu", 1)
        with pytest.raises(MemoryError):
            engine.run({"x": np.ones((1, 1), np.float32)})

    def test_an_input_that_is_one_number_is_one_for_one_row(self, tmp_path: Path) -> None:
        artefact = tmp_path / "scaled.onnx"
        artefact.write_bytes(SCALED)
        engine = load(artefact, "cpu", 1)
        assert [spec.shape for spec in engine.inputs] == [(-1, 3), (1,)]
        ones = np.ones((1, 3), np.float32)
        outputs = engine.run({"x": ones, "s": np.full(1, 3, np.float32)})
        np.testing.assert_array_equal(outputs["y"], 3 * ones)
        with pytest.raises(ValueError, match="s float32"):
            engine.run({"x": ones, "s": np.full(2, 3, np.float32)})


def test_the_cpu_is_always_available() -> None:
    assert available_devices()[0] == "cpu"
    assert set(available_devices()) <= {"cpu", "cuda"}


def test_a_gpu_is_available_only_to_a_build_that_can_use_one() -> None:
    built_in = "CUDAExecutionProvider" in ort.get_available_providers()
    assert built_in or "cuda" not in available_devices()
