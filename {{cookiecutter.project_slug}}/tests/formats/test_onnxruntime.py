"""ONNX files say what they take, carry and need; what cannot be served is refused in words."""

from pathlib import Path

import numpy as np
import pytest

from model_service.errors import ImportRefused
from model_service.formats.onnxruntime import external_files, read
from model_service.protobuf import message_in

from .onnxruntime_models import (
    SEQUENCE,
    STRING,
    UINT8,
    external,
    node,
    tensor,
    value,
    write_model,
)

NUMBERS = np.arange(6, dtype=np.float32).tobytes()
TIMES_W = node("MatMul", ["x", "w"], ["y"])


def copying(path: Path, x: bytes, y: bytes, **more: object) -> Path:
    """Write a model that gives back what it is given."""
    nodes = [node("Identity", ["x"], ["y"])]
    return write_model(path, nodes, [x], [y], **more)  # type: ignore[arg-type]


def with_data(path: Path, location: str) -> Path:
    """Write a model whose weights, 2 x 3, are in another file."""
    weights = [external("w", (2, 3), location)]
    return write_model(path, [TIMES_W], [value("x", ("n", 2))], [value("y", ("n", 3))], weights)


def test_the_signature_has_names_types_and_open_sizes(tmp_path: Path) -> None:
    nodes = [node("Identity", ["a"], ["c"]), node("Identity", ["b"], ["d"])]
    inputs = [value("a", ("n", 3, "h"), UINT8), value("b", (1, 2), STRING)]
    outputs = [value("c", ("n", 3, "h"), UINT8), value("d", (1, 2), STRING)]
    signature = read(write_model(tmp_path / "m", nodes, inputs, outputs), "onnx")
    assert [str(spec) for spec in signature.inputs] == ["a uint8[-1, 3, -1]", "b object[1, 2]"]
    assert [str(spec) for spec in signature.outputs] == ["c uint8[-1, 3, -1]", "d object[1, 2]"]
    assert (signature.labels, signature.files) == ((), ())


@pytest.mark.parametrize("key", ["names", "classes"])
def test_labels_and_remarks_are_in_the_metadata(key: str, tmp_path: Path) -> None:
    told = {key: "{0: 'cat', 1: 'dog'}", "size": "[640,\n640]", "long": 500 * "x"}
    path = copying(tmp_path / "m", value("x", ("n", 2)), value("y", ("n", 2)), metadata=told)
    signature = read(path, "onnx")
    assert signature.labels == ("cat", "dog")
    made, size, long = signature.notes
    assert (made, size) == ("made by a trainer 1.0", "size: [640, 640]")
    assert len(long) < 100


def test_metadata_that_only_looks_like_labels_is_left(tmp_path: Path) -> None:
    told = {"names": "{broken", "labels": "[1, 2]"}
    path = copying(tmp_path / "m", value("x", ("n", 2)), value("y", ("n", 2)), metadata=told)
    assert read(path, "onnx").labels == ()


def test_data_in_other_files_are_told_with_their_folder(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "w.bin").write_bytes(NUMBERS)
    path = with_data(tmp_path / "m", "sub/w.bin")
    assert list(external_files(message_in(path))) == ["sub/w.bin"]
    assert read(path, "onnx").files == (Path("sub/w.bin"),)


def test_data_inside_the_file_are_not_other_files(tmp_path: Path) -> None:
    weights = [tensor("w", (2, 3), NUMBERS)]
    inputs, outputs = [value("x", ("n", 2))], [value("y", ("n", 3))]
    path = write_model(tmp_path / "m", [TIMES_W], inputs, outputs, weights)
    assert read(path, "onnx").files == ()


@pytest.mark.parametrize("location", ["../w.bin", "/etc/hosts", "sub/../../w.bin", "C:\\w", ""])
def test_data_outside_the_folder_are_refused(location: str, tmp_path: Path) -> None:
    (tmp_path / "w.bin").write_bytes(NUMBERS)
    folder = tmp_path / "model"
    folder.mkdir()
    with pytest.raises(ImportRefused, match="not in its own folder"):
        read(with_data(folder / "m", location), "onnx")


def test_data_behind_a_link_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "w.bin").write_bytes(NUMBERS)
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "w.bin").symlink_to(tmp_path / "w.bin")
    with pytest.raises(ImportRefused, match="not in its own folder"):
        read(with_data(folder / "m", "w.bin"), "onnx")


def test_data_that_are_missing_are_named(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"'w\.bin', which is not there"):
        read(with_data(tmp_path / "m", "w.bin"), "onnx")


def test_operators_that_the_runtime_has_not_are_named(tmp_path: Path) -> None:
    nodes = [node("Fold", ["x"], ["y"], "com.acme")]
    ends = [value("x", ("n", 2))], [value("y", ("n", 2))]
    path = write_model(tmp_path / "m.onnx", nodes, *ends, domains=("", "com.acme"))
    with pytest.raises(ImportRefused, match="the operator com.acme:Fold"):
        read(path, "onnx")


def test_what_is_no_tensor_is_refused_with_a_way_out(tmp_path: Path) -> None:
    nodes = [node("SequenceConstruct", ["x"], ["y"])]
    ends = [value("x", ("n", 2))], [value("y", ("n", 2), kind=SEQUENCE)]
    with pytest.raises(ImportRefused, match="'y' as seq.*zipmap"):
        read(write_model(tmp_path / "m", nodes, *ends), "onnx")


def test_a_file_that_is_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = copying(tmp_path / "m", value("x", ("n", 2)), value("y", ("n", 2))).read_bytes()
    cut = tmp_path / "cut.onnx"
    for length in range(0, len(whole) - 12, 5):  # without its end it may be whole, and of no use
        cut.write_bytes(whole[:length])
        with pytest.raises(ImportRefused, match=r"cut\.onnx"):
            read(cut, "onnx")
