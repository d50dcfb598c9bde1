"""How far a run is, for who watches: a bar with the rate and the time left, on a terminal only."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from .predictor import Result


@contextmanager
def shown(total: int, done: int) -> Iterator[Callable[[Result], None]]:
    """Yield what is to be told of each batch; the inputs have `total` bytes, `done` of them before.

    On a terminal stderr shows them: a bar of what is left, rows a second, the time left.
    """
    if not sys.stderr.isatty():
        yield lambda result: None
        return
    started, rows, reached = time.monotonic(), 0, done

    def rate(_: object) -> str:
        return f"{rows / max(time.monotonic() - started, 1e-3):.0f} rows/s"

    with click.progressbar(
        length=max(1, total - done), file=sys.stderr, item_show_func=rate
    ) as bar:

        def show(result: Result) -> None:
            nonlocal rows, reached
            rows += result.predicted + result.rejected
            bar.update(result.read - reached)
            reached = result.read

        yield show
