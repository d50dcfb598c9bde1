"""The plot of a tuning."""

from pathlib import Path

from model_service.benching.plot import draw

from .test_frontier import FASTER, NOW, TRIALS


def test_it_is_written_into_a_new_folder(tmp_path: Path) -> None:
    path = draw(TRIALS, FASTER, tmp_path / "reports")
    assert path == tmp_path / "reports" / "tuning.png"
    assert path.read_bytes().startswith(b"\x89PNG")


def test_it_can_be_drawn_of_one_trial(tmp_path: Path) -> None:
    assert draw([NOW], NOW, tmp_path).stat().st_size > 1000
