"""Write docs/licences.md: the licences of the starters and of all packages that renders install.

Run it by hand in the environment of the tests, whose packages it reads, and commit what it writes:
`.venv/bin/python tools/licences.py`.
"""

import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
TEMPLATE = ROOT / "{{cookiecutter.project_slug}}"
PAGE = ROOT / "docs/licences.md"
HEAD = """# Licences

What renders may hold and install, written by `tools/licences.py`; `make licences` in a render
tells those of its own model and packages.

## Starter models and their data

{starters}

## Packages that serve

Those of any render, with what they need in turn, on Linux for the CPU. Renders for a GPU install
onnxruntime-gpu (MIT), or the builds of PyTorch and TensorFlow with CUDA. With these come NVIDIA's
`nvidia-*` packages under NVIDIA's own licences: read them before you pass an image on.

| package | licence |
|---|---|
"""
# Packages whose metadata do not tell it.
READ_IN_THEIR_FILES = {
    "ml-dtypes": "Apache-2.0 AND MPL-2.0",
    "namex": "Apache-2.0",
    "pysimdjson": "MIT",
}
CLASSIFIER = "License :: "


def needed_by(name: str, extras: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield a package and all that it needs in this environment, also of what is not installed."""
    seen: set[tuple[str, frozenset[str]]] = set()
    left = [(canonicalize_name(name), extras)]
    while left:
        one, chosen = left.pop()
        if (one, chosen) in seen:
            continue
        seen.add((one, chosen))
        try:
            requires = distribution(one).requires or []
        except PackageNotFoundError:
            continue
        yield one
        for requirement in map(Requirement, requires):
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": e}) for e in chosen or {""}):
                left.append((canonicalize_name(requirement.name), frozenset(requirement.extras)))


def serving() -> set[str]:
    """Return the packages that a render of any answers serves with, as far as they are here."""
    text = (TEMPLATE / "pyproject.toml").read_text(encoding="utf-8")
    dependencies = tomllib.loads(text)["project"]["dependencies"]
    return {one for entry in dependencies for one in needed_by(Requirement(entry).name)}


def licence_of(name: str) -> str:
    """Return the licence of an installed package: as SPDX writes it, or as its authors do."""
    metadata = distribution(name).metadata
    classified = [
        line.rpartition(" :: ")[2]
        for line in metadata.get_all("Classifier", [])
        if line.startswith(CLASSIFIER)
    ]
    (stated, expression) = (
        next(iter(metadata.get_all(field) or []), "") for field in ("License", "License-Expression")
    )
    short = stated if "\n" not in stated and 0 < len(stated) < 60 else ""
    return READ_IN_THEIR_FILES.get(name) or expression or short or ", ".join(classified)


def starters() -> Iterator[str]:
    """Yield a line for each starter, from its model card."""
    for card in sorted(TEMPLATE.glob("model/*/onnxruntime/model.toml")):
        read = tomllib.loads(card.read_text(encoding="utf-8"))
        yield f"- `{card.parts[-3]}`: {read['source']} {read['license']}"


def page() -> str:
    """Return the page; raises ValueError if a licence cannot be told."""
    rows = []
    for name in sorted(serving()):
        licence = licence_of(name)
        if not licence:
            raise ValueError(f"{name} does not tell its licence: look it up and add it here.")
        rows.append(f"| {name} | {licence} |\n")
    return HEAD.format(starters="\n".join(starters())) + "".join(rows)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
