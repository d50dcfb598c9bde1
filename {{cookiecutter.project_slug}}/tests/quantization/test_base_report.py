"""The report holds every figure, and its plots where matplotlib is installed."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from model_service.quantization.base import ClassShares, Comparison
from model_service.quantization.base_report import (
    MOST_CLASSES,
    PAGE,
    Report,
    write_report,
)

COMPARISON = Comparison(
    {1: (2.0, 1.0), 16: (8.0, 10.0)},
    0.75,
    (0.9, 0.8),
    (ClassShares(0, 3, 1, (1, 1)), ClassShares(1, 1, 0, (1, 0)), ClassShares(5, 2, 0.5, (0.5, 1))),
)
REPORT = Report(
    "net 1: half against the original",
    "Fit to serve.",
    "Judged by 6 samples.",
    (2000, 500),
    COMPARISON,
    ("cat", "d|g"),
    0.1,
)


def test_every_figure_has_a_row() -> None:
    assert list(REPORT.rows()) == [
        ("size (KB)", "2.0", "0.5", "0.25"),
        ("latency at batch 1 (ms)", "2.000", "1.000", "0.50"),
        ("latency at batch 16 (ms)", "8.000", "10.000", "1.25"),
        ("accuracy", "90.00%", "80.00%", ""),
        ("agreement", "", "75.00%", ""),
    ]


def test_the_page_tells_the_outcome_the_figures_and_the_classes_worst_first() -> None:
    lines = REPORT.page({}).splitlines()
    assert lines[0] == "# net 1: half against the original"
    assert {"Fit to serve.", "Judged by 6 samples.", "| size (KB) | 2.0 | 0.5 | 0.25 |"} < {*lines}
    assert [line for line in lines if line.endswith("00% |")] == [
        r"| d\|g | 1 | 0.00% | 100.00% | 0.00% |",
        "| cat | 3 | 100.00% | 100.00% | 100.00% |",
        "| 5 | 2 | 50.00% | 50.00% | 100.00% |",
    ]


def test_without_labels_classes_have_their_agreement_alone() -> None:
    shares = (ClassShares(0, 3, 1, None), ClassShares(1, 1, 0, None))
    unlabelled = replace(COMPARISON, accuracy=None, classes=shares)
    page = replace(REPORT, comparison=unlabelled).page({})
    assert "| d\\|g | 1 | 0.00% |  |  |\n| cat | 3 | 100.00% |  |  |" in page
    assert "accuracy" not in page


def test_of_many_classes_those_are_listed_that_lost_most() -> None:
    shares = tuple(ClassShares(i, 1, 1, (1, i / 1000)) for i in range(1000))
    many = replace(REPORT, comparison=replace(COMPARISON, classes=shares))
    assert [one.index for one in many.worst()] == list(range(MOST_CLASSES))
    assert f"The {MOST_CLASSES} of 1000 that lost most." in many.page({})


def test_a_model_without_classes_has_no_table_of_them() -> None:
    raw = replace(COMPARISON, accuracy=None, classes=(), differences=(0.1,))
    assert "## Classes" not in replace(REPORT, comparison=raw).page({})


def test_plots_stand_beside_the_page(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra [report] is not installed")
    page = write_report(tmp_path / "new" / "reports", REPORT)
    assert page.name == PAGE
    text = page.read_text(encoding="utf-8")
    plots = sorted(path.name for path in page.parent.glob("*.png"))
    assert len(plots) == 4
    assert all(f"]({plot})" in text for plot in plots)
    assert "[report]" not in text


def test_without_matplotlib_the_page_says_how_to_get_plots(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.delitem(sys.modules, f"{Report.__module__[:-6]}plots", raising=False)
    text = write_report(tmp_path, REPORT).read_text(encoding="utf-8")
    assert "![" not in text
    assert "`[report]`" in text
    assert [path.name for path in tmp_path.iterdir()] == [PAGE]
