"""`make bench BENCH=tuning`: a render is tuned, and its defaults are compared with the best."""

from typing import Any

import pytest

from benchmarks.tuning import Outcome, changed_by, measured_again, tune

from .conftest import Bake


def trial(workers: int) -> dict[str, Any]:
    """Return a trial as `bench --tune --json` tells it."""
    return {"values": {"workers": workers, "batch_wait_ms": 0.0}}


@pytest.mark.parametrize(("chosen", "changed"), [(0, {}), (1, {"workers": 2})])
def test_what_is_chosen_is_told_by_what_it_changes(chosen: int, changed: dict[str, int]) -> None:
    assert changed_by({"chosen": chosen, "trials": [trial(0), trial(2)]}) == changed


def test_the_defaults_are_held_against_the_choice_turn_by_turn() -> None:
    told = Outcome({"workers": 2}, [(90, 100), (80, 100), (95, 100)])
    assert str(told) == (
        "tuning chose workers=2; the defaults make 0.90 (0.80 to 0.95) of it, target 0.9 reached"
    )
    assert "0.80 (0.80 to 0.80) of it, target 0.9 missed" in str(Outcome({"x": 1}, [(80, 100)]))


def test_defaults_may_be_the_best() -> None:
    told = str(Outcome({}, []))
    assert "chose the defaults; the defaults make 1.00" in told
    assert "reached" in told


def test_a_render_is_tuned_and_measured_again(bake: Bake) -> None:
    project = bake(input_kind="tensor", gpu="none")
    told = tune(project, minutes=0.01)
    assert len(told["trials"]) == 2
    assert changed_by(told).keys() <= told["trials"][0]["values"].keys()
    outcome = measured_again(project, {"workers": 1}, turns=2, seconds=0.2)
    assert len(outcome.turns) == 2
    assert all(ratio > 0 for ratio in outcome.ratios)
