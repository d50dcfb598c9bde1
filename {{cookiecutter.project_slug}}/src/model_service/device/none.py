"""CPU only: a GPU is never looked for."""

from collections.abc import Collection, Mapping

from .base import DeviceChoice, FixedModel

IGNORED_SETTINGS = frozenset({"device", "gpu_pause_s"})
PlacedModel = FixedModel


def choose(asked: str, available: Collection[str], faults: Mapping[str, str]) -> DeviceChoice:
    """Return the CPU, whatever was asked for and whatever there is."""
    return DeviceChoice("cpu", "cpu", "This service runs on the CPU only.")


def max_workers(cpus: int) -> int:
    """Return how many processes may share the device: one a CPU."""
    return cpus
