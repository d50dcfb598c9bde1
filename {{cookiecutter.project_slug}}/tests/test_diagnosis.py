"""The diagnosis claims what it has seen: a change that makes all examples match, or none."""

from pathlib import Path

import msgspec

from model_service.diagnosis import diagnose, pairs, singles
from model_service.engine import Engine
from model_service.model_folder import GoldenExamples, ModelFolder
from model_service.preprocessing import Preprocessor
from model_service.settings import Settings
from model_service.startup import assemble


def said_of(folder: Path, engine: Engine) -> str:
    """Return what is said of the model of a folder."""
    said: list[str] = []
    settings = Settings(model_dir=str(folder))
    running = assemble(settings, engine, lambda _: None)
    diagnose(running, settings, said.append)
    running.batcher.close()
    return "\n".join(said)


def test_of_a_model_that_matches_nothing_is_tried(copied_model: Path, engine: Engine) -> None:
    text = said_of(copied_model, engine)
    assert text == (
        "The original model gives its golden examples: it is the quantized one that differs."
    )


def test_what_no_usual_mistake_explains_is_told_so(
    copied_model: Path, model: ModelFolder, golden: GoldenExamples, engine: Engine
) -> None:
    wrong = {name: [[1e6 for _ in row] for row in rows] for name, rows in golden.outputs.items()}
    examples = GoldenExamples(golden.instances, wrong)
    (copied_model / model.card.golden.file).write_bytes(msgspec.json.encode(examples))
    text = said_of(copied_model, engine)
    tried = len(list(singles(model.card, golden.instances)))
    tried += len(list(pairs(model.card, golden.instances)))
    assert f"None of {tried} usual mistakes explains the golden examples." in text
    assert "match" not in text


def test_no_card_is_tried_twice(model: ModelFolder, golden: GoldenExamples) -> None:
    preprocessing = model.card.preprocessing
    for variants in (singles, pairs):
        tried = [variant.settings for variant in variants(model.card, golden.instances)]
        assert all(tried.count(settings) == 1 for settings in tried)
        assert all(preprocessing | settings != preprocessing for settings in tried)


def test_a_variant_differs_from_the_card_in_its_preprocessing_alone(
    model: ModelFolder, golden: GoldenExamples
) -> None:
    for variant in singles(model.card, golden.instances):
        assert variant.card.preprocessing == {**model.card.preprocessing, **variant.settings}
        restored = msgspec.structs.replace(variant.card, preprocessing=model.card.preprocessing)
        assert restored == model.card
        Preprocessor(variant.card, Settings())
