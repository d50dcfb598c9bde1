"""The console script, on the CPU, in a process that kills itself: POINT NUMBER ARGUMENTS...

A point is `before` or `after`, a colon and a function that `output.py` calls; the number says in
which call.
With `never` it is not killed, and prints how much memory it had at most, in kB.
"""

import os
import re
import signal
import sys
from pathlib import Path
from typing import Any

from model_service import startup
from model_service.bulk import output
from model_service.cli import commands
from model_service.device import DeviceChoice


def kill_at(point: str, number: int) -> None:
    """Let a call of a function be the end of this process."""
    when, _, name = point.partition(":")
    owner: Any = output.Output if hasattr(output.Output, name) else Path
    original, calls = getattr(owner, name), 0

    def last(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if (calls, when) == (number, "before"):
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if (calls, when) == (number, "after"):
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, last)


if __name__ == "__main__":
    point, number, *arguments = sys.argv[1:]
    on_cpu = DeviceChoice("cpu", "cpu", "The tests run on the CPU.")
    vars(startup)["choose"] = lambda *_: on_cpu
    output.CHECKPOINT_S = 0
    if point != "never":
        kill_at(point, int(number))
    try:
        commands(arguments)
    finally:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        print(*re.findall(r"VmHWM:\s+(\d+) kB", status))
