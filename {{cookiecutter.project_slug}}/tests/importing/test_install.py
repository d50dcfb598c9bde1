"""A model takes the place of another in one step, or leaves it as it is."""

from pathlib import Path

import msgspec
import pytest

from model_service.errors import ImportRefused, InvalidArtefact
from model_service.importing.install import (
    hashes,
    new_folder,
    put,
    replace,
)
from model_service.model_folder import SERVED, ServedArtefact, sha256_of

from ..edits import EMPTY_SHA256

CARD = """
name = "former"
version = "1"
task = "raw"
artefact = { file = "model.bin", sha256 = "%s", files = { "weights/w.bin" = "%s" } }
inputs = [{ name = "x", dtype = "float32", shape = [-1] }]
outputs = [{ name = "y", dtype = "float32", shape = [-1] }]
postprocessing = { labels = "labels.txt" }
""" % (2 * (EMPTY_SHA256,))  # noqa: UP031 - braces are TOML's
OF_THE_MODEL = (
    *("model.bin", "weights/w.bin", "labels.txt", "golden.json", "golden.outputs.npz"),
    *("calibration.npz", "evaluation.npz", "examples/7.png", "model.small.bin"),
)


@pytest.fixture
def former(tmp_path: Path) -> Path:
    """Return a model folder that holds all that one can."""
    folder = tmp_path / "model"
    for name in OF_THE_MODEL:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    (folder / "model.toml").write_text(CARD)
    record = ServedArtefact("model.small.bin", EMPTY_SHA256, EMPTY_SHA256, "half", 1.0)
    (folder / SERVED).write_bytes(msgspec.json.encode(record))
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a new model and a file that it reads."""
    folder = tmp_path / "elsewhere"
    (folder / "data").mkdir(parents=True)
    (folder / "new.bin").write_text("new")
    (folder / "data" / "w").write_text("weights")
    return folder / "new.bin"


def names(folder: Path) -> set[str]:
    """Return the files below a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


@pytest.mark.parametrize("link", [False, True])
def test_all_that_is_of_the_former_model_goes(link: bool, former: Path, source: Path) -> None:
    mode = former.stat().st_mode
    with new_folder(former) as folder:
        put(source, (Path("data/w"),), folder, "model.bin", link)
        assert names(former) == {*OF_THE_MODEL, "model.toml", SERVED}
        replace(former, folder)
    assert names(former) == {"model.bin", "data/w"}
    assert (former / "model.bin").samefile(source) == link
    assert former.stat().st_mode == mode
    assert names(former.parent) == {"model/model.bin", "model/data/w", "elsewhere/new.bin"} | {
        "elsewhere/data/w"
    }


def test_what_the_card_does_not_know_is_the_owners(former: Path, source: Path) -> None:
    for name in ("README.md", "weights/other.bin", "mine/model.toml"):
        (former / name).parent.mkdir(exist_ok=True)
        (former / name).write_text(name)
    (former / "link").symlink_to("nowhere")
    with new_folder(former) as folder:
        put(source, (), folder, "model.bin", link=False)
        replace(former, folder)
    kept = {"README.md", "weights/other.bin", "mine/model.toml"}
    assert names(former) == {"model.bin", "link", *kept}
    assert all((former / name).read_text() == name for name in kept)


def test_the_files_of_a_model_whose_card_cannot_be_read_stay(former: Path, source: Path) -> None:
    (former / "model.toml").write_text("no card")
    with new_folder(former) as folder:
        put(source, (), folder, "other.bin", link=False)
        replace(former, folder)
    assert {"model.bin", "golden.json"} < names(former)
    assert "model.toml" not in names(former)


def test_a_file_of_the_owner_is_not_overwritten(former: Path, source: Path) -> None:
    (former / "other.bin").write_text("mine")
    before = names(former.parent)
    with (
        pytest.raises(ImportRefused, match=r"other\.bin is in the way"),
        new_folder(former) as folder,
    ):
        put(source, (), folder, "other.bin", link=False)
        replace(former, folder)
    assert names(former.parent) == before
    assert (former / "other.bin").read_text() == "mine"


def test_a_first_model_needs_no_former(source: Path, tmp_path: Path) -> None:
    with new_folder(tmp_path / "first") as folder:
        put(source, (), folder, "model.bin", link=False)
        replace(tmp_path / "first", folder)
    assert names(tmp_path / "first") == {"model.bin"}


def test_the_folder_behind_a_link_is_replaced(former: Path, source: Path) -> None:
    link = former.with_name("link")
    link.symlink_to(former)
    with new_folder(link) as folder:
        put(source, (), folder, "model.bin", link=False)
        replace(link, folder)
    assert link.is_symlink()
    assert names(former) == {"model.bin"}


def test_what_goes_wrong_meanwhile_leaves_the_former_whole(former: Path, source: Path) -> None:
    before = names(former.parent)
    with pytest.raises(ImportRefused, match="disk full"), new_folder(former) as folder:
        put(source, (), folder, "model.bin", link=False)
        raise OSError("disk full")
    assert names(former.parent) == before


def test_a_place_where_nothing_can_be_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="No folder"), new_folder(tmp_path / "no" / "model"):
        pass


@pytest.mark.parametrize("other", ["model.toml", "labels.txt", "model.bin", "served.json"])
def test_files_beside_that_would_be_taken_for_others_are_refused(
    other: str, source: Path, tmp_path: Path
) -> None:
    with pytest.raises(ImportRefused, match=other):
        put(source, (Path(other),), tmp_path, "model.bin", link=False)


def test_a_folder_with_a_link_is_refused(source: Path, tmp_path: Path) -> None:
    source.with_name("link").symlink_to("new.bin")
    with pytest.raises(InvalidArtefact, match="holds a link"):
        put(source.parent, (), tmp_path, "saved_model", link=False)


def test_the_hashes_begin_with_the_artefact(source: Path) -> None:
    found = hashes(source.parent, "new.bin", (Path("data/w"),))
    assert list(found.items()) == [
        ("new.bin", sha256_of(source)),
        ("data/w", sha256_of(source.parent / "data" / "w")),
    ]
