"""Loads one server that runs."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from ..servers import ServerProcess
from ..usage import CpuTime, cpu_time, others
from .figures import OK, Window, window
from .load import Answers, Generator
from .settings import DISTURBED, Settings
from .wire import Request
from .workloads import Workload

PAUSE_S = 0.2
LONGEST_PAUSES = 100
BUSY = 0.5  # of a CPU; some servers take a fifth of one while nobody asks


@dataclass(frozen=True)
class Load:
    """A load: so many connections that wait for their answers, or a share of the capacity."""

    connections: int = 0
    share: float = 0.0

    def __str__(self) -> str:
        return f"{self.share:.0%}" if self.share else f"closed {self.connections}"


@dataclass(frozen=True)
class Bench:
    """A server, what it is asked, and by what.

    `bad` is sent beside the others, if the workload has bad ones; `cpu` is the server's own.
    """

    generator: Generator
    settings: Settings
    workload: Workload
    process: ServerProcess
    request: Request
    bad: Request | None
    cpu: int | None

    def idle(self) -> float | None:
        """Return the share of a CPU that the server takes without requests."""
        before = self._cpu_time()
        time.sleep(self.settings.idle_s)
        after = self._cpu_time()
        if before is None or after is None:
            return None
        return (after.service - before.service) / self.settings.idle_s

    def warm_up(self) -> float:
        """Let the server learn from its first requests; return its answers a second."""
        seconds = 2 * self.settings.warm_up_s * self.workload.pace
        answers = self.generator.closed(
            self.process.port, self.request, self.workload.connections, seconds
        )
        return int((answers.status == OK).sum()) / seconds

    def capacity(self) -> Window:
        """Return the figures of the closed loop that tells the capacity."""
        throughput = self.warm_up()
        return self._undisturbed(lambda: self._closed_with_bad(throughput))

    def under(self, load: Load, capacity: float) -> Window:
        """Return the figures of a load, whose share is one of this capacity."""
        if load.share:
            return self._undisturbed(lambda: self.open(load.share * capacity))
        return self._undisturbed(lambda: self.closed(load.connections))

    def closed(self, connections: int) -> Window:
        """Return the figures of a closed loop."""
        before, start = self._cpu_time(), time.monotonic()
        answers = self.generator.closed(
            self.process.port, self.request, connections, self._seconds()
        )
        return self._window(answers, before, start, closed=True)

    def open(self, rate: float) -> Window:
        """Return the figures of an open loop of so many requests a second.

        Its callers say how long they wait, which only the service reads.
        """
        before, start = self._cpu_time(), time.monotonic()
        deadline_ms = self.workload.deadline_ms
        answers = self.generator.open(
            self.process.port,
            self.request.within(deadline_ms),
            rate,
            self._seconds(),
            deadline_ms / 1000,
        )
        return self._window(answers, before, start, closed=False)

    def _closed_with_bad(self, throughput: float) -> Window:
        if self.bad is None:
            return self.closed(self.workload.connections)
        rate, seconds = self.workload.bad * throughput, 2 * self._seconds()
        with self.generator.beside(self.process.port, self.bad, max(1.0, rate), seconds):
            return self.closed(self.workload.connections)

    def _undisturbed(self, measure: Callable[[], Window]) -> Window:
        """Return figures; where others take much of the CPU, the least disturbed of some."""
        windows: list[Window] = []
        while len(windows) < self.settings.tries:
            self._wait_until_idle()
            windows.append(measure())
            if (windows[-1].others or 0.0) <= DISTURBED:
                break
        return min(windows, key=lambda window: window.others or 0.0)

    def _wait_until_idle(self) -> None:
        """Let the server finish what the callers of the last load have left behind."""
        for _ in range(LONGEST_PAUSES):
            before = self._cpu_time()
            time.sleep(PAUSE_S)
            after = self._cpu_time()
            if before is None or after is None or after.service - before.service < BUSY * PAUSE_S:
                return

    def _seconds(self) -> float:
        return (self.settings.warm_up_s + self.settings.window_s) * self.workload.pace

    def _cpu_time(self) -> CpuTime | None:
        return cpu_time(self.process.processes(), self.cpu)

    def _window(
        self, answers: Answers, before: CpuTime | None, start: float, *, closed: bool
    ) -> Window:
        after, seconds = self._cpu_time(), time.monotonic() - start
        pace = self.workload.pace
        figures = window(
            answers,
            self.settings.warm_up_s * pace,
            self.settings.window_s * pace,
            self.workload.deadline_ms,
            closed=closed,
        )
        right = int((answers.status == OK).sum())
        if before is None or after is None or not right:
            return figures
        cpu_ms = 1000 * (after.service - before.service) / right
        return replace(figures, cpu_ms=cpu_ms, others=others(before, after, seconds))
