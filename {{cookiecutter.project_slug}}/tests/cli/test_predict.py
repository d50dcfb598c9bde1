"""`predict`: a line for each instance, whatever it comes in, and what is at fault stops nothing."""

import sys
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from model_service.cli.predict import command
from model_service.deadline import Deadline
from model_service.engine import Engine
from model_service.model_folder import GoldenExamples, ModelFolder
from model_service.preprocessing import read_instances
from model_service.settings import Settings
from model_service.startup import start

from ..instances import write_lines
from ..predictions import assert_alike
from ..processes import ROOT, run_python

pytestmark = pytest.mark.usefixtures("on_cpu")

KILLED = ROOT / "tests" / "bulk" / "killed.py"
POINTS = [
    ("before:write", 1),  # nothing is written yet
    ("before:write", 3),
    ("before:_save", 4),  # lines are there that no record tells of
    ("after:_save", 3),
    ("before:finish", 1),
    ("before:replace", 3),  # of the output, after two records
    ("before:unlink", 1),  # of the record, as the last step
]


@pytest.fixture
def examples(copied_model: Path) -> list[Path]:
    """Return the example files that come with the model."""
    folder = copied_model / "examples"
    if not folder.is_dir():
        pytest.skip("This model has no example files: it was imported.")
    return sorted(folder.iterdir())


@pytest.fixture
def lines(golden: GoldenExamples, tmp_path: Path) -> Path:
    """Return a file of 60 instances, a JSON line each, two of which are none."""
    return write_lines(tmp_path / "lines.jsonl", golden, 60)


def predict(folder: Path, inputs: list[Path], *options: object) -> Result:
    """Run the command on inputs."""
    runner = CliRunner(env={"SERVICE_MODEL_DIR": str(folder)})
    return runner.invoke(command, [*map(str, inputs), *map(str, options)])


def told(text: bytes) -> list[Any]:
    """Return the objects of a text, one to a line."""
    return [msgspec.json.decode(line) for line in text.splitlines()]


def test_each_instance_gets_a_line_with_its_prediction(
    examples: list[Path], copied_model: Path, model: ModelFolder, engine: Engine
) -> None:
    result = predict(copied_model, examples)
    assert result.exit_code == 0, result.output
    lines = [msgspec.json.decode(line) for line in result.stdout.splitlines()]
    running = start(Settings(model_dir=str(copied_model)), engine)
    for path in examples:
        for index, instance in enumerate(read_instances(path.read_bytes())):
            line = lines.pop(0)
            assert (line["file"], line["instance"]) == (str(path), index)
            (expected,) = running.pipeline.predict([instance], Deadline.after_ms(60_000))
            assert_alike(line["prediction"], expected, model.card.golden.tolerance)
    assert lines == []
    running.batcher.close()


def test_a_file_at_fault_is_named_and_the_others_are_predicted(
    examples: list[Path], copied_model: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\xff broken")
    result = predict(copied_model, [broken, examples[0]])
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{broken}: ")
    assert len(result.stderr.splitlines()) == 1
    assert {line["file"] for line in told(result.stdout_bytes)} == {str(examples[0])}


def test_a_folder_and_a_pattern_are_their_files(examples: list[Path], copied_model: Path) -> None:
    wanted = predict(copied_model, examples).stdout
    folder = copied_model / "examples"
    assert predict(copied_model, [folder]).stdout == wanted
    assert predict(copied_model, [folder / "*"]).stdout == wanted


def test_an_output_has_the_lines_and_another_file_what_is_rejected(
    lines: Path, copied_model: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out.jsonl"
    result = predict(copied_model, [lines], "--output", output)
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert "58 predictions" in result.stderr
    assert told(output.read_bytes()) == told(predict(copied_model, [lines]).stdout_bytes)
    rejects = told((tmp_path / "out.jsonl.rejects.jsonl").read_bytes())
    assert [reject["instance"] for reject in rejects] == [20, 59]
    assert rejects[0]["error"] == "The line is not JSON."


def test_a_parquet_output_is_the_same_as_a_table(
    lines: Path, copied_model: Path, tmp_path: Path
) -> None:
    output, rejects = tmp_path / "out.parquet", tmp_path / "bad.jsonl"
    result = predict(copied_model, [lines], "--output", output, "--rejects", rejects)
    assert result.exit_code == 0, result.output
    assert pq.read_table(output).to_pylist() == told(predict(copied_model, [lines]).stdout_bytes)
    assert len(told(rejects.read_bytes())) == 2
    assert set(tmp_path.iterdir()) == {output, rejects, lines, copied_model}


def test_nothing_but_rejects_is_a_failure(copied_model: Path, tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text("{\n")
    result = predict(copied_model, [lines], "--output", tmp_path / "out.jsonl")
    assert result.exit_code == 1
    assert (tmp_path / "out.jsonl").read_text() == ""


def test_a_run_that_is_killed_again_and_again_loses_and_doubles_nothing(
    lines: Path, copied_model: Path, tmp_path: Path
) -> None:
    whole = predict(copied_model, [lines], "--output", tmp_path / "whole.jsonl", "--batch-size", 8)
    assert whole.exit_code == 0, whole.output
    output = tmp_path / "out.jsonl"
    arguments = [str(lines), "--output", str(output), "--batch-size", "8"]
    for point, number in POINTS:
        ended = run_python(
            *(str(KILLED), point, str(number), "predict", *arguments),
            SERVICE_MODEL_DIR=str(copied_model),
        )
        assert ended.returncode == -9, ended.stderr
    last = predict(copied_model, [lines], "--output", output, "--batch-size", 8)
    assert last.exit_code == 0, last.output
    assert output.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    rejects = [tmp_path / f"{name}.rejects.jsonl" for name in ("out.jsonl", "whole.jsonl")]
    assert rejects[0].read_bytes() == rejects[1].read_bytes()


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is read from /proc")
def test_memory_does_not_grow_with_the_input(
    golden: GoldenExamples, copied_model: Path, tmp_path: Path
) -> None:
    peaks = []
    for count in (3_000, 30_000):
        path = tmp_path / f"{count}.jsonl"
        path.write_bytes(count * (msgspec.json.encode(golden.instances[0]) + b"\n"))
        output = str(tmp_path / f"{count}-out.jsonl")
        arguments = ["predict", str(path), "--output", output, "--batch-size", "64"]
        ended = run_python(
            *(str(KILLED), "never", "0", *arguments), SERVICE_MODEL_DIR=str(copied_model)
        )
        assert ended.returncode == 0, ended.stderr
        peaks.append(int(ended.stdout))
    assert peaks[1] - peaks[0] < 20_000  # held, the predictions alone are more


def test_what_is_no_file_is_a_wrong_use(copied_model: Path) -> None:
    result = predict(copied_model, [copied_model / "absent"])
    assert result.exit_code == 2
    assert "absent" in result.output


def test_without_files_it_says_that_it_needs_some(copied_model: Path) -> None:
    result = predict(copied_model, [])
    assert result.exit_code == 2
    assert "FILES" in result.output


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--rejects", "x", "--rejects needs --output."),
        ("--workers", "2", "--workers needs --ray."),
        ("--output", "out.csv", "out.csv must end in .jsonl, .ndjson, .parquet."),
    ],
)
def test_options_that_do_not_fit_are_a_wrong_use(
    option: str, value: str, sentence: str, lines: Path, copied_model: Path
) -> None:
    result = predict(copied_model, [lines], option, value)
    assert result.exit_code == 2
    assert sentence in result.output
