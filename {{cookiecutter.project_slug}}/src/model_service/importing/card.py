"""Writes a model card: TOML with the comments that its owner needs to go on."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ..errors import ImportRefused, StartupError
from ..formats import Signature
from ..guessing import Guess
from ..model_folder import ModelFolder
from .install import LABELS
from .meaning import Meaning

COLUMN = 30  # of comments
NAME = re.compile(r"[^A-Za-z0-9._-]+")
BARE = re.compile(r"[A-Za-z0-9_-]+")
LONGEST_NAME = 64
HEAD = (
    "# The model card: all that the service must know about its model; `import-model` wrote it.",
    "# Edit it, then run `check`. Unknown keys are refused, so a misspelt one is not overlooked.",
)
GOLDEN = (
    "# At start, the instances in the file must give the outputs in the file. Without one, nothing",
    "# proves that the answers are those of training: `record` writes one.",
    "[golden]",
    'file = ""',
    "tolerance = 1e-4              # largest difference; relative for values beyond 1",
)


def name_of(path: Path) -> str:
    """Return a name that can stand in a URL, made of that of a file."""
    name = NAME.sub("-", path.stem).strip("-._")[:LONGEST_NAME]
    return name or "model"


def checked_name(name: str) -> str:
    """Return a name that can stand in a URL; raises ImportRefused for any other."""
    if NAME.search(name) or not name[:1].isalnum() or len(name) > LONGEST_NAME:
        raise ImportRefused(
            f"--name {name!r} cannot stand in a URL: begin with a letter or digit, and use at most"
            f" {LONGEST_NAME} letters, digits, - _ and dots."
        )
    return name


def next_version(model_dir: Path, name: str) -> str:
    """Return the number after that of the model which a folder has, 1 if it has another."""
    try:
        former = ModelFolder.open(model_dir).card
    except StartupError:
        return "1"
    same = former.name == name and former.version.isdecimal()
    return str(int(former.version) + 1) if same else "1"


def written(
    source: str,
    names: tuple[str, str],
    hashes: Mapping[str, str],
    signature: Signature,
    guess: Guess,
    meaning: Meaning,
) -> str:
    """Return the text of a card for a model that came from the file `source`.

    `names` are its name and version, `hashes` the SHA-256 of the artefact and then of the other
    files that it reads.
    """
    unknown = (*meaning.unknown.values(), *guess.unknown.values())
    lines = [
        *HEAD,
        *_remarks(f"What {source} says of itself:", signature.notes),
        *_remarks("What was guessed:", (*guess.guessed, *meaning.said)),
        *_remarks("What no file tells, so look at it:", unknown),
        "",
        *_identity(source, names, guess, meaning),
        *_artefact(hashes),
        *_tensors(signature),
        *_preprocessing(guess),
        *_postprocessing(meaning),
        *GOLDEN,
    ]
    return "\n".join(lines) + "\n"


def _identity(source: str, names: tuple[str, str], guess: Guess, meaning: Meaning) -> Iterator[str]:
    yield "# Used in URLs and logs: at most 64 letters, digits, - _ ."
    yield _line("name", names[0])
    yield _line("version", names[1], "count it up when the artefact changes")
    yield _line("description", f"Imported from {source}.")
    yield _line("task", meaning.task, "classification (label and scores) | raw (the output rows)")
    if not guess.native:
        yield _line("native", False, "/predict cannot express its inputs, /v2 serves them")
    yield ""


def _artefact(hashes: Mapping[str, str]) -> Iterator[str]:
    (file, sha256), *others = hashes.items()
    yield "# The model file, and its hash as `sha256sum` prints it; another file is refused."
    yield "[artefact]"
    yield _line("file", file)
    yield _line("sha256", sha256)
    if others:
        yield from ("", "# The other files that it reads.", "[artefact.files]")
    for other, other_sha256 in others:
        yield _line(other, other_sha256)
    yield ""


def _tensors(signature: Signature) -> Iterator[str]:
    yield "# One such table for each input of the model; of an output, for each that is used. In a"
    yield "# shape, -1 is any size, and the first dimension is the batch."
    for what, specs in (("inputs", signature.inputs), ("outputs", signature.outputs)):
        for spec in specs:
            yield f"[[{what}]]"
            yield _line("name", spec.name)
            yield _line("dtype", spec.dtype)
            yield _line("shape", spec.shape)
            yield ""


def _preprocessing(guess: Guess) -> Iterator[str]:
    if not guess.preprocessing:
        return
    yield "# From what a client sends to one row of the input."
    yield "[preprocessing]"
    for key, value in guess.preprocessing.items():
        yield _line(key, value, guess.comments.get(key, ""))
    yield ""


def _postprocessing(meaning: Meaning) -> Iterator[str]:
    yield "# From one row of the output to a prediction. `output` is the one that is scored."
    yield "[postprocessing]"
    yield _line("output", meaning.output)
    yield _line("activation", meaning.activation, "none | softmax | sigmoid: what makes scores")
    if meaning.labels:
        yield _line("labels", LABELS, "a label a line, in the order of the output's columns")
    yield ""


def toml(value: Any) -> str:
    """Return a value as TOML; texts as JSON has them, but for the one character that differs."""
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(toml, value))}]"
    return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")


def _line(key: str, value: Any, comment: str = "") -> str:
    shown = key if BARE.fullmatch(key) else toml(key)
    line = f"{shown} = {toml(value)}"
    return f"{line:<{COLUMN - 1}} # {comment}" if comment else line


def _remarks(title: str, sentences: tuple[str, ...]) -> Iterator[str]:
    if sentences:
        yield from ("#", f"# {_printable(title)}")
    for sentence in sentences:
        yield f"# - {_printable(sentence)}"


def _printable(text: str) -> str:
    """Return a text that ends no line of a comment."""
    return "".join(character if character.isprintable() else " " for character in text)
