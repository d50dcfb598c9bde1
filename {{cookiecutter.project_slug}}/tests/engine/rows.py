"""Rows to run an engine on: sound ones, others with one fault, and many at once."""

import threading
import time

import numpy as np

from model_service.arrays import Array
from model_service.engine import Engine

Row = dict[str, Array]
CLOSE = 1e-5  # another size or place in memory may be summed in another order
LONG_S = 0.1  # a run in which another thread has time to do something


def spoilt(rows: Row, fault: str) -> Row:
    """Return the rows with one fault in the first input."""
    name, *others = rows
    kept = {other: rows[other] for other in others}
    match fault:
        case "name":
            return {f"no {name}": rows[name]} | kept
        case "rank":
            return {name: rows[name][0]} | kept
        case "shape":
            return {name: rows[name][..., 1:]} | kept
        case "dtype":
            return {name: rows[name].astype(np.complex128)} | kept
        case _:
            return kept


def ticks_during(engine: Engine, batch: Row) -> tuple[int, float]:
    """Run the batch, and return how often another thread woke up meanwhile, and the seconds."""
    ticks, running, over = 0, threading.Event(), threading.Event()

    def tick() -> None:
        nonlocal ticks
        running.set()
        while not over.wait(LONG_S / 100):
            ticks += 1

    thread = threading.Thread(target=tick)
    thread.start()
    running.wait()
    start = time.perf_counter()
    engine.run(batch)
    seconds = time.perf_counter() - start
    over.set()
    thread.join()
    return ticks, seconds


def varied(row: Row, count: int) -> Row:
    """Return that many different rows; the first is the given one."""
    return {name: np.stack([np.roll(a, i) for i in range(count)]) for name, a in row.items()}
