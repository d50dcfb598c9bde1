"""Other servers, each in an environment of its own."""

import subprocess
import venv
from pathlib import Path

from tests.answers import ROOT

ENVIRONMENTS = ROOT / ".cache" / "peers"


class InstallError(Exception):
    """A server cannot be installed; the reason is one line."""


def pinned(requirements: Path) -> str:
    """Return the version of a server: its requirements name it first."""
    first, *_ = requirements.read_text(encoding="utf-8").splitlines()
    return first.partition("==")[2]


def installed(key: str, name: str, requirements: Path) -> Path:
    """Return the folder of a server's programs, made if its requirements are new.

    Raises InstallError.
    """
    folder = ENVIRONMENTS / key
    programs, stamp = folder / "bin", folder / "installed"
    wanted = requirements.read_text(encoding="utf-8")
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return programs
    print(f"Installing {name} {pinned(requirements)} ...", flush=True)
    venv.create(folder, clear=True, with_pip=True)
    pip: list[str | Path] = [programs / "python", "-m", "pip", "install", "--quiet"]
    result = subprocess.run([*pip, "--requirement", requirements], capture_output=True, text=True)
    if result.returncode:
        last = result.stderr.strip().rpartition("\n")[2]
        raise InstallError(f"{name} cannot be installed: {last}")
    stamp.write_text(wanted, encoding="utf-8")
    return programs
