"""The kserve client, which sends and reads other things than Triton's, against a render."""

import subprocess
import sys

import pytest
from service import free_port, running

from .answers import ROOT
from .conftest import Bake

PYTHON = ROOT / ".cache" / "kserve" / "bin" / "python"
TALK = ROOT / "tests" / "kserve" / "client.py"


@pytest.mark.skipif(not PYTHON.exists(), reason="The kserve client is not installed: `make test`.")
def test_the_kserve_client_gets_on_with_the_service(bake: Bake) -> None:
    project, port = bake(gpu="none"), free_port()
    environ = {"PYTHONPATH": f"{project / 'src'}:{project}"}
    with running([sys.executable, "-m", "tests.e2e.echo"], project, port, environ):
        talk = [str(PYTHON), str(TALK), str(port), "echo"]
        result = subprocess.run(talk, capture_output=True, text=True, timeout=300)
    assert (result.returncode, result.stdout) == (0, "all right\n"), result.stderr
