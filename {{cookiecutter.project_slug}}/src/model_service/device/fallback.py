"""GPU if there is one, else the CPU, visibly: in the log, in `/readyz` and in the metrics."""

from collections.abc import Collection, Mapping

from .base import DeviceChoice

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


def max_workers(cpus: int) -> int:
    """Return how many processes may share the device: one, since each holds a copy on the GPU."""
    return 1
