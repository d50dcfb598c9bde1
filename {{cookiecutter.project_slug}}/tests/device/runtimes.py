"""A runtime with the GPU that a test needs, since the machine of a test has seldom one."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from model_service import startup
from model_service.arrays import Array, Arrays
from model_service.device import DeviceChoice
from model_service.engine import Engine
from model_service.errors import InvalidArtefact

Policy = Callable[[str, tuple[str, ...], Mapping[str, str]], DeviceChoice]

BROKEN = "broken"  # in the place of a device: asking for it raises


class PlacedEngine:
    """The real engine on the CPU, which claims to be elsewhere."""

    def __init__(self, engine: Engine, device: str) -> None:
        self.name, self.threads, self.dtype = engine.name, engine.threads, engine.dtype
        self.inputs, self.outputs = engine.inputs, engine.outputs
        self.device = device
        self._engine = engine

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Run the real engine."""
        return self._engine.run(inputs)


class Runtime:
    """Loads the model where `places` says: asked device -> the real one, or BROKEN."""

    def __init__(self, engine: Engine, places: Mapping[str, str]) -> None:
        self.asked: list[str] = []
        self._engine = engine
        self._places = {"cpu": "cpu", **places}

    def available_devices(self) -> tuple[str, ...]:
        """Return the kinds of device that can be asked for."""
        return tuple(sorted({device.partition(":")[0] for device in self._places}))

    def load(self, artefact: Path, device: str, threads: int) -> PlacedEngine:
        """Load the model; raises InvalidArtefact if the device is broken."""
        self.asked.append(device)
        if self._places[device] == BROKEN:
            raise InvalidArtefact("The driver is too old for this runtime.")
        return PlacedEngine(self._engine, self._places[device])


def install(monkeypatch: pytest.MonkeyPatch, runtime: Runtime, policy: Policy) -> None:
    """Let the next start use the runtime and the policy."""
    monkeypatch.setattr(startup, "available_devices", runtime.available_devices)
    monkeypatch.setattr(startup, "load", runtime.load)
    monkeypatch.setattr(startup, "choose", policy)
