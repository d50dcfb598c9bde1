"""Models that others made, from their file to an answer over HTTP: by the commands of a render.

No line of Python is edited, but for state dicts and TorchScript, whose owners write the layers or
the names and shapes of the tensors into the folder architecture.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from model_service.arrays import Array, Arrays
from service import free_port, get, running

from .conftest import IMPORTED, Bake
from .foreign.architectures import written
from .foreign.imports import IMPORTS, ROWS
from .foreign.nets import PACKAGES

PROJECT = [sys.executable, "-m", "digit_reader"]
ENVIRON = {"PYTHONPATH": "src", "PYTHONDONTWRITEBYTECODE": "1"}
DATATYPES = {"float32": "FP32", "int32": "INT32"}
CLOSE = 1e-5  # absolute and relative


@pytest.mark.parametrize("name", IMPORTS)
def test_from_a_file_to_a_right_answer(
    name: str, bake: Bake, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    if not PACKAGES.is_dir():
        pytest.fail("The packages that hold the models are not here: `make test` fetches them.")
    model = IMPORTS[name]()
    project = bake(tmp_path / "render", framework=model.framework, input_kind="tensor", gpu="none")
    file = model.prepare(model.path, tmp_path)
    if model.architecture:
        layers = project / "src" / "digit_reader" / "architecture" / "tensor.py"
        layers.write_text(written(model.architecture), encoding="utf-8")

    begin = time.monotonic()
    options = [option.format(folder=tmp_path) for option in model.options]
    run("import-model", str(file), "--name", "foreign", *options, project=project)
    assert "All checks passed." in run("check", project=project)
    port = free_port()
    with running([*PROJECT, "serve", "--workers", "1"], project, port, ENVIRON):
        answers = infer(port, model.inputs)
        seconds = time.monotonic() - begin
    record_property(f"{IMPORTED}{name}", f"{seconds:5.1f} s  {name}: {file.name}")
    expected = model.expected()
    assert answers.keys() == expected.keys()
    for output, right in expected.items():
        np.testing.assert_allclose(answers[output], right, CLOSE, CLOSE)
        assert np.ptp(right, axis=0).max() > 5 * CLOSE  # rows that are all alike prove nothing


def test_weights_of_another_network_are_refused_with_all_their_tensors(
    bake: Bake, tmp_path: Path
) -> None:
    project = bake(tmp_path / "pytorch", framework="pytorch", input_kind="tensor", gpu="none")
    before = content_of(project)
    refused = call("import-model", str(PACKAGES / "facenet_pytorch/data/pnet.pt"), project=project)
    assert (refused.returncode, refused.stdout) == (2, "")
    *table, sentence = refused.stderr.splitlines()
    assert sentence.startswith("Error: pnet.pt does not fit the network in the folder architecture")
    assert "conv4_2.weight  float32  [4, 32, 1, 1]   unexpected" in table
    assert "5.weight        float32  [2, 128]        missing in the file" in table
    assert content_of(project) == before


def run(*arguments: str, project: Path) -> str:
    """Run a command of a render and return what it printed."""
    ended = call(*arguments, project=project)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def call(*arguments: str, project: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of a render to its end."""
    environ = {**os.environ, **ENVIRON}
    return subprocess.run(
        [*PROJECT, *arguments], cwd=project, env=environ, capture_output=True, text=True
    )


def content_of(folder: Path) -> dict[Path, bytes]:
    """Return the bytes of all files of a folder."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def infer(port: int, inputs: Arrays) -> dict[str, Array]:
    """Ask for the outputs of rows by the Open Inference Protocol, one by one if it must be."""
    told = get(port, "/v2/models/foreign")
    if told["inputs"][0]["shape"][0] == 1:
        rows = ({name: a[i : i + 1] for name, a in inputs.items()} for i in range(ROWS))
        answers = [ask(port, row) for row in rows]
        return {name: np.concatenate([one[name] for one in answers]) for name in answers[0]}
    return ask(port, inputs)


def ask(port: int, inputs: Arrays) -> dict[str, Array]:
    """Send one request of the Open Inference Protocol."""
    tensors = [
        {
            "name": name,
            "shape": array.shape,
            "datatype": DATATYPES[str(array.dtype)],
            "data": array.ravel().tolist(),
        }
        for name, array in inputs.items()
    ]
    url = f"http://127.0.0.1:{port}/v2/models/foreign/infer"
    request = urllib.request.Request(url, json.dumps({"inputs": tensors}).encode())
    with urllib.request.urlopen(request, timeout=60) as response:
        outputs = json.load(response)["outputs"]
    return {tensor["name"]: np.reshape(tensor["data"], tensor["shape"]) for tensor in outputs}
