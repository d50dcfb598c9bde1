"""A job knows its inputs, and is told from every other one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from model_service.bulk.batches import Position
from model_service.bulk.job import Job
from model_service.errors import InvalidModelCard, JobRefused
from model_service.model_folder import SERVED
from model_service.settings import Settings

from ..edits import edit_card


@pytest.fixture
def make(copied_model: Path, tmp_path: Path) -> Callable[..., Job]:
    """Return a maker of jobs on one file of four broken lines."""
    path = tmp_path / "inputs" / "lines.jsonl"
    path.parent.mkdir()
    path.write_text("[\n" * 4)

    def job(*changes: Any) -> Job:
        return Job(Settings(model_dir=str(copied_model)), [str(path)], *changes)

    return job


def test_the_same_job_has_the_same_key(make: Callable[..., Job]) -> None:
    assert make().key == make().key
    assert make().inputs.bytes == 8


def test_other_options_inputs_or_models_are_another_job(
    make: Callable[..., Job], copied_model: Path, tmp_path: Path
) -> None:
    keys = [make().key, make(7).key, make(0, ("a",)).key]
    (tmp_path / "inputs" / "lines.jsonl").write_text("[\n")
    keys.append(make().key)
    edit_card(copied_model, '^version = "', 'version = "0')
    keys.append(make().key)
    (copied_model / SERVED).write_text("{}")
    keys.append(make().key)
    assert len(set(keys)) == len(keys)


def test_batches_begin_where_they_are_asked_to(make: Callable[..., Job]) -> None:
    (batch,) = make(3).batches(Position(0, 3))
    assert batch.numbers == [3]


def test_an_output_among_the_inputs_is_refused(make: Callable[..., Job], tmp_path: Path) -> None:
    folder = tmp_path / "inputs"
    job = Job(make().settings, [str(folder)])
    for output in (folder / "out.jsonl", folder / "below" / "out.jsonl"):
        with pytest.raises(JobRefused, match="an input: choose another place"):
            job.check_output(output)
    job.check_output(tmp_path / "out.jsonl")


def test_a_model_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidModelCard):
        Job(Settings(model_dir=str(tmp_path)), ["x"]).size  # noqa: B018
