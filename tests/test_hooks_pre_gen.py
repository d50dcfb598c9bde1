"""Answers that `pre_gen_project` refuses, and those that it takes."""

import pytest

from .answers import QUESTIONS, TEMPLATE, load_hook
from .hooks import ANSWERS

pre_gen = load_hook("pre_gen_project")

BAD_SLUGS = (
    r"""
    -a a- a--b A aB 1a a_b a.b a/b ../a a\b a;b $(id) `id` é flask numpy onnxruntime-gpu pip pip3
    pytest ruff activate python
""".split()
    + ["", " ", "a b", "a\n", "a" * 47]
)


@pytest.mark.parametrize("slug", BAD_SLUGS)
def test_bad_slug_is_refused_in_one_sentence(slug: str) -> None:
    (sentence,) = pre_gen.check_slug(slug)
    assert sentence.startswith("project_slug ")
    assert sentence.endswith(".")


@pytest.mark.parametrize("slug", ["a", "a1", "digit-reader", "a-1", "a" * 46, "flask-service"])
def test_good_slug_is_taken(slug: str) -> None:
    assert pre_gen.check_slug(slug) == []


BAD_PACKAGES = (
    """
    A aB 1a a-b a.b _a é class import json test asyncio distutils flask pil numpy google
    tests model src torch tensorflow ml_dtypes prometheus_client onnxruntime
""".split()
    + ["", "a b", "a\n", "a" * 41]
)


@pytest.mark.parametrize("package", BAD_PACKAGES)
def test_bad_package_is_refused_in_one_sentence(package: str) -> None:
    (sentence,) = pre_gen.check_package(package)
    assert sentence.startswith("package_name ")
    assert sentence.endswith(".")


@pytest.mark.parametrize("package", ["a", "a1", "digit_reader", "model_service", "a" * 40])
def test_good_package_is_taken(package: str) -> None:
    assert pre_gen.check_package(package) == []


def test_the_longest_package_name_keeps_lines_within_100_characters() -> None:
    longest = "a" * pre_gen.LONGEST_PACKAGE
    too_long = [
        f"{path.relative_to(TEMPLATE)}:{number}"
        for path in TEMPLATE.rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line.replace("model_service", longest)) > 100
    ]
    assert too_long == []


def test_every_installed_distribution_is_reserved() -> None:
    lines = (TEMPLATE / "constraints.txt").read_text(encoding="utf-8").splitlines()
    names = [line.partition("==")[0] for line in lines if line and not line.startswith("#")]
    assert len(names) > 30
    for name in names:
        assert pre_gen.check_slug(name), name
        assert pre_gen.check_package(name.replace("-", "_")), name


BAD_TEXTS = {
    "nothing": "",
    "blank": "  ",
    "line break": "a\nb",
    "carriage return": "a\rb",
    "tab": "a\tb",
    "control": "a\x1bb",
    "direction override": "a\u202eb",
    "line separator": "a\u2028b",
    "lone surrogate": "a\ud800b",
    "expression": "a {{ 7 * 7 }}",
    "statement": "a {% raw %}",
    "comment": "a {# b",
    "line statement": " #% if",
    "placeholder": "a model_service b",
    "length": "a" * 201,
}


@pytest.mark.parametrize("text", BAD_TEXTS.values(), ids=BAD_TEXTS)
def test_bad_text_is_refused_in_one_sentence(text: str) -> None:
    (sentence,) = pre_gen.check_text("description", text)
    assert sentence.startswith("description ")
    assert sentence.isprintable()


@pytest.mark.parametrize(
    "text",
    ['"', "'", "\\", '"""', "$(id) `id` ${HOME} $$", "é 漢字 🎉", "{ } {a}", "50 #%", "a" * 200],
)
def test_awkward_text_is_taken(text: str) -> None:
    assert pre_gen.check_text("description", text) == []


@pytest.mark.parametrize(
    ("changed", "ways_out"),
    [
        (
            {"framework": "tflite", "gpu": "fallback"},
            ["gpu=none", "framework=onnxruntime", "pytorch"],
        ),
        (
            {"framework": "tflite", "gpu": "required"},
            ["gpu=none", "framework=onnxruntime", "pytorch", "tensorflow"],
        ),
        (
            {"framework": "tensorflow", "quantization": "dynamic-int8"},
            ["quantization=none", "half", "framework=tflite"],
        ),
    ],
)
def test_forbidden_pair_names_every_way_out(changed: dict[str, str], ways_out: list[str]) -> None:
    (sentence,) = pre_gen.check(ANSWERS | changed)
    assert all(way in sentence for way in [f"{k}={v}" for k, v in changed.items()] + ways_out)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"framework": "tflite", "gpu": "none", "quantization": "static-int8"},
        {"framework": "onnxruntime", "gpu": "required", "quantization": "half"},
        {"framework": "tensorflow", "gpu": "required", "quantization": "half"},
    ],
)
def test_allowed_answers_raise_nothing(changed: dict[str, str]) -> None:
    assert pre_gen.check(ANSWERS | changed) == []


def test_pairs_are_of_questions_and_answers_that_exist() -> None:
    for (question, _), (other, allowed, _) in pre_gen.FORBIDDEN_PAIRS.items():
        assert question in QUESTIONS
        assert set(allowed) < set(QUESTIONS[other])
