"""`make bench`: its parts run, on models too small for their figures to mean anything."""

import itertools
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.quantization import report, template
from benchmarks.quantization.artefacts import export, quantize
from benchmarks.quantization.cpu import Cpu, this_cpu
from benchmarks.quantization.measure import Result, measure
from benchmarks.quantization.processes import StepError, alone
from benchmarks.quantization.samples import SHAPES, samples
from benchmarks.quantization.settings import Settings

TINY = Settings(widths={"mlp": 16, "cnn": 4}, batch_sizes=(1, 2), seconds=0, agreement_rows=3)
TINY_MLP = replace(TINY, widths={"mlp": 16})
COMPILED = [("pytorch", "static-int8")]  # takes a minute for the layers of the CNN
RESULT = Result("tflite", "static-int8", "cnn", 1, 4.5, 1.5, 0.25, 0.96875)
SLOW = Result("tflite", "dynamic-int8", "mlp", 32, 1.0, 0.8, 0.25, 1.0)
VNNI = Cpu("Some CPU", ["avx512_vnni"])


@pytest.mark.parametrize("framework", template.schemes())
def test_every_framework_is_measured(framework: str, tmp_path: Path) -> None:
    log, models = tmp_path / "log", tmp_path / "models"
    models.mkdir()
    alone(log, export, framework, models, TINY)
    for scheme in template.schemes()[framework]:
        settings = TINY_MLP if (framework, scheme) in COMPILED else TINY
        alone(log, quantize, framework, scheme, models, settings)
        results = alone(log, measure, framework, scheme, models, settings)
        measured = [(result.model, result.batch) for result in results]
        assert measured == list(itertools.product(settings.widths, settings.batch_sizes))
        assert all(result.original_ms > 0 and result.quantized_ms > 0 for result in results)
        assert all(result.size > 0 and 0 <= result.agreement <= 1 for result in results)


def test_every_target_is_of_something_that_is_measured() -> None:
    for framework, scheme, model, batch in report.TARGETS:
        assert scheme in template.schemes()[framework]
        assert model in SHAPES
        assert batch in Settings().batch_sizes


def test_a_step_that_fails_says_why_in_a_line_and_all_of_it_in_the_log(tmp_path: Path) -> None:
    with pytest.raises(StepError, match="ModuleNotFoundError: No module named "):
        alone(tmp_path / "log", export, "no_such_framework", tmp_path, TINY)
    assert "Traceback" in (tmp_path / "log").read_text()


def test_a_step_that_crashes_is_told(tmp_path: Path) -> None:
    with pytest.raises(StepError, match="crashed"):
        alone(tmp_path / "log", os.abort)


@pytest.mark.parametrize("model", SHAPES)
def test_samples_are_the_same_in_every_process_and_differ_by_their_seed(model: str) -> None:
    rows = samples(model, 5, seed=1)
    assert rows.shape == (5, *SHAPES[model])
    assert rows.dtype == "float32"
    assert (rows == samples(model, 5, seed=1)).all()
    assert (rows != samples(model, 5, seed=2)).any()


def test_a_line_has_the_ratio_and_whether_its_target_is_met() -> None:
    assert report.line(RESULT).split() == (
        "tflite static-int8 cnn 1 4.500 ms 1.500 ms 3.00x 25% 96.9% 3.0x met".split()
    )
    assert report.line(SLOW).endswith("2.5x MISSED")
    untold = Result("tflite", "half", "cnn", 1, 4.5, 4.5, 0.5, 1.0)
    assert report.line(untold).endswith("100.0%")


def test_the_columns_stand_below_their_names() -> None:
    assert report.line(RESULT).index("3.0x met") == report.HEADER.index("target")


def test_a_missed_target_is_told_with_the_cpu() -> None:
    assert report.summary([], VNNI) == "No target is set for what was measured."
    assert report.summary([RESULT], VNNI) == "All targets are met (1)."
    said = report.summary([RESULT, SLOW], VNNI)
    assert said.startswith("1 of 2 targets")
    assert "Some CPU (avx512_vnni)" in said


def test_the_figures_are_kept_as_json(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    report.write_json([RESULT], VNNI, path)
    content = json.loads(path.read_text())
    assert content["cpu"] == {"name": "Some CPU", "flags": ["avx512_vnni"]}
    (result,) = content["results"]
    assert (result["ratio"], result["target"], result["agreement"]) == (3.0, 3.0, 0.96875)


def test_the_cpu_is_told_by_name_and_instructions(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("model name\t: Some CPU @ 2 GHz\nflags\t\t: fpu avx2 avx512_vnni sse\n")
    assert str(this_cpu(cpuinfo)) == "Some CPU @ 2 GHz (avx2, avx512_vnni)"
    cpuinfo.write_text("model name\t: Old CPU\nflags\t\t: fpu sse\n")
    assert str(this_cpu(cpuinfo)).startswith("Old CPU (none of avx2, ")


def test_where_the_instructions_cannot_be_told_it_says_so(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    assert "cannot be told" in str(this_cpu(cpuinfo))
    cpuinfo.write_text("processor\t: 0\nFeatures\t: fp asimd\n")
    assert this_cpu(cpuinfo).flags is None
