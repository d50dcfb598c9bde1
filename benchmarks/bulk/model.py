"""A rendered service with a model that takes some tens of microseconds a row, and rows for it."""

import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
from cookiecutter.main import cookiecutter
from onnx import helper

from tests.answers import ROOT

from .. import model_folder

ANSWERS = {"framework": "onnxruntime", "input_kind": "tensor", "gpu": "none"}
FEATURES, WIDTH, CLASSES = 128, 2048, 10
BATCH = 1024  # what `predict` chooses for it
POSTPROCESSING = """
[postprocessing]
labels = "labels.txt"
"""


def render(folder: Path) -> Path:
    """Render a service and put the model in place of its starter; return its folder."""
    project = Path(
        cookiecutter(str(ROOT), no_input=True, output_dir=str(folder), extra_context=ANSWERS)
    )
    _write_model(project / "model")
    return project


def write_rows(path: Path, count: int) -> Path:
    """Write so many rows of the model as a `.npy` file."""
    rows = np.random.default_rng(0).normal(size=(count, FEATURES)).astype(np.float32)
    np.save(path, rows)
    return path


def _write_model(folder: Path) -> None:
    shutil.rmtree(folder)
    random = np.random.default_rng(0)
    sizes = (FEATURES, WIDTH, WIDTH, CLASSES)
    nodes, weights, value = [], {}, "x"
    for layer, (inputs, outputs) in enumerate(pairwise(sizes)):
        weight = random.normal(size=(inputs, outputs)).astype(np.float32) / np.sqrt(inputs)
        weights[f"w{layer}"] = weight.astype(np.float32)
        nodes.append(helper.make_node("MatMul", [value, f"w{layer}"], [f"h{layer}"]))
        nodes.append(helper.make_node("Relu", [f"h{layer}"], [f"r{layer}"]))
        value = f"r{layer}"
    nodes[-1] = helper.make_node("Softmax", [f"h{len(sizes) - 2}"], ["y"])
    model_folder.save(folder, nodes, weights, {"x": [FEATURES], "y": [CLASSES]})
    (folder / "labels.txt").write_text("\n".join(map(str, range(CLASSES))), encoding="utf-8")
    zeros = np.zeros((1, FEATURES), np.float32)
    model_folder.finish(folder, zeros, name="bulk", task="classification", more=POSTPROCESSING)
