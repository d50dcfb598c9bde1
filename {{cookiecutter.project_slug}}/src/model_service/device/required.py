"""A GPU or nothing: the service refuses to start on anything else."""

from collections.abc import Collection, Mapping

from ..errors import DeviceUnavailable
from .base import DeviceChoice, FixedModel

IGNORED_SETTINGS = frozenset({"gpu_pause_s"})
PlacedModel = FixedModel  # there is no other device to go to


def choose(asked: str, available: Collection[str], faults: Mapping[str, str]) -> DeviceChoice:
    """Return the device that was asked for, or raise DeviceUnavailable.

    `asked` is `cuda` or `cuda:N`; `available` the kinds that the runtime can ask for; `faults`
    says of each device that was tried why it cannot be used.
    """
    if asked == "cpu":
        raise DeviceUnavailable("This service requires a GPU: set SERVICE_DEVICE to cuda.")
    if asked in faults:
        raise DeviceUnavailable(f"This service requires {asked}: {faults[asked]}")
    if asked.partition(":")[0] not in available:
        raise DeviceUnavailable(
            f"This service requires {asked}, and there is none for this runtime on this machine."
        )
    return DeviceChoice(asked, asked, f"{asked} is required and is there.")


def max_workers(cpus: int) -> int:
    """Return how many processes may share the device: one, since each holds a copy on the GPU."""
    return 1
