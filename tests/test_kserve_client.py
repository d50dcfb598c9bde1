"""The kserve client, which sends and reads other things than Triton's, against a render."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from service import free_port, running

from .answers import QUESTIONS, ROOT
from .conftest import Bake

PYTHON = ROOT / ".cache" / "kserve" / "bin" / "python"
TALK = ROOT / "tests" / "kserve" / "client.py"


@pytest.mark.skipif(not PYTHON.exists(), reason="The kserve client is not installed: `make test`.")
def test_the_kserve_client_gets_on_with_the_service(bake: Bake) -> None:
    assert_all_right(bake(gpu="none"), "tests.e2e.echo", "echo")


@pytest.mark.parametrize("framework", QUESTIONS["framework"])
@pytest.mark.skipif(not PYTHON.exists(), reason="The kserve client is not installed: `make test`.")
def test_the_kserve_client_gets_on_with_each_framework(framework: str, bake: Bake) -> None:
    rendered = bake(gpu="none", batching="dynamic", framework=framework)
    assert_all_right(rendered, "digit_reader", "digits", "serve", "--workers", "1")


def assert_all_right(project: Path, module: str, model: str, *arguments: str) -> None:
    """Serve a render by a module of it, and let the client talk with the model."""
    port, environ = free_port(), {"PYTHONPATH": f"{project / 'src'}:{project}"}
    with running([sys.executable, "-m", module, *arguments], project, port, environ):
        talk = [str(PYTHON), str(TALK), str(port), model]
        result = subprocess.run(talk, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    assert "model ready" in told
    assert told == dict.fromkeys(told)  # nothing failed
