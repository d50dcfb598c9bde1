"""The writer of the log: lines come out whole and in order, trouble at once, the rest soon."""

import io
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TextIO

import pytest

from model_service.log_writer import GatheringHandler

from .processes import ROOT

LIMIT_S = 10


@pytest.fixture
def logger() -> logging.Logger:
    """Return a logger of its own that writes through the handler."""
    made = logging.Logger("gathered")
    made.addHandler(GatheringHandler())
    return made


def written(capsys: pytest.CaptureFixture[str], count: int) -> list[str]:
    """Wait until so many lines are written, and return them."""
    lines: list[str] = []
    give_up = time.monotonic() + LIMIT_S
    while len(lines) < count and time.monotonic() < give_up:
        lines += capsys.readouterr().err.splitlines()
        time.sleep(0.001)
    return lines


def test_lines_are_written_soon_and_in_order(
    logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    for turn in range(2):  # the thread that writes goes on
        for number in range(100):
            logger.info("%d", number)
        assert written(capsys, 100) == [str(number) for number in range(100)], turn


def test_trouble_is_written_at_once_with_what_came_before(
    logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    logger.info("before")
    logger.warning("trouble")
    assert capsys.readouterr().err.endswith("before\ntrouble\n")


def test_lines_of_many_threads_stay_whole(
    logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    line = 200 * "x"
    with ThreadPoolExecutor(8) as pool:
        for _ in range(400):
            pool.submit(logger.info, line)
    assert written(capsys, 400) == 400 * [line]


def test_what_cannot_be_formatted_harms_nobody(
    logger: logging.Logger, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    logger.warning("%d", "no number")
    logger.warning("after")
    assert capsys.readouterr().err == "after\n"


def without_reader() -> TextIO:
    """Return a pipe that nobody reads any more."""
    reader, writer = os.pipe()
    os.close(reader)
    return io.TextIOWrapper(os.fdopen(writer, "wb", buffering=0), write_through=True)


def closed() -> TextIO:
    """Return a file that is closed."""
    file = io.StringIO()
    file.close()
    return file


@pytest.mark.parametrize("broken", [without_reader, closed, lambda: None])
def test_a_log_that_nobody_takes_harms_nobody_and_goes_on_when_it_is_taken(
    broken: Callable[[], TextIO | None], logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = broken()
    monkeypatch.setattr(sys, "stderr", stream)
    logger.warning("lost at once")
    logger.info("lost a moment later")
    (handler,) = logger.handlers
    while handler._records:  # type: ignore[attr-defined]
        time.sleep(0.001)
    taken = io.StringIO()
    with handler.lock:  # type: ignore[union-attr]
        monkeypatch.setattr(sys, "stderr", taken)
    logger.info("taken")
    give_up = time.monotonic() + LIMIT_S
    while not taken.getvalue() and time.monotonic() < give_up:
        time.sleep(0.001)
    assert taken.getvalue() == "taken\n"
    if stream:
        with suppress(BrokenPipeError):
            stream.close()


def test_nothing_is_lost_at_the_end_of_the_process() -> None:
    program = """
import logging
from model_service.log_writer import GatheringHandler
logging.basicConfig(level="INFO", format="%(message)s", handlers=[GatheringHandler()])
logging.info("the last words")
"""
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, cwd=ROOT / "src", capture_output=True, text=True)
    assert ended.stderr.strip() == "the last words"
