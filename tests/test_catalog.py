"""The file for Backstage, held to the rules of its descriptor format, version v1alpha1."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from .answers import QUESTIONS
from .conftest import Bake
from .test_bake import AWKWARD

NAME = re.compile(r"[A-Za-z0-9]+([-_.][A-Za-z0-9]+)*")
TAG = re.compile(r"[a-z0-9:+#]+(-[a-z0-9:+#]+)*")
REFERENCE = re.compile(r"([a-z]+:)?([a-z0-9-]+/)?[A-Za-z0-9]+([-_.][A-Za-z0-9]+)*")
LONGEST = 63  # characters of a name or a tag
SPEC = {  # what each kind must say, and what else it may say here
    "Component": ({"type", "lifecycle", "owner"}, {"providesApis"}),
    "API": ({"type", "lifecycle", "owner", "definition"}, set[str]()),
}


def entities(project: Path) -> list[dict[str, Any]]:
    """Return the entities of a render's file."""
    text = (project / "catalog-info.yaml").read_text(encoding="utf-8")
    return list(yaml.safe_load_all(text))


def assert_valid(entity: dict[str, Any]) -> None:
    """Hold one entity to the rules."""
    assert set(entity) == {"apiVersion", "kind", "metadata", "spec"}
    assert entity["apiVersion"] == "backstage.io/v1alpha1"
    metadata, spec = entity["metadata"], entity["spec"]
    assert set(metadata) <= {"name", "title", "description", "tags"}
    assert NAME.fullmatch(metadata["name"])
    for text in (metadata["title"], metadata["description"]):
        assert isinstance(text, str)
        assert text
    tags = metadata.get("tags", [])
    assert all(TAG.fullmatch(tag) for tag in tags)
    assert len(set(tags)) == len(tags)
    assert max(map(len, [metadata["name"], *tags])) <= LONGEST
    required, optional = SPEC[entity["kind"]]
    assert required <= set(spec) <= required | optional
    references = [spec["owner"], *spec.get("providesApis", [])]
    assert all(REFERENCE.fullmatch(reference) for reference in references)
    assert max(map(len, references)) <= LONGEST
    assert {type(spec["type"]), type(spec["lifecycle"])} == {str}


@pytest.mark.parametrize("author", ["Your Name", "東京", "\N{GRINNING FACE}", "x " * 100, *AWKWARD])
def test_the_service_and_its_api_are_described(author: str, bake: Bake) -> None:
    slug = f"a{'-b' * 29}"
    service, api = entities(
        bake(
            catalog="backstage",
            project_slug=slug,
            **dict.fromkeys(("project_name", "author_name", "description"), author),
        )
    )
    assert_valid(service)
    assert_valid(api)
    assert (service["kind"], api["kind"]) == ("Component", "API")
    assert service["metadata"]["name"] == slug
    assert service["metadata"]["title"] == author
    assert service["spec"]["providesApis"] == [api["metadata"]["name"]]


@pytest.mark.parametrize("question", ["framework", "input_kind"])
def test_tags_tell_what_it_runs(question: str, bake: Bake) -> None:
    for answer in QUESTIONS[question]:
        service, _ = entities(bake(catalog="backstage", gpu="none", **{question: answer}))
        assert_valid(service)
        assert answer in service["metadata"]["tags"]
