"""Keeps the workers: one that dies after it has served is replaced.

Granian replaces workers too, but it does not tell one that crashed from one that never could
start, and ends the service if two crash within seconds.
"""

import logging
import multiprocessing
import os
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

from granian.server.mp import MPServer
from prometheus_client import multiprocess

from .tally import TALLY
from .worker import Generation, load_app

logger = logging.getLogger(__name__)

SPAWN = multiprocessing.get_context("spawn")


class Wakener:
    """An event that a signal handler may set.

    It interrupts the thread that waits, which may hold the lock of a `threading.Event` just then:
    a second SIGTERM, as `make` sends one, hung the service. `SimpleQueue.put` is reentrant.
    """

    def __init__(self) -> None:
        self._calls: SimpleQueue[None] = SimpleQueue()

    def set(self) -> None:
        """Wake who waits, or will wait."""
        self._calls.put(None)

    def wait(self) -> None:
        """Wait until it is set."""
        self._calls.get()

    def clear(self) -> None:
        """Be no more set."""
        with suppress(Empty):
            while True:
                self._calls.get_nowait()


class Supervisor(MPServer):
    """Granian's server with a policy of its own for workers that die.

    It overrides `_serve_loop` and uses what Granian's own does; `tests/e2e` hold it to that.
    """

    def __init__(self, target: str, workers: int, metrics_dir: str, **options: Any) -> None:
        super().__init__(target, workers=workers, **options)
        self.main_loop_interrupt = Wakener()  # type: ignore[assignment]
        self._metrics_dir = metrics_dir
        self._generations = [Generation(SPAWN, workers)] * workers

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT; raises SystemExit if a worker cannot start."""
        first = self._generations[0]
        self.serve(_work, partial(load_app, first), wrap_loader=False)

    def _serve_loop(self, spawn_target: Any, target_loader: Any) -> None:
        while not self.interrupt_signal:
            self.main_loop_interrupt.wait()
            self.main_loop_interrupt.clear()
            while self.interrupt_children and not self.interrupt_signal:
                index = self.interrupt_children[0]
                if not self._generations[index].ready.is_set():
                    return  # with a worker left in the list, Granian exits with 1
                self._replace(index, spawn_target)
                self.interrupt_children.remove(index)

    def _replace(self, index: int, spawn_target: Any) -> None:
        dead = self.wrks[index].inner
        logger.error("Worker %d ended (exit code %s); it is replaced.", dead.pid, dead.exitcode)
        # Its counters stay; its gauges would go on to be summed up.
        multiprocess.mark_process_dead(dead.pid, self._metrics_dir)  # type: ignore[no-untyped-call]
        self._generations[index] = generation = Generation(SPAWN, 1, replaces=True)
        self._respawn_workers([index], spawn_target, partial(load_app, generation))


def _work(*arguments: Any) -> None:
    """Serve in this process, then end it without the interpreter's own end.

    There, threads of Granian that wait for the interpreter's lock would abort the process.
    """
    MPServer._spawn_wsgi_worker(*arguments)
    TALLY.count()  # as the interpreter's own end would
    logging.shutdown()
    os._exit(0)
