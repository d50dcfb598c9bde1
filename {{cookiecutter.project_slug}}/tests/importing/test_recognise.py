"""A format is told by its content, not its name; what this service cannot load is named."""

import io
import pickle
import zipfile
from pathlib import Path

import pytest

from model_service.errors import ImportRefused
from model_service.importing.pickled import LEGACY_TORCH
from model_service.importing.recognise import (
    FORMATS,
    FRAMEWORK,
    kind_of,
    recognise,
)

TENSORS = b"\x80\x02ccollections\nOrderedDict\nctorch._utils\n_rebuild_tensor_v2\n."
CODE = b"\x80\x02c__main__\nNet\n."
HEADS = LEGACY_TORCH + b"\x80\x02M\xe9\x03." + b"\x80\x02}."


def archive(*names: str, **contents: bytes) -> bytes:
    """Return a zip file of empty files, and of some with content."""
    with zipfile.ZipFile(file := io.BytesIO(), "w") as zipped:
        for name in names:
            zipped.writestr(name, b"")
        for name, content in contents.items():
            zipped.writestr(f"model/{name}.pkl", content)
    return file.getvalue()


FILES = {
    "onnx": b"\x08\x08\x12\x01a\x3a\x05\x12\x03abc\x42\x02\x10\x11",
    "tflite": b"\x1c\0\0\0TFL3" + 40 * b"\0",
    "h5": b"\x89HDF\r\n\x1a\n" + 40 * b"\0",
    "keras": archive("metadata.json", "config.json", "model.weights.h5"),
    "safetensors": (2).to_bytes(8, "little") + b"{}",
    "state-dict": archive("model/version", data=TENSORS),
    "torchscript": archive("model/code/x.py", data=CODE, constants=b""),
    "torch-export": archive("model/archive_format", "model/models/model.json"),
    "pickle": archive("model/version", data=CODE),
    "unknown": archive("arr_0.npy"),
}


@pytest.mark.parametrize("kind", FILES)
def test_the_content_tells_the_format(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "model.txt"
    path.write_bytes(FILES[kind])
    assert kind_of(path) == kind


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (HEADS + TENSORS, "state-dict"),
        (HEADS + CODE, "pickle"),
        (HEADS, "pickle"),
        (LEGACY_TORCH, "pickle"),
        (pickle.dumps({"a": print}), "pickle"),
        (b"\x08\x08\x12\x05ab", "onnx"),  # cut: its reader says so
        (b"\x0a\x03abc\x12\x00", "unknown"),  # a graph of TensorFlow
        (b"", "unknown"),
        (b"{}", "unknown"),
        (b"\xff\xff\xff\xff\xff\xff\xff\x7f{", "unknown"),
        (64 * b"\0", "unknown"),
    ],
)
def test_what_only_begins_like_a_format_is_told_apart(
    content: bytes, kind: str, tmp_path: Path
) -> None:
    path = tmp_path / "model"
    path.write_bytes(content)
    assert kind_of(path) == kind


def test_a_folder_is_a_saved_model_or_nothing(tmp_path: Path) -> None:
    assert kind_of(tmp_path) == "unknown"
    (tmp_path / "saved_model.pb").touch()
    assert kind_of(tmp_path) == "savedmodel"


def test_an_archive_that_is_cut_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(FILES["state-dict"][:-40])
    with pytest.raises(ImportRefused, match=r"model\.pt .*cut or damaged"):
        kind_of(path)


@pytest.mark.parametrize("kind", FORMATS)
def test_what_this_service_loads_is_known_and_the_rest_refused_with_a_way_out(
    kind: str, tmp_path: Path
) -> None:
    path = tmp_path / "model.any"
    if kind == "savedmodel":
        path.mkdir()
        (path / "saved_model.pb").touch()
    else:
        path.write_bytes(FILES[kind])
    wanted = FORMATS[kind].frameworks
    if FRAMEWORK in wanted:
        assert recognise(path) == kind
        return
    with pytest.raises(ImportRefused) as refused:
        recognise(path)
    sentence = str(refused.value)
    assert sentence.startswith(f"{path} is {FORMATS[kind].article_name}")
    assert not wanted or f"framework={' or '.join(wanted)}" in sentence
    assert FORMATS[kind].way_out in sentence


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="There is no .*absent"):
        recognise(tmp_path / "absent")
