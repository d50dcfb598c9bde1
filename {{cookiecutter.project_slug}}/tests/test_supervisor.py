"""The supervisor: a worker that never was ready ends the service; the rest needs a real one.

`e2e/test_workers.py` has the workers that serve, and are killed, crash or hang.
"""

from pathlib import Path

import pytest

from .processes import free_port, run_python

SCRIPT = """
import os, sys
from granian.constants import Interfaces
from model_service import supervisor

def load_app(generation):
    os._exit(0)

supervisor.load_app = load_app
if __name__ == "__main__":
    options = {"port": int(sys.argv[1]), "interface": Interfaces.WSGI, "log_enabled": False}
    supervisor.Supervisor("app", workers=int(sys.argv[2]), metrics_dir=".", **options).run()
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_that_ends_before_it_serves_ends_the_service(workers: int, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    ended = run_python(str(script), str(free_port()), str(workers))
    assert ended.returncode == 1, ended.stderr
