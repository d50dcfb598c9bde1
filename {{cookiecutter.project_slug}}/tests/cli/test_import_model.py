"""`import-model`: a file becomes the model that is served, or nothing is changed."""

import os
import pty
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from model_service.cli.check import command as check
from model_service.cli.import_model import command
from model_service.deadline import Deadline
from model_service.errors import ImportRefused
from model_service.importing.steps import Import
from model_service.model_folder import (
    GoldenExamples,
    ModelFolder,
    files_of,
    sha256_of,
)
from model_service.preprocessing import Preprocessor
from model_service.settings import Settings
from model_service.startup import start

from ..processes import LIMIT_S, SERVICE, environment, run_service

NOTHING_GIVEN = dict.fromkeys(["labels", "task", "activation"])

pytestmark = pytest.mark.usefixtures("on_cpu")


@pytest.fixture
def trained(model: ModelFolder, tmp_path: Path) -> Path:
    """Return the artefact as its maker has it: elsewhere, and its name says nothing."""
    copy = tmp_path / "as trained"
    artefact = model.original()
    if artefact.is_dir():
        shutil.copytree(artefact, copy)
    else:
        shutil.copyfile(artefact, copy)
    if beside := model.card.preprocessing.get("tokenizer"):
        shutil.copy(model.path / beside, tmp_path)
    return copy


@pytest.fixture
def labels(model: ModelFolder, tmp_path: Path) -> Path:
    """Return the labels of the model, in a file of its maker."""
    file = tmp_path / "classes.txt"
    file.write_text("\n".join(model.labels()), encoding="utf-8")
    return file


def invoke(path: Path, folder: Path, *options: str) -> Result:
    """Import a file into a model folder."""
    environ = {"SERVICE_MODEL_DIR": str(folder)}
    return CliRunner(env=environ).invoke(command, [str(path), *options])


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def known_options(model: ModelFolder) -> list[str]:
    """Return what training knows of the preprocessing and the shape does not tell."""
    features = model.card.preprocessing.get("features", ())
    return ["--names", ",".join(features)] if features else []


def test_a_file_becomes_a_model_that_passes_every_check(
    trained: Path, labels: Path, copied_model: Path, model: ModelFolder, golden: GoldenExamples
) -> None:
    made = invoke(trained, copied_model, "--labels", str(labels), *known_options(model))
    assert made.exit_code == 0, made.output
    assert str(model.card.inputs[0]) in made.output
    checked = CliRunner(env={"SERVICE_MODEL_DIR": str(copied_model)}).invoke(check)
    assert checked.exit_code == 0, checked.output
    assert "No golden examples" in checked.output
    new = ModelFolder.open(copied_model)
    assert sha256_of(new.original()) == model.card.artefact.sha256
    assert (new.card.name, new.card.version, new.card.task) == ("as-trained", "1", "classification")
    assert new.labels() == model.labels()
    running = start(Settings(model_dir=str(copied_model)))
    soon = Deadline.after_ms(60_000)
    rows = [running.pipeline.outputs([one], soon)[0] for one in golden.instances]
    running.batcher.close()
    for name, expected in golden.outputs.items():
        for row, values in zip(rows, expected, strict=True):
            assert row[name].tolist() == pytest.approx(values, abs=model.card.golden.tolerance)


def test_what_belongs_to_the_former_model_goes_and_what_is_the_owners_stays(
    trained: Path, copied_model: Path, model: ModelFolder
) -> None:
    (copied_model / "notes").mkdir()
    (copied_model / "notes" / "mine.md").write_text("mine")
    (copied_model / "empty").mkdir()
    assert invoke(trained, copied_model).exit_code == 0
    left = tree(copied_model)
    assert left["notes/mine.md"] == b"mine"
    card = model.card
    gone = {card.golden.file, card.postprocessing.labels, card.quantization.calibration}
    assert not gone & left.keys()
    assert not [name for name in left if name.startswith("examples")]
    assert not [path for path in copied_model.parent.iterdir() if path.name.startswith(".")]


def test_a_model_of_the_same_name_gets_the_next_version(trained: Path, copied_model: Path) -> None:
    for version, options in (("1", []), ("2", []), ("7.1", ["--version", "7.1"]), ("1", [])):
        assert invoke(trained, copied_model, "--name", "mine", *options).exit_code == 0
        card = ModelFolder.open(copied_model).card
        assert (card.name, card.version) == ("mine", version)


def test_without_labels_the_rows_are_the_answers(
    trained: Path, copied_model: Path, model: ModelFolder
) -> None:
    made = invoke(trained, copied_model)
    assert made.exit_code == 0
    assert "--labels" in made.output
    assert ModelFolder.open(copied_model).card.task == "raw"


def test_a_large_file_may_be_linked(trained: Path, copied_model: Path) -> None:
    assert invoke(trained, copied_model, "--link").exit_code == 0
    taken = ModelFolder.open(copied_model).original()
    first = next(files_of(trained))
    again = taken / first.relative_to(trained) if trained.is_dir() else taken
    assert again.samefile(first)


