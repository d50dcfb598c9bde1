"""What documents say of updates: their commands work, and the changelog tells owners what to do."""

import re
import shlex
from pathlib import Path

import pytest

from .answers import QUESTIONS, ROOT
from .updating import Project, Template, commit, cruft, git, replace

COMMAND = re.compile(r"^(?:\$ )?(cruft .*|pip .*|make .*)$", re.MULTILINE)
ENTER = "\n" * len(QUESTIONS)  # takes each default, and the update


def section(document: Path, title: str) -> str:
    """Return a section of a document."""
    (text,) = re.findall(rf"^## {title}\n(.*?)(?=^## )", document.read_text("utf-8"), re.M | re.S)
    return str(text)


@pytest.fixture
def template(tmp_path: Path) -> Template:
    """Return a repository of the template with a version of the name VERSION."""
    template = Template(tmp_path / "template")
    git(template.folder, "tag", "VERSION")
    return template


def second_version(template: Template) -> None:
    """Give the template another version, which changes a line."""
    replace(template.service / "Makefile", "`make help` lists them", "`make` lists them")
    commit(template.folder, "second")


def test_the_commands_of_the_templates_readme(template: Template, tmp_path: Path) -> None:
    install, create, update = COMMAND.findall(section(ROOT / "README.md", "Keep renders current"))
    assert install == "pip install cruft"
    words = [word if "github.com" not in word else str(template.folder) for word in create.split()]
    made = cruft(tmp_path, *words[1:], typed=ENTER)
    assert made.returncode == 0, made.stderr
    project = Project(tmp_path / "digit-reader")
    commit(project.folder, "rendered")
    assert_it_updates(project, update)
    assert (project.folder / "src/digit_reader/engine/pytorch.py").is_file()


def test_the_commands_of_a_renders_readme(template: Template, tmp_path: Path) -> None:
    project = Project.create(template, tmp_path / "projects", {"gpu": "none"})
    text = section(project.folder / "README.md", "Keep it current")
    install, check, update, make, change, link = COMMAND.findall(text)
    assert install == "pip install cruft"
    assert make == "make ci"
    (project.folder / ".cruft.json").unlink()
    words = shlex.split(link.replace("TEMPLATE", str(template.folder)))
    linked = project.cruft(*words[1:])
    assert linked.returncode == 0, linked.stderr
    commit(project.folder, "linked")
    second_version(template)
    assert project.cruft(*check.split()[1:]).returncode == 1
    assert_it_updates(project, update)
    assert "`make` lists them" in (project.folder / "Makefile").read_text(encoding="utf-8")
    assert project.cruft(*check.split()[1:]).returncode == 0
    assert_it_updates(project, change)
    assert (project.folder / "src/digit_reader/engine/pytorch.py").is_file()


def assert_it_updates(project: Project, command: str) -> None:
    """Run an update as it is typed, and commit what it does."""
    done = project.cruft(*shlex.split(command)[1:], typed=ENTER)
    assert done.returncode == 0, done.stderr
    assert "has been updated" in done.stdout
    assert project.conflicts() == []
    commit(project.folder, "updated")


def test_each_version_begins_with_what_owners_do() -> None:
    versions = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.M)
    assert len(versions) > 1
    for version in versions[1:]:
        name, _, text = version.partition("\n")
        assert text.startswith("\n### What owners do\n"), name
