"""Renders under the other Pythons of this machine: installed as their README says, their own tests.

`tests/e2e` is left out: it takes most of the time. PyTorch is, too: from the package index it comes
with CUDA, gigabytes of it. What is left runs on whatever of VERSIONS is in PATH or in pyenv.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml

from .answers import ROOT
from .conftest import Bake

WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"
MATRIX = yaml.safe_load(WORKFLOW.read_text())["jobs"]["test"]["strategy"]["matrix"]
VERSIONS: list[str] = MATRIX["python"]  # that the template and its renders are made for
OTHERS = [version for version in VERSIONS if version != "{}.{}".format(*sys.version_info)]
ANSWERS = {
    "onnxruntime": {"input_kind": "image", "quantization": "static-int8"},
    "tflite": {"input_kind": "tensor", "batching": "client"},
    "tensorflow": {"input_kind": "text", "batching": "none"},
}
# ONNX Runtime on all of them, the others on the newest: each case installs a framework.
CASES = [
    (version, framework)
    for version in OTHERS
    for framework in ANSWERS
    if framework == "onnxruntime" or version == OTHERS[-1]
]
ASK = """
import ensurepip, sys, venv
print(sys.implementation.name, "{}.{}".format(*sys.version_info), sys.executable)
"""


def interpreter(version: str) -> str | None:
    """Return the CPython of a version that can make environments, if PATH or pyenv has one."""
    name = f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for command in (shutil.which(name), *sorted(pyenv.glob(f"{version}.*/bin/{name}"))):
        if command is not None:
            asked = subprocess.run([command, "-c", ASK], cwd="/", capture_output=True, text=True)
            if asked.stdout.startswith(f"cpython {version} "):
                return asked.stdout.strip().split(" ", 2)[2]
    return None


@pytest.mark.parametrize(("version", "framework"), CASES)
def test_own_tests_pass_on_another_python(
    version: str, framework: str, bake: Bake, tmp_path: Path
) -> None:
    python = interpreter(version)
    if python is None:
        pytest.skip(f"there is no python{version} here that can make environments")
    project = bake(tmp_path, framework=framework, gpu="none", **ANSWERS[framework])
    make = ["make", "install", f"PYTHON={python}"]
    install = subprocess.run(make, cwd=project, capture_output=True, text=True)
    assert install.returncode == 0, install.stdout + install.stderr
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    pytest_ = [".venv/bin/pytest", "-q", "-p", "no:cacheprovider", "--ignore", "tests/e2e"]
    with TemporaryDirectory() as folder:
        result = subprocess.run(
            pytest_, cwd=project, env={**environ, "TMPDIR": folder}, capture_output=True, text=True
        )
    assert result.returncode == 0, result.stdout + result.stderr
    assert (project / ".venv" / "lib" / f"python{version}").is_dir()
    print(result.stdout.splitlines()[-1])
