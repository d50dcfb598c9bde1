"""`make bench BENCH=serving`: what is asked, and contestants that need no environment."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import rendered
from benchmarks.peers.known import PEERS, SCRIPTS, peer_of, requirements
from benchmarks.peers.scripts.runtime import SIDE, pixels
from benchmarks.pins import Pins
from benchmarks.rendered import ours, render
from benchmarks.servers import Server, ServerProcess
from benchmarks.serving import contestants, load, models, wire
from benchmarks.serving.bench import Load
from benchmarks.serving.contestants import CONTESTANTS, Batch, Renders
from benchmarks.serving.settings import QUICK
from benchmarks.serving.visit import Place, answers_right, visit
from benchmarks.serving.wire import is_right
from benchmarks.serving.workloads import WORKLOADS
from benchmarks.usage import memory_mb

ROW = np.array([0.5, -1.25], np.float32)
WITHOUT = "h2load is not here: `make test` fetches it."
INSTALLED = {"flask", "wsgi"}  # the environment of the tests has what these import


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> models.Subject:
    """Write the small model."""
    return models.small(tmp_path_factory.mktemp("models") / "small")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Render the service that is compared."""
    return render(tmp_path_factory.mktemp("render"), input_kind="tensor", batching="dynamic")


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, b'{"predictions": [[0.5, -1.25]]}'),
        ({}, b"[[0.5, -1.2501]]"),
        ({}, b'{"outputs": [{"name": "y", "data": [0.5, -1.25]}]}'),
        ({wire.BINARY: "2"}, b"{}" + ROW.tobytes()),
        ({wire.BINARY.lower(): "2"}, b"{}" + ROW.tobytes()),
    ],
)
def test_a_right_answer_is_known_in_every_dialect(headers: dict[str, str], body: bytes) -> None:
    assert is_right(200, headers, body, ROW)
    assert not is_right(500, headers, body, ROW)
    assert not is_right(200, headers, body, ROW + 1)
    assert not is_right(200, headers, body, ROW[:1])


@pytest.mark.parametrize("body", [b"", b"{", b'{"predictions": [["x"]]}', b'{"outputs": []}', b"7"])
def test_what_is_no_prediction_is_wrong(body: bytes) -> None:
    assert not is_right(200, {}, body, ROW)


def test_an_instance_is_asked_for_in_every_dialect() -> None:
    native, text, binary = wire.native([1, 2]), wire.v2_json(ROW), wire.v2_binary(ROW)
    assert json.loads(native.body) == {"instances": [[1, 2]]}
    (tensor,) = json.loads(text.body)["inputs"]
    assert (tensor["shape"], tensor["data"]) == ([1, 2], ROW.tolist())
    head = int(binary.headers[wire.BINARY])
    assert json.loads(binary.body[:head])["inputs"][0]["parameters"] == {"binary_data_size": 8}
    assert binary.body[head:] == ROW.tobytes()


@pytest.mark.parametrize("key", PEERS)
def test_every_peer_has_a_script_and_exact_versions(key: str) -> None:
    words = [word for word in PEERS[key].arguments.split() if word.startswith("serve_")]
    script = words[0].partition(":")[0].removesuffix(".py")
    assert (SCRIPTS / f"{script}.py").is_file()
    lines = requirements(key).read_text().splitlines()
    assert all("==" in line for line in lines)


def test_all_who_take_part_are_known() -> None:
    taking_part = {name for workload in WORKLOADS.values() for name in workload.contestants}
    assert taking_part <= CONTESTANTS.keys()
    for workload in WORKLOADS.values():
        assert {*workload.swept, *workload.targeted} <= {*workload.contestants}
        assert workload.subject in models.MAKERS


@pytest.mark.parametrize("key", sorted(INSTALLED))
def test_a_peer_answers_as_the_model_does(
    key: str, subject: models.Subject, tmp_path: Path
) -> None:
    server = peer_of(key, Path(sys.executable), contestants.ONE_THREAD)
    assert_answers(server, subject, tmp_path / "log")


def test_the_service_answers_as_the_model_does(
    project: Path, subject: models.Subject, tmp_path: Path
) -> None:
    assert_answers(ours(project, "service"), subject, tmp_path / "log")


def assert_answers(server: Server, subject: models.Subject, log: Path) -> None:
    """Start a server and ask it for a good prediction and for one that must fail."""
    process = ServerProcess(server, subject.folder, Batch(), log)
    request, bad = (wire.native(s.instance) for s in (subject, models.too_short(subject)))

    def right(request: wire.Request, subject: models.Subject = subject) -> bool:
        return answers_right(process.port, request, subject, wire.TOLERANCE, QUICK.answer_s)

    try:
        assert process.holds_within(QUICK.start_s, lambda: right(request)), log.read_text()
        assert not right(bad)
        assert not right(request, replace(subject, expected=subject.expected + 1))
        taken = memory_mb(process.processes())
        assert taken is None or taken > 10
    finally:
        process.stop()
    assert not right(request)


def test_a_photo_is_the_same_in_every_run() -> None:
    photo = models.photo(0)
    assert photo == models.photo(0) != models.photo(1)
    row = pixels(photo)
    assert row.shape == (3, SIDE, SIDE)
    assert -1 <= row.min() < row.max() <= 1


def test_the_loop_over_the_runtime_has_a_speed(subject: models.Subject, tmp_path: Path) -> None:
    settings = replace(QUICK, warm_up_s=0.0, window_s=0.01)
    place = Place(
        Renders(tmp_path),
        Pins((), (), None),
        load.Generator(Path(), None),
        settings,
        tmp_path / "log",
    )
    told = visit(place, WORKLOADS["a"], CONTESTANTS["loop"], subject, [])
    assert told.capacity.throughput > 0
    assert told.start_s is None


@pytest.mark.skipif(not load.found(), reason=WITHOUT)
def test_the_service_is_visited(subject: models.Subject, tmp_path: Path) -> None:
    settings = replace(QUICK, warm_up_s=0.1, window_s=0.5, idle_s=0.1)
    place = Place(
        Renders(tmp_path), Pins((), (), None), load.generator(), settings, tmp_path / "log"
    )
    loads = [Load(connections=2), Load(share=0.5)]
    patient = replace(WORKLOADS["e"], deadline_ms=1000)  # on a busy machine 100 ms are few
    told = visit(place, patient, CONTESTANTS["service"], subject, loads)
    assert told.capacity.throughput > 0
    assert told.capacity.failed == 0  # a bad request beside the others is its sender's alone
    assert set(told.loads) == {"closed 2", "50%"}
    assert all(window.statuses.keys() == {"200"} for window in told.loads.values())


def test_what_is_quantized_for_one_is_not_served_by_others(
    subject: models.Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendered, "quantize", lambda _, model: (model / "served.json").touch())
    own = Renders(tmp_path).quantized(tmp_path / "render" / "project", subject.folder)
    assert {path.name for path in own.iterdir()} - {
        path.name for path in subject.folder.iterdir()
    } == {"served.json"}
