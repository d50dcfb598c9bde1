"""Render four typical services side by side, and write a page that compares them.

`make examples` runs this. What it makes lies in `examples/`, which git ignores.
"""

import json
import re
import shutil
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cookiecutter.main import cookiecutter
from source_lines import lines_of_code

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
SERVICES = {
    "digit-reader": {"framework": "onnxruntime", "input_kind": "image"},
    "language-finder": {
        "framework": "pytorch",
        "input_kind": "text",
        "quantization": "dynamic-int8",
        "gpu": "none",
    },
    "tumour-screen": {
        "framework": "tensorflow",
        "input_kind": "tensor",
        "batching": "client",
        "gpu": "none",
        "ci": "gitlab",
    },
    "digit-kiosk": {
        "framework": "tflite",
        "input_kind": "image",
        "quantization": "static-int8",
        "batching": "none",
        "gpu": "none",
    },
}
QUESTIONS = ("framework", "input_kind", "quantization", "batching", "gpu", "ci")
PAGE = """# Four services of one template

Made by `make examples`. Each folder is what its answers give, and runs by `make run`.

## Answers

{answers}

## Size

Lines are lines of code, without blank ones, comments and docstrings.

{sizes}

## Dependencies

{dependencies}

## Lines of code in `src/`

{modules}

## What differs

{same} files are the same in all four, but for the name of the package. These are in all four and
differ: Python files in the one line that imports what was chosen, others in what they say of it.

{changed}

These are not in all of them:

{differing}
"""


@dataclass(frozen=True)
class Service:
    """A rendered service."""

    folder: Path
    answers: Mapping[str, str]

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.folder.name

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The files by their paths, with the package under one name, as in the template."""
        package = self.name.replace("-", "_")
        found = {}
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                name = path.relative_to(self.folder).as_posix()
                content = path.read_bytes().replace(package.encode(), b"<package>")
                found[name.replace(f"src/{package}/", "src/<package>/")] = content
        return found

    @cached_property
    def modules(self) -> dict[str, int]:
        """The lines of code of each folder and each file right below the package."""
        lines: dict[str, int] = {}
        for name, content in self.files.items():
            if name.startswith("src/") and name.endswith(".py"):
                top, _, below = name.removeprefix("src/<package>/").partition("/")
                key = f"{top}/" if below else top
                source = content.decode().replace("<package>", "package")
                lines[key] = lines.get(key, 0) + lines_of_code(source)
        return lines

    @property
    def dependencies(self) -> set[str]:
        """The names of the packages that it needs to serve."""
        project = tomllib.loads((self.folder / "pyproject.toml").read_text("utf-8"))["project"]
        return {re.split(r"[<>=;\[ ]", line)[0] for line in project["dependencies"]}

    @property
    def artefact(self) -> int:
        """The bytes of its model file, or of all files of a model that is a folder."""
        card = tomllib.loads((self.folder / "model/model.toml").read_text("utf-8"))
        path = self.folder / "model" / card["artefact"]["file"]
        files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
        return sum(one.stat().st_size for one in files)


def main(folder: Path = EXAMPLES) -> None:
    """Render the services into an empty folder and write its README.md."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    services = [render(name, answers, folder) for name, answers in SERVICES.items()]
    (folder / "README.md").write_text(page(services), encoding="utf-8")
    print(f"{folder / 'README.md'} compares them.")


def render(name: str, answers: Mapping[str, str], folder: Path) -> Service:
    """Render a service and return it with all of its answers to the technical questions."""
    questions = json.loads((ROOT / "cookiecutter.json").read_text(encoding="utf-8"))
    title = name.replace("-", " ").title()
    project = cookiecutter(
        str(ROOT),
        no_input=True,
        default_config=True,
        output_dir=str(folder),
        extra_context={"project_name": title, **answers},
    )
    given = {question: answers.get(question, questions[question][0]) for question in QUESTIONS}
    return Service(Path(project), given)


def page(services: list[Service]) -> str:
    """Return the page that compares services."""
    all_names = sorted(set().union(*(service.files for service in services)))
    shared = [name for name in all_names if all(name in service.files for service in services)]
    same = [name for name in shared if len({service.files[name] for service in services}) == 1]
    changed = [name for name in shared if name not in same]
    modules = sorted(set().union(*(service.modules for service in services)))
    packages = sorted(set().union(*(service.dependencies for service in services)))
    differing = [name for name in all_names if name not in shared]
    return PAGE.format(
        answers=table(services, {q: [s.answers[q] for s in services] for q in QUESTIONS}),
        sizes=table(
            services,
            {
                "files": [len(service.files) for service in services],
                "lines of code in `src/`": [sum(s.modules.values()) for s in services],
                "bytes of the model": [f"{service.artefact:,}" for service in services],
            },
        ),
        dependencies=table(
            services, {p: [mark(p in s.dependencies) for s in services] for p in packages}
        ),
        modules=table(
            services, {f"`{m}`": [s.modules.get(m, "") for s in services] for m in modules}
        ),
        same=len(same),
        changed=", ".join(f"`{name}`" for name in changed),
        differing=table(
            services, {f"`{n}`": [mark(n in s.files) for s in services] for n in differing}
        ),
    )


def mark(there: bool) -> str:
    """Return what a table shows of something that is there or not."""
    return "x" if there else ""


def table(services: list[Service], rows: Mapping[str, Sequence[object]]) -> str:
    """Return a table in Markdown with a column for each service."""
    head = ["", *(f"[{service.name}]({service.name})" for service in services)]
    cells = [[name, *map(str, values)] for name, values in rows.items()]
    lines = [head, ["---"] * len(head), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLES)
