"""A render's own tests of `predict --ray`: a local cluster, one of whose nodes is killed."""

import os
import subprocess

import pytest

from .answers import ROOT
from .conftest import Bake

PYTHON = ROOT / ".cache" / "ray" / "bin" / "python"


@pytest.mark.skipif(not PYTHON.exists(), reason="Ray is not installed: `make test`.")
@pytest.mark.parametrize("input_kind", ["image", "tensor"])
def test_predictions_on_a_cluster_are_those_of_one_machine(input_kind: str, bake: Bake) -> None:
    project = bake(gpu="none", input_kind=input_kind)
    command = [str(PYTHON), "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider"]
    result = subprocess.run(
        [*command, "tests/bulk/test_cluster.py"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": "src"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout
    assert "skipped" not in result.stdout
