"""The load generator: h2load of nghttp2, which writes down status and time of every answer."""

import math
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.answers import ROOT

from ..servers import HOST
from .wire import Request

PACKAGE = "nghttp2-client"
FOLDER = ROOT / ".cache" / "bench"
UNPACKED = ROOT / ".cache" / "h2load"
MARGIN_S = 30  # for the generator to start, and for a slow server to answer what was sent
MIN_CLIENTS, MAX_CLIENTS = 8, 2000  # of an open loop: each takes a descriptor on both sides
LATENESS = 1.5  # deadlines after which an open loop may find no connection free


class LoadError(Exception):
    """The load generator did not run; the message is a sentence."""


@dataclass(frozen=True)
class Answers:
    """Every request of one run: when it was sent, in seconds, its status, its time.

    The status of a request that was not answered is -1.
    """

    sent: NDArray[np.float64]
    status: NDArray[np.int64]
    ms: NDArray[np.float64]


@dataclass(frozen=True)
class Generator:
    """The program, and where it finds its libraries."""

    program: Path
    libraries: Path | None
    pin: Sequence[str] = ()

    def closed(self, port: int, request: Request, connections: int, seconds: float) -> Answers:
        """Send a request again on each connection as soon as it is answered."""
        options = ["--clients", str(connections), "--duration", _milliseconds(seconds)]
        return self._run(port, request, options, seconds)

    def open(
        self, port: int, request: Request, rate: float, seconds: float, deadline_s: float
    ) -> Answers:
        """Send so many requests a second, whether answered or not.

        There are as many connections as the rate needs if every answer takes a deadline and a half;
        if all of them wait, what is answered now is late already. Each is opened when its first
        request is due.
        """
        clients = min(MAX_CLIENTS, max(MIN_CLIENTS, math.ceil(rate * deadline_s * LATENESS)))
        each = max(1, round(rate * seconds / clients))  # requests of a connection
        at_once = max(1, math.ceil(rate / 1000))  # the shortest period is a millisecond
        options = ["--clients", str(clients), "--requests", str(each * clients)]
        options += ["--rps", f"{rate / clients:.6f}", "--rate", str(at_once)]
        options += ["--rate-period", _milliseconds(at_once / rate)]
        return self._run(port, request, options, seconds)

    @contextmanager
    def beside(self, port: int, request: Request, rate: float, seconds: float) -> Iterator[None]:
        """Send so many requests a second on one connection, whatever comes of them."""
        options = ["--clients", "1", "--rps", f"{rate:.6f}", "--duration", _milliseconds(seconds)]
        command = self._command(port, request, options, FOLDER / "serving-beside")
        quiet = subprocess.DEVNULL
        with subprocess.Popen(command, env=self._environ(), stdout=quiet, stderr=quiet) as process:
            try:
                yield
            finally:
                process.kill()

    def _run(self, port: int, request: Request, options: Sequence[str], seconds: float) -> Answers:
        log = FOLDER / "serving-answers"
        log.unlink(missing_ok=True)
        command = self._command(
            port, request, ["--log-file", str(log), *options], FOLDER / "serving-body"
        )
        limit_s = 3 * seconds + MARGIN_S
        try:
            ran = subprocess.run(
                command, env=self._environ(), capture_output=True, text=True, timeout=limit_s
            )
        except subprocess.TimeoutExpired:
            raise LoadError(f"The load generator did not end within {limit_s:.0f} s.") from None
        if ran.returncode or not log.exists():
            raise LoadError(f"The load generator failed: {(ran.stderr or ran.stdout)[-300:]}")
        return read(log)

    def _command(
        self, port: int, request: Request, options: Sequence[str], body: Path
    ) -> list[str | Path]:
        FOLDER.mkdir(parents=True, exist_ok=True)
        body.write_bytes(request.body)
        headers = [f"--header={name}: {value}" for name, value in request.headers.items()]
        url = f"http://{HOST}:{port}{request.path}"
        return [*self.pin, self.program, "--h1", "--data", body, *options, *headers, url]

    def _environ(self) -> dict[str, str]:
        found = {"LD_LIBRARY_PATH": str(self.libraries)} if self.libraries else {}
        return {**os.environ, **found}


def read(log: Path) -> Answers:
    """Return what h2load wrote: microseconds since 1970, status, microseconds until the end."""
    if not log.stat().st_size:
        return Answers(np.empty(0), np.empty(0, np.int64), np.empty(0))
    sent, status, taken = np.loadtxt(log, dtype=np.int64, ndmin=2, unpack=True)
    return Answers(sent / 1e6, status, taken / 1e3)


def _milliseconds(seconds: float) -> str:
    return f"{max(1, round(1000 * seconds))}ms"


def found(pin: Sequence[str] = ()) -> Generator | None:
    """Return the load generator of the machine, or the one that was fetched, if any."""
    if program := shutil.which("h2load"):
        return Generator(Path(program), None, pin)
    fetched = UNPACKED / "usr" / "bin" / "h2load"
    if not fetched.is_file():
        return None
    (libraries,) = (UNPACKED / "usr" / "lib").glob("*-linux-gnu")
    return Generator(fetched, libraries, pin)


def generator(pin: Sequence[str] = ()) -> Generator:
    """Return the load generator; raises LoadError if there is none."""
    if program := found(pin):
        return program
    raise LoadError(f"Install {PACKAGE}, or call `make bench BENCH=serving`, which fetches it.")
