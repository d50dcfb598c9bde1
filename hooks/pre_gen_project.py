"""Refuse answers that cannot work, before anything is written: one sentence for each.

The answers come in as one JSON string; without Cookiecutter this file is plain, importable Python.
"""

import json
import keyword
import re
import sys

ANSWERS = r"""{{ cookiecutter | tojson }}"""

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
PACKAGE = re.compile(r"[a-z][a-z0-9_]*")
MARKUP = re.compile(r"\{[#%{]|^\s*#%")  # Cookiecutter and cruft render a given answer again
PLACEHOLDER = re.compile(r"\bmodel_service\b")

FREE_TEXT = ("project_name", "description", "author_name")
LONGEST_TEXT = 200
LONGEST_SLUG = 46  # Kubernetes cuts the names of pods of a longer Deployment; KEDA asks by them
LONGEST_PACKAGE = 40  # so that no line of a render gets longer than its formatter allows

# What a render installs, directly or not; the hook tests compare this with constraints.txt.
DISTRIBUTIONS = frozenset(
    """
    absl-py ai-edge-litert ai-edge-quantizer aiohappyeyeballs aiohttp aiosignal anyio apispec arrow
    ast-serialize astunparse attrs backports.strenum blinker boolean.py brotli cachecontrol certifi
    chardet charset-normalizer click contourpy cycler cyclonedx-bom cyclonedx-python-lib defusedxml
    filelock flask flatbuffers fonttools fqdn frozenlist fsspec gast gevent geventhttpclient
    google-pasta granian graphql-core greenlet grpcio gunicorn h11 h5py harfile hatchling hf-xet
    httpcore2 httptools httpx2 huggingface-hub hypothesis hypothesis-graphql idna immutabledict
    iniconfig isoduration itsdangerous jinja2 jsonpointer jsonschema jsonschema-rs
    jsonschema-specifications keras kiwisolver lark libclang librt license-expression
    litert-lm-builder lxml markdown-it-py markupsafe matplotlib mdurl ml-dtypes mpmath msgpack
    msgspec multidict mypy mypy-extensions namex networkx numpy nvidia-cublas nvidia-cuda-nvrtc
    nvidia-cuda-runtime nvidia-cudnn-cu13 nvidia-cufft nvidia-curand nvidia-nvjitlink onnx
    onnxruntime onnxruntime-gpu opt-einsum optree packageurl-python packaging pandas pathspec pillow
    pip pip-api pip-audit pip-licenses pip-requirements-parser platformdirs pluggy prettytable
    prometheus-client propcache protobuf py-serializable pyarrow pygments pyparsing pyrate-limiter
    pysimdjson pytest python-dateutil python-rapidjson pyyaml ray referencing requests
    rfc3339-validator rfc3986-validator rfc3987-syntax rich rpds-py ruff safetensors schemathesis
    scipy setuptools six sortedcontainers sympy tensorflow tensorflow-cpu termcolor tokenizers tomli
    tomli-w torch torchao tqdm tritonclient truststore typing-extensions tzdata uri-template urllib3
    wcwidth webcolors werkzeug wheel wrapt yarl zope.event zope.interface
    """.split()
)
COMMANDS = frozenset(
    """
    activate aeq backend-test-tools check-model check-node dmypy f2py gunicornc hf jsonschema
    litert-benchmark litert-lm-peek markdown-it mypyc normalizer numpy-config pip3 pyftmerge
    pyftsubset pygmentize python python3 ray serve st stubgen stubtest tiny-agents toco ttx tune
    """.split()
)
IMPORT_NAMES = frozenset(
    """
    absl attr backports clang conftest dateutil google graphql grpc markdown_it model mpl_toolkits
    pasta pil pkg_resources py pylab rapidjson rpds simdjson src test tests tritonclientutils
    tritongrpcclient tritonhttpclient tritonshmutils yaml zope
    """.split()
)
# Modules of Python 3.11 that a newer Python, with which Cookiecutter may run, has no more.
FORMER_STDLIB = frozenset(
    """
    aifc asynchat asyncore audioop cgi cgitb chunk crypt distutils imghdr imp lib2to3 mailcap
    msilib nis nntplib ossaudiodev pipes smtpd sndhdr spwd sunau telnetlib uu xdrlib
    """.split()
)

