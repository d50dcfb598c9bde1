"""Programs of PyTorch: each knows its signature or has that of the architecture."""

import warnings
import zipfile
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.export import Dim, export

from model_service.engine.pytorch import load
from model_service.engine.pytorch_programs import (
    METADATA,
    About,
    cpu_features,
    is_program,
)
from model_service.errors import InvalidArtefact
from model_service.model_card import TensorSpec

from .pytorch_networks import (
    TWICE_N,
    TWICE_X,
    Doubling,
    N,
    X,
    use,
    write_exported,
    write_torchscript,
)

ROWS = {"x": np.ones((5, 3), np.float32), "n": np.ones((5, 2), np.int32)}
TENSORS = {"x": torch.ones(2, 3), "n": torch.ones(2, 2, dtype=torch.int32)}


class PairOf(nn.Module):
    """Gives sum and product."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return float32 [batch] and float32 [batch]."""
        return x.sum(1), x.prod(1)


@pytest.mark.parametrize("by_name", [False, True], ids=["positional", "keyword"])
def test_an_exported_program_has_its_own_signature(by_name: bool, tmp_path: Path) -> None:
    example, named = ((), TENSORS) if by_name else (tuple(TENSORS.values()), {})
    artefact = write_exported(tmp_path / "model.pt2", Doubling(), *example, **named)
    engine = load(artefact, "cpu", 1)
    assert (engine.inputs, engine.outputs) == ((X, N), (TWICE_X, TWICE_N))
    for name, values in engine.run(ROWS).items():
        np.testing.assert_array_equal(values, 2 * ROWS[name.removeprefix("twice_")])


def test_outputs_without_names_get_those_of_their_values(tmp_path: Path) -> None:
    artefact = write_exported(tmp_path / "model.pt2", PairOf(), TENSORS["x"])
    engine = load(artefact, "cpu", 1)
    first, second = (spec.name for spec in engine.outputs)
    outputs = engine.run({"x": 2 * ROWS["x"]})
    assert outputs[first].tolist() == [6] * 5
    assert outputs[second].tolist() == [8] * 5


def test_a_batch_that_was_exported_as_fixed_is_told(tmp_path: Path) -> None:
    artefact = tmp_path / "model.pt2"
    torch.export.save(export(PairOf(), (torch.ones(1, 3),)), artefact)
    assert load(artefact, "cpu", 1).inputs == (TensorSpec(name="x", dtype="float32", shape=(1, 3)),)


def test_torchscript_has_the_signature_of_the_architecture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Doubling, (X, N), (TWICE_X, TWICE_N))
    artefact = write_torchscript(tmp_path / "model.pt", Doubling())
    engine = load(artefact, "cpu", 1)
    assert (engine.inputs, engine.outputs) == ((X, N), (TWICE_X, TWICE_N))
    for name, values in engine.run(ROWS).items():
        np.testing.assert_array_equal(values, 2 * ROWS[name.removeprefix("twice_")])


def test_weights_are_no_program(tmp_path: Path) -> None:
    artefact = tmp_path / "weights.pt"
    torch.save({"w": torch.ones(3)}, artefact)
    assert not is_program(artefact)
    artefact.write_bytes(b"no archive")
    assert not is_program(artefact)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a package that AOTInductor compiled for a CPU that no machine has."""
    about = About((X,), (TWICE_X,), (*cpu_features(), "a_feature_of_tomorrow"))
    program = export(nn.Linear(3, 3), (torch.ones(2, 3),), dynamic_shapes=({0: Dim.DYNAMIC},))
    path = tmp_path_factory.mktemp("compiled") / "model.pt2"
    metadata = {METADATA: msgspec.json.encode(about).decode()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the compiler warns of its own code
        torch._inductor.aoti_compile_and_package(
            program,
            package_path=str(path),
            inductor_configs={"aot_inductor.metadata": metadata},
        )
    return path


@pytest.mark.parametrize(
    ("device", "reason"),
    [
        ("cpu", "a_feature_of_tomorrow, which this one lacks: run `quantize`"),
        ("cuda", "compiled for the CPU, not for cuda"),
    ],
)
def test_a_package_runs_only_on_what_it_was_compiled_for(
    device: str, reason: str, package: Path
) -> None:
    with pytest.raises(InvalidArtefact, match=reason):
        load(package, device, 1)


def test_a_package_that_says_nothing_of_itself_is_refused(package: Path, tmp_path: Path) -> None:
    stranger = tmp_path / "model.pt2"
    with zipfile.ZipFile(package) as source, zipfile.ZipFile(stranger, "w") as copy:
        for name in source.namelist():
            content = source.read(name)
            copy.writestr(name, content.replace(METADATA.encode(), b"another"))
    with pytest.raises(InvalidArtefact, match=r"model\.pt2 was not made by `quantize`"):
        load(stranger, "cpu", 1)
