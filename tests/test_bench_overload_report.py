"""`make bench BENCH=overload`: what it says of its figures."""

import json
from dataclasses import replace
from pathlib import Path

from benchmarks.overload import plot, report
from benchmarks.overload.figures import Times, Window
from benchmarks.overload.measure import Result
from benchmarks.overload.settings import Settings
from benchmarks.overload.targets import verdicts

TIMES = Times(10, 40, 45)
FULL = Window(
    load=2.0,
    offered=200,
    goodput=95,
    share=0.95,
    refused=100,
    late=5,
    failed=0,
    answers=Times(400, 700, 800),
    refusals=TIMES,
    probes={"/healthz": TIMES, "/readyz": TIMES, "/metrics": Times(10, 60, 120)},
    others=0.01,
)
CLOSED = replace(FULL, load=1.0, offered=100, goodput=100, share=1.0, refused=0, late=0)
RESULT = Result("dynamic", 0.002, CLOSED, [FULL], [[(CLOSED, FULL)]])
COLLAPSED = replace(
    RESULT, idle=0.5, loads=[replace(FULL, share=0.4, refusals=Times(60, 90, 99), others=0.3)]
)


def test_the_table_has_a_row_a_load() -> None:
    closed, full = report.rows([RESULT])
    assert closed[:4] == ("dynamic", "closed", "100", "100")
    assert full == (
        *("dynamic", "200%", "200", "95", "95%", "100.0", "5.0", ""),
        *("400 / 700", "10 / 40", "60 / 120"),
    )
    assert len(full) == len(report.COLUMNS) == len(report.table([RESULT]).columns)


def test_targets_are_told_met_or_not() -> None:
    good = verdicts([RESULT])
    assert len(good) == 6
    assert all(verdict.met for verdict in good)
    missed = [v.target for v in verdicts([COLLAPSED]) if not v.met]
    assert len(missed) == 3
    assert verdicts([replace(RESULT, idle=None, loads=[CLOSED])]) == []


def test_a_disturbed_measurement_says_so() -> None:
    assert report.disturbance([RESULT]) == ""
    assert "up to 30% of the service's CPU" in report.disturbance([RESULT, COLLAPSED])


def test_the_page_shows_table_and_targets() -> None:
    page = report.page([RESULT], Settings(), "CPU: some.", "overload.png")
    assert "| dynamic | 200% | 200 | 95 | 95% |" in page
    assert "| dynamic | goodput at least 90% of the capacity | 95% | yes |" in page
    assert "![Goodput and refusals against offered load](overload.png)" in page


def test_the_figures_are_kept_as_json(tmp_path: Path) -> None:
    report.write_json([RESULT], {"where": "here"}, tmp_path / "figures.json")
    content = json.loads((tmp_path / "figures.json").read_text())
    assert content["results"][0]["loads"][0]["refusals"]["p99_ms"] == 40
    assert content["targets"][1]["met"] is True


def test_the_picture_is_a_png(tmp_path: Path) -> None:
    plot.write([RESULT, COLLAPSED], tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")
