"""Every combination of the technical answers, rendered through Cookiecutter and checked."""

import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from source_lines import lines_of_code

from .answers import QUESTIONS, TEMPLATE, Answers, combinations, covering, label, tracked
from .conftest import Bake, Bakes

PACKAGE = "digit_reader"
BINARY = {".onnx", ".pb", ".safetensors", ".tflite", ".npz", ".png", ".index", ".gz"}
BINARY |= {".data-00000-of-00001"}  # the variables of a SavedModel
QUANTIZATION = {
    "src/{package}/quantization/__init__.py",
    "src/{package}/quantization/base.py",
    "src/{package}/quantization/base_plots.py",
    "src/{package}/quantization/base_report.py",
    "src/{package}/quantization/base_samples.py",
    "src/{package}/cli/quantize.py",
    "tests/quantization/__init__.py",
    "tests/quantization/proof.py",
    "tests/quantization/test_base.py",
    "tests/quantization/test_base_plots.py",
    "tests/quantization/test_base_report.py",
    "tests/quantization/test_base_samples.py",
    "tests/cli/test_quantize.py",
    "tests/cli/test_quantize_samples.py",
    "model/calibration.npz",
    "model/evaluation.npz",
}
ARCHITECTURE = {"src/{package}/architecture/__init__.py", "tests/architecture/__init__.py"}
TURN = {"src/{package}/batching/base_turn.py", "tests/batching/test_base_turn.py"}
CI_FILES = {"github": {".github/workflows/ci.yml"}, "gitlab": {".gitlab-ci.yml"}, "none": set()}
CATALOG_FILES = {"backstage": {"catalog-info.yaml"}, "none": set()}

every_combination = pytest.mark.parametrize("answers", combinations(), ids=label)


def option_files(folder: str, option: str) -> set[str]:
    """Return the source of an option and of its parts, and their tests with what helps them."""
    source, tests = f"src/{{package}}/{folder}", f"tests/{folder}"
    package = TEMPLATE / "src" / "model_service" / folder
    parts = {f"{source}/{path.name}" for path in package.glob(f"{option}_*.py")}
    names = (f"test_{option}_*.py", f"{option}_*.py")
    further = {f"{tests}/{p.name}" for name in names for p in (TEMPLATE / tests).glob(name)}
    return {f"{source}/{option}.py", f"{tests}/test_{option}.py"} | parts | further


def files_of(question: str, answer: str, framework: str) -> set[str]:
    """Return the files that a render has because of one answer."""
    option = answer.replace("-", "_")
    if question == "quantization":
        scheme = option_files("quantization", f"{framework}_{option}")
        return set() if answer == "none" else scheme | QUANTIZATION
    folders = {
        "framework": ("engine", "formats"),
        "input_kind": ("preprocessing", "guessing"),
        "gpu": ("device",),
    }
    files = set().union(*(option_files(f, option) for f in folders.get(question, (question,))))
    if question == "batching" and answer != "dynamic":
        files |= TURN
    if question == "gpu" and answer != "none":
        component = TEMPLATE.glob("deploy/kubernetes/components/gpu/*")
        files |= {str(path.relative_to(TEMPLATE)) for path in component}
    if question == "input_kind":
        files |= files_below(f"model/{answer}")
        assets = TEMPLATE.glob(f"src/model_service/assets/{option}.*")
        files |= {f"src/{{package}}/assets/{path.name}" for path in assets}
    if question == "input_kind" and framework == "pytorch":
        files |= option_files("architecture", option) | ARCHITECTURE
    if question == "framework":
        parts = (f"src/*/engine/{option}_*.py", f"tests/*/{option}_*.py")
        paths = [path for pattern in parts for path in TEMPLATE.glob(pattern)]
        names = {str(path.relative_to(TEMPLATE)) for path in paths}
        files |= {name.replace("model_service", "{package}") for name in names}
        files |= set().union(*(files_below(f"model/{k}/{option}") for k in QUESTIONS["input_kind"]))
    return files


def files_below(folder: str) -> set[str]:
    """Return the paths that the files of a model folder have in a render, where they lie in it."""
    root = TEMPLATE / folder
    paths = [path.relative_to(root) for path in root.rglob("*") if path.is_file()]
    return {f"model/{path}" for path in paths if path.parts[0] not in QUESTIONS["framework"]}


