"""The model folder: every file is found, verified and read, or named with what is wrong."""

import subprocess
from pathlib import Path

import msgspec
import pytest

from model_service.errors import InvalidArtefact, InvalidModelCard
from model_service.model_folder import (
    SERVED,
    GoldenExamples,
    ModelFolder,
    ServedArtefact,
    files_of,
    sha256_of,
    size_of,
)

from .cards import card

EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
EXAMPLES = {"instances": [[1], [2]], "outputs": {"y": [[3], [4]]}}


def folder(path: Path, **changes: object) -> ModelFolder:
    """Return a folder that holds an empty artefact."""
    path.joinpath("model.bin").touch()
    artefact = {"file": "model.bin", "sha256": EMPTY_SHA256}
    return ModelFolder(path, card(artefact=artefact, **changes))


def record_served(path: Path, **changes: str) -> None:
    """Write what `quantize` writes: an artefact and the record of it."""
    served = path / "model.small.bin"
    served.write_bytes(b"smaller")
    record = ServedArtefact(served.name, sha256_of(served), EMPTY_SHA256, "half", 1.0)
    (path / SERVED).write_bytes(msgspec.json.encode(msgspec.structs.replace(record, **changes)))


def test_the_shipped_folder_is_whole(model: ModelFolder, golden: GoldenExamples) -> None:
    assert sha256_of(model.original()) == model.card.artefact.sha256
    assert len(golden.instances) >= 1
    assert set(golden.outputs) <= {spec.name for spec in model.card.outputs}


def test_a_missing_card_is_named_with_the_variable_to_set(tmp_path: Path) -> None:
    with pytest.raises(InvalidModelCard, match=r"model\.toml: set SERVICE_MODEL_DIR"):
        ModelFolder.open(tmp_path)


@pytest.mark.parametrize("content", [b"name = ", b"\xff\xfe", b"name = 1\nname = 2\n"])
def test_a_card_that_is_not_toml_is_named(content: bytes, tmp_path: Path) -> None:
    tmp_path.joinpath("model.toml").write_bytes(content)
    with pytest.raises(InvalidModelCard, match=r"model\.toml cannot be read"):
        ModelFolder.open(tmp_path)


def test_a_folder_in_the_place_of_the_card_is_named(tmp_path: Path) -> None:
    tmp_path.joinpath("model.toml").mkdir()
    with pytest.raises(InvalidModelCard, match=r"model\.toml cannot be read"):
        ModelFolder.open(tmp_path)


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "link", "sub/../../secret"])
def test_a_file_outside_of_the_folder_is_refused(name: str, tmp_path: Path) -> None:
    inside = tmp_path / "model"
    inside.joinpath("sub").mkdir(parents=True)
    tmp_path.joinpath("secret").touch()
    inside.joinpath("link").symlink_to(tmp_path / "secret")
    with pytest.raises(InvalidModelCard, match="which is not in"):
        folder(inside).file(name)


@pytest.mark.parametrize(
    ("name", "reason"), [("absent", "is not in"), (".", "is not in"), ("sub", "is no file")]
)
def test_what_is_no_file_of_the_folder_is_named(name: str, reason: str, tmp_path: Path) -> None:
    tmp_path.joinpath("sub").mkdir()
    with pytest.raises(InvalidModelCard, match=f"'{name}', which {reason}"):
        folder(tmp_path).file(name)


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """Return an artefact that is a folder, inside a model folder."""
    parts = tmp_path / "parts"
    for name in ("graph", "weights/1", "weights-2", "weights/É"):
        (parts / name).parent.mkdir(parents=True, exist_ok=True)
        (parts / name).write_text(name)
    return parts


def test_the_hash_of_a_folder_is_what_the_shell_gives(parts: Path) -> None:
    command = "find * -type f | LC_ALL=C sort | xargs sha256sum | sha256sum"
    shell = subprocess.run(command, shell=True, cwd=parts, capture_output=True, text=True)
    assert sha256_of(parts) == shell.stdout.split()[0]
    assert size_of(parts) == sum(path.stat().st_size for path in files_of(parts))


@pytest.mark.parametrize("change", ["content", "name", "one more"])
def test_any_change_in_a_folder_is_refused_with_the_hash_that_it_has(
    change: str, parts: Path
) -> None:
    artefact = {"file": "parts", "sha256": sha256_of(parts)}
    model = ModelFolder(parts.parent, card(artefact=artefact))
    assert model.original() == parts
    match change:
        case "content":
            (parts / "graph").write_text("other")
        case "name":
            (parts / "graph").rename(parts / "Graph")
        case _:
            (parts / "empty").touch()
    with pytest.raises(InvalidArtefact, match=f"parts .*sha256.* {sha256_of(parts)} "):
        model.original()


@pytest.mark.parametrize("target", ["graph", "../../elsewhere", "weights"])
def test_a_link_in_a_folder_is_refused(target: str, parts: Path) -> None:
    (parts / "weights" / "link").symlink_to(target)
    with pytest.raises(InvalidArtefact, match="parts holds a link, weights/link"):
        sha256_of(parts)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_the_original_is_served_where_nothing_was_quantized(device: str, tmp_path: Path) -> None:
    artefact, scheme = folder(tmp_path).served(device)
    assert (artefact.name, scheme) == ("model.bin", "none")


