"""Puts a service under load and sums up what its callers saw."""

import multiprocessing
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing.pool import Pool
from typing import Any

import click
import msgspec
import numpy as np

from ..errors import StartupError
from .callers import Plan, Seen, call
from .measurement import Measurement
from .target import Request, Target

SPAWN = multiprocessing.get_context("spawn")
MARGIN_S = 60  # for the callers to start and to end
CPUS_A_PROCESS = 4  # of callers: one process has a twentieth of the work of four that serve
Runs = tuple[int, int]  # rows and runs of the model


class Load:
    """Processes of callers, which live as long as the block."""

    def __init__(self, connections: int, cpus: int) -> None:
        self._connections = connections
        self._processes = max(1, min(connections, cpus // CPUS_A_PROCESS))

    def __enter__(self) -> "Load":
        # An interrupt is ours: it ends the block, and with it the callers.
        self._pool: Pool = SPAWN.Pool(self._processes, _ignore_interrupts)
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.terminate()
        self._pool.join()

    def measure(
        self, target: Target, requests: Sequence[Request], model: str, seconds: float
    ) -> Measurement:
        """Load a service for so long; on a terminal a bar shows how far it is.

        Raises StartupError if the callers do not come back, or saw no answer at all.
        """
        before = _runs(target, model)
        seen = self._call(target, requests, seconds)
        after = _runs(target, model)
        rows, runs = (new - old for new, old in zip(after, before, strict=True))
        if not seen.latencies:
            errors = ", ".join(f"{count} x {what}" for what, count in seen.errors.items())
            raise StartupError(
                f"No request was answered in {seconds:g} s ({errors or 'none ended'}):"
                " give --seconds more, or look at the log of the service."
            )
        p50, p99 = np.percentile(seen.latencies, [50, 99]) * 1000
        return Measurement(
            throughput=len(seen.latencies) / seen.seconds,
            p50_ms=float(p50),
            p99_ms=float(p99),
            errors=dict(seen.errors),
            rows_a_run=rows / runs if runs else None,
        )

    def _call(self, target: Target, requests: Sequence[Request], seconds: float) -> Seen:
        whole = Plan(
            host=target.host,
            port=target.port,
            tls=target.tls,
            requests=tuple(map(target.on_the_wire, requests)),
            connections=self._connections,
            seconds=seconds,
        )
        some, more = divmod(self._connections, self._processes)
        shares = [some + (number < more) for number in range(self._processes)]
        called = self._pool.map_async(call, [replace(whole, connections=one) for one in shares])
        _wait(called, seconds)
        parts: list[Seen] = called.get()
        return Seen(
            latencies=[latency for part in parts for latency in part.latencies],
            errors=sum((part.errors for part in parts), Counter()),
            seconds=max(part.seconds for part in parts),
        )


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _wait(called: Any, seconds: float) -> None:
    """Wait for the callers and show it; raises StartupError if one was lost."""
    begun = shown = time.monotonic()
    with click.progressbar(length=100, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        while not called.ready():
            called.wait(0.1)
            now = time.monotonic()
            bar.update(int(100 * (now - begun) / seconds) - int(100 * (shown - begun) / seconds))
            shown = now
            if now > begun + seconds + MARGIN_S:
                raise StartupError("The callers did not come back: is there memory for them?")


def _runs(target: Target, model: str) -> Runs:
    """Return how many rows and runs of the model there were; nothing if the service tells not."""
    status, answer = target.ask("GET", f"/v2/models/{model}/stats")
    if status != 200:
        return 0, 0
    (stats,) = msgspec.json.decode(answer)["model_stats"]
    return stats["inference_count"], stats["execution_count"]
