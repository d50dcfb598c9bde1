"""A template with several versions, and services rendered from it that somebody owns and updates.

All of it runs cruft's and git's own commands, on repositories in temporary folders.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path

from .answers import ROOT, TEMPLATE, tracked

PERSON = {"NAME": "Ada", "EMAIL": "ada@example.org"}
GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{role}_{key}": PERSON[key] for role in ("AUTHOR", "COMMITTER") for key in PERSON},
}

Files = dict[str, bytes]


def run(
    command: Iterable[str | Path], folder: Path, typed: str = "", **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, with no configuration of whoever runs the tests."""
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    environ = {**os.environ, **GIT, "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1", **environ}
    words = [str(word) for word in command]
    return subprocess.run(
        words, cwd=folder, env=environ, input=typed, capture_output=True, text=True
    )


def git(folder: Path, *arguments: str) -> str:
    """Return what a command of git prints, which must succeed."""
    done = run(["git", *arguments], folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def commit(folder: Path, message: str) -> str:
    """Commit all files of a folder, which becomes a repository if it is none; return the commit."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD").strip()


def replace(file: Path, old: str, new: str) -> None:
    """Replace the one place of a file that says something."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} in {file}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def files(project: Path) -> Files:
    """Return the contents of the files of a project by their paths inside it."""
    paths = [path.relative_to(project) for path in project.rglob("*") if path.is_file()]
    own = [path for path in paths if path.parts[0] != ".git"]
    return {path.as_posix(): (project / path).read_bytes() for path in own}


class Template:
    """A repository of the template, whose versions are commits."""

    def __init__(self, folder: Path, earlier: str | None = None) -> None:
        """Make the first version: the files that are here now, or those of an earlier commit."""
        self.folder = folder
        folder.mkdir(parents=True)
        if earlier:
            archive = subprocess.run(
                ["git", "archive", earlier], cwd=ROOT, check=True, capture_output=True
            )
            with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
                tar.extractall(folder, filter="data")
        else:
            self._copy()
        commit(folder, "first")

    @property
    def service(self) -> Path:
        """The folder that is rendered."""
        return self.folder / TEMPLATE.name

    def release_what_is_here(self) -> None:
        """Let the next version be the files that are here now."""
        for path in self.folder.iterdir():
            if path.name != ".git":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        self._copy()
        commit(self.folder, "what is here")

    def _copy(self) -> None:
        for path in tracked(ROOT):
            target = self.folder / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)


class Project:
    """A service that cruft has rendered, in a repository of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def create(cls, template: Template, parent: Path, answers: dict[str, str]) -> "Project":
        """Render a service, without asking, and commit it."""
        parent.mkdir(parents=True, exist_ok=True)
        create = ["create", "--no-input", "--extra-context", json.dumps(answers)]
        done = cruft(parent, *create, template.folder)
        assert done.returncode == 0, done.stderr
        (folder,) = (path.parent for path in parent.glob("*/.cruft.json"))
        commit(folder, "rendered")
        return cls(folder)

    def copy(self, parent: Path) -> "Project":
        """Return a copy of the project with its history."""
        return Project(Path(shutil.copytree(self.folder, parent / self.folder.name)))

    def cruft(self, *arguments: str | Path, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command of cruft in the project."""
        return cruft(self.folder, *arguments, typed=typed)

    def update(self, **answers: str) -> str:
        """Run `cruft update`, with other answers if some are given; return what it printed."""
        done = self.cruft(
            "update", "--skip-apply-ask", "--variables-to-update", json.dumps(answers)
        )
        assert done.returncode == 0, done.stderr
        assert "has been updated" in done.stdout
        return done.stdout + done.stderr

    def files(self) -> Files:
        """Return the contents of the files by path, without cruft's own."""
        return {path: text for path, text in files(self.folder).items() if path != ".cruft.json"}

    def conflicts(self) -> list[str]:
        """Return the paths that git could not merge, and what cruft put beside files instead."""
        lines = git(self.folder, "status", "--porcelain", "--untracked-files=all").splitlines()
        unmerged = [line[3:] for line in lines if "U" in line[:2] or line[:2] in ("AA", "DD")]
        return unmerged + [line[3:] for line in lines if line.endswith(".rej")]

    def service(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command of the service."""
        python = [sys.executable, "-m", "digit_reader"]
        return run([*python, *arguments], self.folder, PYTHONPATH="src")

    def tests(self, *paths: str) -> subprocess.CompletedProcess[str]:
        """Run tests of the service."""
        return run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *paths], self.folder
        )


def cruft(
    folder: Path, *arguments: str | Path, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command of cruft in a folder."""
    return run([sys.executable, "-m", "cruft", *arguments], folder, typed)