@pytest.mark.parametrize(
    ("scheme", "device", "expected"),
    [
        ("half", "cpu", ("model.small.bin", "half")),
        ("half", "cuda", ("model.small.bin", "half")),
        ("static-int8", "cpu", ("model.small.bin", "static-int8")),
        ("static-int8", "cuda", ("model.bin", "none")),
        ("dynamic-int8", "cuda:1", ("model.bin", "none")),
    ],
)
def test_integers_are_served_on_the_cpu_and_half_precision_everywhere(
    scheme: str, device: str, expected: tuple[str, str], tmp_path: Path
) -> None:
    record_served(tmp_path, scheme=scheme)
    artefact, quantization = folder(tmp_path).served(device)
    assert (artefact.name, quantization) == expected


def test_an_artefact_other_than_the_cards_is_refused(tmp_path: Path) -> None:
    model = folder(tmp_path)
    tmp_path.joinpath("model.bin").write_bytes(b"retrained")
    with pytest.raises(InvalidArtefact, match=r"model\.bin .*sha256"):
        model.served("cpu")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"source_sha256": 64 * "1"}, "another original"),
        ({"sha256": 64 * "1"}, r"model\.small\.bin .*sha256"),
    ],
)
def test_a_record_that_does_not_fit_its_files_is_refused(
    changes: dict[str, str], word: str, tmp_path: Path
) -> None:
    record_served(tmp_path, **changes)
    with pytest.raises(InvalidArtefact, match=word):
        folder(tmp_path).served("cpu")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"file": "model.small.bin"}'])
def test_a_broken_record_is_named(content: bytes, tmp_path: Path) -> None:
    tmp_path.joinpath(SERVED).write_bytes(content)
    with pytest.raises(InvalidArtefact, match=rf"{SERVED} cannot be read"):
        folder(tmp_path).served("cpu")


@pytest.mark.parametrize("content", ["cat\nHund\nמחשב\n", "cat\r\nHund\r\nמחשב"])
def test_labels_are_the_lines_of_their_file(content: str, tmp_path: Path) -> None:
    tmp_path.joinpath("labels.txt").write_bytes(content.encode())
    model = folder(tmp_path, postprocessing={"labels": "labels.txt"})
    assert model.labels() == ("cat", "Hund", "מחשב")


def test_without_a_file_of_labels_there_are_none(tmp_path: Path) -> None:
    assert folder(tmp_path).labels() == ()


def test_labels_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    tmp_path.joinpath("labels.txt").write_bytes("café".encode("latin-1"))
    with pytest.raises(InvalidModelCard, match=r"labels\.txt .*UTF-8"):
        folder(tmp_path, postprocessing={"labels": "labels.txt"}).labels()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        msgspec.json.encode(EXAMPLES | {"comment": "these are examples"}),
        msgspec.json.encode(EXAMPLES | {"instances": [], "outputs": {"y": []}}),
        msgspec.json.encode(EXAMPLES | {"outputs": {}}),
        msgspec.json.encode(EXAMPLES | {"outputs": {"y": [[3]]}}),
        msgspec.json.encode(EXAMPLES | {"outputs": [[3], [4]]}),
    ],
)
def test_golden_examples_that_cannot_be_checked_are_refused(content: bytes, tmp_path: Path) -> None:
    tmp_path.joinpath("golden.json").write_bytes(content)
    with pytest.raises(InvalidModelCard, match=r"golden\.json"):
        folder(tmp_path).golden()


def test_a_card_that_names_no_golden_examples_has_none(tmp_path: Path) -> None:
    examples = ModelFolder(tmp_path, card(golden={"file": ""})).golden()
    assert examples == GoldenExamples([], {})


@pytest.mark.parametrize("change", [b"other", None], ids=["changed", "missing"])
def test_what_the_artefact_reads_beside_is_verified_too(
    change: bytes | None, tmp_path: Path
) -> None:
    for name in ("model.bin", "weights.bin"):
        (tmp_path / name).write_bytes(b"")
    artefact = {"file": "model.bin", "sha256": EMPTY_SHA256}
    beside = {"weights.bin": EMPTY_SHA256}
    model = ModelFolder(tmp_path, card(artefact={**artefact, "files": beside}))
    assert model.original().name == "model.bin"
    if change is None:
        (tmp_path / "weights.bin").unlink()
    else:
        (tmp_path / "weights.bin").write_bytes(change)
    with pytest.raises((InvalidArtefact, InvalidModelCard), match=r"weights\.bin"):
        model.original()


def test_golden_examples_are_read_as_they_stand(tmp_path: Path) -> None:
    tmp_path.joinpath("golden.json").write_bytes(msgspec.json.encode(EXAMPLES))
    examples = folder(tmp_path).golden()
    assert (examples.instances, examples.outputs) == (EXAMPLES["instances"], EXAMPLES["outputs"])


def test_other_files_of_the_original_count_to_its_size(tmp_path: Path) -> None:
    (tmp_path / "weights").write_bytes(b"123")
    assert folder(tmp_path).original_bytes() == 0
    artefact = {"file": "model.bin", "sha256": EMPTY_SHA256, "files": {"weights": EMPTY_SHA256}}
    assert ModelFolder(tmp_path, card(artefact=artefact)).original_bytes() == 3


def test_what_the_card_names_may_be_missing_but_must_not_lie_elsewhere(tmp_path: Path) -> None:
    inside = tmp_path / "model"
    inside.mkdir()
    model = folder(inside)
    (tmp_path / "samples").mkdir()
    assert not model.has("samples")
    (inside / "samples").mkdir()
    assert model.has("samples")
    with pytest.raises(InvalidModelCard, match="is not in"):
        model.has("../samples")
