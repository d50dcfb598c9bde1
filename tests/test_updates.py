"""Updates of renders that nobody has edited: they end as what a fresh render would be."""

import subprocess
from pathlib import Path

import pytest

from .answers import ROOT
from .conftest import Bake
from .updating import Project, Template, commit, cruft, files, git, replace

EARLIER = 20  # commits back, where there is no tag

IN_PLACE = [
    ({"gpu": "none"}, {"framework": "pytorch"}),
    (
        {"framework": "tflite", "gpu": "none", "quantization": "static-int8"},
        {"framework": "onnxruntime", "gpu": "fallback"},
    ),
    ({}, {"input_kind": "text", "batching": "client", "ci": "gitlab", "license": "Proprietary"}),
    (
        {"framework": "pytorch", "input_kind": "tensor"},
        {"framework": "tensorflow", "quantization": "half", "gpu": "required"},
    ),
    ({"project_slug": "odd"}, {"package_name": "other", "description": 'Not "what" it was.'}),
]
LATER = [
    {},
    {"framework": "pytorch", "input_kind": "tensor", "quantization": "dynamic-int8"},
    {"framework": "tensorflow", "input_kind": "tensor", "gpu": "none", "batching": "client"},
]


def written(answers: object) -> str:
    """Return answers as the id of a test."""
    return (
        ",".join(map("=".join, answers.items())) or "default" if isinstance(answers, dict) else ""
    )


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Return a repository of the template with one version."""
    return Template(tmp_path_factory.mktemp("repository") / "template")


@pytest.mark.parametrize(("before", "changed"), IN_PLACE, ids=written)
def test_another_answer_makes_of_a_service_what_it_would_be(
    before: dict[str, str], changed: dict[str, str], template: Template, tmp_path: Path
) -> None:
    project = Project.create(template, tmp_path / "old", before)
    project.update(**changed)
    assert project.conflicts() == []
    assert project.files() == Project.create(template, tmp_path / "new", before | changed).files()


def previous_version() -> str | None:
    """Return the last tag before the present commit, else an earlier commit, else nothing."""

    def told(*arguments: str) -> list[str]:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
        return done.stdout.split() if done.returncode == 0 else []

    tag = told("describe", "--tags", "--abbrev=0", "HEAD^")
    commits = told("rev-list", "--first-parent", f"--max-count={EARLIER + 1}", "HEAD")
    earlier = tag or commits[1:]
    return earlier[-1] if earlier else None


@pytest.mark.parametrize("answers", LATER, ids=written)
def test_the_previous_version_becomes_this_one(answers: dict[str, str], tmp_path: Path) -> None:
    earlier = previous_version()
    if not earlier:
        pytest.skip("this copy of the repository has no commit before the present one")
    template = Template(tmp_path / "template", earlier)
    project = Project.create(template, tmp_path / "old", answers)
    template.release_what_is_here()
    assert project.cruft("check").returncode == 1
    project.update()
    assert project.conflicts() == []
    assert project.files() == Project.create(template, tmp_path / "new", answers).files()
    assert project.cruft("check").returncode == 0


def test_check_and_diff_tell_what_is_new_and_what_was_edited(tmp_path: Path) -> None:
    template = Template(tmp_path / "template")
    project = Project.create(template, tmp_path / "projects", {})
    assert project.cruft("check").returncode == 0
    assert "@@" not in project.cruft("diff", "--exit-code").stdout
    replace(project.folder / "Makefile", "# The commands of", "# My commands of")
    diff = project.cruft("diff", "--exit-code")
    assert diff.returncode == 1
    assert "-# My commands of this service" in diff.stdout
    replace(template.service / "Makefile", "`make help` lists them", "`make` lists them")
    commit(template.folder, "second")
    assert project.cruft("check").returncode == 1


def test_a_render_of_cookiecutter_alone_can_be_linked_later(bake: Bake, tmp_path: Path) -> None:
    template = Template(tmp_path / "template")
    project = Project(bake(tmp_path / "projects", input_kind="tensor", gpu="none"))
    commit(project.folder, "rendered without cruft")
    answers = project.folder / ".cookiecutter.yaml"
    linked = project.cruft("link", "--no-input", "--config-file", answers, template.folder)
    assert linked.returncode == 0, linked.stderr
    commit(project.folder, "linked")
    project.update(batching="client")
    fresh = Project.create(
        template, tmp_path / "new", {"input_kind": "tensor", "gpu": "none", "batching": "client"}
    )
    assert project.files() == fresh.files()


def test_a_misspelt_question_is_refused(template: Template, tmp_path: Path) -> None:
    create = ["create", "--no-input", "--extra-context", '{"framwork": "tflite"}']
    refused = cruft(tmp_path, *create, template.folder)
    assert refused.returncode == 1
    assert refused.stderr.strip() == (
        "framwork is no question of this template: did you mean framework?"
    )
    assert not (tmp_path / "digit-reader").exists()
    project = Project.create(template, tmp_path / "projects", {})
    before = files(project.folder)
    refused = project.cruft("update", "-y", "--variables-to-update", '{"gpus": "none"}')
    assert refused.returncode == 1
    assert refused.stderr.strip() == "gpus is no question of this template: did you mean gpu?"
    assert files(project.folder) == before
    assert git(project.folder, "status", "--porcelain") == ""
