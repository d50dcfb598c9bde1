"""Samples are read with care, and become what the service would make of them."""

import shutil
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from model_service.arrays import Array
from model_service.errors import InvalidModelCard
from model_service.model_card import ModelCard
from model_service.model_folder import GoldenExamples, ModelFolder
from model_service.preprocessing import (
    KIND,
    Preprocessor,
    read_instances,
)
from model_service.quantization.base_samples import (
    Samples,
    read_samples,
)
from model_service.settings import Settings

from ..cards import card

SETTINGS = Settings()
LABELS = ("no", "yes")


def saved(folder: Path, **arrays: Any) -> Path:
    """Write arrays as samples are."""
    path = folder / "samples.npz"
    np.savez_compressed(path, **arrays)
    return path


def read(path: Path, of: ModelCard | None = None) -> Samples:
    """Read samples of the smallest card, with labels."""
    return read_samples(path, of or card(), SETTINGS, LABELS)


@pytest.mark.parametrize("kind", ["calibration", "evaluation"])
def test_the_shipped_samples_fit_the_model(kind: str, model: ModelFolder) -> None:
    name = getattr(model.card.quantization, kind)
    samples = read_samples(model.file(name), model.card, SETTINGS, model.labels())
    rows = samples.rows(range(samples.count))
    assert rows.keys() == {spec.name for spec in model.card.inputs}
    assert {len(array) for array in rows.values()} == {samples.count}
    assert samples.labels is None or samples.labels.shape == (samples.count,)


def test_arrays_get_the_dtype_of_the_model(tmp_path: Path) -> None:
    samples = read(saved(tmp_path, x=np.ones((4, 3), np.int64)))
    assert samples.rows([1, 0])["x"].dtype == np.float32
    assert (samples.count, samples.labels) == (4, None)


def test_labels_are_kept_apart_and_what_else_there_is_is_left_out(tmp_path: Path) -> None:
    path = saved(tmp_path, x=np.ones((2, 3)), label=np.array([0, 1]), weight=np.ones(2))
    samples = read(path)
    assert samples.rows([0]).keys() == {"x"}
    assert samples.labels is not None
    assert samples.labels.tolist() == [0, 1]


def test_labels_are_not_read_where_nobody_asks_for_them(tmp_path: Path) -> None:
    path = saved(tmp_path, x=np.ones((2, 3)), label=np.array(["what", "ever"]))
    assert read_samples(path, card(), SETTINGS).labels is None


@pytest.mark.parametrize(
    "arrays",
    [
        {"z": np.ones((2, 3))},
        {"x": np.array([{}, None])},
        {"x": np.array(["one", "two"])},
        {"x": np.ones((2, 4))},
        {"x": np.ones(3)},
        {"x": np.ones((0, 3))},
        {"x": np.ones((2, 3)), "label": np.array([0])},
        {"x": np.ones((2, 3)), "label": np.array([0, 2])},
        {"x": np.ones((2, 3)), "label": np.array(["no", "yes"])},
    ],
    ids=["name", "kind", "word", "shape", "dimension", "none", "few", "no-label", "no-index"],
)
def test_arrays_that_are_not_the_models_inputs_are_refused(
    arrays: dict[str, Array], tmp_path: Path
) -> None:
    with pytest.raises(InvalidModelCard, match=r"samples\.npz"):
        read(saved(tmp_path, **arrays))


def test_inputs_of_different_lengths_are_refused(tmp_path: Path) -> None:
    specs = [{"name": name, "dtype": "float32", "shape": [-1, 3]} for name in ("x", "z")]
    path = saved(tmp_path, x=np.ones((2, 3)), z=np.ones((1, 3)))
    with pytest.raises(InvalidModelCard, match="equally many rows"):
        read(path, card(inputs=specs))


@pytest.mark.parametrize(
    "content", [b"", b"no archive", b"PK\x03\x04 torn"], ids=["empty", "text", "torn"]
)
def test_a_file_that_is_no_archive_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "samples.npz"
    path.write_bytes(content)
    with pytest.raises(InvalidModelCard, match=r"samples\.npz"):
        read(path)


