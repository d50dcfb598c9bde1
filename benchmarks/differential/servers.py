"""Both servers, each with the model of a signature: started on a free port, and ended."""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from service import free_port, running

from tests.answers import ROOT

from .signatures import MAX_BATCH_SIZE, Signature

FOLDER = Path(__file__).parent / "triton"
SITE = ROOT / ".cache" / "triton"
HOME = SITE / "pytriton" / "tritonserver"
BACKEND = HOME / "backends" / "python"
HOST = "127.0.0.1"
SHARED_MEMORY = Path("/dev/shm")


class InstallError(Exception):
    """Triton cannot be had here; the reason is one line."""


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
        command: list[str | Path] = [
            HOME / "bin" / "tritonserver",
            f"--model-repository={repository}",
            f"--backend-directory={BACKEND.parent}",
            f"--http-address={HOST}",
            f"--http-port={port}",
            "--allow-grpc=false",
            "--allow-metrics=false",
            "--exit-timeout-secs=2",
            f"--backend-config=python,shm-region-prefix-name={shared}",
        ]
        environ = {
            "TRITON_SITE": str(SITE),
            "LD_LIBRARY_PATH": sysconfig.get_config_var("LIBDIR"),  # the stub wants libpython
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        try:
            with running(command, repository, port, environ, stderr, ready="/v2/health/ready"):
                yield port
        finally:
            for memory in SHARED_MEMORY.glob(f"{shared}*"):  # it leaves some of it
                memory.unlink(missing_ok=True)


def install() -> None:
    """Unpack Triton from its wheel, if that is not done yet; raises InstallError."""
    requirements, stamp = FOLDER / "requirements.txt", SITE / "installed"
    wanted = requirements.read_text(encoding="utf-8")
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    stub = HOME / "python_backend_stubs" / "{}.{}".format(*sys.version_info)
    print("Fetching Triton, 60 MB ...", flush=True)
    pip: list[str | Path] = [sys.executable, "-m", "pip", "install", "--quiet", "--upgrade"]
    pip += ["--no-deps", "--no-compile", "--only-binary", ":all:", "--target", SITE]
    pip += ["--requirement", requirements]
    result = subprocess.run(pip, capture_output=True, text=True)
    if result.returncode:
        raise InstallError(f"Triton cannot be fetched: {result.stderr.strip().splitlines()[-1]}")
    if not stub.is_dir():
        raise InstallError(f"Triton's Python backend is not made for Python {stub.name}.")
    executable = stub / "triton_python_backend_stub"
    (BACKEND / executable.name).symlink_to(executable)  # it is looked for there alone
    stamp.write_text(wanted, encoding="utf-8")


def version() -> str:
    """Return the version of the wheel."""
    first, *_ = (FOLDER / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return first.partition("==")[2]
