"""Renders that live: their own tests run, and they answer under their real server.

The combinations are few, but hold every pair of answers; all share the environment of the tests.
Their tests of servers, `tests/e2e`, take most of the time and ask the same of all: those run where
every answer is held, and what every render asks of its server is a prediction.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from service import free_port, get, post_file, post_json, running

from .answers import ROOT, Answers, combinations, covering, label, tracked
from .conftest import Bake, Bakes

MODULE = [sys.executable, "-m", "digit_reader"]
ENVIRON = {"PYTHONPATH": "src", "PYTHONDONTWRITEBYTECODE": "1"}

living = pytest.mark.parametrize("answers", covering(), ids=label)
can_start = pytest.mark.parametrize(
    "answers", [answers for answers in covering() if answers["gpu"] != "required"], ids=label
)
served = pytest.mark.parametrize(
    "answers",
    covering(1, [answers for answers in combinations() if answers["gpu"] != "required"]),
    ids=label,
)
needs_gpu = pytest.mark.parametrize(
    "answers", [answers for answers in covering() if answers["gpu"] == "required"], ids=label
)


def run(command: list[str], project: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a render and return what it printed."""
    environ = {**os.environ, **ENVIRON, **environ}
    return subprocess.run(command, cwd=project, env=environ, capture_output=True, text=True)


@living
def test_own_tests_pass(answers: Answers, bakes: Bakes) -> None:
    run_own_tests(bakes[answers], "--ignore", "tests/e2e")


@served
def test_own_tests_of_the_server_pass(answers: Answers, bakes: Bakes) -> None:
    run_own_tests(bakes[answers], "tests/e2e")


def run_own_tests(project: Path, *which: str) -> None:
    """Run tests of a render; raises AssertionError with what they printed."""
    pytest_ = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *which]
    with TemporaryDirectory() as folder:  # killed servers and compilers leave files: not for long
        result = run(pytest_, project, TMPDIR=folder)
    assert result.returncode == 0, result.stdout
    print(result.stdout.splitlines()[-1])


@can_start
def test_predicts_under_its_real_server(answers: Answers, bakes: Bakes) -> None:
    project, port = bakes[answers], free_port()
    if answers["quantization"] != "none":
        quantized = run([*MODULE, "quantize"], project)
        assert quantized.returncode == 0, quantized.stderr
    with running([*MODULE, "serve"], project, port, ENVIRON):
        ready = get(port, "/readyz")
        predicted = ask(project, port, answers["input_kind"])
    assert ready["quantization"] == answers["quantization"]
    assert ready["device"] == "cpu"
    assert predicted


def ask(project: Path, port: int, input_kind: str) -> bool:
    """Send each example of the starter; return whether its file name is the predicted label."""
    examples = sorted((project / "model" / "examples").iterdir())
    answered = [
        post_json(port, path.read_bytes()) if input_kind == "tensor" else post_file(port, path)
        for path in examples
    ]
    labels = [answer["predictions"][0]["label"] for answer in answered]
    return len(labels) > 1 and labels == [path.stem for path in examples]


@needs_gpu
def test_refuses_to_start_without_the_gpu_it_requires(answers: Answers, bakes: Bakes) -> None:
    result = run([*MODULE, "serve"], bakes[answers], SERVICE_PORT=str(free_port()))
    assert result.returncode != 0
    assert "This service requires cuda" in result.stderr
    assert "Traceback" not in result.stderr


BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    "answers",
    [
        {"input_kind": "image", "gpu": "none"},
        {"input_kind": "tensor", "gpu": "none", "batching": "none", "quantization": "static-int8"},
        {"framework": "tflite", "gpu": "none", "batching": "client", "quantization": "half"},
        {"framework": "pytorch", "gpu": "none", "quantization": "static-int8"},
        {"input_kind": "text", "gpu": "none", "quantization": "dynamic-int8"},
        {"framework": "tensorflow", "gpu": "none", "input_kind": "tensor", "batching": "client"},
    ],
    ids=lambda answers: "-".join(answers.values()),
)
def test_every_command_of_the_readme_works_in_an_environment_of_its_own(
    answers: Answers, bake: Bake, tmp_path: Path
) -> None:
    project, port = bake(tmp_path, **answers), free_port()
    readme = (project / "README.md").read_text(encoding="utf-8")
    blocks = [(kind, textwrap.dedent(text)) for _, kind, text in BLOCK.findall(readme)]
    output = ""
    with ExitStack() as stack:
        for kind, text in blocks:
            if text.strip() == "make run":
                install = subprocess.run(["make", "install"], cwd=project, capture_output=True)
                assert install.returncode == 0, install.stderr
                stack.enter_context(running(["make", "run"], project, port, {}))
            elif kind == "sh":
                script = text.replace(":8000", f":{port}")
                bash = ["bash", "-euo", "pipefail", "-c", script]
                result = subprocess.run(bash, cwd=project, capture_output=True, text=True)
                assert result.returncode == 0, result.stderr
                output = result.stdout
                assert '"error"' not in output
            elif kind == "json":
                assert_same_prediction(json.loads(output), json.loads(text))
    for target in ("check", "quantize", "lint"):
        make(target, project)
    if answers.get("input_kind") == "text":
        told = set(re.findall(r"^\| (\S+) +\|", make("licences", project), re.MULTILINE))
        assert {"Flask", "tokenizers"} <= told
        make("sbom", project)
        listed = json.loads((project / "sbom.cdx.json").read_text())["components"]
        assert {component["name"] for component in listed} == told - {"Name"}


def make(target: str, project: Path) -> str:
    """Return what a target of the Makefile printed; raises AssertionError if it fails."""
    result = subprocess.run(["make", target], cwd=project, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_the_gpu_build_tells_the_truth_on_a_machine_without_a_gpu(
    bake: Bake, tmp_path: Path
) -> None:
    if Path("/proc/driver/nvidia").exists():
        pytest.skip("this machine has an NVIDIA driver")
    project = bake(tmp_path, gpu="required")
    install = subprocess.run(["make", "install"], cwd=project, capture_output=True)
    assert install.returncode == 0, install.stderr
    ask_for_cuda = """
import onnxruntime
from pathlib import Path
from digit_reader.engine import load
assert "CUDAExecutionProvider" in onnxruntime.get_available_providers()
print(load(Path("model/model.onnx"), "cuda", 1).device)
"""
    python = str(project / ".venv" / "bin" / "python")
    assert run([python, "-c", ask_for_cuda], project).stdout == "cpu\n"
    refusal = run([str(project / ".venv" / "bin" / "digit-reader"), "check"], project)
    assert refusal.returncode == 1
    assert "This service requires cuda" in refusal.stderr


def test_the_demo_works_on_a_fresh_copy(tmp_path: Path) -> None:
    for path in tracked(ROOT):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    result = subprocess.run(["make", "demo"], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    (shown,) = re.findall(r"```json\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    answer = re.search(r"^\{.*?^\}", result.stdout, re.MULTILINE | re.DOTALL)
    assert answer
    assert_same_prediction(
        {"predictions": [json.loads(answer[0])]}, {"predictions": [json.loads(shown)]}
    )


def assert_same_prediction(answer: dict[str, list[dict[str, object]]], shown: object) -> None:
    """Compare an answer with the one in the README; the last digits depend on the CPU."""
    assert isinstance(shown, dict)
    (got,), (wanted,) = answer["predictions"], shown["predictions"]
    assert got["label"] == wanted["label"]
    assert got["score"] == pytest.approx(wanted["score"], abs=0.02)
    assert got["scores"] == pytest.approx(wanted["scores"], abs=0.02)