# (question, answer) -> (other question, the answers that go with it, the rest of the sentence)
FORBIDDEN_PAIRS = {
    ("framework", "tensorflow"): (
        "quantization",
        ("none", "half"),
        "TensorFlow runs a model of integers no faster: choose quantization=none or half, or"
        " framework=tflite, which serves the same model converted",
    ),
    ("framework", "tflite"): (
        "gpu",
        ("none",),
        "LiteRT serves the CPU only: choose gpu=none, or framework=onnxruntime, pytorch or"
        " tensorflow",
    ),
}


def check_slug(slug: str) -> list[str]:
    """Return what is wrong with the name of the folder and command, a sentence each."""
    if not SLUG.fullmatch(slug):
        return [
            f"project_slug {slug!r} cannot be used: start with a lower-case letter and go on with"
            " lower-case letters, digits and single hyphens, as in digit-reader."
        ]
    if len(slug) > LONGEST_SLUG:
        return [
            f"project_slug {slug!r} is too long to name pods in Kubernetes: use {LONGEST_SLUG}"
            " characters at most."
        ]
    if slug in DISTRIBUTIONS | COMMANDS:
        return [
            f"project_slug {slug!r} is the name of something that the service installs: choose"
            f" another, as in {slug}-service."
        ]
    return []


def check_package(package: str) -> list[str]:
    """Return what is wrong with the name of the Python package, a sentence each."""
    if not PACKAGE.fullmatch(package) or keyword.iskeyword(package):
        return [
            f"package_name {package!r} cannot be imported: start with a lower-case letter, go on"
            " with lower-case letters, digits and underscores, and avoid Python's keywords."
        ]
    if len(package) > LONGEST_PACKAGE:
        return [f"package_name {package!r} is too long: use {LONGEST_PACKAGE} characters at most."]
    installed = {name.replace("-", "_") for name in DISTRIBUTIONS} | IMPORT_NAMES
    if package in installed | FORMER_STDLIB | sys.stdlib_module_names:
        return [
            f"package_name {package!r} would hide another module of that name: choose another,"
            f" as in {package}_service."
        ]
    return []


def check_text(question: str, text: str) -> list[str]:
    """Return why a free text cannot stand safely in every file that it lands in."""
    errors = []
    if not text.strip():
        errors.append(f"{question} is empty: give at least one visible character.")
    if not text.isprintable():
        errors.append(
            f"{question} holds a line break or an invisible character: keep to one line of"
            " printable characters."
        )
    if len(text) > LONGEST_TEXT:
        errors.append(f"{question} is too long: use {LONGEST_TEXT} characters at most.")
    if MARKUP.search(text):
        errors.append(
            f"{question} holds template markup: leave out pairs of an opening brace and another, a"
            " per cent sign or a hash, and a hash with a per cent sign at the start."
        )
    if PLACEHOLDER.search(text):
        errors.append(
            f"{question} holds the word model_service, which the template replaces by the name of"
            " the package: write it in another way."
        )
    return errors


def check_pairs(answers: dict[str, str]) -> list[str]:
    """Return a sentence for each pair of answers that cannot work together or never pays."""
    return [
        f"{question}={answer} does not go with {other}={answers[other]}: {reason}."
        for (question, answer), (other, allowed, reason) in FORBIDDEN_PAIRS.items()
        if answers[question] == answer and answers[other] not in allowed
    ]


def check(answers: dict[str, str]) -> list[str]:
    """Return everything that is wrong with the answers, a sentence each."""
    errors = check_slug(answers["project_slug"]) + check_package(answers["package_name"])
    for question in FREE_TEXT:
        errors += check_text(question, answers[question])
    return errors + check_pairs(answers)


if __name__ == "__main__":
    sys.exit("\n".join(check(json.loads(ANSWERS))) or 0)
