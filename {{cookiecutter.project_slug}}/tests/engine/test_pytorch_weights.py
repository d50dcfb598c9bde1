"""State dicts as people save them, into the architecture; anything else is one sentence."""

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from model_service.engine.pytorch import load
from model_service.engine.pytorch_weights import quantized, read
from model_service.errors import InvalidArtefact

from ..processes import run_python
from .pytorch_networks import Scaling, use

WEIGHTS = {"0.weight": 2 * torch.eye(3), "0.bias": torch.zeros(3)}
ONES = np.ones((1, 3), np.float32)


class CodeInAPickle:
    """What a file may bring that is no tensor: it would be called while it is read."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return (exec, ("raise SystemExit('code of the file ran')",))


@pytest.fixture(autouse=True)
def doubling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the architecture be one dense layer, which doubles with WEIGHTS."""
    use(monkeypatch, lambda: nn.Sequential(nn.Linear(3, 3)))


def run(artefact: Path) -> list[float]:
    """Load a file and run one row of ones."""
    (row,) = load(artefact, "cpu", 1).run({"x": ONES})["twice_x"].tolist()
    assert isinstance(row, list)
    return row


@pytest.mark.parametrize(
    "content",
    [
        WEIGHTS,
        {"state_dict": WEIGHTS, "epoch": 3},
        {"model": WEIGHTS, "optimizer": {"lr": 0.1}},
        {"model_state": WEIGHTS},
        {"model_state_dict": WEIGHTS},
        {f"module.{name}": tensor for name, tensor in WEIGHTS.items()},
    ],
    ids=["plain", "state_dict", "model", "model_state", "model_state_dict", "parallel"],
)
@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "legacy"])
def test_reads_a_state_dict(zipped: bool, content: Mapping[str, Any], tmp_path: Path) -> None:
    artefact = tmp_path / "weights.pth"
    torch.save(content, artefact, _use_new_zipfile_serialization=zipped)
    assert run(artefact) == [2, 2, 2]


