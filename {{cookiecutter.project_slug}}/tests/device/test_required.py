"""Required: a GPU that works, or a refusal that says which one is missing and why."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from model_service import device
from model_service.device import Placement, required
from model_service.device.required import (
    PlacedModel,
    choose,
    max_workers,
)
from model_service.engine import Engine
from model_service.errors import DeviceUnavailable, OutOfMemory
from model_service.model_run import ModelRuns
from model_service.settings import Settings
from model_service.startup import start

from ..conftest import has_gpu
from ..engines import DoublingEngine, answers, rows
from ..processes import free_port, run_service
from .runtimes import BROKEN, Runtime, install

FAULT = "the driver is too old."


@pytest.mark.parametrize("asked", ["cuda", "cuda:1"])
def test_a_device_that_is_there_is_chosen(asked: str) -> None:
    choice = choose(asked, ("cpu", "cuda"), {})
    assert (choice.asked, choice.device) == (asked, asked)
    assert asked in choice.reason


@pytest.mark.parametrize(
    ("asked", "available", "faults", "word"),
    [
        ("cuda", ("cpu",), {}, "requires cuda"),
        ("cuda:1", ("cpu",), {}, "requires cuda:1"),
        ("cuda", ("cpu", "cuda"), {"cuda": FAULT}, FAULT),
        ("cuda", ("cpu",), {"cuda": FAULT}, FAULT),
        ("cuda:1", ("cpu", "cuda"), {"cuda:1": FAULT}, FAULT),
        ("cpu", ("cpu", "cuda"), {}, "SERVICE_DEVICE"),
        ("cpu", ("cpu",), {}, "SERVICE_DEVICE"),
    ],
)
def test_anything_else_is_refused_with_the_reason(
    asked: str, available: tuple[str, ...], faults: Mapping[str, str], word: str
) -> None:
    with pytest.raises(DeviceUnavailable) as refusal:
        choose(asked, available, faults)
    assert word in str(refusal.value)


def test_the_service_starts_on_a_gpu_that_works(
    engine: Engine, copied_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = Runtime(engine, {"cuda": "cuda"})
    install(monkeypatch, runtime, choose)
    running = start(Settings(model_dir=str(copied_model)))
    running.batcher.close()
    assert runtime.asked == ["cuda"]
    assert running.describe()["device"] == "cuda"


@pytest.mark.parametrize(
    ("places", "asked", "tried", "word"),
    [
        ({}, "cuda", [], "requires cuda"),
        ({"cuda": BROKEN}, "cuda", ["cuda"], "driver is too old"),
        ({"cuda": "cpu"}, "cuda", ["cuda"], "on cpu instead"),
        ({"cuda:1": "cuda:0"}, "cuda:1", ["cuda:1"], "on cuda:0 instead"),
        ({"cuda": "cuda"}, "cpu", [], "SERVICE_DEVICE"),
    ],
)
def test_the_service_never_runs_on_anything_else(
    places: dict[str, str],
    asked: str,
    tried: list[str],
    word: str,
    engine: Engine,
    copied_model: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runtime = Runtime(engine, places)
    install(monkeypatch, runtime, choose)
    with pytest.raises(DeviceUnavailable, match=word):
        start(Settings(model_dir=str(copied_model), device=asked))
    assert runtime.asked == tried


@pytest.mark.parametrize("command", ["serve", "check"])
def test_the_process_ends_with_the_reason(command: str, copied_model: Path) -> None:
    if device.choose is not required.choose:
        pytest.skip("This service does not require a GPU.")
    if has_gpu():
        pytest.skip("This machine has the GPU that the service requires.")
    ended = run_service(command, SERVICE_MODEL_DIR=str(copied_model), SERVICE_PORT=str(free_port()))
    assert ended.returncode != 0
    assert "This service requires cuda" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_memory_that_is_short_on_the_gpu_is_never_sought_elsewhere() -> None:
    choice = choose("cuda", ("cpu", "cuda"), {})
    gpu = DoublingEngine(memory=1, device="cuda")
    placed = PlacedModel(lambda faults: Placement(gpu, choice, "none"), Settings())
    runs = ModelRuns(placed)
    assert answers(runs.run_in_parts(rows(1, 2))) == [2, 4]
    gpu.memory = 0
    with pytest.raises(OutOfMemory):
        runs.run_in_parts(rows(1, 2))
    assert placed.placement.choice.device == "cuda"


def test_one_process_has_the_gpu() -> None:
    assert max_workers(16) == 1
