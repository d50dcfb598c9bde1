"""What renders install: no version with a fault that is known to matter, no licence unknown."""

import re
import tomllib

import licences
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from .answers import TEMPLATE, Answers, combinations, label
from .rendered_files import rendered

# The first version without the faults that matter to a service which reads what others made.
FLOORS = {
    "gunicorn": "23",  # CVE-2024-6827, smuggled requests
    "keras": "3.12",  # CVE-2025-49655, -9905, -12058: model files that run code or read files
    "onnx": "1.21",  # CVE-2026-27489, -34447: external data outside of the folder
    "pillow": "11.1",  # of its later faults none is in a format that a render opens
    "torch": "2.10",  # CVE-2026-24747: weights_only that is not safe
    "werkzeug": "3.1.3",  # CVE-2024-49767: memory of forms
}
covered = pytest.mark.parametrize(
    "answers",
    [a for a in combinations() if (a["batching"], a["gpu"]) == ("none", "none")],
    ids=label,
)


@covered
def test_no_version_below_a_floor_can_be_installed(answers: Answers) -> None:
    exact = dict(re.findall(r"^([\w.-]+)==(\S+)$", rendered("constraints.txt", answers), re.M))
    for name, floor in FLOORS.items():
        assert name not in exact or Version(exact[name]) >= Version(floor), name
    project = tomllib.loads(rendered("pyproject.toml", answers))
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    groups += project["project"]["optional-dependencies"].values()
    for requirement in [Requirement(entry) for group in groups for entry in group]:
        lowest = [Version(s.version) for s in requirement.specifier if s.operator == ">="]
        assert lowest, requirement
        floor = FLOORS.get(requirement.name, "0")
        assert min(lowest) >= Version(floor), requirement


@covered
def test_every_package_that_serves_has_an_exact_version(answers: Answers) -> None:
    lines = re.findall(r"^([\w.-]+)==", rendered("constraints.txt", answers), re.MULTILINE)
    exact = {canonicalize_name(name) for name in lines}
    project = tomllib.loads(rendered("pyproject.toml", answers))["project"]
    direct = [Requirement(entry).name for entry in project["dependencies"]]
    needed = {one for name in direct for one in licences.needed_by(name)}
    assert len(needed) > 10
    assert needed <= exact


def test_the_page_tells_the_licence_of_every_package() -> None:
    rows = re.findall(r"^\| ([\w.-]+) \| (.+) \|$", licences.PAGE.read_text(), re.MULTILINE)
    told = {name: licence for name, licence in rows if name != "package"}
    assert told.keys() == licences.serving()


def test_every_starter_tells_its_licence_and_that_of_its_data() -> None:
    cards = sorted(TEMPLATE.glob("model/*/*/model.toml"))
    assert cards
    page = licences.PAGE.read_text(encoding="utf-8")
    for card in cards:
        read = tomllib.loads(card.read_text(encoding="utf-8"))
        assert {"Weights", "Data"} <= set(re.findall(r"Weights|Data", read["license"])), card
        assert read["license"] in page


def test_a_package_that_needs_others_is_followed() -> None:
    assert {"flask", "werkzeug", "markupsafe"} <= set(licences.needed_by("flask"))
    assert "packaging" in licences.serving()
