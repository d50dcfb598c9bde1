"""The CI files of a render, and ours: valid, and no more than targets of the Makefile."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from .answers import ROOT
from .conftest import Bake

FILES = {"github": ".github/workflows/ci.yml", "gitlab": ".gitlab-ci.yml"}
SCHEMAS = {
    "github": ["--builtin-schema", "vendor.github-workflows"],
    "gitlab": ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"],
}
JOBS = {"ci": "ci", "audit": "audit", "container": "image", "newest": "newest"}  # and targets

each_ci = pytest.mark.parametrize("ci", FILES)


@pytest.fixture(scope="module")
def by_ci(bake: Bake) -> dict[str, Path]:
    """Return a render for each answer to the question of CI."""
    return {ci: bake(ci=ci) for ci in FILES}


def jobs_of(ci: str, project: Path) -> dict[str, Any]:
    """Return the jobs of the CI file, without what they only inherit from."""
    source = yaml.safe_load((project / FILES[ci]).read_text(encoding="utf-8"))
    jobs = source["jobs"] if ci == "github" else source
    return {name: job for name, job in jobs.items() if not name.startswith(".")}


def commands_of(job: dict[str, Any]) -> list[str]:
    """Return the commands of a job, without what its image lacks."""
    steps = job.get("steps", [])
    return [*job.get("script", []), *(step["run"] for step in steps if "run" in step)]


def make(project: Path, target: str) -> str:
    """Return the commands that a target would run."""
    command = ["make", "--dry-run", target]
    result = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def assert_valid(ci: str, path: Path) -> None:
    """Hold a CI file to the schema that its platform publishes."""
    command = [sys.executable, "-m", "check_jsonschema", *SCHEMAS[ci], str(path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


@each_ci
def test_the_file_is_valid(ci: str, by_ci: dict[str, Path]) -> None:
    assert_valid(ci, by_ci[ci] / FILES[ci])


def test_our_own_file_is_valid() -> None:
    assert_valid("github", ROOT / ".github/workflows/ci.yml")


@each_ci
def test_a_misspelt_key_is_not_valid(ci: str, by_ci: dict[str, Path], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    source = (by_ci[ci] / FILES[ci]).read_text(encoding="utf-8")
    wrong.write_text(
        re.sub(r"^( +)(strategy|script):", r"\1strategie:", source, flags=re.MULTILINE)
    )
    with pytest.raises(AssertionError):
        assert_valid(ci, wrong)


@each_ci
def test_every_job_runs_a_target_of_the_makefile(ci: str, by_ci: dict[str, Path]) -> None:
    jobs = jobs_of(ci, by_ci[ci])
    assert {name: commands_of(job) for name, job in jobs.items()} == {
        name: [f"make {target}"] for name, target in JOBS.items()
    }
    for target in JOBS.values():
        assert make(by_ci[ci], target)


@each_ci
def test_the_newest_packages_are_tried_in_the_week_not_at_every_push(
    ci: str, by_ci: dict[str, Path]
) -> None:
    jobs = jobs_of(ci, by_ci[ci])
    conditional = {name for name, job in jobs.items() if "if" in job or "rules" in job}
    assert conditional == {"newest"}
    assert "schedule" in str(jobs["newest"].get("if") or jobs["newest"]["rules"])


def test_both_platforms_try_the_same_pythons(by_ci: dict[str, Path]) -> None:
    for name in ("ci", "newest"):
        github = jobs_of("github", by_ci["github"])[name]["strategy"]["matrix"]["python"]
        (gitlab,) = jobs_of("gitlab", by_ci["gitlab"])[name]["parallel"]["matrix"]
        assert gitlab["PYTHON_VERSION"] == github


@pytest.mark.parametrize("path", [ROOT, None], ids=["ours", "a render's"])
def test_actions_are_pinned_to_a_major_version(path: Path, by_ci: dict[str, Path]) -> None:
    for job in jobs_of("github", path or by_ci["github"]).values():
        used = [step["uses"] for step in job["steps"] if "uses" in step]
        assert used
        assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in used)


def test_newest_installs_without_the_constraints(by_ci: dict[str, Path]) -> None:
    usual, newest = (make(by_ci["github"], target) for target in ("install", "newest"))
    assert "--constraint constraints.txt --editable" in usual
    assert "--editable" in newest
    assert "constraints.txt" not in newest
    assert set(re.findall(r"^\S*/bin/pip", newest, re.MULTILINE)) == {".venv/newest/bin/pip"}
    assert ".venv/newest/bin/pytest" in newest
