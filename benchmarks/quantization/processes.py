"""A process for each step: no runtime shares its threads and caches with another."""

import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def alone(log: Path, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function in a new process, and return or raise what it does.

    What runtimes write to the standard error is appended to a file, so that it tears no table.
    """
    with ProcessPoolExecutor(1, get_context("spawn"), _log_to, (log,)) as pool:
        return pool.submit(function, *args, **kwargs).result()


def _log_to(path: Path) -> None:
    with path.open("a") as log:
        os.dup2(log.fileno(), sys.stderr.fileno())
