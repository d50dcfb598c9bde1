"""The plots are drawn from whatever figures there are, labels of any letters among them."""

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("matplotlib", reason="the extra [report] is not installed")

from model_service.quantization.base import ClassShares  # noqa: E402
from model_service.quantization.base_plots import draw  # noqa: E402

from .test_base_report import COMPARISON, REPORT  # noqa: E402

PNG = b"\x89PNG\r\n\x1a\n"


def assert_drawn(plots: dict[str, str], folder: Path) -> None:
    """Check that each plot is a file of its own, and a PNG."""
    assert {path.name for path in folder.iterdir()} == set(plots.values())
    assert all((folder / file).read_bytes().startswith(PNG) for file in plots.values())


def test_a_classifier_with_labels_has_four(tmp_path: Path) -> None:
    plots = draw(REPORT, tmp_path)
    assert list(plots) == ["Latency", "Size", "Agreement", "Accuracy by class"]
    assert_drawn(plots, tmp_path)


def test_without_labels_there_is_no_accuracy(tmp_path: Path) -> None:
    shares = (ClassShares(0, 3, 1, None),)
    unlabelled = replace(COMPARISON, accuracy=None, classes=shares)
    plots = draw(replace(REPORT, comparison=unlabelled), tmp_path)
    assert list(plots) == ["Latency", "Size", "Agreement"]
    assert_drawn(plots, tmp_path)


def test_other_models_show_their_differences_also_endless_ones(tmp_path: Path) -> None:
    gaps = (0.0, 0.01, float("nan"), float("inf"))
    raw = replace(COMPARISON, accuracy=None, classes=(), differences=gaps)
    plots = draw(replace(REPORT, comparison=raw), tmp_path)
    assert list(plots) == ["Latency", "Size", "Agreement"]
    assert_drawn(plots, tmp_path)


@pytest.mark.parametrize("label", ["$x$", "100 $", "\N{SNOWMAN}\u6771\u4eac", "_^{}\\", "x" * 80])
def test_labels_are_drawn_as_they_are(label: str, tmp_path: Path) -> None:
    assert_drawn(draw(replace(REPORT, labels=(label, label)), tmp_path), tmp_path)
