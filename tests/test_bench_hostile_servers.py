"""`make bench BENCH=hostile`: its parts, with the rendered service and servers of a few lines."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import StreamRequestHandler, TCPServer

import onnxruntime as ort
import pytest

from benchmarks.hostile import broken, contestants, models, neighbours, overload
from benchmarks.hostile.corpus import Case, of_render
from benchmarks.hostile.replies import Reply, Verdict, ask
from benchmarks.hostile.servers import running
from benchmarks.hostile.settings import Settings
from benchmarks.rendered import ours
from benchmarks.servers import Batching, Server, ServerError, family

TINY = Settings(rounds=2, neighbours=3, burst=20, burst_s=30, products=1)
WHOLE = b"HTTP/1.1 422 Unprocessable\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno"


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """Give the port of a server that answers any request, with a body of a byte, so."""

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline().strip():
                pass
            self.rfile.read(1)  # the body, so that the end of the connection is no reset
            self.wfile.write(answer)

    with TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Render the service that is compared."""
    return contestants.render(tmp_path_factory.mktemp("render"))


def test_a_whole_answer_is_read_and_a_part_of_one_is_none() -> None:
    with answering(WHOLE) as port:
        assert ask(port, Case(b"{"), 30) == Reply(422, "text/plain", b"no")
    for part in (WHOLE[:-1], b"", b"no HTTP\r\n\r\n"):
        with answering(part) as port:
            assert ask(port, Case(b"{"), 30) is None
    assert ask(port, Case(b"{"), 30) is None  # nothing listens any more


def test_every_hostile_request_of_the_render_is_sent(project: Path) -> None:
    cases = of_render(project)
    assert len(cases) >= 80
    assert cases["no JSON: one brace"] == Case(b"{")
    assert cases["no type and no JSON"].content_type is None
    for ours_alone in ("path with a slash", "time that is none"):
        assert cases[ours_alone].is_ours_alone
    assert not cases["another path"].is_ours_alone


@pytest.mark.parametrize("make", [models.starter, models.lookup])
def test_a_model_fails_on_its_bad_row_only(
    make: Callable[[Path], models.Model], tmp_path: Path, project: Path
) -> None:
    model = make(tmp_path / "model")
    session = ort.InferenceSession(model.artefact)
    name = session.get_inputs()[0].name
    session.run(None, {name: model.rows})
    with pytest.raises(Exception, match="indices element out of data bounds|Got invalid dim"):
        session.run(None, {name: [model.bad_row]})
    server = ours(project, contestants.OURS)
    environ = {**os.environ, **server.environ(1, model.folder, TINY)}
    command = [*server.command(1)[:-1], "check"]
    subprocess.run(command, cwd=project, env=environ, check=True, capture_output=True)


def test_the_rendered_service_is_measured(project: Path, tmp_path: Path) -> None:
    server, log = ours(project, contestants.OURS), tmp_path / "log"
    lookup = models.lookup(tmp_path / "lookup")
    with running(server, lookup, TINY, log) as started:
        cases = {"no JSON: a brace": Case(b"{"), "GET": Case(b"", method="GET")}
        outcomes = broken.measure(started, cases)
        beside = neighbours.measure(started)
    with running(server, models.slow(tmp_path / "slow", TINY.products), TINY, log) as started:
        burst = overload.measure(started, server.health)
    assert [(o.verdict, o.status, o.right_after) for o in outcomes] == [
        (Verdict.REFUSED, 400, True),
        (Verdict.REFUSED, 405, True),
    ]
    assert (beside.sent, beside.right, beside.right_alone) == (6, 6, 6)
    assert beside.bad == [Verdict.FAULT] * 2
    assert (burst.right, burst.waiting, burst.health_failures) == (20, 0, 0)


def test_a_server_that_ends_at_once_did_not_start(tmp_path: Path) -> None:
    server = Server("One", "1", lambda _: [sys.executable, "-c", ""], tmp_path, no_environ, "/")
    model = models.lookup(tmp_path / "model")
    with (
        pytest.raises(ServerError, match="One did not start"),
        running(server, model, TINY, tmp_path / "log"),
    ):
        pass


def no_environ(port: int, model: Path, batching: Batching) -> dict[str, str]:
    """Return what a server needs of the environment: nothing."""
    return {}


def test_the_family_of_a_process_holds_what_left_its_group() -> None:
    sleep = [sys.executable, "-c", "import sys; print('up', flush=True); sys.stdin.read()"]
    start = f"import subprocess; subprocess.run({sleep}, start_new_session=True)"
    parent = subprocess.Popen(
        [sys.executable, "-c", start],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    with parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        members = family(parent.pid)
        parent.communicate(timeout=60)
    assert len(members) == 2
    assert parent.pid in members
    assert not family(parent.pid, members)
