"""The model of this service in the format of a framework; in the template it has one in each."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

import pytest

from model_service.model_folder import (
    SERVED,
    GoldenExamples,
    ModelFolder,
)
from model_service.preprocessing import KIND

MODEL = Path(__file__).parents[1] / "model"


@functools.cache
def model_of(framework: str) -> ModelFolder:
    """Return the model folder; in the template it is put together of the samples and the format."""
    samples = MODEL / KIND
    own = samples / framework
    if not own.is_dir():
        return ModelFolder.open(samples if samples.is_dir() else MODEL)
    folder = tempfile.mkdtemp(prefix="model-")
    atexit.register(shutil.rmtree, folder)
    for part in (samples, own):
        shutil.copytree(part, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(SERVED))
    return ModelFolder.open(Path(folder))


def golden_of(model: ModelFolder) -> GoldenExamples:
    """Return the golden examples of a model; without any, what needs them is skipped."""
    examples = model.golden()
    if not examples.instances:
        pytest.skip("This model has no golden examples: make some with `record`.")
    return examples
