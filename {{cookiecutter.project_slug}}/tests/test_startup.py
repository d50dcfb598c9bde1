"""Starting: a model folder that is whole is served, any other is refused with what is wrong."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from model_service.batching import IGNORED_SETTINGS
from model_service.deadline import Deadline
from model_service.engine import Engine, load
from model_service.errors import (
    GoldenMismatch,
    InvalidArtefact,
    InvalidInstance,
    InvalidModelCard,
)
from model_service.model_folder import (
    SERVED,
    GoldenExamples,
    ModelFolder,
)
from model_service.preprocessing import KIND
from model_service.settings import Settings
from model_service.startup import Running, assemble, prove, start

from .edits import EMPTY_SHA256, edit_card, replace_artefact


def started(folder: Path, engine: Engine | None = None, **knobs: Any) -> Running:
    """Start the model of a folder, and end its batcher."""
    running = start(Settings(model_dir=str(folder), **knobs), engine)
    running.batcher.close()
    return running


def edit_examples(folder: Path, **changes: object) -> None:
    """Replace a part of the golden examples."""
    path = folder / ModelFolder.open(folder).card.golden.file
    path.write_bytes(msgspec.json.encode(msgspec.json.decode(path.read_bytes()) | changes))


@pytest.mark.usefixtures("on_cpu", "golden")
def test_says_each_step_and_what_runs_where(copied_model: Path, model: ModelFolder) -> None:
    said: list[str] = []
    running = start(Settings(model_dir=str(copied_model), intra_op_threads=2), say=said.append)
    running.batcher.close()
    told = running.describe()
    examples = len(model.golden().instances)
    threads = load(model.original(), "cpu", 2).threads  # of TensorFlow those of the first load
    assert told["input_kind"] == KIND
    assert (told["model"], told["version"]) == (model.card.name, model.card.version)
    assert (told["device"], told["threads"], told["quantization"]) == ("cpu", threads, "none")
    assert [line.split(":")[0].split(" with")[0] for line in said] == [
        "Model card",
        "Engine",
        "Warmed up",
        "Golden examples",
    ]
    assert told["device_reason"] in said[1]
    assert f"{examples} of {examples}" in said[3]


def test_a_given_engine_is_used_as_it_is(copied_model: Path, engine: Engine) -> None:
    running = started(copied_model, engine)
    assert running.engine is engine
    assert (running.describe()["device"], running.describe()["quantization"]) == ("cpu", "none")


def test_a_folder_without_a_card_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidModelCard, match="SERVICE_MODEL_DIR"):
        started(tmp_path)


def test_an_unknown_key_is_named(copied_model: Path, engine: Engine) -> None:
    edit_card(copied_model, "^name =", "colour = 1\nname =")
    with pytest.raises(InvalidModelCard, match="colour"):
        started(copied_model, engine)


def test_an_unknown_key_of_the_preprocessing_is_named(copied_model: Path, engine: Engine) -> None:
    edit_card(copied_model, r"^\[preprocessing\].*$", r"\g<0>\nsizes = 1")
    with pytest.raises(InvalidModelCard, match=r"\[preprocessing\].*sizes"):
        started(copied_model, engine)


@pytest.mark.parametrize("side", ["inputs", "outputs"])
def test_a_signature_other_than_the_models_is_refused(
    side: str, copied_model: Path, model: ModelFolder, engine: Engine
) -> None:
    name = getattr(model.card, side)[0].name
    edit_card(copied_model, f'"{re.escape(name)}"', '"elsewhere"')
    with pytest.raises(InvalidModelCard, match=rf"elsewhere .*{re.escape(name)} "):
        started(copied_model, engine)


@pytest.mark.usefixtures("on_cpu")
def test_an_artefact_that_is_not_the_cards_is_refused(
    copied_model: Path, model: ModelFolder
) -> None:
    edit_card(copied_model, model.card.artefact.sha256, 64 * "0")
    with pytest.raises(InvalidArtefact, match=rf"{re.escape(model.card.artefact.file)}.*sha256"):
        started(copied_model)


@pytest.mark.usefixtures("on_cpu")
def test_a_missing_artefact_is_named(copied_model: Path, model: ModelFolder) -> None:
    replace_artefact(copied_model, None)
    with pytest.raises(InvalidModelCard, match=re.escape(model.card.artefact.file)):
        started(copied_model)


@pytest.mark.usefixtures("on_cpu")
def test_an_artefact_that_cannot_be_loaded_is_named(copied_model: Path, model: ModelFolder) -> None:
    artefact = model.card.artefact
    replace_artefact(copied_model, b"")
    edit_card(copied_model, artefact.sha256, EMPTY_SHA256)
    with pytest.raises(InvalidArtefact, match=re.escape(artefact.file)):
        started(copied_model)


@pytest.mark.usefixtures("golden")
def test_missing_golden_examples_are_named(
    copied_model: Path, model: ModelFolder, engine: Engine
) -> None:
    (copied_model / model.card.golden.file).unlink()
    with pytest.raises(InvalidModelCard, match=re.escape(model.card.golden.file)):
        started(copied_model, engine)


def without_examples(folder: Path) -> None:
    """Let the card name no golden examples."""
    (folder / ModelFolder.open(folder).card.golden.file).unlink()
    edit_card(folder, "^file = .*json.*$", 'file = ""')


@pytest.mark.usefixtures("golden")
def test_a_model_without_golden_examples_is_served_and_says_so(
    copied_model: Path, engine: Engine
) -> None:
    without_examples(copied_model)
    said: list[str] = []
    running = start(Settings(model_dir=str(copied_model)), engine, said.append)
    running.batcher.close()
    assert running.describe()["golden_examples"] == 0
    assert running.examples == ()
    assert said[-2].startswith("Warmed up")
    assert "`record`" in said[-1]


def test_a_model_that_is_not_native_takes_no_instances(
    copied_model: Path, engine: Engine, golden: GoldenExamples, model: ModelFolder
) -> None:
    without_examples(copied_model)
    edit_card(copied_model, "^task = .*$", r"\g<0>\nnative = false")
    running = started(copied_model, engine)
    with pytest.raises(InvalidInstance, match=f"/v2/models/{re.escape(model.card.name)}/infer"):
        running.pipeline.predict(golden.instances[:1], Deadline.after_ms(60_000))


def test_golden_outputs_other_than_the_models_are_refused(
    copied_model: Path, golden: GoldenExamples, engine: Engine
) -> None:
    outputs = {name: [*rows[:-1], [1e6 for _ in rows[-1]]] for name, rows in golden.outputs.items()}
    edit_examples(copied_model, outputs=outputs)
    last = len(golden.instances) - 1
    with pytest.raises(GoldenMismatch, match=f"Golden example {last} differs"):
        started(copied_model, engine)


def test_a_golden_instance_that_is_none_is_refused(
    copied_model: Path, golden: GoldenExamples, engine: Engine
) -> None:
    edit_examples(copied_model, instances=[*golden.instances[:-1], {"no such": "instance"}])
    last = len(golden.instances) - 1
    with pytest.raises(GoldenMismatch, match=f"Golden example {last} cannot be run"):
        started(copied_model, engine)


def test_a_first_golden_instance_that_is_none_is_named_too(
    copied_model: Path, golden: GoldenExamples, engine: Engine
) -> None:
    edit_examples(copied_model, instances=[{"no such": "instance"}, *golden.instances[1:]])
    with pytest.raises(GoldenMismatch, match="Golden example 0 cannot be run"):
        started(copied_model, engine)


@pytest.mark.usefixtures("on_cpu")
def test_the_original_is_assembled_without_any_golden_examples(
    copied_model: Path, model: ModelFolder
) -> None:
    (copied_model / model.card.golden.file).unlink()
    (copied_model / SERVED).write_text("no record")
    running = assemble(Settings(model_dir=str(copied_model)), original=True)
    running.batcher.close()
    assert running.describe()["quantization"] == "none"
    assert running.examples == ()
    with pytest.raises(InvalidModelCard, match=re.escape(model.card.golden.file)):
        prove(running)


def test_labels_that_do_not_fit_the_scores_are_refused(
    copied_model: Path, model: ModelFolder, engine: Engine
) -> None:
    if not model.labels():
        pytest.skip("This model has no labels.")
    path = copied_model / model.card.postprocessing.labels
    path.write_text("\n".join([*model.labels(), "one too many"]), encoding="utf-8")
    with pytest.raises(InvalidModelCard, match=f"{len(model.labels()) + 1} labels"):
        started(copied_model, engine)


def test_rows_are_run_up_to_the_setting(copied_model: Path, engine: Engine) -> None:
    said: list[str] = []
    settings = Settings(model_dir=str(copied_model), max_batch_size=3)
    start(settings, engine, said.append).batcher.close()
    one_row = "max_batch_size" in IGNORED_SETTINGS or engine.inputs[0].shape[0] == 1
    assert any(f"with up to {1 if one_row else 3} rows;" in line for line in said)
