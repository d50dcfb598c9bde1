"""One way of batching: its idle CPU time, its capacity, and what it does beyond it."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ..pins import Pins
from ..usage import cpu_time, others
from . import load
from .figures import Window, median, span_after, window
from .service import Service, started
from .settings import Settings


@dataclass(frozen=True)
class Result:
    """The medians of one way of batching, and the windows that they are of.

    `idle` is the CPU time of the ready service without requests, as a share of one CPU.
    """

    batching: str
    idle: float | None
    capacity: Window
    loads: list[Window]
    repetitions: list[list[tuple[Window, Window]]]


def measure(way: str, settings: Settings, pins: Pins, log: Path) -> Result:
    """Render and start a service with a way of batching and measure it.

    Raises LoadError or NotReadyError.
    """
    with TemporaryDirectory() as name, started(way, Path(name), pins.service, log) as service:
        idle = _idle(service, settings.idle_s)
        bench = _Bench(service, settings, pins, Path(name))
        repetitions = [list(bench.pairs()) for _ in range(settings.repetitions)]
    capacity = median([closed for pairs in repetitions for closed, _ in pairs])
    loads = [median([loaded for _, loaded in pairs]) for pairs in zip(*repetitions, strict=True)]
    return Result(way, idle, capacity, loads, repetitions)


def _idle(service: Service, seconds: float) -> float | None:
    before = cpu_time(service.group, None)
    time.sleep(seconds)
    after = cpu_time(service.group, None)
    return (after.service - before.service) / seconds if before and after else None


@dataclass(frozen=True)
class _Bench:
    service: Service
    settings: Settings
    pins: Pins
    folder: Path

    def pairs(self) -> Iterator[tuple[Window, Window]]:
        """Yield the closed loop, whose goodput is the capacity, and a load beside it, for each.

        A shared machine is a quarter slower from one minute to the next, which would be taken for
        the price of overload if the capacity were measured once.
        """
        for share in self.settings.loads:
            closed = self._window(self.settings.connections, period_s=0)
            callers, period_s = load.callers(share * closed.goodput, self.settings.deadline_ms)
            yield closed, self._window(callers, period_s, share, closed.goodput)

    def _window(
        self, callers: int, period_s: float, share: float = 1.0, capacity: float | None = None
    ) -> Window:
        settings, service = self.settings, self.service
        deadline_s = settings.deadline_ms / 1000
        run_s = settings.warm_up_s + settings.window_s + deadline_s
        plan = load.Plan(
            service.port, service.cases, callers, period_s, settings.deadline_ms, run_s
        )
        before, start = cpu_time(service.group, self.pins.cpu), time.monotonic()
        records = load.run(plan, self.folder, self.pins.load)
        taken = others(before, cpu_time(service.group, self.pins.cpu), time.monotonic() - start)
        return window(
            records,
            span_after(records, settings.warm_up_s, settings.window_s),
            deadline_ms=settings.deadline_ms,
            load=share,
            capacity=capacity,
            others=taken,
        )
