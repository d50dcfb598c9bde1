"""Make the chosen service of the working superset: keep, lift, point the seams, rename.

Every function takes the root of the project and the answers, changes files below the root only,
and does nothing when run again: `cruft update` runs this hook each time.
"""

import json
import re
import shutil
import sys
from pathlib import Path

ANSWERS = r"""{{ cookiecutter | tojson }}"""

PLACEHOLDER = "model_service"

# The options of a folder, in the package and in its tests, are the answers to its question.
CHOICES = {
    "engine": "framework",
    "formats": "framework",
    "architecture": "input_kind",
    "preprocessing": "input_kind",
    "guessing": "input_kind",
    "quantization": "quantization",
    "batching": "batching",
    "device": "gpu",
}
ARCHITECTURE_OF = "pytorch"  # whose models are weights without their network
SHARED = {"__init__", "base", "contract", "conftest"}
OPTION = re.compile(r"^from \.(?!base[_ ])\w+ import ", re.MULTILINE)  # in a seam
QUANTIZATION_ONLY = (
    "src/{package}/cli/quantize.py",
    "tests/cli/test_quantize.py",
    "tests/cli/test_quantize_samples.py",
    "model/{input_kind}/calibration.npz",
    "model/{input_kind}/evaluation.npz",
)
# The turn of a request, which has none where requests share runs.
TURN = ("src/{package}/batching/base_turn.py", "tests/batching/test_base_turn.py")
GPU_ONLY = ("deploy/kubernetes/components/gpu",)
CI_FILES = {"github": ".github", "gitlab": ".gitlab-ci.yml"}
CATALOG_FILES = {"backstage": "catalog-info.yaml"}
CACHES = ("__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".hypothesis", "*.egg-info")
TEXT_FILES = ("*.py", "*.toml", "*.md", "*.y*ml", "*.txt", "*.cfg", "Makefile", "Dockerfile")
EXAMPLES = {
    "image": "curl -F file=@model/examples/7.png",
    "tensor": "curl -H 'Content-Type: application/json' -d @model/examples/benign.json",
    "text": "curl -H 'Content-Type: text/plain' --data-binary @model/examples/German.txt",
}
Answers = dict[str, str]


def package_folder(root: Path, answers: Answers) -> Path:
    """Return the folder of the package, under its placeholder or already under its own name."""
    placeholder = root / "src" / PLACEHOLDER
    return placeholder if placeholder.is_dir() else root / "src" / answers["package_name"]


def chosen_options(answers: Answers) -> dict[str, str]:
    """Return the chosen option, the stem of a file, of each folder that the service has."""
    chosen = {folder: answers[question].replace("-", "_") for folder, question in CHOICES.items()}
    scheme = chosen.pop("quantization")
    if scheme != "none":
        chosen["quantization"] = f"{answers['framework']}_{scheme}"
    if answers["framework"] != ARCHITECTURE_OF:
        del chosen["architecture"]
    return chosen


def find(root: Path, patterns: tuple[str, ...]) -> list[Path]:
    """Return what matches a pattern below the root, except in a virtual environment."""
    found = [path for pattern in patterns for path in root.rglob(pattern)]
    return [path for path in found if ".venv" not in path.relative_to(root).parts]


def remove(path: Path) -> None:
    """Remove a file, or a folder with all it holds, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def keep_chosen(root: Path, answers: Answers) -> None:
    """Delete what was not chosen, with its tests and its model, and caches that lay about."""
    package = package_folder(root, answers)
    others = [root / path for ci, path in CI_FILES.items() if ci != answers["ci"]]
    others += [root / path for name, path in CATALOG_FILES.items() if name != answers["catalog"]]
    for folder in CHOICES.keys() - chosen_options(answers).keys():
        others += [package / folder, root / "tests" / folder]
    for path in others + find(root, CACHES):
        remove(path)
    unused = [*QUANTIZATION_ONLY] if answers["quantization"] == "none" else []
    unused += TURN if answers["batching"] == "dynamic" else []
    unused += GPU_ONLY if answers["gpu"] == "none" else []
    for name in unused:
        remove(root / name.format(package=package.name, input_kind=answers["input_kind"]))
    for folder, chosen in chosen_options(answers).items():
        stems = {path.stem for path in (package / folder).glob("*.py")}
        kept = tuple(f"{stem}_" for stem in (*SHARED, chosen))  # and the parts of each
        for option in {stem for stem in stems if not f"{stem}_".startswith(kept)}:
            for path in (package / folder / f"{option}.py", *package.glob(f"assets/{option}.*")):
                remove(path)
            own = (f"{folder}/test_{option}.py", f"{folder}/test_{option}_*.py", f"*/{option}_*.py")
            for path in [path for pattern in own for path in (root / "tests").glob(pattern)]:
                remove(path)
            for model in [root / "model" / option, *root.glob(f"model/*/{option}")]:
                remove(model)


def lift_chosen(root: Path, answers: Answers) -> None:
    """Move the chosen model up to `model/` and the chosen licence to `LICENSE`."""
    for option in (answers["input_kind"], answers["framework"]):
        chosen = root / "model" / option
        if chosen.is_dir():
            shutil.copytree(chosen, chosen.parent, dirs_exist_ok=True)
            remove(chosen)
    licence = root / "licenses" / answers["license"]
    if licence.is_file():
        licence.replace(root / "LICENSE")
        remove(licence.parent)


def point_seams(root: Path, answers: Answers) -> None:
    """Let the `__init__.py` of each choice import the chosen option.

    Raises ValueError if a seam does not import exactly one option, or the option is not there.
    """
    for folder, chosen in chosen_options(answers).items():
        seam = package_folder(root, answers) / folder / "__init__.py"
        if not seam.with_name(f"{chosen}.py").is_file():
            raise ValueError(f"{folder}/{chosen}.py is not there: the template does not offer it.")
        text, count = OPTION.subn(f"from .{chosen} import ", seam.read_text(encoding="utf-8"))
        if count != 1:
            raise ValueError(f"{folder}/__init__.py imports {count} options: it must import one.")
        seam.write_text(text, encoding="utf-8", newline="\n")


def rename_package(root: Path, answers: Answers) -> None:
    """Give the package its name: in every text file, as a whole word, and to its folder."""
    word = rf"\b{PLACEHOLDER}\b".encode()
    for path in find(root, TEXT_FILES):
        text, count = re.subn(word, answers["package_name"].encode(), path.read_bytes())
        if count:
            path.write_bytes(text)
    source, target = package_folder(root, answers), root / "src" / answers["package_name"]
    if source != target:
        shutil.copytree(source, target, dirs_exist_ok=True)
        remove(source)


def told(answers: Answers) -> str:
    """Return what was chosen: a default that was not meant, as by a misspelt key, is seen here."""
    chosen = dict.fromkeys((*CHOICES.values(), "ci", "catalog"))
    return ", ".join(f"{question}={answers[question]}" for question in chosen)


def next_commands(answers: Answers) -> list[str]:
    """Return the three commands to type after the render."""
    ask = f"{EXAMPLES[answers['input_kind']]} http://127.0.0.1:8000/predict"
    return [f"cd {answers['project_slug']}", "make run", ask]


def main(root: Path, answers: Answers) -> None:
    """Make the chosen service and print what to type next; raises ValueError if it cannot be."""
    for step in (keep_chosen, lift_chosen, point_seams, rename_package):
        step(root, answers)
    print(f"{answers['project_name']} is ready: {told(answers)}.")
    print("Next, the last line in a second terminal:\n")
    print(*(f"  {command}" for command in next_commands(answers)), sep="\n")


if __name__ == "__main__":
    try:
        main(Path.cwd(), json.loads(ANSWERS))
    except ValueError as error:
        sys.exit(f"The project cannot be made: {error}")
