"""Both servers, each with the model of a signature: started on a free port, and ended."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from service import free_port, running

from ..peers import triton as peer
from .signatures import MAX_BATCH_SIZE, Signature

FOLDER = Path(__file__).parent / "triton"
SHARED_MEMORY = Path("/dev/shm")


@contextmanager
def ours(project: Path, signature: Signature, log: Path) -> Iterator[int]:
    """Run the echo model of a render's own tests until the block ends; gives the port."""
    port = free_port()
    command = [sys.executable, "-m", "tests.e2e.echo", signature.arguments()]
    environ = {
        "PYTHONPATH": "src",
        "PYTHONDONTWRITEBYTECODE": "1",
        "SERVICE_WORKERS": "1",
        "SERVICE_MAX_BATCH_SIZE": str(MAX_BATCH_SIZE),
    }
    with log.open("ab") as stderr, running(command, project, port, environ, stderr):
        yield port


@contextmanager
def triton(signature: Signature, log: Path) -> Iterator[int]:
    """Run Triton, with the same model on its Python backend, until the block ends."""
    port = free_port()
    shared = f"differential_{os.getpid()}_{port}"
    with TemporaryDirectory() as name, log.open("ab") as stderr:
        repository = Path(name)
        signature.write_repository(repository, FOLDER / "model.py")
        command = peer.command(repository, port, shared)
        try:
            with running(command, repository, port, peer.ENVIRON, stderr, ready="/v2/health/ready"):
                yield port
        finally:
            for memory in SHARED_MEMORY.glob(f"{shared}*"):  # it leaves some of it
                memory.unlink(missing_ok=True)
