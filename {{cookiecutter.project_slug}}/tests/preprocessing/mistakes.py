"""A model that was trained on one preprocessing and is served with another: what is told of it."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import numpy as np
import pytest

from model_service import diagnosis, startup
from model_service.arrays import Array, Arrays
from model_service.model_card import TensorSpec
from model_service.settings import Settings

from ..cards import SMALLEST, card, write_card

WIDTH = 8
LONGEST = 512  # numbers of a dimension of any size


class Projection:
    """A model whose outputs tell of every number of its input."""

    name, device, threads, dtype = "projection", "cpu", 1, "float32"

    def __init__(self, raw: dict[str, Any]) -> None:
        self.inputs = msgspec.convert(raw["inputs"], tuple[TensorSpec, ...])
        self.outputs = msgspec.convert(raw["outputs"], tuple[TensorSpec, ...])
        numbers = int(np.prod([LONGEST if n < 0 else n for n in self.inputs[0].shape[1:]]))
        weights = np.random.default_rng(7).normal(0, numbers**-0.5, (numbers, WIDTH))
        self._weights = weights.astype(np.float32)

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Return the projection of each row."""
        (rows,) = inputs.values()
        numbers = rows.reshape(len(rows), -1).astype(np.float32)
        return {"y": numbers @ self._weights[: numbers.shape[1]]}


def told(
    folder: Path,
    kind: ModuleType,
    shape: Sequence[int],
    instances: Sequence[object],
    trained: dict[str, Any],
    served: dict[str, Any],
    dtype: str = "float32",
) -> str:
    """Return what `diagnose` says, with the preprocessing of a kind, whichever is chosen."""
    spec = {"name": "x", "dtype": dtype, "shape": [-1, *shape]}
    outputs = [{"name": "y", "dtype": "float32", "shape": [-1, WIDTH]}]
    raw = {**SMALLEST, "inputs": [spec], "outputs": outputs}
    engine, settings = Projection(raw), Settings(model_dir=str(folder))
    preprocess = kind.Preprocessor(card(**raw | {"preprocessing": trained}), settings)
    rows = [engine.run({"x": preprocess(one)["x"][np.newaxis]})["y"][0] for one in instances]
    golden = {"instances": instances, "outputs": {"y": [row.tolist() for row in rows]}}
    folder.joinpath("golden.json").write_bytes(msgspec.json.encode(golden))
    write_card(folder, raw | {"preprocessing": served})
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(startup, "Preprocessor", kind.Preprocessor)
        patch.setattr(diagnosis, "Preprocessor", kind.Preprocessor)
        patch.setattr(diagnosis, "confusions", kind.confusions)
        running = startup.assemble(settings, engine, lambda _: None)
        diagnosis.diagnose(running, settings, said.append)
        running.batcher.close()
    return "\n".join(said)


def cure(text: str) -> dict[str, Any]:
    """Return the keys of the card to change; there must be one way."""
    assert "This makes all " in text, text
    return tomllib.loads("\n".join(line for line in text.splitlines() if line.startswith("  ")))
