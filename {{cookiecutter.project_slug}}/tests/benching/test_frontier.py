"""The frontier has what nothing beats, and the table tells which is which."""

import msgspec

from model_service.benching.frontier import (
    as_json,
    frontier,
    table,
)
from model_service.benching.measurement import Measurement
from model_service.benching.tuning import Trial


def trial(workers: int, throughput: float, p99_ms: float) -> Trial:
    """Return a trial that was measured once."""
    return Trial({"workers": workers}, [Measurement(throughput, 1, p99_ms, {}, None)])


NOW, SLOWER, FASTER, QUICKER = trial(0, 90, 9), trial(1, 80, 9), trial(2, 120, 12), trial(3, 50, 2)
TRIALS = [NOW, SLOWER, FASTER, QUICKER, trial(4, 100, 15)]


def test_nothing_on_the_frontier_is_beaten() -> None:
    assert frontier(TRIALS) == [QUICKER, NOW, FASTER]


def test_the_table_names_the_present_and_the_chosen_values() -> None:
    head, *rows = (line.split() for line in table(TRIALS, FASTER).splitlines())
    assert head[0] == "workers"
    assert [(row[0], row[5:]) for row in rows] == [("3", []), ("0", ["now"]), ("2", ["chosen"])]


def test_the_present_values_are_there_even_if_they_are_beaten() -> None:
    *_, last = table([trial(5, 100, 15), FASTER, QUICKER], FASTER).splitlines()
    assert last.split()[0] == "5"
    assert last.endswith("now")


def test_present_values_that_stay_are_both() -> None:
    (line,) = [row for row in table(TRIALS, NOW).splitlines() if "now" in row]
    assert line.endswith("now, chosen")


def test_programs_get_every_measurement() -> None:
    told = msgspec.json.decode(as_json(TRIALS, FASTER))
    assert told["trials"][told["chosen"]]["values"] == {"workers": 2}
    assert told["trials"][0]["measured"][0]["throughput"] == 90