def expected_files(answers: Answers) -> set[str]:
    """Return the exact set of files of a render, by what each answer brings."""
    given = {**answers, "ci": "github"}
    everything = {str(path.relative_to(TEMPLATE)) for path in tracked(TEMPLATE)}
    everything = {path.replace("model_service", "{package}") for path in everything}
    of_options: set[str] = set().union(*CI_FILES.values(), *CATALOG_FILES.values())
    chosen: set[str] = CI_FILES[given["ci"]] | {"LICENSE"}
    for question in answers:
        for option in QUESTIONS[question]:
            for framework in QUESTIONS["framework"]:
                of_options |= files_of(question, option, framework)
        chosen |= files_of(question, answers[question], answers["framework"])
    if answers["quantization"] == "none":
        chosen = {path for path in chosen - QUANTIZATION if "/quantization/" not in path}
    shared = {
        path for path in everything - of_options if not path.startswith(("licenses/", "model/"))
    }
    return {path.replace("{package}", PACKAGE) for path in shared | chosen}


def files(project: Path) -> dict[str, Path]:
    """Return the files of a render by their path inside it."""
    return {str(p.relative_to(project)): p for p in project.rglob("*") if p.is_file()}


@every_combination
def test_has_exactly_the_files_of_its_answers(answers: Answers, bakes: Bakes) -> None:
    assert set(files(bakes[answers])) == expected_files(answers)


@every_combination
def test_holds_no_marker_of_the_template(answers: Answers, bakes: Bakes) -> None:
    marker = re.compile(
        r"(?<!\$)\{\{ |\{%|^\s*#%|(?<!\.)cookiecutter\.|model_service|@@", re.MULTILINE
    )
    for name, path in files(bakes[answers]).items():
        if path.suffix not in BINARY:
            assert not marker.search(path.read_text(encoding="utf-8")), name


@every_combination
def test_toml_and_yaml_are_valid(answers: Answers, bakes: Bakes) -> None:
    for name, path in files(bakes[answers]).items():
        text = path.read_text(encoding="utf-8") if path.suffix not in BINARY else ""
        if path.suffix == ".toml":
            assert tomllib.loads(text), name
        if path.suffix in {".yml", ".yaml"}:
            assert yaml.safe_load(text), name


@every_combination
def test_python_is_the_templates_but_for_names_and_seams(answers: Answers, bakes: Bakes) -> None:
    for name, path in files(bakes[answers]).items():
        if path.suffix == ".py":
            source = TEMPLATE / name.replace(PACKAGE, "model_service")
            expected = source.read_text(encoding="utf-8").replace("model_service", PACKAGE)
            changed = [
                (old, new)
                for old, new in zip(
                    expected.splitlines(), path.read_text("utf-8").splitlines(), strict=True
                )
                if old != new
            ]
            seam = path.name == "__init__.py" and len(changed) == 1
            assert not changed or (seam and changed[0][1].startswith("from .")), name


