"""Progress is shown on a terminal, and nowhere else."""

import io
import sys

import pytest

from model_service.bulk.batches import Position
from model_service.bulk.predictor import Result
from model_service.bulk.progress import shown

DONE = [Result(b"", b"", 7, 1, Position(), read) for read in (60, 100)]


class Terminal(io.StringIO):
    """What a program takes for a terminal."""

    def isatty(self) -> bool:
        """Return that it is one."""
        return True


def test_a_terminal_shows_a_bar_with_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with shown(100, 20) as show:
        for result in DONE:
            show(result)
    last = terminal.getvalue().rpartition("\r")[2]
    assert "100%" in last
    assert "rows/s" in last


def test_a_pipe_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with shown(100, 20) as show:
        for result in DONE:
            show(result)
    assert capsys.readouterr() == ("", "")
