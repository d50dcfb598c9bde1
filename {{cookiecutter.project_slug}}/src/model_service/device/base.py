"""What a device policy decides, and the model where it decided nothing more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from .. import metrics
from ..arrays import Array, Arrays
from ..settings import Settings

if TYPE_CHECKING:  # a process that runs no model imports no framework
    from ..engine import Engine


@dataclass(frozen=True)
class DeviceChoice:
    """The device that was asked for, the one to use, and in one sentence why."""

    asked: str
    device: str
    reason: str


class Placement(NamedTuple):
    """A model on a device: its engine, the choice of the device, how the artefact is quantized."""

    engine: "Engine"
    choice: DeviceChoice
    quantization: str


# Loads the model where the policy allows, given why each device tried before cannot be used.
Place = Callable[[Mapping[str, str]], Placement]


class Placed(Protocol):
    """A model that is placed, and may be placed elsewhere meanwhile."""

    placement: Placement

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Run the model where it is; see `Engine.run`."""


class FixedModel:
    """The model on the device on which it was first placed, for good."""

    def __init__(self, place: Place, settings: Settings) -> None:
        self.placement = place({})
        tell_device(self.placement.choice, in_use=True)

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Run the model; see `Engine.run`."""
        return self.placement.engine.run(inputs)


def tell_device(choice: DeviceChoice, in_use: bool) -> None:
    """Let the metrics tell whether a device is in use."""
    metrics.DEVICE.labels(choice.asked, choice.device).set(in_use)
