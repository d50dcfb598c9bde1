"""The server that is measured: it says why it does not start, and none is left behind."""

from pathlib import Path

import pytest

from model_service.benching.service import served
from model_service.errors import StartupError

from ..processes import ROOT


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let processes find this service."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))


def refusal(**variables: str) -> str:
    """Return why the service does not start."""
    with pytest.raises(StartupError) as refused, served(variables, ""):
        pytest.fail("It must not start.")
    return str(refused.value)


def test_a_setting_that_cannot_be_used_is_told() -> None:
    told = refusal(SERVICE_WORKERS="-1")
    assert told.startswith("The service does not start. SERVICE_WORKERS='-1' cannot be used")


def test_a_worker_that_cannot_start_tells_why(tmp_path: Path) -> None:
    told = refusal(SERVICE_MODEL_DIR=str(tmp_path), SERVICE_WORKERS="1")
    assert told.startswith("The service does not start. ")
    assert "Traceback" not in told
