"""`.env`: what is read of it, what is refused, and what tuning changes in it."""

import os
import subprocess
from pathlib import Path

import pytest

from model_service import envfile
from model_service.errors import InvalidSettings

TEXT = r"""
# the settings of this machine
SERVICE_WORKERS=2
  export SERVICE_PORT=9000   # behind the proxy
SERVICE_API_KEYS='a key, with $signs and "quotes"'
SERVICE_HOST="::1"
SERVICE_MODEL_DIR=models/one#two
SERVICE_PREDICT_ROUTE=
PORT=80
CPUS="${ALL}"
"""
VALUES = {
    "SERVICE_WORKERS": "2",
    "SERVICE_PORT": "9000",
    "SERVICE_API_KEYS": 'a key, with $signs and "quotes"',
    "SERVICE_HOST": "::1",
    "SERVICE_MODEL_DIR": "models/one#two",
    "SERVICE_PREDICT_ROUTE": "",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file of variables."""
    path = tmp_path / ".env"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_values_are_those_that_a_shell_reads(file: Path) -> None:
    assert envfile.read(file) == VALUES
    script = f"set -a; . {file}; env -0"
    printed = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    variables = dict(line.split("=", 1) for line in printed.stdout.split("\0") if line)
    assert {name: variables[name] for name in VALUES} == VALUES


@pytest.mark.parametrize(
    "line",
    [
        "SERVICE_WORKERS",
        "SERVICE_WORKERS = 2",
        "SERVICE_WORKERS=1 2",
        "SERVICE_PORT:1",
        "SERVICE_KEY='open",
        'SERVICE_KEY="$HOME"',
        "SERVICE_KEY=$HOME",
        "SERVICE_KEY=`id`",
        "export SERVICE_KEY=a;id",
        "SERVICE_KEY='a''b'",
    ],
)
def test_what_others_would_read_otherwise_is_refused_by_its_line(file: Path, line: str) -> None:
    file.write_text(f"A=1\n\n{line}\n", encoding="utf-8")
    with pytest.raises(InvalidSettings, match=r"^Line 3 of .*\.env cannot be read"):
        envfile.read(file)


def test_what_is_no_text_is_refused(file: Path) -> None:
    file.write_bytes(b"\xff")
    with pytest.raises(InvalidSettings, match="text file in UTF-8"):
        envfile.read(file)


def test_the_environment_wins_over_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE_ENV_FILE", str(file))
    monkeypatch.setenv("SERVICE_WORKERS", "7")
    for name in VALUES.keys() - {"SERVICE_WORKERS"}:
        monkeypatch.setenv(name, "")  # so that it is taken back
        monkeypatch.delenv(name)
    envfile.load()
    assert {name: os.environ[name] for name in VALUES} == {**VALUES, "SERVICE_WORKERS": "7"}
    assert "CPUS" not in os.environ  # it is Compose's


def test_a_file_need_not_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE_ENV_FILE", str(tmp_path / "none"))
    envfile.load()


def test_its_name_may_be_another_or_none() -> None:
    assert envfile.file_named({}) == Path(".env")
    assert envfile.file_named({"SERVICE_ENV_FILE": "other"}) == Path("other")
    assert envfile.file_named({"SERVICE_ENV_FILE": ""}) is None


def test_writing_leaves_other_lines_as_they_are(file: Path) -> None:
    file.chmod(0o600)  # it may hold keys
    file.write_text(f"{TEXT}SERVICE_WORKERS=3\n", encoding="utf-8")
    envfile.write(file, {"SERVICE_WORKERS": "4", "SERVICE_THREADS": "0"})
    expected = TEXT.replace("SERVICE_WORKERS=2", "SERVICE_WORKERS=4") + "SERVICE_THREADS=0\n"
    assert file.read_text(encoding="utf-8") == expected
    assert file.stat().st_mode & 0o777 == 0o600


def test_writing_makes_the_file(tmp_path: Path) -> None:
    envfile.write(tmp_path / ".env", {"SERVICE_WORKERS": "4"})
    assert envfile.read(tmp_path / ".env") == {"SERVICE_WORKERS": "4"}
