"""`make bench BENCH=serving`: from answers to figures, ratios, tables and the page."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from rich.console import Console

from benchmarks.serving import contestants, load, page, plan, report, tables
from benchmarks.serving.bench import Bench, Load
from benchmarks.serving.figures import Window, window
from benchmarks.serving.settings import QUICK, Settings
from benchmarks.serving.targets import TARGETS, Verdict, throughput, verdicts
from benchmarks.serving.visit import Visit
from benchmarks.serving.workloads import WORKLOADS

FAST = Window(200, 200, 200, 0, 0, 10.0, 20.0, {"200": 400}, 0.5, 0.01)
SLOW = replace(FAST, throughput=50, goodput=25, p99_ms=40.0)
CLOSED, HALF, TWICE = str(Load(connections=8)), str(Load(share=0.5)), str(Load(share=2.0))
SERVICE = Visit(FAST, {CLOSED: FAST, HALF: FAST, TWICE: SLOW}, 1.5, 0.001, 90.0)
MOSEC = Visit(SLOW, {HALF: SLOW}, None, None, None)
RESULTS = {
    "a": [
        {"service": SERVICE, "mosec": MOSEC},
        {"mosec": MOSEC, "service": replace(SERVICE, capacity=SLOW)},
    ],
    "b": [{"service": Visit(FAST), "loop": Visit(FAST)}],
}


def answers(*of: tuple[float, int, float]) -> load.Answers:
    """Return answers of these times of sending, statuses and milliseconds."""
    sent, status, ms = zip(*of, strict=True)
    return load.Answers(np.array(sent, float), np.array(status), np.array(ms, float))


def test_the_log_of_the_load_generator_is_read(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("1700000000000000\t200\t1500\n1700000000500000\t-1\t9\n")
    told = load.read(log)
    assert (told.sent[1] - told.sent[0], told.ms[0]) == (0.5, 1.5)
    assert told.status.tolist() == [200, -1]
    log.write_text("")
    assert len(load.read(log).status) == 0


def test_a_closed_loop_counts_what_ends_within_the_window() -> None:
    told = window(
        answers((0, 200, 900), (0.5, 200, 600), (1.5, 503, 100), (1.9, -1, 50), (2, 200, 1001)),
        *(1, 2, 500),
        closed=True,
    )
    assert (told.offered, told.throughput, told.goodput) == (1.5, 0.5, 0)
    assert (told.refused, told.failed) == (0.5, 0.5)
    assert (told.p50_ms, told.statuses) == (600, {"-1": 1, "200": 1, "503": 1})


def test_an_open_loop_counts_what_is_sent_within_the_window() -> None:
    told = window(
        answers((0, 200, 9), (1, 200, 100), (2.5, 200, 9000), (3, 200, 9)), 1, 2, 100, closed=False
    )
    assert (told.offered, told.throughput, told.goodput) == (1, 1, 0.5)


def test_without_an_answer_there_are_no_times() -> None:
    told = window(answers((0, 500, 9)), 0, 1, 100, closed=False)
    assert (told.failed, told.p50_ms, told.p99_ms) == (1, None, None)


def test_a_ratio_is_one_of_the_same_repetition() -> None:
    told = {verdict.text: verdict for verdict in verdicts(RESULTS)}
    assert told["mosec without batching"].values == (4, 1)
    assert told["mosec without batching"].met
    assert told["the runtime in a loop"].median == 1
    assert told["goodput at 200 % against capacity"].values == (0.125, 0.5)
    assert not told["goodput at 200 % against capacity"].met
    assert told["p99 at 50 % against mosec's"].median == 0.5
    assert "LitServe" not in told


def test_what_is_to_be_at_most_is_met_below_the_limit() -> None:
    verdict = Verdict("a", "p99", 1, True, (0.5, 0.9, 3))
    assert (verdict.median, verdict.met) == (0.9, True)
    assert not replace(verdict, at_most=False).met
    assert throughput("service", "mosec")({"service": SERVICE}) is None


def test_every_target_is_one_of_a_workload_and_of_those_who_take_part() -> None:
    assert {target.workload for target in TARGETS} <= WORKLOADS.keys()


def test_names_on_the_command_line_choose() -> None:
    choice = plan.chosen(["--quick", "a", "mosec", "service"])
    assert [workload.key for workload in choice.workloads] == ["a"]
    assert choice.contestants(WORKLOADS["a"]) == ["service", "mosec"]
    assert plan.chosen([]).contestants(WORKLOADS["b"]) == list(WORKLOADS["b"].contestants)
    assert [workload.key for workload in plan.chosen(["loop"]).workloads] == [
        key for key, workload in WORKLOADS.items() if "loop" in workload.contestants
    ]


@pytest.mark.parametrize("words", ["nonsense", "--docs a", "--docs --quick", "e loop"])
def test_what_cannot_be_measured_is_refused_in_a_sentence(words: str) -> None:
    with pytest.raises(SystemExit, match=r"^(There is no|--docs needs|None of) .+\.$"):
        plan.chosen(words.split())


def test_all_loads_come_once_and_those_with_targets_always() -> None:
    settings, workload = Settings(), WORKLOADS["a"]
    first = plan.loads(workload, "fastapi", settings, 0)
    assert len(first) == len(settings.connections) + len(settings.shares)
    assert not plan.loads(workload, "fastapi", settings, 1)
    assert len(plan.loads(workload, "mosec", settings, 1)) == len(settings.shares)
    assert not plan.loads(workload, "mosec", QUICK, 0)


def test_the_fastest_comes_first_with_its_spread() -> None:
    service, mosec = tables.rows(RESULTS["a"])
    assert (service[0], mosec[:3]) == ("service", ("mosec", "50", "2.50x (1.00 to 4.00)"))
    assert tables.load_rows(RESULTS["a"]) == [
        ("service", "200", "100 % / 20", "12 % / 40"),
        ("mosec", "", "12 % / 40", ""),
    ]


def test_figures_tables_and_page_are_written(tmp_path: Path) -> None:
    told = list(verdicts(RESULTS))
    with (tmp_path / "terminal").open("w") as file:
        report.show(Console(file=file, width=130), RESULTS, told)
    report.write_json(RESULTS, told, "CPU: some.", tmp_path / "figures.json")
    content = json.loads((tmp_path / "figures.json").read_text())
    assert content["results"]["a"][0]["mosec"]["capacity"]["throughput"] == 50
    assert content["targets"][0]["median"] == 2.5
    versions = contestants.versions()
    page.write(tmp_path / "page.md", RESULTS, told, Settings(), "CPU: some.", versions)
    text = (tmp_path / "page.md").read_text()
    assert "| (a) | mosec without batching | 2.50x (1.00 to 4.00) | at least 1 | met |" in text
    assert f"LitServe {versions['LitServe']}" in text
    assert "{" not in text
    for picture in ("page.png", "page-loads.png"):
        assert (tmp_path / picture).read_bytes().startswith(b"\x89PNG")


def test_a_disturbed_run_says_so() -> None:
    assert not report.disturbance(RESULTS)
    noisy = Visit(replace(FAST, others=0.4))
    assert "up to 40%" in report.disturbance({"a": [{"service": noisy}]})


class Idle:
    """Stands for a server that does nothing."""

    def processes(self) -> set[int]:
        """Return no process."""
        return set()


@pytest.mark.parametrize(
    ("others", "best"), [((0.01, 0.0), 0.01), ((0.4, 0.2, 0.05, 0.0), 0.05), ((0.4, 0.2, 0.3), 0.2)]
)
def test_a_disturbed_window_is_measured_again(others: tuple[float, ...], best: float) -> None:
    (idle, nothing) = Idle(), cast(Any, None)
    bench = Bench(nothing, Settings(), WORKLOADS["a"], cast(Any, idle), nothing, None, None)
    windows = (replace(FAST, others=share) for share in others)
    assert bench._undisturbed(lambda: next(windows)).others == best
