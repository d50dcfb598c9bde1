"""Signals that end a command must not leave behind a server that it has started."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def raised() -> Iterator[None]:
    """Let signals that would end the process at once raise SystemExit in the block instead."""
    deadly = [number for number in ENDING if signal.getsignal(number) == signal.SIG_DFL]
    for number in deadly:
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    try:
        yield
    finally:
        for number in deadly:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def put_off() -> Iterator[None]:
    """Let signals wait for the end of the block: a process being started has no one to end it."""
    came: list[int] = []
    former = {n: signal.signal(n, lambda number, _: came.append(number)) for n in ENDING}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
    for late in came:
        signal.raise_signal(late)
