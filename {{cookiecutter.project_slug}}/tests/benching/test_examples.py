"""What is sent is what the model answers: its examples, or zeros."""

import shutil
from pathlib import Path

import msgspec
import pytest
from flask import Flask

from model_service.benching.examples import requests_for
from model_service.benching.target import Target
from model_service.errors import StartupError
from model_service.model_folder import (
    GoldenExamples,
    ModelFolder,
)

from ..edits import edit_card
from ..processes import free_port
from .conftest import serving


def without_golden(folder: Path) -> ModelFolder:
    """Return the model without its golden examples; one without any is as it was."""
    if ModelFolder.open(folder).card.golden.file:
        edit_card(folder, '^file = "golden.*$', 'file = ""')
    return ModelFolder.open(folder)


def test_golden_instances_are_sent_first(
    target: Target, model: ModelFolder, golden: GoldenExamples
) -> None:
    requests = requests_for(target, model, 1)
    sent = [msgspec.json.decode(request.body)["instances"] for request in requests]
    assert sent == [[instance] for instance in golden.instances]
    assert {request.path for request in requests} == {"/predict"}


def test_then_the_files_of_examples(target: Target, copied_model: Path) -> None:
    files = list((copied_model / "examples").glob("*"))
    if not files:
        pytest.skip("This model has no example files: it was imported.")
    requests = requests_for(target, without_golden(copied_model), 1)
    assert {request.path for request in requests} == {"/predict"}
    assert len(requests) >= len(files)


def test_then_rows_of_zeros_as_arrays(target: Target, copied_model: Path) -> None:
    model = without_golden(copied_model)
    shutil.rmtree(copied_model / "examples", ignore_errors=True)
    (request,) = requests_for(target, model, 1)
    assert request.path == f"/v2/models/{model.card.name}/infer"


def test_what_the_service_refuses_is_told(
    target: Target, model: ModelFolder, golden: GoldenExamples
) -> None:
    with pytest.raises(StartupError, match="none of the model's own examples: The request|service"):
        requests_for(target, model, 1000)


def test_a_service_that_is_another_is_told(model: ModelFolder) -> None:
    for another in serving(Flask("another")):
        with pytest.raises(StartupError, match="it answers with status 404"):
            requests_for(another, model, 1)


def test_a_service_that_is_not_there_is_told(model: ModelFolder) -> None:
    nowhere = Target.at(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(StartupError, match="start it, or leave --url away"):
        requests_for(nowhere, model, 1)
