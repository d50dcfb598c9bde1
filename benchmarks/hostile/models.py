"""The models that every server gets: the tensor starter, one that raises, and one that is slow."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper

from tests.answers import TEMPLATE

from .. import model_folder
from ..model_folder import Array, save
from .corpus import Case

STARTER = TEMPLATE / "model" / "tensor"
TOKENS, VOCABULARY, DEPTH, OUTPUTS = 8, 100, 16, 4
SIZE = 1024  # of the matrices of the slow model


@dataclass(frozen=True)
class Model:
    """A model folder of the service, rows with what they must give, and a row that must fail."""

    folder: Path
    rows: list[list[float]]
    expected: list[list[float]]
    bad_row: list[float]

    @property
    def artefact(self) -> Path:
        """The file that the other servers load."""
        return self.folder / "model.onnx"

    @property
    def width(self) -> int:
        """The numbers of a row."""
        return len(self.rows[0])

    def good(self, index: int) -> Case:
        """Return the request for the prediction of a row, counted round."""
        return request(self.rows[index % len(self.rows)])

    def answer(self, index: int) -> list[float]:
        """Return what that request must be answered."""
        return self.expected[index % len(self.rows)]


def request(row: list[float]) -> Case:
    """Return the request for the prediction of one row."""
    return Case(json.dumps({"instances": [row]}).encode())


def starter(folder: Path) -> Model:
    """Return the tensor starter; its bad row has one number too few."""
    folder.mkdir(parents=True)
    shutil.copy(STARTER / "onnxruntime" / "model.onnx", folder)
    with np.load(STARTER / "evaluation.npz") as samples:
        rows = samples["features"]
    return _finish(folder, rows, rows[0, :-1].tolist())


def lookup(folder: Path) -> Model:
    """Write and return a model that looks vectors up; its bad row asks for one that is not there.

    The row is of the right width and type, so that nothing but the model itself can tell.
    """
    random = np.random.default_rng(0)
    constants = {
        "table": random.standard_normal((VOCABULARY, DEPTH), np.float32),
        "weight": random.standard_normal((DEPTH, OUTPUTS), np.float32),
    }
    nodes = [
        helper.make_node("Cast", ["x"], ["indices"], to=TensorProto.INT64),
        helper.make_node("Gather", ["table", "indices"], ["vectors"], axis=0),
        helper.make_node("ReduceMean", ["vectors"], ["mean"], axes=[1], keepdims=0),
        helper.make_node("MatMul", ["mean", "weight"], ["y"]),
    ]
    save(folder, nodes, constants, {"x": [TOKENS], "y": [OUTPUTS]})
    rows = random.integers(0, VOCABULARY, (100, TOKENS)).astype(np.float32)
    return _finish(folder, rows, [float(VOCABULARY)] * TOKENS)


def slow(folder: Path, products: int) -> Model:
    """Write and return a model that returns its input after so many products of large matrices.

    A run takes the same time whatever its rows; they change nothing, so there is no bad one.
    """
    constants = {
        "matrix": np.full((SIZE, SIZE), 1 / SIZE, np.float32),
        "zero": np.zeros(1, np.float32),
    }
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["nothing"]),
        helper.make_node("Add", ["matrix", "nothing"], ["p0"]),  # else it would be folded
    ]
    for i in range(products):
        nodes.append(helper.make_node("MatMul", [f"p{i}", "matrix"], [f"p{i + 1}"]))
    nodes += [
        helper.make_node("ReduceMean", [f"p{products}"], ["end"], keepdims=0),
        helper.make_node("Mul", ["end", "zero"], ["none"]),
        helper.make_node("Add", ["x", "none"], ["y"]),
    ]
    save(folder, nodes, constants, {"x": [TOKENS], "y": [TOKENS]})
    rows = np.arange(100 * TOKENS, dtype=np.float32).reshape(100, TOKENS)
    return _finish(folder, rows, [])


def _finish(folder: Path, rows: Array, bad: list[float]) -> Model:
    """Write the model card and the golden example, and return the model."""
    expected = model_folder.finish(folder, rows, name=folder.name)
    return Model(folder, rows.tolist(), expected.tolist(), bad)