def test_a_file_that_lies_in_the_model_folder_already_may_be_imported(
    trained: Path, copied_model: Path
) -> None:
    inside = copied_model / "mine"
    trained.rename(inside)
    before = sha256_of(inside)
    assert invoke(inside, copied_model).exit_code == 0
    assert sha256_of(inside) == before
    assert ModelFolder.open(copied_model).card.artefact.sha256 == before


def test_the_card_may_be_edited_by_hand_afterwards(
    trained: Path, copied_model: Path, settings: Settings
) -> None:
    assert invoke(trained, copied_model).exit_code == 0
    model = ModelFolder.open(copied_model)
    assert Preprocessor(model.card, settings)
    text = (copied_model / "model.toml").read_text(encoding="utf-8")
    assert text.startswith("# The model card")
    assert max(map(len, text.splitlines())) < 200


def cut(path: Path) -> None:
    """Take the second half of every file of an artefact away."""
    for file in files_of(path):
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


REFUSALS = {
    "an empty file": (b"", "none of the formats"),
    "a text": (b"PNG, or so they say\n" * 9, "none of the formats"),
    "a pickle": (b"\x80\x04cos\nsystem\n.", "code"),
    "half of a zip": (b"PK\x03\x04" + 40 * b"\0", "damaged"),
    "no model": (None, "There is no"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_is_no_model_is_refused_and_nothing_changes(
    case: str, copied_model: Path, tmp_path: Path
) -> None:
    content, word = REFUSALS[case]
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    assert_refused(path, copied_model, word)


def test_a_model_that_is_cut_is_refused_and_nothing_changes(
    trained: Path, copied_model: Path
) -> None:
    cut(trained)
    assert_refused(trained, copied_model, "")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (None, "There is no file of labels"),
        ("one\ntwo\nthree", "3 labels"),
        ("same\nsame", "once"),
        ("", "once"),
        ('["a", 2]', "no list of names"),
    ],
    ids=["missing", "another number", "twice", "empty", "no names"],
)
def test_labels_that_cannot_be_used_are_refused(
    text: str | None, word: str, trained: Path, copied_model: Path, tmp_path: Path
) -> None:
    file = tmp_path / "labels"
    if text is not None:
        file.write_text(text)
    assert_refused(trained, copied_model, word, "--labels", str(file))


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--task", "classification"], "--labels"),
        (["--name", "a b/c"], "'a b/c'"),
        (["--name", 65 * "a"], "64 letters"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    options: list[str], word: str, trained: Path, copied_model: Path
) -> None:
    assert_refused(trained, copied_model, word, *options)


def assert_refused(path: Path, folder: Path, word: str, *options: str) -> None:
    """Hold a refusal to its sentence, and every file to its bytes."""
    before = tree(folder.parent)
    result = invoke(path, folder, *options)
    assert isinstance(result.exception, ImportRefused), result.output
    sentence = str(result.exception)
    assert word in sentence
    assert "\n" not in sentence
    assert result.exception.exit_code == 2
    assert tree(folder.parent) == before


def test_a_refusal_is_one_sentence_and_exit_code_2(copied_model: Path, tmp_path: Path) -> None:
    ended = run_service("import-model", str(tmp_path), SERVICE_MODEL_DIR=str(copied_model))
    assert ended.returncode == 2
    (sentence,) = ended.stderr.splitlines()
    assert sentence.startswith(f"Error: {tmp_path} is in none of the formats")


def test_it_never_waits_for_an_answer_where_there_is_no_terminal(
    trained: Path, copied_model: Path
) -> None:
    silent, speaker = os.pipe()  # it stays open, and nobody writes
    try:
        run = import_process(trained, copied_model, silent)
    finally:
        os.close(silent)
        os.close(speaker)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize(("replace", "code"), [("y", 0), ("n", 1)])
def test_on_a_terminal_it_asks_what_no_file_tells(
    replace: str, code: int, trained: Path, labels: Path, copied_model: Path
) -> None:
    before = tree(copied_model)
    terminal, end = pty.openpty()
    try:
        asked = Import.of(trained, NOTHING_GIVEN).unknown
        left = ["" for name in asked if name != "labels"]
        lines = [str(labels), *left, replace, ""]
        os.write(terminal, "\n".join(lines).encode())
        run = import_process(trained, copied_model, end)
    finally:
        os.close(terminal)
        os.close(end)
    assert run.returncode == code, run.stderr
    assert (tree(copied_model) == before) == (replace == "n")
    if replace == "y":
        assert ModelFolder.open(copied_model).card.task == "classification"


def import_process(path: Path, folder: Path, stdin: int) -> subprocess.CompletedProcess[str]:
    """Import a file in a process of its own, whose stdin is the given one."""
    return subprocess.run(
        [*SERVICE, "import-model", str(path)],
        stdin=stdin,
        env=environment(SERVICE_MODEL_DIR=str(folder)),
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
