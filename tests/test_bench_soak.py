"""The soak: its judgements, and half a minute of it for real."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from benchmarks.soak import clients, kills, report
from benchmarks.soak.__main__ import soak
from benchmarks.soak.clients import LOST, RIGHT, WRONG, Asked
from benchmarks.soak.kills import Kill, Sample
from benchmarks.soak.page import page
from benchmarks.soak.report import Soak, plot, verdicts
from benchmarks.soak.service import WORKERS, Golden, started

from .answers import ROOT

GOLDEN = Golden(b"{}", (0.25, 0.75))
KILL = Kill(at=100.0, gone=100.5, replaced=103.0)


def answer(*scores: float) -> bytes:
    """Return the body of a right answer with these scores."""
    by_label = {str(label): score for label, score in enumerate(scores)}
    return json.dumps({"predictions": [{"scores": by_label}]}).encode()


@pytest.mark.parametrize(
    ("status", "body", "right"),
    [
        (200, answer(0.25, 0.75), True),
        (200, answer(0.2504, 0.7496), True),
        (200, answer(0.75, 0.25), False),
        (500, answer(0.25, 0.75), False),
    ],
)
def test_a_right_answer_has_the_golden_scores(status: int, body: bytes, right: bool) -> None:
    assert clients.is_right(status, body, GOLDEN) is right


@pytest.mark.parametrize(
    ("status", "body", "refusal"),
    [
        (422, b'{"error": "No.", "code": "no", "request_id": "1"}', True),
        (500, b'{"error": "No.", "code": "no", "request_id": "1"}', False),
        (200, b'{"predictions": []}', False),
        (400, b'{"error": "No."}', False),
    ],
)
def test_a_refusal_is_a_4xx_with_the_one_body(status: int, body: bytes, refusal: bool) -> None:
    assert clients.is_refusal(status, body) is refusal


@pytest.mark.parametrize(
    ("sent", "ended", "may"),
    [
        (99, 99.9, False),
        (99, 100.2, True),
        (100.2, 100.3, True),
        (100.4, 130, True),
        (101, 102, False),
    ],
)
def test_a_killed_worker_may_have_held_what_was_under_way(
    sent: float, ended: float, may: bool
) -> None:
    assert KILL.may_have_lost(Asked("good", sent, ended, LOST)) is may


def test_the_slope_is_that_of_the_survivor_after_the_warm_up() -> None:
    warming = [Sample(60.0 * minute, 10.0 * minute, 0) for minute in range(4)]
    steady = [Sample(60.0 * minute, 100 + 0.5 * minute, 0) for minute in range(4, 20)]
    assert kills.slope_mb_per_minute(warming + steady, 0.2) == pytest.approx(0.5)
    assert kills.slope_mb_per_minute([], 0.2) == 0


def result(*asked: Asked) -> Soak:
    """Return a soak with a killed worker, a right answer, and these requests."""
    samples = [Sample(10.0 * number, 100, 300) for number in range(20)]
    return Soak(0, 200, [Asked("good", 1, 2, RIGHT), *asked], [KILL], samples)


def missed(soak: Soak) -> list[str]:
    """Return the first word of each criterion that is missed."""
    return [verdict.criterion.split()[0] for verdict in verdicts(soak) if not verdict.met]


def test_what_a_killed_worker_held_may_be_lost_and_nothing_else() -> None:
    assert missed(result(Asked("good", 99, 100.2, LOST))) == []
    assert missed(result(Asked("good", 150, 151, LOST))) == ["requests"]
    assert missed(result(Asked("bad", 150, 151, WRONG))) == ["wrong"]
    assert missed(Soak(0, 200, [], [], [])) == ["right"]


def test_the_command_says_what_it_needs() -> None:
    command = [sys.executable, "-m", "benchmarks.soak", "long"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (said.returncode, said.stderr) == (1, "How many minutes is 'long'? Give a number.\n")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="There is no /proc here.")
def test_half_a_minute_of_it(tmp_path: Path) -> None:
    with started(tmp_path, tmp_path / "log") as service:
        assert len(service.workers()) == WORKERS
        survivor, _ = service.workers()
        outcome = soak(service, 30)
        assert service.workers()[0] == survivor
    assert {asked.client for asked in outcome.asked} == {"good", "bad", "leaver"}
    assert outcome.kills
    assert not outcome.wrong, outcome.wrong[0]
    assert not outcome.unexplained, outcome.unexplained[0]
    assert outcome.samples[0].survivor > 10
    plot(outcome, tmp_path / "soak.png")
    assert (tmp_path / "soak.png").read_bytes().startswith(b"\x89PNG")
    assert "| good |" in page(outcome)
    assert str(report.table(outcome).row_count) == "3"
    assert threading.active_count() < 10
