"""Weights and programs as people save them; what cannot be served is one sentence."""

import json
import pickle
import shutil
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from model_service.errors import ImportRefused
from model_service.formats.base import SMALL
from model_service.formats.pytorch import OWN_CODE, read
from model_service.model_card import TensorSpec

from ..engine.pytorch_networks import (
    TWICE_N,
    TWICE_X,
    Doubling,
    N,
    X,
    use,
    write_exported,
    write_torchscript,
)

WEIGHTS = {"0.weight": 2 * torch.eye(3), "0.bias": torch.zeros(3)}


class CodeInAPickle:
    """What a file may bring that is no tensor: it would be called while it is read."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return (exec, ("raise SystemExit('code of the file ran')",))


@pytest.fixture(autouse=True)
def doubling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the architecture be one dense layer."""
    use(monkeypatch, lambda: nn.Sequential(nn.Linear(3, 3)))


def refusal(path: Path, kind: str) -> ImportRefused:
    """Return why a file is refused: one sentence, which names it."""
    with pytest.raises(ImportRefused, match=path.name) as refused:
        read(path, kind)
    assert "\n" not in str(refused.value)
    return refused.value


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "legacy"])
@pytest.mark.parametrize("wrapper", ["", "state_dict", "model", "model_state"])
def test_weights_have_the_signature_of_the_architecture_and_a_table(
    zipped: bool, wrapper: str, tmp_path: Path
) -> None:
    path = tmp_path / "weights"
    content = {wrapper: WEIGHTS, "epoch": 3, "classes": ["a", "b", "c"]} if wrapper else WEIGHTS
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    signature = read(path, "state-dict")
    assert (signature.inputs, signature.outputs) == ((X,), (TWICE_X,))
    assert [line.split()[0] for line in signature.table.splitlines()] == ["tensor", *WEIGHTS]
    assert signature.labels == (("a", "b", "c") if wrapper else ())
    assert signature.notes == (("epoch: 3",) if wrapper else ())


def test_safetensors_tell_the_same_and_their_metadata(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    save_file(WEIGHTS, path, {"format": "pt", "labels": json.dumps(["a", "b", "c"])})
    signature = read(path, "safetensors")
    assert (signature.inputs, signature.outputs) == ((X,), (TWICE_X,))
    assert "0.weight  float32  [3, 3]  fits" in signature.table
    assert signature.labels == ("a", "b", "c")
    assert "format: pt" in signature.notes


@pytest.mark.parametrize("kind", ["state-dict", "safetensors"])
def test_weights_that_do_not_fit_are_refused_with_the_table(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "weights"
    save: Any = save_file if kind == "safetensors" else torch.save
    save({"0.weight": torch.ones(4, 3), "2.scale": torch.ones(1)}, path)
    refused = refusal(path, kind)
    assert "missing: 0.bias; unexpected: 2.scale; of another shape: 0.weight is [4, 3]" in str(
        refused
    )
    (table,) = refused.__notes__
    assert "0.weight  float32  [4, 3]  should be [3, 3]" in table
    assert "2.scale   float32  [1]     unexpected" in table
    assert "0.bias    float32  [3]     missing in the file" in table


def test_weights_that_fit_a_network_whose_outputs_are_others_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = TensorSpec(name="y", dtype="float32", shape=(-1, 2))
    use(monkeypatch, lambda: nn.Sequential(nn.Linear(3, 3)), outputs=[wrong])
    path = tmp_path / "weights"
    torch.save(WEIGHTS, path)
    assert "gives y float32[2, 3], and the folder architecture states" in str(
        refusal(path, "state-dict")
    )


@pytest.mark.parametrize("kept", [0, 1, 100, -30])
@pytest.mark.parametrize("kind", ["state-dict", "safetensors", "torch-export", "torchscript"])
def test_a_file_that_was_cut_off_is_refused(kind: str, kept: int, tmp_path: Path) -> None:
    path = tmp_path / "model"
    if kind == "state-dict":
        torch.save(WEIGHTS, path)
    elif kind == "safetensors":
        save_file(WEIGHTS, path)
    elif kind == "torch-export":
        write_exported(path.with_suffix(".pt2"), nn.Linear(3, 3), torch.ones(2, 3)).rename(path)
    else:
        write_torchscript(path, nn.Linear(3, 3))
    path.write_bytes(path.read_bytes()[:kept])
    refusal(path, kind)


@pytest.mark.parametrize(
    "header",
    [
        b"{",
        b"[]",
        b'{"0.weight": 3}',
        b'{"0.weight": {"dtype": "F32", "shape": [3, 3], "data_offsets": [0, 9999999]}}',
        b'{"0.weight": {"dtype": "F99", "shape": [3, 3], "data_offsets": [0, 36]}}',
        b'{"0.weight": {"dtype": "F32", "shape": [-3, 3], "data_offsets": [0, 36]}}',
        b"\xff\xfe",
    ],
)
def test_a_header_of_safetensors_that_is_wrong_is_refused(header: bytes, tmp_path: Path) -> None:
    path = tmp_path / "weights"
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(36))
    refusal(path, "safetensors")


def test_a_header_longer_than_the_file_is_not_allocated(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    path.write_bytes(struct.pack("<Q", 2**62) + b"{}")
    refusal(path, "safetensors")


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "legacy"])
def test_no_code_of_a_file_of_weights_runs(zipped: bool, tmp_path: Path) -> None:
    path = tmp_path / "weights"
    torch.save({"0.weight": CodeInAPickle()}, path, _use_new_zipfile_serialization=zipped)
    assert "could run code" in str(refusal(path, "state-dict"))
    path.write_bytes(pickle.dumps(CodeInAPickle(), protocol=2))
    assert "could run code" in str(refusal(path, "state-dict"))


