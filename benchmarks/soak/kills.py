"""What disturbs the service, and what is watched meanwhile: killed workers, and memory."""

import os
import signal
import threading
import time
from collections.abc import Sequence
from typing import NamedTuple

from .clients import Asked
from .service import PROC, WORKERS, Service

POLL_S = 0.02
LIMIT_S = 60


class Kill(NamedTuple):
    """When a worker was killed, when it was gone, and when another had taken its place."""

    at: float
    gone: float
    replaced: float

    def may_have_lost(self, asked: Asked) -> bool:
        """Return whether the worker may have held a request, in work or in its backlog."""
        return asked.sent <= self.gone and asked.ended >= self.at


class Sample(NamedTuple):
    """Resident memory in MB: of the worker that is never killed, and of all processes."""

    at: float
    survivor: float
    all: float


class NotReplacedError(Exception):
    """A killed worker had no successor in time."""


def kill_youngest(service: Service) -> Kill:
    """Kill the youngest worker and wait for its successor; raises NotReplacedError."""
    before = service.workers()
    victim = before[-1]
    at = time.monotonic()
    os.kill(victim, signal.SIGKILL)
    while (PROC / str(victim)).exists():  # until all is closed that it held
        time.sleep(POLL_S)
    gone = time.monotonic()
    while len(service.workers()) < WORKERS:
        if time.monotonic() > gone + LIMIT_S:
            raise NotReplacedError(f"Worker {victim} was killed and not replaced in {LIMIT_S} s.")
        time.sleep(POLL_S)
    return Kill(at, gone, time.monotonic())


def sample_until(stop: threading.Event, service: Service, every_s: float) -> list[Sample]:
    """Return samples of the memory, one at each interval."""
    survivor = service.workers()[0]
    samples: list[Sample] = []
    while not stop.wait(every_s):
        everything = sum(map(service.memory_mb, (service.pid, *service.workers())))
        samples.append(Sample(time.monotonic(), service.memory_mb(survivor), everything))
    return samples


def slope_mb_per_minute(samples: Sequence[Sample], warm_up: float) -> float:
    """Return how fast the survivor grows: least squares, the first share of samples left out."""
    counted = samples[int(len(samples) * warm_up) :]
    if len(counted) < 2:
        return 0.0
    minutes = [sample.at / 60 for sample in counted]
    middle = sum(minutes) / len(minutes)
    spread = sum((minute - middle) ** 2 for minute in minutes)
    return (
        sum(
            (minute - middle) * sample.survivor
            for minute, sample in zip(minutes, counted, strict=True)
        )
        / spread
    )
