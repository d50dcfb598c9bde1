"""Predictions on a Ray cluster: those of one machine, whatever happens to the nodes."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from model_service import device
from model_service.bulk.output import Output
from model_service.cli.predict import command
from model_service.errors import DeviceUnavailable, JobRefused
from model_service.model_folder import GoldenExamples
from model_service.settings import Settings

from ..edits import edit_card
from ..instances import write_lines
from ..processes import ROOT

try:
    from ray.cluster_utils import Cluster

    from model_service.bulk import cluster
    from model_service.bulk.cluster import Share, share
except ImportError:
    pytest.skip("Ray is not installed: `pip install '.[ray]'`.", allow_module_level=True)

GPU_POLICY = device.choose.__module__.rpartition(".")[2]
on_a_cpu = pytest.mark.skipif(GPU_POLICY == "required", reason="this service requires a GPU")
# Ray's own code, of which no test of ours can be the judge.
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def nodes() -> Iterator[Cluster]:
    """Return a cluster of a node without CPUs, where the command runs, and two with one."""
    before = dict(os.environ)
    os.environ["PYTHONPATH"] = str(ROOT / "src")
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    for _ in range(2):
        made.add_node(num_cpus=1)
    yield made
    made.shutdown()
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def lines(golden: GoldenExamples, tmp_path: Path) -> Path:
    """Return a file of 600 instances, a JSON line each, two of which are none."""
    return write_lines(tmp_path / "lines.jsonl", golden, 600)


def predict(folder: Path, output: Path, *arguments: str) -> Result:
    """Run the command, with small batches."""
    runner = CliRunner(env={"SERVICE_MODEL_DIR": str(folder), "SERVICE_INTRA_OP_THREADS": "1"})
    return runner.invoke(command, [*arguments, "--output", str(output), "--batch-size", "4"])


def written(output: Path) -> tuple[bytes, bytes]:
    """Return the predictions and the rejects."""
    return output.read_bytes(), output.with_name(f"{output.name}.rejects.jsonl").read_bytes()


@on_a_cpu
def test_a_cluster_gives_what_one_machine_gives_although_a_node_is_killed(
    nodes: Cluster, lines: Path, copied_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, many = tmp_path / "one.jsonl", tmp_path / "many.jsonl"
    result = predict(copied_model, one, str(lines))
    assert result.exit_code == 0, result.output

    third = nodes.add_node(num_cpus=1)
    written_before = 0
    write = Output.write

    def write_and_kill(output: Output, result: Any) -> None:
        nonlocal written_before
        written_before += 1
        if written_before == 15:
            nodes.remove_node(third, allow_graceful=False)
        write(output, result)

    monkeypatch.setattr(Output, "write", write_and_kill)
    monkeypatch.setattr(cluster, "BLOCK_BYTES", 1)  # a batch each, so that all workers get some
    result = predict(copied_model, many, str(lines), "--ray", nodes.address)
    assert result.exit_code == 0, result.output
    assert written_before == 150
    assert written(many) == written(one)


@on_a_cpu
def test_what_a_worker_cannot_start_with_is_told_in_its_words(
    nodes: Cluster, lines: Path, copied_model: Path, tmp_path: Path
) -> None:
    edit_card(copied_model, '^sha256 = "..', 'sha256 = "00')
    result = predict(copied_model, tmp_path / "out.jsonl", str(lines), "--ray", nodes.address)
    assert "sha256 differs" in str(result.exception)


def test_a_cluster_that_is_not_there_is_told(
    lines: Path, copied_model: Path, tmp_path: Path
) -> None:
    result = predict(copied_model, tmp_path / "out.jsonl", str(lines), "--ray", "127.0.0.1:1")
    assert isinstance(result.exception, JobRefused)
    assert "There is no Ray cluster at '127.0.0.1:1'" in str(result.exception)


def test_workers_get_what_the_policy_for_gpus_says() -> None:
    settings, with_gpus = Settings(), {"CPU": 8.0, "GPU": 2.0}
    if GPU_POLICY == "none":
        assert share(settings, with_gpus, 0) == Share(1, 0, 8)
    else:
        assert share(settings, with_gpus, 0) == Share(1, 1, 2)
        assert share(settings, with_gpus, 1) == Share(1, 1, 1)
    if GPU_POLICY == "required":
        with pytest.raises(DeviceUnavailable):
            share(settings, {"CPU": 8.0}, 0)
        return
    assert share(Settings(intra_op_threads=3), {"CPU": 8.0}, 0) == Share(3, 0, 2)
    with pytest.raises(JobRefused, match="No worker of 3 CPUs fits"):
        share(Settings(intra_op_threads=3), {"CPU": 2.0}, 0)
