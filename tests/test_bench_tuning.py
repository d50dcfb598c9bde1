"""`make bench BENCH=tuning`: a render is tuned, and its defaults are compared with the best."""

from typing import Any

from benchmarks.tuning import outcome, tune

from .conftest import Bake


def trial(workers: int, *throughputs: float) -> dict[str, Any]:
    """Return a trial as `bench --tune --json` tells it."""
    measured = [{"throughput": throughput} for throughput in throughputs]
    return {"values": {"workers": workers, "batch_wait_ms": 0.0}, "measured": measured}


def test_defaults_are_compared_by_their_medians() -> None:
    told = outcome({"chosen": 1, "trials": [trial(0, 50, 90, 100), trial(2, 120)]})
    assert told.ratio == 0.75
    assert str(told) == "defaults 90/s, tuned 120/s (workers=2): 0.75, target 0.9 missed"


def test_defaults_may_be_the_best() -> None:
    told = outcome({"chosen": 0, "trials": [trial(0, 100), trial(2, 90)]})
    assert str(told) == "defaults 100/s, tuned 100/s (the defaults): 1.00, target 0.9 reached"


def test_a_render_is_tuned(bake: Bake) -> None:
    told = tune(bake(input_kind="tensor", gpu="none"), minutes=0.01)
    assert len(told["trials"]) == 2
    assert 0 < outcome(told).ratio <= 1
