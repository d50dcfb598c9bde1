"""A process for each step: no runtime shares its threads and caches with another."""

import os
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class StepError(Exception):
    """A step failed; the reason is one line, and all of it is in the log."""


def alone(log: Path, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function in a new process and return its result; raises StepError.

    What runtimes write to the standard error is appended to a file, so that it tears no table.
    """
    with ProcessPoolExecutor(1, get_context("spawn"), _log_to, (log,)) as pool:
        try:
            return pool.submit(_run, partial(function, *args, **kwargs)).result()
        except BrokenProcessPool:
            raise StepError("its process crashed") from None


def _run(step: Callable[[], T]) -> T:
    try:
        return step()
    except Exception as error:  # one of a runtime may not find its class in another process
        traceback.print_exc()
        reason = " ".join(str(error).split())
        raise StepError(f"{type(error).__name__}: {reason}") from None


def _log_to(path: Path) -> None:
    with path.open("a") as log:
        os.dup2(log.fileno(), sys.stderr.fileno())
