"""The container image: its Dockerfile is read, linted, and its steps are run without Docker."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from service import END_LIMIT_S, START_LIMIT_S, free_port, post_file, post_json

from .answers import TEMPLATE, Answers, combinations, label
from .conftest import Bake
from .dockerfile import arguments, build, copied, placed, read
from .rendered_files import rendered

HADOLINT = Path(sys.executable).with_name("hadolint")
BUILT = [
    {"gpu": "none"},
    {"framework": "tflite", "gpu": "none", "input_kind": "tensor", "quantization": "static-int8"},
]


# The answers that the Dockerfile may ask for.
every_answer = pytest.mark.parametrize(
    "answers",
    [a for a in combinations() if a["input_kind"] == "image" and a["batching"] == "none"],
    ids=label,
)


def test_every_dockerfile_passes_hadolint(tmp_path: Path) -> None:
    for number, text in enumerate({rendered("Dockerfile", answers) for answers in combinations()}):
        (tmp_path / f"{number}.Dockerfile").write_text(text, encoding="utf-8")
    paths = sorted(tmp_path.iterdir())
    assert len(paths) > 4
    lint = subprocess.run([HADOLINT, *paths], capture_output=True, text=True)
    assert lint.returncode == 0, lint.stdout


@every_answer
def test_what_is_copied_is_in_the_context(answers: Answers) -> None:
    ignored = (TEMPLATE / ".dockerignore").read_text().splitlines()
    allowed = {Path(line[1:]) for line in ignored if line.startswith("!")}
    assert "*" in ignored
    stages = read(rendered("Dockerfile", answers))
    for stage, sources, _ in [copied(text) for one in stages for text in one.values("COPY")]:
        assert stage in {one.name for one in stages}
        for source in sources if not stage else []:
            assert (TEMPLATE / source).exists() or source == "LICENSE"
            assert allowed & {Path(source), *Path(source).parents}, source


@every_answer
def test_the_image_brings_the_packages_of_the_answers(answers: Answers) -> None:
    text = rendered("Dockerfile", answers)
    on_cpu = answers["gpu"] == "none"
    cuda = answers["framework"] == "onnxruntime" and not on_cpu  # the others bring it themselves
    compiled = (answers["framework"], answers["quantization"]) == ("pytorch", "static-int8")
    assert ("whl/cpu" in text) == (answers["framework"] == "pytorch" and on_cpu)
    assert ("/opt/service cuda\n" in text) == ("LD_LIBRARY_PATH" in text) == cuda
    assert (" g++ " in text) == (" libgomp1 " in text) == compiled
    extras = tomllib.loads(rendered("pyproject.toml", answers))["project"]["optional-dependencies"]
    assert ("cuda" in extras) == cuda


def test_the_image_ends_as_the_service_does() -> None:
    image = read(rendered("Dockerfile", {}))[-1]
    assert image.values("STOPSIGNAL") == ["SIGTERM"]
    (user,) = image.values("USER")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)  # numbers: Kubernetes sees that it is not root


def test_make_image_builds_it_under_its_name(bake: Bake) -> None:
    project = bake(project_slug="odd-name")
    command = ["make", "--no-print-directory", "image", "DOCKER=echo"]
    said = subprocess.run(command, cwd=project, capture_output=True, text=True, check=True)
    assert said.stdout == "build --tag odd-name:latest .\n"


class Image:
    """The file system of an image, below a folder that a user who is not root may read."""

    def __init__(self, project: Path, root: Path) -> None:
        *stages, self.stage = read((project / "Dockerfile").read_text())
        self.root = root
        for stage in stages:
            build(stage, project, root)
            if stage.name == "service":  # what the stages behind it install stays there
                shutil.copytree(root / "opt/service", root / "kept", symlinks=True)
        shutil.rmtree(root / "opt/service")
        (root / "kept").rename(root / "opt/service")
        shutil.move(root / "app/model", root / "model")
        shutil.rmtree(root / "app")
        (root / "app").mkdir()
        shutil.move(root / "model", root / "app/model")
        for text in self.stage.values("COPY"):
            _, (source,), target = copied(text)
            if (project / source).is_file():
                shutil.copy(project / source, placed(target, root))

    def start(self, instruction: str, port: int, scratch: Path) -> subprocess.Popen[bytes]:
        """Run what the image runs, without rights, with its environment and a folder to write to.

        What it prints goes to a file `instruction` beside the image.
        """
        words = arguments(placed(self.stage.values(instruction)[0], self.root))
        if instruction == "ENTRYPOINT":
            words += arguments(self.stage.values("CMD")[0])
        environ = {name: placed(value, self.root) for name, value in self.stage.environ.items()}
        environ["PATH"] = environ["PATH"].replace("$PATH", os.environ["PATH"])
        environ |= {"TMPDIR": str(scratch), "HOME": str(scratch), "SERVICE_PORT": str(port)}
        # Not another user: the interpreter of this machine may lie where only root may look.
        unprivileged = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]
        with self.log(instruction).open("wb") as log:
            return subprocess.Popen(
                [*(unprivileged if os.geteuid() == 0 else []), *words],
                cwd=self.root / "app",
                env=environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def log(self, instruction: str) -> Path:
        """Return the file to which an instruction prints."""
        return self.root.with_name(f"{self.root.name}.{instruction}")


@pytest.fixture
def root() -> Iterator[Path]:
    """Return an empty folder, and let it be removed although nobody may write to it."""
    with TemporaryDirectory() as folder:
        root = Path(folder, "root")
        root.mkdir()
        yield root
        for path in root.rglob("*"):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)


def read_only(root: Path) -> dict[Path, int]:
    """Take the rights to write below a folder; return all that is there with its time.

    Raises AssertionError if not everybody may read it.
    """
    paths = [path for path in root.rglob("*") if not path.is_symlink()]
    for path in paths:
        mode, needed = path.stat().st_mode, 0o555 if path.is_dir() else 0o444
        assert mode & needed == needed, path
        path.chmod(mode & ~0o222)
    return {path: path.stat().st_mtime_ns for path in paths}


@pytest.mark.parametrize("answers", BUILT, ids=lambda answers: "-".join(answers.values()))
def test_the_steps_make_a_service_that_needs_no_rights(
    answers: dict[str, str], bake: Bake, root: Path
) -> None:
    project, port = bake(**answers), free_port()
    (artefact,) = (project / "model").glob("model.*[!l]")  # not model.toml
    artefact.chmod(0o600)  # as a checkout with a strict umask has it
    image = Image(project, root)
    assert not list(root.glob("opt/service/lib/python*/site-packages/pip"))
    scratch = root.with_name("tmp")
    scratch.mkdir()
    before = read_only(root)
    service = image.start("ENTRYPOINT", port, scratch)
    try:
        wait_until_healthy(image, service, port, scratch)
        for path in sorted((project / "model/examples").iterdir()):
            ask = post_json(port, path.read_bytes()) if path.suffix == ".json" else None
            answer = ask or post_file(port, path)
            assert answer["predictions"][0]["label"] == path.stem
        assert list(scratch.glob("metrics-*"))
        os.killpg(service.pid, getattr(signal, image.stage.values("STOPSIGNAL")[0]))
        assert service.wait(END_LIMIT_S) == 0
    finally:
        if service.poll() is None:
            os.killpg(service.pid, signal.SIGKILL)
            service.wait()
    assert "Traceback" not in image.log("ENTRYPOINT").read_text()
    assert image.start("HEALTHCHECK", port, scratch).wait(END_LIMIT_S) == 1
    assert "The service does not answer" in image.log("HEALTHCHECK").read_text()
    assert not list(scratch.glob("metrics-*"))
    assert read_only(root) == before


def wait_until_healthy(
    image: Image, service: subprocess.Popen[bytes], port: int, scratch: Path
) -> None:
    """Run the health check of the image until it says that the service is ready."""
    give_up = time.monotonic() + START_LIMIT_S
    while time.monotonic() < give_up:
        assert service.poll() is None, image.log("ENTRYPOINT").read_text()
        if image.start("HEALTHCHECK", port, scratch).wait(END_LIMIT_S) == 0:
            return
        said = image.log("HEALTHCHECK").read_text()
        assert said.startswith(("The service does not answer", '{"error"')), said
    pytest.fail("The service was not healthy in time.")