def test_a_single_array_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "samples.npz"
    with path.open("wb") as file:
        np.save(file, np.ones((2, 3)))
    with pytest.raises(InvalidModelCard, match=r"samples\.npz"):
        read(path)


@pytest.fixture
def examples(model_dir: Path) -> list[Path]:
    """Return the examples of the starter, files that are named by their labels."""
    return sorted((model_dir / "examples").iterdir())


def assert_served_alike(samples: Samples, files: list[Path], model: ModelFolder) -> None:
    """Check that the samples are what the service makes of the files."""
    preprocess = Preprocessor(model.card, SETTINGS)
    assert samples.count == len(files)
    for index, file in enumerate(files):
        (instance,) = read_instances(file.read_bytes())
        for name, array in preprocess(instance).items():
            np.testing.assert_array_equal(samples.rows([index])[name][0], array)


def assert_labelled_by_name(samples: Samples, files: list[Path], model: ModelFolder) -> None:
    """Check that the label of each sample is the name of its file."""
    assert samples.labels is not None
    assert [model.labels()[i] for i in samples.labels] == [file.stem for file in files]


def test_a_folder_of_files_is_preprocessed_as_requests_are(
    examples: list[Path], model: ModelFolder, tmp_path: Path
) -> None:
    for file in examples:
        shutil.copy(file, tmp_path)
    (tmp_path / ".DS_Store").write_bytes(b"of the desktop")
    samples = read_samples(tmp_path, model.card, SETTINGS, model.labels())
    assert_served_alike(samples, examples, model)
    assert samples.labels is None


def test_the_folders_of_a_folder_are_labels(
    examples: list[Path], model: ModelFolder, tmp_path: Path
) -> None:
    for file in examples:
        (tmp_path / file.stem / "deeper").mkdir(parents=True)
        shutil.copy(file, tmp_path / file.stem / "deeper")
    samples = read_samples(tmp_path, model.card, SETTINGS, model.labels())
    assert_served_alike(samples, examples, model)
    assert_labelled_by_name(samples, examples, model)


def test_a_csv_may_name_files_beside_it_and_their_labels(
    examples: list[Path], model: ModelFolder, tmp_path: Path
) -> None:
    for file in examples:
        shutil.copy(file, tmp_path)
    table = tmp_path / "samples.csv"
    lines = [f"{file.stem},{file.name}\n" for file in examples]
    table.write_text("".join(["\ufefflabel,file\n", *lines, "\n"]), encoding="utf-8")
    samples = read_samples(table, model.card, SETTINGS, model.labels())
    assert_served_alike(samples, examples, model)
    assert_labelled_by_name(samples, examples, model)


def test_a_folder_of_no_label_is_refused(
    examples: list[Path], model: ModelFolder, tmp_path: Path
) -> None:
    (tmp_path / "unheard of").mkdir()
    shutil.copy(examples[0], tmp_path / "unheard of")
    with pytest.raises(InvalidModelCard, match="'unheard of' is none of the model's labels"):
        read_samples(tmp_path, model.card, SETTINGS, model.labels())
    assert read_samples(tmp_path, model.card, SETTINGS).count == 1


def test_an_empty_folder_is_refused(model: ModelFolder, tmp_path: Path) -> None:
    with pytest.raises(InvalidModelCard, match="holds no sample"):
        read_samples(tmp_path, model.card, SETTINGS)


def test_a_broken_file_is_named(model: ModelFolder, tmp_path: Path) -> None:
    (tmp_path / "broken").write_bytes(b"\xff")
    samples = read_samples(tmp_path, model.card, SETTINGS)
    with pytest.raises(InvalidModelCard, match="broken cannot be used"):
        samples.rows([0])


def test_a_file_that_is_not_there_is_named(model: ModelFolder, tmp_path: Path) -> None:
    table = tmp_path / "samples.csv"
    table.write_text("file\nmissing\n")
    with pytest.raises(InvalidModelCard, match="row 2 of .*missing"):
        read_samples(table, model.card, SETTINGS).rows([0])


