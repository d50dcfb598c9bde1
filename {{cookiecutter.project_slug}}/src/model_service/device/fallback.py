"""GPU if there is one, else the CPU, visibly: in the log, in `/readyz` and in the metrics.

A GPU that runs out of memory is left alone for a while, in which the CPU serves.
"""

import logging
import time
from collections.abc import Collection, Mapping

from .. import metrics
from ..arrays import Array, Arrays, row_count
from ..settings import Settings
from .base import DeviceChoice, Place, Placement, tell_device

logger = logging.getLogger(__name__)

IGNORED_SETTINGS: frozenset[str] = frozenset()


def choose(asked: str, available: Collection[str], faults: Mapping[str, str]) -> DeviceChoice:
    """Return the device to use.

    `asked` is `cpu`, `cuda` or `cuda:N`; `available` the kinds that the runtime can ask for;
    `faults` says of each device that was tried why it cannot be used.
    """
    if asked == "cpu":
        return DeviceChoice(asked, "cpu", "The CPU was asked for.")
    if asked in faults:
        return DeviceChoice(asked, "cpu", f"Fell back to the CPU: {faults[asked]}")
    if asked.partition(":")[0] not in available:
        reason = f"Fell back to the CPU: there is no {asked} for this runtime on this machine."
        return DeviceChoice(asked, "cpu", reason)
    return DeviceChoice(asked, asked, f"{asked} was asked for and is there.")


class PlacedModel:
    """The model on its device; on the CPU for a while if not even one row fits the GPU."""

    def __init__(self, place: Place, settings: Settings) -> None:
        self._place = place
        self._first = self.placement = place({})
        self._on_cpu: Placement | None = None
        self._back_at = 0.0  # on the monotonic clock
        self._pause_s = settings.gpu_pause_s
        tell_device(self.placement.choice, in_use=True)

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Run the model, one run at a time; see `Engine.run`.

        Raises MemoryError if the GPU has none for several rows: fewer may fit.
        """
        if self.placement is not self._first and time.monotonic() >= self._back_at:
            self._move(self._first)
        try:
            return self.placement.engine.run(inputs)
        except MemoryError:
            if row_count(inputs) > 1 or self.placement.choice.device == "cpu":
                raise
            self._leave_gpu()
        return self.placement.engine.run(inputs)

    def _leave_gpu(self) -> None:
        """Serve from the CPU until the pause is over; its engine is loaded once, and kept."""
        metrics.GPU_PAUSES.inc()
        if self._on_cpu is None:
            asked = self._first.choice.asked
            reason = f"{asked} ran out of memory; it is tried again after a pause."
            self._on_cpu = self._place({asked: reason})
        self._back_at = time.monotonic() + self._pause_s
        self._move(self._on_cpu)

    def _move(self, to: Placement) -> None:
        tell_device(self.placement.choice, in_use=False)
        tell_device(to.choice, in_use=True)
        logger.warning("The model runs on %s from now on. %s", to.choice.device, to.choice.reason)
        self.placement = to


def max_workers(cpus: int) -> int:
    """Return how many processes may share the device: one, since each holds a copy on the GPU."""
    return 1
