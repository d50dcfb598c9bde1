"""A Dockerfile read into stages, and its steps run in a folder, without Docker.

A folder stands for the root of the file system: what an instruction names below it, `/app` or
`/opt/service`, lies in that folder.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

MADE = ("/app", "/opt/service")  # the folders that the Dockerfile makes


@dataclass
class Stage:
    """A stage: its name, what it starts from, and its instructions in order."""

    name: str
    base: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def values(self, instruction: str) -> list[str]:
        """Return what stands behind each instruction of a kind."""
        return [text for kind, text in self.instructions if kind == instruction]

    @property
    def environ(self) -> dict[str, str]:
        """The variables that `ENV` sets, as they are written."""
        pairs = [pair for text in self.values("ENV") for pair in shlex.split(text)]
        return dict(pair.split("=", 1) for pair in pairs)


def read(dockerfile: str) -> list[Stage]:
    """Return the stages of a Dockerfile; the last is the image."""
    lines = [line for line in dockerfile.splitlines() if not re.match(r"\s*(#|$)", line)]
    stages: list[Stage] = []
    for line in re.sub(r"\\\n", " ", "\n".join(lines)).splitlines():
        kind, text = line.split(None, 1)
        if kind == "FROM":
            base, _, name = text.partition(" AS ")
            stages.append(Stage(name, base))
        elif stages:  # ARGs may stand before
            stages[-1].instructions.append((kind, text))
    return stages


def placed(text: str, root: Path) -> str:
    """Return a text whose paths are those below the folder that stands for the root."""
    return re.sub(rf"(?<![\w.])({'|'.join(MADE)})\b", rf"{root}\1", text)


def copied(text: str) -> tuple[str, list[str], str]:
    """Return the stage (empty: the context), the sources and the target of a COPY."""
    words = text.split()
    stage = words.pop(0).removeprefix("--from=") if words[0].startswith("--from=") else ""
    return stage, words[:-1], words[-1]


def arguments(text: str) -> list[str]:
    """Return the words of an ENTRYPOINT, a CMD or the CMD of a HEALTHCHECK."""
    return [str(word) for word in json.loads(text[text.index("[") :])]


def build(stage: Stage, context: Path, root: Path) -> None:
    """Do what a stage does: copy from the context, and run.

    Raises AssertionError for a step that would change the machine, or that fails.
    """
    work = root / "app"
    work.mkdir(parents=True, exist_ok=True)
    for kind, text in stage.instructions:
        if kind == "COPY":
            _, sources, target = copied(text)
            for source in sources:
                _copy(context / source, work / target, target)
        elif kind == "RUN":
            assert "apt-get" not in text
            command = placed(re.sub(r"--mount=\S+", "", text), root)
            done = subprocess.run(
                ["sh", "-euc", command], cwd=work, env=os.environ, capture_output=True, text=True
            )
            assert done.returncode == 0, done.stdout + done.stderr


def _copy(source: Path, target: Path, written: str) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
        return
    if written.endswith("/"):
        target.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)
