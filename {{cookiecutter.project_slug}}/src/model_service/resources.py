"""How many processes and threads: what the settings say, else what the container's CPUs allow."""

import os
from dataclasses import dataclass
from pathlib import Path

from . import batching, device, preprocessing
from .settings import Settings

CGROUP = Path("/sys/fs/cgroup")
# What the options of this service do not read.
IGNORED_SETTINGS = (
    batching.IGNORED_SETTINGS | device.IGNORED_SETTINGS | preprocessing.IGNORED_SETTINGS
)
RESERVED_THREADS = 32  # for health and metrics while as many requests as rows are inside


@dataclass(frozen=True)
class Plan:
    """Processes, request threads of each, and CPU threads of one run of the model."""

    workers: int
    threads: int
    intra_op_threads: int


def plan(settings: Settings, cpus: int) -> Plan:
    """Return the plan for so many CPUs; settings that are not 0 win.

    The request threads outnumber the requests that are let in, so that those which wait for the
    model or for their own bodies can never keep `/healthz` from being answered.
    """
    wanted = min(batching.max_workers(cpus), device.max_workers(cpus))
    workers = settings.workers or wanted
    return Plan(
        workers=workers,
        threads=settings.threads or settings.queue_rows + RESERVED_THREADS,
        intra_op_threads=settings.intra_op_threads or max(1, cpus // workers),
    )


def available_cpus(cgroup: Path = CGROUP) -> int:
    """Return the CPUs that this process may use: at least 1, at most the container's quota.

    The host's count would give a container of 2 CPUs on 64 cores 64 threads that throttle
    each other.
    """
    allowed = len(os.sched_getaffinity(0))
    return max(1, min(allowed, int(_quota(cgroup) or allowed)))


def _quota(cgroup: Path) -> float | None:
    """Return the CPU quota of cgroup v2 or v1 in CPUs; None if there is none."""
    v2 = [cgroup / "cpu.max"]  # one file "quota period"
    v1 = [cgroup / "cpu/cpu.cfs_quota_us", cgroup / "cpu/cpu.cfs_period_us"]
    for files in (v2, v1):
        try:
            quota, period = map(int, " ".join(file.read_text() for file in files).split())
        except (OSError, ValueError):  # no such cgroup, or "max": no quota
            continue
        if quota > 0:
            return quota / period
    return None
