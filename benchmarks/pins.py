"""A CPU each for a server and for what loads it, so that they do not disturb each other."""

import os
import shutil
from dataclasses import dataclass


@dataclass(frozen=True)
class Pins:
    """What precedes a command, so that service and load generator do not share a CPU."""

    service: tuple[str, ...]
    load: tuple[str, ...]
    cpu: int | None  # of the service; None if nothing is pinned

    def __str__(self) -> str:
        if self.cpu is None:
            return "The service and the load generator share all CPUs: they disturb each other."
        return f"The service has CPU {self.service[-1]} alone, the load generator {self.load[-1]}."


def pins() -> Pins:
    """Return how to pin, if there are two CPUs and the tool."""
    allowed = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(allowed) < 2 or not shutil.which("taskset"):
        return Pins((), (), None)
    service, load, *_ = allowed
    return Pins(("taskset", "-c", str(service)), ("taskset", "-c", str(load)), service)