@pytest.mark.parametrize("names", [("layer", "model"), ("module", "model_state")])
def test_a_layer_may_have_the_name_of_a_wrapper(
    names: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Named(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_module(names[0], nn.Linear(3, 3, bias=False))
            self.register_parameter(names[1], nn.Parameter(torch.zeros(3)))

        def forward(self, x: Tensor) -> Tensor:
            inner: Tensor = self.get_submodule(names[0])(x)
            return inner + self.get_parameter(names[1])

    use(monkeypatch, Named)
    artefact = tmp_path / "weights.pt"
    torch.save({f"{names[0]}.weight": 2 * torch.eye(3), names[1]: torch.zeros(3)}, artefact)
    assert run(artefact) == [2, 2, 2]


def test_reads_safetensors_by_content_and_not_by_name(tmp_path: Path) -> None:
    artefact = tmp_path / "weights.bin"
    save_file(WEIGHTS, artefact)
    assert run(artefact) == [2, 2, 2]


def test_safetensors_of_a_parallel_network_are_read_too(tmp_path: Path) -> None:
    artefact = tmp_path / "weights.safetensors"
    save_file({f"module.{name}": tensor for name, tensor in WEIGHTS.items()}, artefact)
    assert run(artefact) == [2, 2, 2]


@pytest.mark.parametrize("save", [torch.save, save_file])
def test_maps_the_file(save: Any, tmp_path: Path) -> None:
    artefact = tmp_path / "weights"
    save(WEIGHTS, artefact)
    weights = read(artefact)
    assert str(artefact) in Path("/proc/self/maps").read_text()
    assert weights.keys() == WEIGHTS.keys()


PEAK = """
import re, sys
from pathlib import Path
from torch import nn
from {package} import architecture
from {package}.engine import pytorch

def peak():  # of this process; what getrusage says includes the one that started it
    return 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

architecture.build = lambda: nn.Sequential(nn.Linear({width}, {width}, bias=False))
before = peak()
network = pytorch.load(Path(sys.argv[1]), "cpu", 1)._network.call
network(network[0].weight[:1])
print(peak() - before)
"""


def test_a_large_file_is_in_memory_once(tmp_path: Path) -> None:
    artefact, width = tmp_path / "weights", 4096
    save_file({"0.weight": torch.ones(width, width)}, artefact)
    script = PEAK.format(package=load.__module__.partition(".")[0], width=width)
    run = run_python("-c", script, str(artefact))
    assert run.returncode == 0, run.stderr
    assert 1 <= int(run.stdout) / artefact.stat().st_size < 1.5  # a copy of it would make it 2


def test_runs_no_code_of_a_file(tmp_path: Path) -> None:
    artefact = tmp_path / "weights.pt"
    torch.save({"0.weight": CodeInAPickle()}, artefact)
    with pytest.raises(InvalidArtefact, match=r"weights\.pt .* more than tensors"):
        load(artefact, "cpu", 1)
    artefact.write_bytes(pickle.dumps(CodeInAPickle(), protocol=2))
    with pytest.raises(InvalidArtefact, match=r"weights\.pt .* more than tensors"):
        load(artefact, "cpu", 1)


def test_a_pickled_network_is_refused_with_what_to_save_instead(tmp_path: Path) -> None:
    artefact = tmp_path / "network.pt"
    torch.save(nn.Linear(3, 3), artefact)
    with pytest.raises(InvalidArtefact, match="save the `state_dict"):
        load(artefact, "cpu", 1)


@pytest.mark.parametrize(
    "content", [torch.ones(3), [1, 2], {"epoch": 3}, {"model": [1]}, {1: torch.ones(3)}, "text"]
)
def test_what_is_no_state_dict_is_named(content: object, tmp_path: Path) -> None:
    artefact = tmp_path / "weights.pt"
    torch.save(content, artefact)
    with pytest.raises(InvalidArtefact, match=r"weights\.pt holds no state dict"):
        load(artefact, "cpu", 1)


@pytest.mark.parametrize(
    ("weights", "reason"),
    [
        ({"0.weight": WEIGHTS["0.weight"]}, r"missing: 0\.bias"),
        (WEIGHTS | {"1.bias": torch.ones(1)}, r"unexpected: 1\.bias"),
        (WEIGHTS | {"0.bias": torch.ones(4)}, r"0\.bias is \[4\] and should be \[3\]"),
        ({f"{i}.w": torch.ones(1) for i in range(9)}, r"0\.w, 1\.w, 2\.w and 6 more"),
    ],
    ids=["missing", "unexpected", "shape", "many"],
)
def test_weights_that_do_not_fit_are_listed(
    weights: dict[str, Tensor], reason: str, tmp_path: Path
) -> None:
    artefact = tmp_path / "weights.pt"
    torch.save(weights, artefact)
    with pytest.raises(InvalidArtefact, match=reason) as refusal:
        load(artefact, "cpu", 1)
    assert "architecture" in str(refusal.value)


def test_what_the_constructor_computes_and_no_file_holds_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Scaling)
    artefact = tmp_path / "weights.pt"
    torch.save({"scale": torch.full((3,), 2.0)}, artefact)
    assert run(artefact) == [12, 12, 12]


def test_layers_that_differ_in_training_serve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, lambda: nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.9)))
    artefact = tmp_path / "weights.pt"
    torch.save(WEIGHTS, artefact)
    assert run(artefact) == [2, 2, 2]


def test_a_quantized_state_dict_loads_into_quantized_layers(tmp_path: Path) -> None:
    network = nn.Sequential(nn.Linear(3, 3)).eval()
    network.load_state_dict(WEIGHTS)
    artefact = tmp_path / "weights.pt"
    torch.save(quantized(network).state_dict(), artefact)
    np.testing.assert_allclose(run(artefact), [2, 2, 2], atol=0.05)