def test_an_archive_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    path, packed = tmp_path / "weights", tmp_path / "packed"
    torch.save({"0.weight": torch.zeros(SMALL // 4 + 1)}, path)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, old.read(part))
    assert "inflates to" in str(refusal(packed, "state-dict"))


@pytest.mark.parametrize("kind", ["pickle", "onnx", "unknown"])
def test_what_pytorch_does_not_load_is_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.write_bytes(b"")
    refusal(path, kind)


def test_an_exported_program_tells_its_signature(tmp_path: Path) -> None:
    tensors = torch.ones(2, 3), torch.ones(2, 2, dtype=torch.int32)
    path = write_exported(tmp_path / "model.pt2", Doubling(), *tensors)
    signature = read(path, "torch-export")
    assert (signature.inputs, signature.outputs) == ((X, N), (TWICE_X, TWICE_N))
    assert signature.notes == (OWN_CODE,)
    assert signature.table == ""


def test_torchscript_has_the_signature_of_the_architecture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Doubling, (X, N), (TWICE_X, TWICE_N))
    signature = read(write_torchscript(tmp_path / "model.pt", Doubling()), "torchscript")
    assert (signature.inputs, signature.outputs) == ((X, N), (TWICE_X, TWICE_N))
    assert OWN_CODE in signature.notes


def test_torchscript_of_other_inputs_says_which(tmp_path: Path) -> None:
    path = write_torchscript(tmp_path / "model.pt", Doubling())
    assert "takes x, n, and the folder architecture states the inputs x:" in str(
        refusal(path, "torchscript")
    )


def test_torchscript_of_other_shapes_is_refused(tmp_path: Path) -> None:
    path = write_torchscript(tmp_path / "model.pt", nn.Linear(5, 3))
    assert "does not run with the inputs and outputs" in str(refusal(path, "torchscript"))


def test_the_name_of_a_file_tells_nothing(tmp_path: Path) -> None:
    torch.save(WEIGHTS, tmp_path / "weights.pt")
    shutil.copy(tmp_path / "weights.pt", tmp_path / "weights.onnx")
    assert read(tmp_path / "weights.onnx", "state-dict") == read(
        tmp_path / "weights.pt", "state-dict"
    )
