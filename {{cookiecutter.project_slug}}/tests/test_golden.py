"""Golden examples are read from what training wrote, and written whole, for the card to name."""

import tomllib
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model_service import golden
from model_service.arrays import Array
from model_service.errors import InvalidModelCard
from model_service.golden import read_expected, write_golden
from model_service.model_card import CARD, TensorSpec
from model_service.model_folder import ModelFolder

from .cards import SMALLEST, write_card

SCORES = TensorSpec(name="scores", dtype="float32", shape=(-1, 2))
BOXES = TensorSpec(name="boxes", dtype="float32", shape=(-1, -1, 4))
NAMES = TensorSpec(name="names", dtype="object", shape=(-1,))
PAIR = np.array([[0.25, 0.75], [1, 0]], np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> ModelFolder:
    """Return a model folder with the smallest card, whose output is `y`."""
    path = tmp_path / "model"
    path.mkdir()
    write_card(path, SMALLEST)
    return ModelFolder.open(path)


def saved(path: Path, **arrays: Any) -> Path:
    """Return an `.npz` file of arrays."""
    np.savez(path / "out.npz", **arrays)
    return path / "out.npz"


def test_outputs_are_read_by_their_names(tmp_path: Path) -> None:
    boxes = np.zeros((2, 5, 4), np.float64)
    path = saved(tmp_path, boxes=boxes, scores=PAIR, names=np.array(["a", "b"]))
    outputs = read_expected(path, (SCORES, BOXES, NAMES), 2)
    assert {name: np.shape(rows) for name, rows in outputs.items()} == {
        "boxes": (2, 5, 4),
        "scores": (2, 2),
        "names": (2,),
    }
    assert np.array_equal(outputs["scores"], PAIR)


def test_some_outputs_are_enough(tmp_path: Path) -> None:
    assert list(read_expected(saved(tmp_path, scores=PAIR), (BOXES, SCORES), 2)) == ["scores"]


def test_one_array_is_the_one_output(tmp_path: Path) -> None:
    np.save(tmp_path / "out.npy", PAIR)
    assert np.array_equal(read_expected(tmp_path / "out.npy", [SCORES], 2)["scores"], PAIR)
    with pytest.raises(InvalidModelCard, match=r"out\.npy is one array, and .* scores, boxes"):
        read_expected(tmp_path / "out.npy", [SCORES, BOXES], 2)


@pytest.mark.parametrize(
    ("arrays", "word"),
    [
        ({}, "holds nothing, and the outputs of the card are scores"),
        ({"arr_0": PAIR}, "holds arr_0, and the outputs of the card are scores"),
        ({"scores": PAIR, "other": PAIR}, "holds scores, other"),
        ({"scores": PAIR[:1]}, r"float32\[1, 2\], and there are 2 instances"),
        ({"scores": np.float32(1)}, r"float32\[\], and there are 2 instances"),
        ({"scores": PAIR[:, :1]}, r"float32\[2, 1\], and the card says scores float32\[-1, 2\]"),
        ({"scores": PAIR[:, 0]}, r"float32\[2\], and the card says"),
        ({"scores": PAIR[:, None]}, r"float32\[2, 1, 2\], and the card says"),
        ({"scores": PAIR.astype(str)}, "cannot be compared with float32"),
        ({"scores": PAIR.astype(complex)}, "cannot be compared with float32"),
        ({"scores": PAIR.astype(object)}, "is no .npz or .npy file of numbers"),
    ],
)
def test_what_is_not_the_outputs_of_the_instances_is_named(
    arrays: dict[str, Any], word: str, tmp_path: Path
) -> None:
    path = saved(tmp_path, **arrays)
    with pytest.raises(InvalidModelCard, match=word) as refused:
        read_expected(path, [SCORES], 2)
    assert str(path) in str(refused.value)


def test_a_file_that_is_broken_or_another_is_named(tmp_path: Path) -> None:
    whole = saved(tmp_path, scores=PAIR).read_bytes()
    other = tmp_path / "other.npz"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("scores.npy", b"no array")
    for content in (b"", b"text", whole[: len(whole) // 2], other.read_bytes(), b"\x80\x04K\x01."):
        path = tmp_path / "broken.npz"
        path.write_bytes(content)
        with pytest.raises(InvalidModelCard, match=r"broken\.npz"):
            read_expected(path, [SCORES], 2)


@pytest.mark.parametrize(
    ("instances", "read"),
    [
        ([[1, 2], {"a": 0.5}, "text"], [[1, 2], {"a": 0.5}, "text"]),
        ([b"GIF89a"], [{"b64": "R0lGODlh"}]),
        ([np.array([1.5, 2], np.float32), np.float32(0.5)], [[1.5, 2.0], 0.5]),
        ([{"a": np.array([[1, 2]], np.int8)}], [{"a": [[1, 2]]}]),
    ],
)
def test_instances_are_written_as_a_client_sends_them(
    instances: list[Any], read: list[Any], folder: ModelFolder
) -> None:
    target = write_golden(folder, instances, {"y": [np.zeros(2)] * len(instances)})
    assert target == folder.path.resolve() / "golden.json"
    assert ModelFolder.open(folder.path).golden().instances == read


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int64", "uint8", "bool"])
def test_outputs_read_back_exactly(dtype: str, folder: ModelFolder) -> None:
    limits = [0.1, 1 / 3, 6e4, 1e-7] if dtype.startswith("float") else [0, 1, 100, 200]
    rows = [np.array([limits], dtype), np.array([limits[::-1]], dtype)]
    write_golden(folder, [1, 2], {"y": rows})
    read = np.array(ModelFolder.open(folder.path).golden().outputs["y"], dtype)
    assert np.array_equal(read, np.stack(rows))


@pytest.mark.parametrize("texts", [["a", "ü"], [b"a", "ü".encode()]])
def test_texts_are_written_as_texts(texts: list[Any], folder: ModelFolder) -> None:
    write_golden(folder, [1], {"y": [np.array(texts, object)]})
    assert ModelFolder.open(folder.path).golden().outputs == {"y": [["a", "ü"]]}


def test_many_numbers_go_into_a_file_of_arrays(
    folder: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(golden, "MOST_IN_JSON", 5)
    write_golden(folder, ["a", "b"], {"y": [PAIR, PAIR], "names": [np.array("x", object)] * 2})
    path = folder.path / "golden.outputs.npz"
    assert path.is_file()
    examples = ModelFolder.open(folder.path).golden()
    assert np.array_equal(examples.outputs["y"], [PAIR, PAIR])
    assert list(examples.outputs["names"]) == ["x", "x"]

    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(InvalidModelCard, match=r"golden\.outputs\.npz does not hold arrays"):
        folder.golden()

    write_golden(folder, ["a"], {"y": [np.zeros(1)]})
    assert not path.exists()


def test_rows_of_unequal_shape_stay_in_json(
    folder: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(golden, "MOST_IN_JSON", 5)
    write_golden(folder, ["a", "b"], {"y": [np.zeros((1, 4)), np.zeros((2, 4))]})
    assert [np.shape(row) for row in folder.golden().outputs["y"]] == [(1, 4), (2, 4)]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_an_output_that_is_not_finite_is_named_and_nothing_is_written(
    value: float, folder: ModelFolder
) -> None:
    rows: list[Array] = [np.array([0.0, 1.0]), np.array([0.0, value])]
    with pytest.raises(InvalidModelCard, match="output 'y' of instance 1 is not finite"):
        write_golden(folder, [1, 2], {"y": rows})
    assert [path.name for path in folder.path.iterdir()] == [CARD]


@pytest.mark.parametrize("file", ["../golden.json", "/tmp/golden.json", "."])
def test_nothing_is_written_outside_of_the_model_folder(file: str, folder: ModelFolder) -> None:
    write_card(folder.path, SMALLEST | {"golden": {"file": file}})
    with pytest.raises(InvalidModelCard, match="must lie in"):
        write_golden(ModelFolder.open(folder.path), [1], {"y": [np.zeros(1)]})
    assert {path.name for path in folder.path.parent.iterdir()} == {"model"}


def test_the_card_names_the_file_from_then_on(folder: ModelFolder) -> None:
    write_golden(folder, [1], {"y": [np.zeros(1)]})
    read = tomllib.loads((folder.path / CARD).read_text(encoding="utf-8"))
    assert read == SMALLEST | {"golden": {"file": "golden.json"}}


def test_a_file_that_cannot_be_written_is_named(folder: ModelFolder) -> None:
    (folder.path / "golden.json").mkdir()
    with pytest.raises(InvalidModelCard, match=r"golden\.json cannot be written"):
        write_golden(folder, [1], {"y": [np.zeros(1)]})
