"""A model folder whose model takes ten milliseconds a row or so: it shall be the bottleneck.

A batch of n rows takes n times as long as one row, as with convolutions and transformers, so that
every way of batching has about the same capacity.
"""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
from onnx import helper

from .. import model_folder
from ..model_folder import Array

FEATURES, POSITIONS, WIDTH, LAYERS, OUTPUTS = 32, 160, 512, 8, 4
CASES, GOLDEN = 16, 4


def write(folder: Path) -> list[dict[str, Any]]:
    """Put the model into a folder in place of what is there.

    Returns instances with the predictions that are right for them, all different.
    """
    shutil.rmtree(folder, ignore_errors=True)
    _save_network(folder, np.random.default_rng(0))
    rows = np.random.default_rng(1).normal(size=(CASES, FEATURES)).round(3).astype(np.float32)
    instances = [[float(f"{value:.7g}") for value in row] for row in rows]
    answers = model_folder.finish(folder, rows, name="overload", instances=instances, golden=GOLDEN)
    pairs = zip(instances, answers.tolist(), strict=True)
    return [{"instance": instance, "prediction": answer} for instance, answer in pairs]


def _save_network(folder: Path, random: np.random.Generator) -> None:
    """Write an MLP that is applied at many positions of a row, which are then averaged."""
    weights = {"expand": _weights(random, FEATURES, POSITIONS * WIDTH)}
    weights |= {f"hidden{i}": _weights(random, WIDTH, WIDTH) for i in range(LAYERS)}
    weights["head"] = _weights(random, WIDTH, OUTPUTS)
    constants = {**weights, "shape": np.array([-1, POSITIONS, WIDTH])}
    nodes = [
        helper.make_node("MatMul", ["x", "expand"], ["flat"]),
        helper.make_node("Reshape", ["flat", "shape"], ["layer0"]),
    ]
    for i in range(LAYERS):
        nodes += [
            helper.make_node("MatMul", [f"layer{i}", f"hidden{i}"], [f"sum{i}"]),
            helper.make_node("Relu", [f"sum{i}"], [f"layer{i + 1}"]),
        ]
    nodes += [
        helper.make_node("ReduceMean", [f"layer{LAYERS}"], ["mean"], axes=[1], keepdims=0),
        helper.make_node("MatMul", ["mean", "head"], ["y"]),
    ]
    model_folder.save(folder, nodes, constants, {"x": [FEATURES], "y": [OUTPUTS]})


def _weights(random: np.random.Generator, inputs: int, outputs: int) -> Array:
    """Return weights that keep the deviation of what goes through them and a ReLU."""
    return random.normal(scale=(2 / inputs) ** 0.5, size=(inputs, outputs)).astype(np.float32)
