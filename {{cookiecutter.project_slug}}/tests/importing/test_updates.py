"""The list of what updates leave alone, in projects of several shapes."""

from pathlib import Path

import pytest

from model_service.importing.updates import leave_alone

BEFORE = '[tool.other]\nname = "é"\n\n[tool.cruft]\n'


@pytest.mark.parametrize(
    ("skip", "expected"),
    [
        ("skip = [] # yours", 'skip = ["model"] # yours'),
        ('skip = ["docs"]', 'skip = ["model", "docs"]'),
        ('skip = [\r\n    "docs",\r\n]', 'skip = ["model", \r\n    "docs",\r\n]'),
    ],
)
def test_the_model_is_added_to_the_list(skip: str, expected: str, tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_bytes(f"{BEFORE}{skip}\n".encode())
    assert leave_alone(tmp_path / "model")
    assert project.read_bytes().decode() == f"{BEFORE}{expected}\n"
    assert not leave_alone(tmp_path / "model")


@pytest.mark.parametrize(
    "text",
    [
        "[tool.ruff]\nline-length = 100\n",
        "[tool.cruft]\n  skip = []\n",
        "[tool.other]\nskip = []\n\n[tool.cruft]\nskip = []\n",
        "tool = 1\n",
        "[tool.cruft]\nskip = 1\n",
        "no TOML at all",
        "\ufeff",
    ],
)
def test_what_cannot_be_changed_in_one_place_stays(text: str, tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_bytes(text.encode())
    assert not leave_alone(tmp_path / "model")
    assert project.read_bytes() == text.encode()


def test_another_folder_and_no_project_are_left_alone(tmp_path: Path) -> None:
    assert not leave_alone(tmp_path / "model")
    project = tmp_path / "pyproject.toml"
    project.write_text(f"{BEFORE}skip = []\n", encoding="utf-8")
    assert not leave_alone(tmp_path / "trial")
    assert project.read_text(encoding="utf-8") == f"{BEFORE}skip = []\n"
