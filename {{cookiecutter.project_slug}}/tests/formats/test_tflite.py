"""TFLite files say what they take, and carry their labels in an archive at their end."""

import zipfile
from pathlib import Path

import pytest

from model_service.errors import ImportRefused
from model_service.formats.tflite import read

from ..engine.tflite_models import Doubled, write_doubling


def packed(path: Path, **texts: str) -> Path:
    """Append an archive of texts to a model, as TFLite's metadata writer does."""
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(name, text)
    return path


def test_the_signature_is_that_of_the_engine(tmp_path: Path) -> None:
    inputs = Doubled("x", shape=(-1, 2)), Doubled("q", "INT8", (-1, 4), scale=0.5)
    signature = read(write_doubling(tmp_path / "m", *inputs), "tflite")
    assert {str(spec) for spec in signature.inputs} == {"x float32[-1, 2]", "q float32[-1, 4]"}
    assert {spec.name for spec in signature.outputs} == {"twice_x", "twice_q"}
    assert (signature.labels, signature.notes) == ((), ())


def test_labels_are_those_that_fit_an_output(tmp_path: Path) -> None:
    path = write_doubling(tmp_path / "m", Doubled("x", shape=(-1, 2)))
    packed(path, **{"other.txt": "a\nb\nc\n", "labels.txt": "cat\ndog\n"})
    signature = read(path, "tflite")
    assert signature.labels == ("cat", "dog")
    assert signature.notes == ("packed with it: labels.txt, other.txt",)


def test_labels_of_another_number_are_only_told(tmp_path: Path) -> None:
    path = write_doubling(tmp_path / "m", Doubled("x", shape=(-1, 2)))
    assert read(packed(path, **{"labels.txt": "a\nb\nc"}), "tflite").labels == ()


def test_an_archive_that_is_damaged_spoils_no_model(tmp_path: Path) -> None:
    path = write_doubling(tmp_path / "m", Doubled("x", shape=(-1, 2)))
    size = path.stat().st_size
    packed(path, **{"labels.txt": "cat\ndog\n"})
    content = bytearray(path.read_bytes())
    start = content.index(b"labels.txt", size) + len("labels.txt")
    content[start : start + 4] = b"\xff\xff\xff\xff"  # the compressed text
    path.write_bytes(content)
    signature = read(path, "tflite")
    assert (signature.labels, len(signature.inputs)) == ((), 1)


@pytest.mark.parametrize("share", [0, 0.3, 0.7])
def test_a_file_that_is_cut_is_refused(share: float, tmp_path: Path) -> None:
    path = write_doubling(tmp_path / "m", Doubled("x"))
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(ImportRefused, match=f"^{path}"):
        read(path, "tflite")
