"""Both servers: a folder with a render's tests, whose `tests.e2e.echo` starts the server."""

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from service import free_port, running

from ..peers import installed, pinned
from ..peers.known import requirements

FOLDER = Path(__file__).parent / "mlserver"
REQUIREMENTS = requirements("mlserver")
OURS = "rendered service"
MODEL = "echo"
ECHO = Path("tests", "e2e", "echo.py")


@dataclass(frozen=True)
class Server:
    """A server whose model gives back what it is given, in every datatype.

    `project` is a render; `environ` is what its `tests.e2e.echo` needs beside the port.
    """

    name: str
    version: str
    project: Path
    environ: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_ours(self) -> bool:
        """Whether it is the rendered service."""
        return self.name == OURS

    @contextmanager
    def started(self, log: Path) -> Iterator[int]:
        """Run it until the block ends; gives its port. Raises NotReadyError."""
        port, command = free_port(), [sys.executable, "-m", "tests.e2e.echo"]
        environ = {"PYTHONPATH": "src", "SERVICE_WORKERS": "1", **self.environ}
        ready = f"/v2/models/{MODEL}/ready"
        with (
            log.open("ab") as stderr,
            running(command, self.project, port, environ, stderr, ready),
        ):
            yield port


def ours(project: Path) -> Server:
    """Return the rendered service, run by the interpreter of the tests."""
    versions = f"Flask {version('flask')}, Granian {version('granian')}"
    return Server(OURS, versions, project)


def mlserver(project: Path) -> Server:
    """Return MLServer in a copy of the render, beside it; raises InstallError.

    The tests stay as they are, but the program that starts their server is MLServer's.
    """
    programs = installed("mlserver", "MLServer", REQUIREMENTS)
    copy = project.with_name("mlserver")
    shutil.copytree(project, copy)
    shutil.copyfile(FOLDER / "stand_in.py", copy / ECHO)
    model = copy / MODEL
    model.mkdir()
    shutil.copy(FOLDER / "echo_model.py", model)
    environ = {"MLSERVER": str(programs / "mlserver"), "MLSERVER_FOLDER": str(model)}
    return Server("MLServer", pinned(REQUIREMENTS), copy, environ)
