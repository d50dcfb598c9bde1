"""Static int8: a package compiled for this CPU, which needs no compiler to be served."""

from pathlib import Path

import numpy as np
import pytest
from torch import nn

from model_service.engine import pytorch
from model_service.errors import InvalidArtefact
from model_service.model_folder import ModelFolder
from model_service.quantization import pytorch_static_int8, read_samples
from model_service.settings import Settings

from ..models import model_of
from ..processes import run_python
from .proof import Proof, assert_can_be_served, prove

RUN = """
import sys
from pathlib import Path
import numpy as np
from {module} import load
engine = load(Path(sys.argv[1]), "cpu", 1)
shapes = {{spec.name: [16 if n < 0 else n for n in spec.shape[1:]] for spec in engine.inputs}}
rows = {{spec.name: np.ones((3, *shapes[spec.name]), spec.dtype) for spec in engine.inputs}}
print(len(engine.run(rows)["probabilities"]))
"""


@pytest.fixture(scope="module")
def model() -> ModelFolder:
    """Return the model of this service as a state dict."""
    return model_of("pytorch")


@pytest.fixture(scope="module")
def proof(model: ModelFolder, tmp_path_factory: pytest.TempPathFactory) -> Proof:
    """Return the quantized model of this service."""
    return prove(pytorch_static_int8, model, tmp_path_factory.mktemp("static"), pytorch.load)


def test_the_artefact_agrees(proof: Proof, model: ModelFolder) -> None:
    assert_can_be_served(proof, model)
    assert proof.engine.dtype == "int8"


@pytest.mark.parametrize("count", [0, 1, 3, 64])
def test_it_takes_batches_of_any_size(count: int, proof: Proof, model: ModelFolder) -> None:
    evaluation = model.file(model.card.quantization.evaluation)
    samples = read_samples(evaluation, model.card, Settings()).rows(range(64))
    batch = {name: rows[:count] for name, rows in samples.items()}
    for name, values in proof.before.run(batch).items():
        np.testing.assert_allclose(proof.engine.run(batch)[name], values, atol=0.1)


def test_one_sample_is_enough_to_calibrate(model: ModelFolder, tmp_path: Path) -> None:
    evaluation = model.file(model.card.quantization.evaluation)
    samples = read_samples(evaluation, model.card, Settings())
    target = tmp_path / "model.pt2"
    pytorch_static_int8.quantize(model.original(), target, samples.rows([0]))
    outputs = pytorch.load(target, "cpu", 1).run(samples.rows(range(3)))
    assert {len(rows) for rows in outputs.values()} == {3}


def test_it_is_served_without_a_compiler(
    proof: Proof, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    run = run_python("-c", RUN.format(module=pytorch.__name__), str(proof.target))
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "3"


def test_it_is_not_made_without_a_compiler(
    model: ModelFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InvalidArtefact, match=r"needs g\+\+"):
        pytorch_static_int8.quantize(model.original(), tmp_path / "quantized.pt2", {})


class Layers(nn.Module):
    """Convolutions of three, of one, and of one channel for each group."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = nn.Conv2d(3, 4, 3)
        self.single = nn.Conv2d(1, 4, 3)
        self.depthwise = nn.Conv2d(4, 4, 3, groups=4)


def test_convolutions_of_one_channel_stay_float() -> None:
    quantizer = pytorch_static_int8.quantizer_of(Layers())
    assert quantizer.module_name_qconfig == {"single": None, "depthwise": None}


def test_it_has_its_name() -> None:
    assert (pytorch_static_int8.SCHEME, pytorch_static_int8.SUFFIX) == ("static-int8", ".pt2")