def test_a_model_that_takes_arrays_alone_is_given_arrays(
    examples: list[Path], model: ModelFolder
) -> None:
    arrays = msgspec.structs.replace(model.card, native=False)
    with pytest.raises(InvalidModelCard, match=r"must be \.npz"):
        read_samples(examples[0].parent, arrays, SETTINGS)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no CSV"),
        (b"file\n\xff\n", "no CSV"),
        (b'file\n"a\n', "no CSV"),
        (b"file,label\n", "no sample"),
        (b"file,label\na\n", "row 2"),
        (b"file\na\na,b\n", "row 3"),
        (b"file,file\na,b\n", "row 2"),
        (b"file,label\na,unheard of\n", "none of the model's labels: no, yes"),
    ],
    ids=["empty", "latin", "open", "no-row", "short", "long", "twice", "label"],
)
def test_a_csv_that_is_none_is_refused(
    content: bytes, reason: str, model: ModelFolder, tmp_path: Path
) -> None:
    table = tmp_path / "samples.csv"
    table.write_bytes(content)
    with pytest.raises(InvalidModelCard, match=reason) as refusal:
        read(table, model.card)
    assert "samples.csv" in str(refusal.value)


tables = pytest.mark.skipif(KIND != "tensor", reason="an instance of this service is no row")


@tables
def test_the_columns_of_a_csv_are_the_features_in_any_order(
    golden: GoldenExamples, model: ModelFolder, tmp_path: Path
) -> None:
    features = model.card.preprocessing["features"]
    label = model.labels()[-1]
    table = tmp_path / "samples.csv"
    lists = [one for one in golden.instances if isinstance(one, list)]
    rows = [[*reversed(features), "label"]]
    rows += [[*map(str, reversed(one)), label] for one in lists]
    table.write_text("\n".join(map(",".join, rows)))
    samples = read_samples(table, model.card, SETTINGS, model.labels())
    (spec,), preprocess = model.card.inputs, Preprocessor(model.card, SETTINGS)
    expected = [preprocess(one)[spec.name] for one in lists]
    np.testing.assert_array_equal(samples.rows(range(samples.count))[spec.name], expected)
    assert samples.labels is not None
    assert samples.labels.tolist() == [len(model.labels()) - 1] * samples.count


@tables
def test_without_features_the_columns_are_the_models_in_their_order(tmp_path: Path) -> None:
    table = tmp_path / "samples.csv"
    table.write_text("c,a,label,b\n1,2.5,no,-3e2\n")
    samples = read(table)
    assert samples.rows([0])["x"].tolist() == [[1, 2.5, -300]]


@tables
def test_text_stays_text_where_the_model_takes_it(tmp_path: Path) -> None:
    table = tmp_path / "samples.csv"
    table.write_text("a,b\n12,no number\n")
    of = card(
        inputs=[{"name": "x", "dtype": "object", "shape": [-1, 2]}],
        preprocessing={"features": ["a", "b"]},
    )
    with pytest.raises(InvalidModelCard, match="row 2 .*'a' must be a string"):
        read(table, of).rows([0])


@tables
def test_rows_of_different_lengths_share_no_run(tmp_path: Path) -> None:
    of = card(inputs=[{"name": "x", "dtype": "float32", "shape": [-1, -1]}])
    for count in (2, 3):
        text = msgspec.json.encode({"instances": [[0.5] * count]})
        (tmp_path / f"{count}.json").write_bytes(text)
    samples = read_samples(tmp_path, of, SETTINGS)
    assert samples.rows([0])["x"].shape == (1, 2)
    with pytest.raises(InvalidModelCard, match="different shapes"):
        samples.rows([0, 1])


@tables
def test_a_file_of_a_folder_holds_one_instance(tmp_path: Path) -> None:
    (tmp_path / "two.json").write_bytes(msgspec.json.encode({"instances": [[1], [2]]}))
    with pytest.raises(InvalidModelCard, match="two.json cannot be used: it holds 2 instances"):
        read_samples(tmp_path, card(), SETTINGS).rows([0])
