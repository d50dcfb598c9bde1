"""Hostile requests leave nothing behind: no memory, no open connection."""

from pathlib import Path

import pytest

from ..conftest import FRAMEWORK
from ..models import model_of
from ..processes import Server, wait_until
from .conftest import Serve
from .hostile import HOSTILE, Hostile
from .raw import HEADS
from .raw_bodies import BODIES
from .requests import converse, told
from .v2_hostile import hostile_of

PROC = Path("/proc")
V2_HOSTILE = hostile_of(model_of(FRAMEWORK).card)
SIZE = 8 * 2**20
ROUNDS = 16
# The allocator keeps some of what was freed: 5 MiB measured, 40 with other bodies. If the service
# kept one body a round, of whatever kind, it would be 128.
MOST_MORE = 96 * 2**20
LARGE = {
    "text": Hostile(b'{"instances": ["' + SIZE * b"a" + b'"]}', "invalid_instance"),
    "bytes": Hostile(b'{"instances": [{"b64": "' + SIZE * b"A" + b'"}]}', "invalid_instance"),
    "JSON that is cut": Hostile(b'{"instances": ["' + SIZE * b"a", "invalid_request"),
    "numbers": Hostile(b'{"instances": [[' + SIZE // 8 * b"0," + b"{}]]}", "invalid_instance"),
    "objects": Hostile(b'{"instances": [' + SIZE // 64 * b'{"a":1},' + b"1]}", "invalid_instance"),
    "another type": Hostile(bytes(SIZE), "unsupported_media_type", "video/mp4"),
}


def processes(server: Server) -> list[Path]:
    """Return the folders in /proc of the server and its workers: they are one process group."""
    group = []
    for stat in PROC.glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[2]) == server.process.pid:
            group.append(stat.parent)
    return group


def resident_bytes(server: Server) -> int:
    """Return the memory that the processes really hold."""
    kilobytes = 0
    for process in processes(server):
        lines = (process / "status").read_text().splitlines()
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    return 1024 * kilobytes


def descriptors(server: Server) -> int:
    """Return how many files and connections the processes have open."""
    return sum(len(list((process / "fd").iterdir())) for process in processes(server))


def send(server: Server, request: Hostile) -> None:
    """Send a request and check the code of its answer."""
    content_type = {} if request.content_type is None else {"Content-Type": request.content_type}
    headers = content_type | request.headers
    reply = server.ask(request.method, request.path, request.body, headers)
    assert told(reply).split()[1] == request.code


def send_all(server: Server, rounds: int) -> None:
    """Send the whole corpus once, and what is large in it so many times."""
    for raw in (HEADS | BODIES).values():
        converse(server, raw.sent, raw.stops)
    for request in [*HOSTILE.values(), *V2_HOSTILE.values(), *(rounds * list(LARGE.values()))]:
        send(server, request)


@pytest.mark.skipif(not PROC.is_dir(), reason="Only Linux tells the memory of other processes.")
def test_after_the_whole_corpus_memory_and_descriptors_are_as_before(serve: Serve) -> None:
    with serve("--workers", "1") as server:
        wait_until(lambda: server.answers("/readyz"))
        send_all(server, 1)  # what the service needs once: threads, buffers of the allocator
        memory, opened = resident_bytes(server), descriptors(server)
        send_all(server, ROUNDS)
        assert resident_bytes(server) - memory < MOST_MORE
        wait_until(lambda: descriptors(server) <= opened)
