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
REFERENCE = re.compile(rf"([a-z]+:)?([a-z0-9-]+/)?{NAME.pattern}")
LONGEST = 63  # characters of a name or a tag


def described(project: Path) -> dict[str, Any]:
    """Return the entity of a render's file, which must keep the rules."""
    text = (project / "catalog-info.yaml").read_text(encoding="utf-8")
    entity: dict[str, Any] = yaml.safe_load(text)
    assert set(entity) == {"apiVersion", "kind", "metadata", "spec"}
    assert (entity["apiVersion"], entity["kind"]) == ("backstage.io/v1alpha1", "Component")
    metadata, spec = entity["metadata"], entity["spec"]
    assert set(metadata) == {"name", "title", "description", "tags"}
    assert NAME.fullmatch(metadata["name"])
    assert all(isinstance(metadata[key], str) and metadata[key] for key in ("title", "description"))
    assert all(TAG.fullmatch(tag) for tag in metadata["tags"])
    assert len(set(metadata["tags"])) == len(metadata["tags"])
    assert set(spec) == {"type", "lifecycle", "owner"}
    assert REFERENCE.fullmatch(spec["owner"])
    assert (spec["type"], spec["lifecycle"]) == ("service", "experimental")
    assert max(map(len, [metadata["name"], *metadata["tags"], spec["owner"]])) <= LONGEST
    return entity


@pytest.mark.parametrize("text", ["Your Name", "東京", "\N{GRINNING FACE}", "x " * 100, *AWKWARD])
def test_the_service_is_described_whatever_its_texts_are(text: str, bake: Bake) -> None:
    slug = f"a{'-b' * 22}"
    texts = dict.fromkeys(("project_name", "author_name", "description"), text)
    metadata = described(bake(catalog="backstage", project_slug=slug, **texts))["metadata"]
    assert metadata["name"] == slug
    assert metadata["title"] == metadata["description"] == text


@pytest.mark.parametrize("question", ["framework", "input_kind"])
def test_tags_tell_what_it_runs(question: str, bake: Bake) -> None:
    for answer in QUESTIONS[question]:
        entity = described(bake(catalog="backstage", gpu="none", **{question: answer}))
        assert answer in entity["metadata"]["tags"]