@every_combination
def test_dependencies_are_those_of_the_answers(answers: Answers, bakes: Bakes) -> None:
    project = tomllib.loads((bakes[answers] / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[<>=;\[ ]", entry)[0] for entry in project["dependencies"]}
    assert len(names) <= 12
    assert ("pillow" in names) == (answers["input_kind"] == "image")
    assert ("pysimdjson" in names) == (answers["input_kind"] == "tensor")
    assert ("tokenizers" in names) == (answers["input_kind"] == "text")
    on_onnx = answers["framework"] == "onnxruntime"
    assert ("onnxruntime-gpu" in names) == (on_onnx and answers["gpu"] != "none")
    assert ("onnxruntime" in names) == (on_onnx and answers["gpu"] != "required")
    assert ("ai-edge-litert" in names) == (answers["framework"] == "tflite")
    assert ("torch" in names) == (answers["framework"] == "pytorch")
    on_tensorflow = answers["framework"] == "tensorflow"
    assert ("tensorflow" in names) == on_tensorflow
    assert ("tensorflow-cpu" in names) == (on_tensorflow and answers["gpu"] == "none")
    assert ("quantize" in project["optional-dependencies"]) == (answers["quantization"] != "none")


# What no prediction passes through: commands, what is over before the first request comes, what
# counts and logs answers after they were given, and what tells of the service and its model:
# health, metadata, statistics, the OpenAPI document, the pages.
OFF_THE_PATH = (
    "benching/*",
    "bulk/*",
    "cli/*",
    "quantization/*",
    "sample_requests.py",
    *("routes/documented.py", "routes/openapi.py", "routes/page.py", "json_schema.py"),
    *("openinference/metadata.py", "openinference/statistics.py"),
    *("routes/health.py", "routes/v1.py", "routes/v2.py"),
    *("formats/*", "guessing/*", "importing/*", "labels.py", "protobuf.py"),
    *(
        "settings.py",
        "envfile.py",
        "resources.py",
        "model_card.py",
        "model_folder.py",
        "startup.py",
        "checks.py",
        "warming.py",
    ),
    *("golden.py", "card_edit.py", "diagnosis.py"),
    *("preprocessing/base.py", "preprocessing/*_options.py", "preprocessing/*_confusions.py"),
    "preprocessing/*_schema.py",
    *("app.py", "routes/__init__.py", "routes/platform.py", "keys.py", "exposition.py"),
    *("later.py", "tally.py", "metrics.py", "logs.py", "log_writer.py", "routes/answered.py"),
    *("server.py", "supervisor.py", "worker.py", "loading.py", "watchdog.py"),
    "architecture/*",  # the model itself
    *("engine/*_weights.py", "engine/*_programs.py", "engine/*_formats.py", "engine/*_config.py"),
)


@every_combination
def test_is_small(answers: Answers, bakes: Bakes) -> None:
    sources = {path: path.read_text() for path in (bakes[answers] / "src").rglob("*.py")}
    path = [text for file, text in sources.items() if not any(map(file.match, OFF_THE_PATH))]
    assert sum(map(lines_of_code, path)) <= 2000
    assert sum(map(lines_of_code, sources.values())) <= 8100
    assert max(len(source.splitlines()) for source in sources.values()) <= 200


def test_style_is_right_without_any_fixing(bakes: Bakes) -> None:
    for answers in combinations():
        assert bakes[answers].is_dir()
    assert_style(bakes.folder)


def assert_style(folder: Path) -> None:
    """Check all Python below a folder with ruff, each project by its own rules."""
    for command in ("check", "format --check"):
        run = [sys.executable, "-m", "ruff", *command.split(), "--quiet", str(folder)]
        result = subprocess.run(run, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout


# Every option in one render; in place, their types are checked all together.
@pytest.mark.parametrize("answers", covering(1), ids=label)
def test_types_are_right(answers: Answers, bakes: Bakes) -> None:
    # A cache of its own: the same package has other files in each render.
    run = [sys.executable, "-m", "mypy", "--cache-dir", ".mypy_cache"]
    result = subprocess.run(run, cwd=bakes[answers], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("question", "offered"), [("ci", CI_FILES), ("catalog", CATALOG_FILES)])
def test_answers_with_a_file_of_their_own_have_it(
    question: str, offered: dict[str, set[str]], bake: Bake
) -> None:
    assert set(offered) == set(QUESTIONS[question])
    for answer, expected in offered.items():
        found = set(files(bake(**{question: answer})))
        assert found & set().union(*offered.values()) == expected


@pytest.mark.parametrize("answer", QUESTIONS["license"])
def test_the_licence_is_the_chosen_one_with_its_holder(bake: Bake, answer: str) -> None:
    project = bake(license=answer, author_name="Ada Lovelace")
    text = (project / "LICENSE").read_text(encoding="utf-8")
    assert len(text) > 100
    assert answer == "Apache-2.0" or "Ada Lovelace" in text
    assert not (project / "licenses").exists()


AWKWARD = [
    "Say \"hello\" to 'it'",
    "back\\slash and C:\\new\\table",
    "$(touch pwned) `touch pwned` ${HOME}",
    "naïve café 東京 \N{SNOWMAN} \N{GRINNING FACE}",
    "# not a comment: [really] {here} <b>bold</b> & | * _ % @",
]


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_texts_come_through_as_they_are(bake: Bake, text: str) -> None:
    project = bake(project_slug="odd", description=text, author_name=text, project_name=text)
    metadata = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert metadata["description"] == text
    assert metadata["authors"] == [{"name": text}]
    readme = (project / "README.md").read_text(encoding="utf-8")
    assert readme.startswith(f"# {text.replace('<', '&lt;')}\n")
    assert text in (project / "LICENSE").read_text(encoding="utf-8")
    assert not list(project.parent.rglob("pwned"))


def test_free_text_lands_only_where_it_cannot_be_run(bake: Bake) -> None:
    texts = {"project_name": "Marker1", "description": "Marker2", "author_name": "Marker3"}
    project = bake(project_slug="marked", catalog="backstage", **texts)
    holders = {
        name
        for name, path in files(project).items()
        if path.suffix not in BINARY and "Marker" in path.read_text(encoding="utf-8")
    }
    read_as_data = {"pyproject.toml", ".cookiecutter.yaml", "catalog-info.yaml"}
    assert holders == {"README.md", "LICENSE", *read_as_data}


REFUSED = {
    "project_slug": ["Up-Per", "a b", "x;touch pwned", "$(touch pwned)", "flask", "-x", "a_b"],
    "package_name": ["", "class", "json", "numpy", "a-b", "1st", "x; import os", "Äh", "os.path"],
    "description": ["two\nlines", "bell\a", "\u202eevil", "\u2028", " "],
    "author_name": ["", "{#", "line\r\nbreak", "x" * 300],
}


@pytest.mark.parametrize(
    ("question", "answer"), [(key, value) for key, values in REFUSED.items() for value in values]
)
def test_what_cannot_be_made_safe_is_refused_and_nothing_is_left(
    question: str, answer: str, tmp_path: Path
) -> None:
    result = run_cookiecutter(tmp_path, "--no-input", f"{question}={answer}")
    assert result.returncode == 1
    assert question in result.stderr
    assert not list((tmp_path / "out").iterdir())
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize("slug", ["", "../out", "a/b", "/etc"])
def test_a_slug_that_is_a_path_renders_nothing_there(slug: str, tmp_path: Path) -> None:
    result = run_cookiecutter(tmp_path, "--no-input", f"project_slug={slug}")
    assert result.returncode == 1
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]


def test_template_markup_typed_at_the_prompt_is_refused(tmp_path: Path) -> None:
    asked = [question for question in QUESTIONS if not question.startswith("_")]
    typed = ["{{ 7 * 7 }}" if question == "description" else "" for question in asked]
    result = run_cookiecutter(tmp_path, typed=typed)
    assert result.returncode == 1
    assert "description holds template markup" in result.stderr


def test_a_forbidden_pair_is_refused_with_every_way_out(tmp_path: Path) -> None:
    result = run_cookiecutter(tmp_path, "--no-input", "framework=tflite", "gpu=required")
    assert result.returncode == 1
    assert "framework=tflite does not go with gpu=required" in result.stderr
    assert "gpu=none" in result.stderr
    assert "framework=onnxruntime" in result.stderr
    assert not list((tmp_path / "out").iterdir())


def run_cookiecutter(
    folder: Path, *arguments: str, typed: Sequence[str] = (), template: Path = TEMPLATE.parent
) -> subprocess.CompletedProcess[str]:
    """Run the command line of Cookiecutter as a user does, with its own home and output folder."""
    (folder / "out").mkdir()
    cookiecutter = [sys.executable, "-m", "cookiecutter", str(template)]
    return subprocess.run(
        [*cookiecutter, "--output-dir", str(folder / "out"), *arguments],
        cwd=folder,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin"},
        input="".join(f"{line}\n" for line in typed),
        capture_output=True,
        text=True,
    )


def test_a_long_package_name_keeps_the_style(bake: Bake) -> None:
    assert_style(bake(package_name="a_name_as_long_as_forty_characters_allow"))


def test_the_questions_can_be_answered_at_the_prompt(tmp_path: Path) -> None:
    asked = [question for question in QUESTIONS if not question.startswith("_")]
    typed = ["2" if question == "input_kind" else "" for question in asked]
    result = run_cookiecutter(tmp_path, typed=typed)
    assert result.returncode == 0, result.stderr
    project = tmp_path / "out" / "digit-reader"
    assert (project / "src/digit_reader/preprocessing/tensor.py").is_file()
    assert "make run" in result.stdout


def test_the_commands_of_the_readme_render(tmp_path: Path) -> None:
    readme = (TEMPLATE.parent / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^cookiecutter (.*)$", readme, re.MULTILINE)
    assert len(commands) == 2
    for number, command in enumerate(commands):
        arguments = shlex.split(command)
        arguments.remove("gh:org/cookiecutter-flask-inference")  # run_cookiecutter names our copy
        folder = tmp_path / str(number)
        folder.mkdir()
        result = run_cookiecutter(folder, *arguments, typed=[""] * len(QUESTIONS))
        assert result.returncode == 0, result.stderr
        assert "make run" in result.stdout
