"""What the documents name is there: files, sections, commands, benchmarks."""

import os
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from .answers import ROOT, TEMPLATE, tracked

ELSEWHERE = {TEMPLATE, ROOT / "benchmarks"}  # what a render gets, and pages yet to be filled in
MARKDOWN = [path for path in tracked(ROOT) if path.suffix == ".md"]
DOCUMENTS = [path for path in MARKDOWN if not ELSEWHERE.intersection(path.parents)]
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)")
SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^ *```\w*\n(.*?)^ *```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
NOTHING_RUN = ("--collect-only", "-qq", "-p", "no:cacheprovider")
HYPOTHESIS = "HYPOTHESIS_STORAGE_DIRECTORY"  # in the template folder else
TARGET = re.compile(r"^([a-z]+):.*##", re.MULTILINE)

every_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT))
)


def code_of(document: Path) -> str:
    """Return all code of a document, a line each: what stands in blocks and between backticks."""
    found = CODE.findall(document.read_text(encoding="utf-8"))
    return "\n".join(block or words for block, words in found)


def sections_of(document: Path) -> set[str]:
    """Return the anchors that the headings of a document get."""
    headings = re.findall(r"^#+ (.*)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


@every_document
def test_links_lead_somewhere(document: Path) -> None:
    for name, section in LINK.findall(document.read_text(encoding="utf-8")):
        target = (document.parent / name).resolve() if name else document
        assert target.exists(), f"{name} is not there"
        assert not section or section in sections_of(target), f"{name} has no section {section}"


@every_document
def test_targets_of_make_are_there(document: Path) -> None:
    makefiles = (ROOT / "Makefile", TEMPLATE / "Makefile")
    targets = {name for file in makefiles for name in TARGET.findall(file.read_text("utf-8"))}
    named = set(re.findall(r"\bmake ([a-z]+)\b(?!=)", code_of(document)))
    assert named <= targets


@every_document
def test_benchmarks_and_tools_are_there(document: Path) -> None:
    code = code_of(document)
    benchmarks = set(re.findall(r"\bBENCH=(\w+)", code)) | set(
        re.findall(r"benchmarks\.(\w+)", code)
    )
    assert all(find_spec(f"benchmarks.{name}") for name in benchmarks), benchmarks
    for path in re.findall(r"\b(?:tools|benchmarks)/[\w/.<>-]*", code):
        pattern = re.sub("<.*?>", "*", path.rstrip("/"))
        assert list(ROOT.glob(pattern)), f"{path} is not there"


def test_the_list_of_documents_has_them_all() -> None:
    index = ROOT / "docs" / "README.md"
    linked = {
        (index.parent / name).resolve()
        for name, _ in LINK.findall(index.read_text(encoding="utf-8"))
    }
    assert set(index.parent.glob("*.md")) - {index} <= linked


def test_contributors_are_told_of_tests_that_are_there(tmp_path: Path) -> None:
    shell = "\n".join(SHELL.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    inside = re.findall(r"^make inside RUN='pytest (.*)'", shell, re.M)
    outside = re.findall(r"^\.venv/bin/pytest (.*)", shell, re.M)
    assert inside
    assert len(outside) >= 4
    for arguments in inside + outside:
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", *NOTHING_RUN, *shlex.split(arguments)],
            cwd=TEMPLATE if arguments in inside else ROOT,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", HYPOTHESIS: str(tmp_path)},
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, ran.stdout[-2000:]
