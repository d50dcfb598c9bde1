"""Triton from NVIDIA's wheel, unpacked and not installed, with its Python backend."""

import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.answers import ROOT

from ..servers import HOST, Batching, Server
from . import InstallError, pinned

REQUIREMENTS = Path(__file__).with_suffix(".txt")
SCRIPTS = Path(__file__).parent / "scripts"
SITE = ROOT / ".cache" / "triton"
HOME = SITE / "pytriton" / "tritonserver"
BACKEND = HOME / "backends" / "python"
ENVIRON = {
    "TRITON_SITE": str(SITE),
    "LD_LIBRARY_PATH": sysconfig.get_config_var("LIBDIR"),  # the stub wants libpython
    "PYTHONDONTWRITEBYTECODE": "1",
}


def install() -> None:
    """Unpack Triton from its wheel, if that is not done yet; raises InstallError."""
    stamp, wanted = SITE / "installed", REQUIREMENTS.read_text(encoding="utf-8")
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    stub = HOME / "python_backend_stubs" / "{}.{}".format(*sys.version_info)
    print("Fetching Triton, 80 MB ...", flush=True)
    pip: list[str | Path] = [sys.executable, "-m", "pip", "install", "--quiet", "--upgrade"]
    pip += ["--no-deps", "--no-compile", "--only-binary", ":all:", "--target", SITE]
    pip += ["--requirement", REQUIREMENTS]
    result = subprocess.run(pip, capture_output=True, text=True)
    if result.returncode:
        raise InstallError(f"Triton cannot be fetched: {result.stderr.strip().splitlines()[-1]}")
    if not stub.is_dir():
        raise InstallError(f"Triton's Python backend is not made for Python {stub.name}.")
    executable = stub / "triton_python_backend_stub"
    looked_for = BACKEND / executable.name  # there alone
    looked_for.unlink(missing_ok=True)
    looked_for.symlink_to(executable)
    stamp.write_text(wanted, encoding="utf-8")


def version() -> str:
    """Return the version of the wheel."""
    return pinned(REQUIREMENTS)


def command(repository: Path, port: int | str, shared_memory: str) -> list[str | Path]:
    """Return what serves the models of a repository; it leaves some of its shared memory."""
    return [
        HOME / "bin" / "tritonserver",
        f"--model-repository={repository}",
        f"--backend-directory={BACKEND.parent}",
        f"--http-address={HOST}",
        f"--http-port={port}",
        "--allow-grpc=false",
        "--allow-metrics=false",
        "--exit-timeout-secs=2",
        f"--backend-config=python,shm-region-prefix-name={shared_memory}",
    ]


def server(**more: str) -> Server:
    """Return Triton with the model on ONNX Runtime in its Python backend; raises InstallError."""
    install()

    def environ(port: int, model: Path, batching: Batching) -> dict[str, str]:
        shared_memory = f"serving_{port}"
        program = [str(word) for word in command(Path("REPOSITORY"), port, shared_memory)]
        return {
            **ENVIRON,
            "COMMAND": "\n".join(program),
            "SHARED_MEMORY": shared_memory,
            "MODEL": str(model / "model.onnx"),
            "MAX_BATCH_SIZE": str(batching.max_batch_size),
            **more,
        }

    script = [sys.executable, "serve_triton.py"]
    return Server("Triton", version(), lambda _: script, SCRIPTS, environ, "/v2/health/ready")
