"""What a figure depends on: the CPU, and which instructions for small numbers it has."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

INSTRUCTIONS = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_int8")
CPUINFO = Path("/proc/cpuinfo")


@dataclass(frozen=True)
class Cpu:
    """The name of a CPU and those of `INSTRUCTIONS` that it has; None where it cannot be told."""

    name: str
    flags: Sequence[str] | None

    def __str__(self) -> str:
        if self.flags is None:
            return f"{self.name} (its instructions cannot be told here)"
        return f"{self.name} ({', '.join(self.flags) or 'none of ' + ', '.join(INSTRUCTIONS)})"


def this_cpu(cpuinfo: Path = CPUINFO) -> Cpu:
    """Return the CPU of this machine; `cpuinfo` is a file as Linux has it on x86-64."""
    if not cpuinfo.is_file():
        return Cpu(platform.processor() or platform.machine(), None)
    lines = (line.partition(":") for line in cpuinfo.read_text().splitlines())
    facts = {key.strip(): value.strip() for key, _, value in lines}
    name = facts.get("model name") or platform.machine()
    if "flags" not in facts:  # other processors list their features otherwise
        return Cpu(name, None)
    flags = facts["flags"].split()
    return Cpu(name, [flag for flag in INSTRUCTIONS if flag in flags])
