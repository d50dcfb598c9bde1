"""What the page for organisations says, done as it says: answers, a fork, an option."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from check_answers import wrong

from .answers import ROOT, TEMPLATE
from .test_answers_file import kept
from .test_bake import run_cookiecutter
from .updating import Project, Template, commit, cruft, replace, run

PAGE = (ROOT / "docs/organisations.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
((_, COMPANY),) = [block for block in BLOCK.findall(PAGE) if block[0] == "yaml"]
RENDER, CHECK, FORK, MERGE = (text for kind, text in BLOCK.findall(PAGE) if kind == "sh")
ADDRESS = "https://github.com/org/cookiecutter-flask-inference"
LICENCE = "LicenseRef-Example"


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """Return the company's file of answers."""
    file = tmp_path / "company.yaml"
    file.write_text(COMPANY, encoding="utf-8")
    return file


def test_renders_get_the_answers_of_the_company(company: Path, tmp_path: Path) -> None:
    by_cookiecutter, by_cruft = RENDER.splitlines()
    answers = yaml.safe_load(COMPANY)["default_context"]
    words = by_cookiecutter.split()
    assert words[:3] == ["cookiecutter", "--config-file", company.name]
    made = run_cookiecutter(tmp_path, "--no-input", "--config-file", str(company))
    assert made.returncode == 0, made.stderr
    assert answers.items() <= kept(tmp_path / "out/digit-reader").items()
    assert (tmp_path / "out/digit-reader/catalog-info.yaml").is_file()
    words = by_cruft.replace(ADDRESS, str(Template(tmp_path / "template").folder)).split()
    made = cruft(tmp_path, *words[1:], "--no-input")
    assert made.returncode == 0, made.stderr
    assert answers.items() <= kept(tmp_path / "digit-reader").items()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("gpu:", "gpus:", "gpus is no question of this template: did you mean gpu?"),
        ("gitlab", "jenkins", "ci cannot be 'jenkins': choose one of github, gitlab, none."),
        ("default_context:", "default:", "It has no answers: write them under default_context"),
        ("ci: gitlab", "ci: [", "It is no YAML: "),
    ],
)
def test_the_check_finds_what_cookiecutter_passes_over(
    old: str, new: str, sentence: str, company: Path
) -> None:
    _, script, file = CHECK.split()
    command = [sys.executable, str(ROOT / script), file]
    assert run(command, company.parent).returncode == 0
    company.write_text(COMPANY.replace(old, new), encoding="utf-8")
    refused = run(command, company.parent)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"company.yaml: {sentence}")
    assert len(refused.stderr.splitlines()) == 1


def test_the_check_takes_nothing_but_one_file_that_is_there(tmp_path: Path) -> None:
    check = [sys.executable, str(ROOT / "tools/check_answers.py")]
    for words in ("", "absent.yaml", "a b"):
        refused = run([*check, *words.split()], tmp_path)
        assert refused.returncode == 1
        assert len(refused.stderr.splitlines()) == 1
    assert wrong("") == wrong("[]") == wrong("default_context:")


def bash(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a block of the page."""
    return run(["bash", "-euo", "pipefail", "-c", script], folder)


def add_licence(fork: Path) -> None:
    """Add the option of the page."""
    (fork / TEMPLATE.name / "licenses" / LICENCE).write_text("All rights are Example's.\n")
    questions = fork / "cookiecutter.json"
    replace(questions, '"license": ["MIT", ', f'"license": ["{LICENCE}", "MIT", ')
    replace(questions, '      "MIT": "MIT - ', f'      "{LICENCE}": "Ours",\n      "MIT": "MIT - ')
    commit(fork, "our licence")


def test_a_fork_with_an_option_of_its_own_takes_over_what_is_new(tmp_path: Path) -> None:
    template = Template(tmp_path / "template")
    project = Project.create(template, tmp_path / "projects", {"gpu": "none"})
    forked = bash(FORK.replace(ADDRESS, str(template.folder) + " " + Path(ADDRESS).name), tmp_path)
    assert forked.returncode == 0, forked.stderr
    fork = tmp_path / Path(ADDRESS).name
    add_licence(fork)
    replace(template.folder / "cookiecutter.json", '["github", "gitlab"', '["gitlab", "github"')
    replace(template.service / "Makefile", "`make help` lists them", "`make` lists them")
    commit(template.folder, "second")
    merged = bash(MERGE, fork)
    assert merged.returncode == 0, merged.stdout
    replace(
        project.folder / ".cruft.json", f'"template": "{template.folder}"', f'"template": "{fork}"'
    )
    commit(project.folder, "moved to the fork")
    project.update(license=LICENCE)
    assert project.conflicts() == []
    assert (project.folder / "LICENSE").read_text() == "All rights are Example's.\n"
    assert f'license = "{LICENCE}"' in (project.folder / "pyproject.toml").read_text()
    assert "`make` lists them" in (project.folder / "Makefile").read_text()
