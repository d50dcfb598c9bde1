"""Fallback: a GPU if there is one that works, else the CPU, and it is told which and why."""

from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest
from flask import Flask
from prometheus_client import REGISTRY

from model_service.device import Placement
from model_service.device.fallback import (
    PlacedModel,
    choose,
    max_workers,
)
from model_service.engine import Engine
from model_service.errors import InvalidArtefact
from model_service.routes import health
from model_service.service import Service
from model_service.settings import Settings
from model_service.startup import start

from ..engines import DoublingEngine, answers, rows
from .runtimes import BROKEN, Runtime, install

FAULT = "the driver is too old."


@pytest.mark.parametrize(
    ("asked", "available", "faults", "device", "reason"),
    [
        ("cuda", ("cpu", "cuda"), {}, "cuda", "is there"),
        ("cuda:1", ("cpu", "cuda"), {}, "cuda:1", "is there"),
        ("cuda", ("cpu",), {}, "cpu", "Fell back"),
        ("cuda:1", ("cpu",), {}, "cpu", "no cuda:1"),
        ("cuda", ("cpu", "cuda"), {"cuda": FAULT}, "cpu", FAULT),
        ("cuda", ("cpu",), {"cuda": FAULT}, "cpu", FAULT),
        ("cuda:1", ("cpu", "cuda"), {"cuda:1": FAULT}, "cpu", FAULT),
        ("cuda:1", ("cpu", "cuda"), {"cuda": FAULT}, "cuda:1", "is there"),
        ("cpu", ("cpu", "cuda"), {}, "cpu", "was asked for"),
        ("cpu", ("cpu",), {}, "cpu", "was asked for"),
    ],
)
def test_what_is_chosen_and_why(
    asked: str, available: tuple[str, ...], faults: Mapping[str, str], device: str, reason: str
) -> None:
    choice = choose(asked, available, faults)
    assert (choice.asked, choice.device) == (asked, device)
    assert reason in choice.reason


@pytest.mark.parametrize(
    ("places", "asked", "tried", "device", "reason"),
    [
        ({"cuda": "cuda"}, "cuda", ["cuda"], "cuda", "is there"),
        ({"cuda:1": "cuda:1"}, "cuda:1", ["cuda:1"], "cuda:1", "is there"),
        ({}, "cuda", ["cpu"], "cpu", "Fell back"),
        ({"cuda": BROKEN}, "cuda", ["cuda", "cpu"], "cpu", "driver is too old"),
        ({"cuda": "cpu"}, "cuda", ["cuda", "cpu"], "cpu", "on cpu instead"),
        ({"cuda:1": "cuda:0"}, "cuda:1", ["cuda:1", "cpu"], "cpu", "on cuda:0 instead"),
        ({"cuda": "cuda"}, "cpu", ["cpu"], "cpu", "was asked for"),
    ],
)
def test_the_service_runs_on_what_really_works(
    places: dict[str, str],
    asked: str,
    tried: list[str],
    device: str,
    reason: str,
    engine: Engine,
    copied_model: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runtime = Runtime(engine, places)
    install(monkeypatch, runtime, choose)
    running = start(Settings(model_dir=str(copied_model), device=asked))
    running.batcher.close()
    assert runtime.asked == tried
    assert (running.engine.device, running.describe()["device"]) == (device, device)
    assert reason in running.describe()["device_reason"]


def test_falling_back_is_seen_in_the_log_the_probe_and_the_metrics(
    engine: Engine,
    copied_model: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    install(monkeypatch, Runtime(engine, {"cuda:3": BROKEN}), choose)
    service = Service(Settings(model_dir=str(copied_model), device="cuda:3"))
    with caplog.at_level("INFO"):
        service.load()
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(health.create_blueprint(service))
    told = msgspec.json.decode(app.test_client().get("/readyz").data)
    assert told["device"] == "cpu"
    assert "driver is too old" in told["device_reason"]
    assert told["device_reason"] in caplog.text
    labels = {"asked": "cuda:3", "device": "cpu"}
    assert REGISTRY.get_sample_value("service_device_info", labels) == 1


def test_a_model_that_fails_on_the_cpu_too_is_refused(
    engine: Engine, copied_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, Runtime(engine, {"cuda": BROKEN, "cpu": BROKEN}), choose)
    with pytest.raises(InvalidArtefact, match="driver"):
        start(Settings(model_dir=str(copied_model)))


class Devices:
    """Places a model on a GPU of so much memory, or on the CPU if the GPU has faults."""

    def __init__(self, memory: int) -> None:
        self.gpu = DoublingEngine(memory, "cuda")
        self.cpu = DoublingEngine()
        self.faults: list[Mapping[str, str]] = []

    def place(self, faults: Mapping[str, str]) -> Placement:
        """Return the engine on the device that the policy chooses."""
        self.faults.append(faults)
        choice = choose("cuda", ("cpu", "cuda"), faults)
        return Placement(self.gpu if choice.device == "cuda" else self.cpu, choice, "none")


def test_several_rows_without_memory_are_the_callers_to_split() -> None:
    devices = Devices(memory=1)
    placed = PlacedModel(devices.place, Settings())
    with pytest.raises(MemoryError):
        placed.run(rows(1, 2))
    assert answers(placed.run(rows(1))) == [2]
    assert placed.placement.choice.device == "cuda"


def test_without_memory_for_one_row_the_cpu_serves_visibly(
    caplog: pytest.LogCaptureFixture,
) -> None:
    devices = Devices(memory=0)
    placed = PlacedModel(devices.place, Settings())
    pauses = REGISTRY.get_sample_value("service_gpu_pauses_total") or 0
    assert answers(placed.run(rows(1))) == [2]
    assert answers(placed.run(rows(2, 3))) == [4, 6]
    assert devices.cpu.batches == [[1], [2, 3]]
    assert placed.placement.choice.device == "cpu"
    assert "ran out of memory" in placed.placement.choice.reason
    assert "ran out of memory" in caplog.text
    assert REGISTRY.get_sample_value("service_gpu_pauses_total") == pauses + 1
    assert in_use("cpu")
    assert not in_use("cuda")


def test_after_the_pause_the_gpu_serves_again() -> None:
    devices = Devices(memory=0)
    placed = PlacedModel(devices.place, Settings(gpu_pause_s=0))
    assert answers(placed.run(rows(1))) == [2]
    devices.gpu.memory = 8
    assert answers(placed.run(rows(2, 3))) == [4, 6]
    assert devices.gpu.batches == [[2, 3]]
    assert placed.placement.choice.device == "cuda"
    assert in_use("cuda")
    assert not in_use("cpu")


def test_the_engine_on_the_cpu_is_loaded_once() -> None:
    devices = Devices(memory=0)
    placed = PlacedModel(devices.place, Settings(gpu_pause_s=0))
    for value in (1, 2, 3):
        assert answers(placed.run(rows(value))) == [2 * value]
    assert len(devices.faults) == 2
    assert devices.cpu.batches == [[1], [2], [3]]


def test_the_cpu_has_nothing_to_fall_back_to() -> None:
    devices = Devices(memory=0)
    devices.cpu.memory = 0
    placed = PlacedModel(devices.place, Settings())
    with pytest.raises(MemoryError):
        placed.run(rows(1))


def in_use(device: str) -> bool:
    """Return whether the metrics tell that a device is in use."""
    labels = {"asked": "cuda", "device": device}
    return REGISTRY.get_sample_value("service_device_info", labels) == 1


def test_one_process_has_the_gpu() -> None:
    assert max_workers(16) == 1
