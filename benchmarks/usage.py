"""What processes take: CPU time, what others take of their CPU, memory; read from Linux's /proc."""

import os
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
GROUP, USER, SYSTEM = 2, 11, 12  # fields of /proc/<pid>/stat after the name of the command
IDLE = slice(3, 5)  # fields of a CPU's line in /proc/stat: idle, and waiting for a disk


@dataclass(frozen=True)
class CpuTime:
    """Seconds of CPU time since some start: of a service, and of all that ran on its CPU."""

    service: float
    everything: float | None


def cpu_time(of: int | Set[int], cpu: int | None, proc: Path = PROC) -> CpuTime | None:
    """Return the CPU time of a process group, or of processes; None where it cannot be told.

    Without a CPU that is the service's own, nothing is told of the others.
    """
    if not (proc / "stat").exists():
        return None
    ticks = sum(
        taken
        for pid, group, taken in _processes(proc)
        if (group == of if isinstance(of, int) else pid in of)
    )
    a_second = os.sysconf("SC_CLK_TCK")
    everything = None if cpu is None else _busy_ticks(cpu, proc) / a_second
    return CpuTime(ticks / a_second, everything)


def others(before: CpuTime | None, after: CpuTime | None, seconds: float) -> float | None:
    """Return the share of the service's CPU that others had meanwhile; None if unknown."""
    if before is None or after is None or before.everything is None or after.everything is None:
        return None
    all_of_it = after.everything - before.everything
    return max(0.0, all_of_it - (after.service - before.service)) / seconds


def memory_mb(processes: Set[int], proc: Path = PROC) -> float | None:
    """Return the memory of processes in MiB, what they share counted once; None if unknown."""
    total = 0
    for pid in processes:
        try:
            text = (proc / str(pid) / "smaps_rollup").read_text()
        except OSError:  # it has ended meanwhile, or this is not Linux
            continue
        total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024 or None


def _processes(proc: Path) -> Iterator[tuple[int, int, int]]:
    """Yield the id of each process, its group, and its CPU time in ticks."""
    for path in proc.glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        yield int(path.parent.name), int(fields[GROUP]), int(fields[USER]) + int(fields[SYSTEM])


def _busy_ticks(cpu: int, proc: Path) -> int:
    for line in (proc / "stat").read_text().splitlines():
        name, *numbers = line.split()
        if name == f"cpu{cpu}":
            ticks = [int(number) for number in numbers[:8]]  # later ones are part of these
            return sum(ticks) - sum(ticks[IDLE])
    raise LookupError(f"CPU {cpu} is not in {proc}/stat.")
