"""CPU only: a GPU is never asked for, whether there is one or not."""

from pathlib import Path

import pytest

from model_service.device.none import (
    IGNORED_SETTINGS,
    choose,
    max_workers,
)
from model_service.engine import Engine
from model_service.errors import InvalidArtefact
from model_service.settings import Settings
from model_service.startup import start

from .runtimes import BROKEN, Runtime, install


@pytest.mark.parametrize("asked", ["cuda", "cuda:1", "cpu"])
@pytest.mark.parametrize("available", [("cpu",), ("cpu", "cuda")])
def test_the_cpu_is_chosen(asked: str, available: tuple[str, ...]) -> None:
    choice = choose(asked, available, {"cuda": "broken"})
    assert (choice.asked, choice.device) == ("cpu", "cpu")
    assert "CPU only" in choice.reason


@pytest.mark.parametrize("asked", ["cuda", "cpu"])
@pytest.mark.parametrize("places", [{}, {"cuda": "cuda"}, {"cuda": BROKEN}])
def test_the_service_asks_for_nothing_but_the_cpu(
    asked: str,
    places: dict[str, str],
    engine: Engine,
    copied_model: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runtime = Runtime(engine, places)
    install(monkeypatch, runtime, choose)
    running = start(Settings(model_dir=str(copied_model), device=asked))
    running.batcher.close()
    assert runtime.asked == ["cpu"]
    assert running.describe()["device"] == "cpu"


def test_a_model_that_fails_is_not_tried_elsewhere(
    engine: Engine, copied_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = Runtime(engine, {"cpu": BROKEN, "cuda": "cuda"})
    install(monkeypatch, runtime, choose)
    with pytest.raises(InvalidArtefact, match="driver"):
        start(Settings(model_dir=str(copied_model)))
    assert runtime.asked == ["cpu"]


def test_the_device_is_no_setting_of_this_service() -> None:
    assert {"device", "gpu_pause_s"} <= IGNORED_SETTINGS


def test_every_cpu_may_have_a_process() -> None:
    assert max_workers(16) == 16
