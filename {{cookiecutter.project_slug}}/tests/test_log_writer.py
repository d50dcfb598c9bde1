"""The writer of the log: lines come out whole and in order, trouble at once, the rest soon."""

import logging
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

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
