"""The model folder: the card and every file it names, found, verified and read."""

import hashlib
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from .errors import InvalidArtefact, InvalidModelCard
from .model_card import CARD, ModelCard, convert

SERVED = "served.json"


class GoldenExamples(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Instances as a client sends them, and the model's outputs: name -> a row an instance.

    Outputs of many numbers stand in a file `arrays` beside, `.npz`.
    """

    instances: list[Any]
    outputs: dict[str, list[Any]]
    arrays: str = ""


class ServedArtefact(msgspec.Struct, frozen=True):
    """What `quantize` made from the original: written to `served.json`, served on the CPU."""

    file: str
    sha256: str
    source_sha256: str
    scheme: str
    agreement: float


@dataclass(frozen=True)
class ModelFolder:
    """The folder of the card and of every file that the card names."""

    path: Path
    card: ModelCard

    @classmethod
    def open(cls, path: Path) -> "ModelFolder":
        """Read the card of a folder; raises InvalidModelCard."""
        try:
            raw = tomllib.loads((path / CARD).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise InvalidModelCard(
                f"There is no model card {path / CARD}: set SERVICE_MODEL_DIR to its folder."
            ) from None
        except (OSError, ValueError) as error:
            raise InvalidModelCard(f"{path / CARD} cannot be read: {error}.") from None
        return cls(path, convert(raw, ModelCard))

    def file(self, name: str) -> Path:
        """Return the path of a file that the card names; it must lie inside the folder."""
        path = self._inside(name)
        if not path.is_file():
            raise InvalidModelCard(f"The model card names {name!r}, which is no file.")
        return path

    def has(self, name: str) -> bool:
        """Return whether a file or folder that the card names is there; raises InvalidModelCard."""
        return (self.path / name).exists() and self._inside(name).exists()

    def original(self) -> Path:
        """Return the artefact of the card, verified; raises InvalidModelCard or InvalidArtefact."""
        artefact = self.card.artefact
        for name, sha256 in artefact.files.items():
            self._verified(name, sha256)
        return self._verified(artefact.file, artefact.sha256)

    def original_bytes(self) -> int:
        """Return the size of the artefact of the card, with the other files that it reads."""
        artefact = self.card.artefact
        return sum(size_of(self._inside(name)) for name in (artefact.file, *artefact.files))

    def served(self, device: str) -> tuple[Path, str]:
        """Return the artefact to serve on a device, verified, and its quantization scheme.

        Integers serve the CPU, half precision a GPU too; else it is the original that is served.
        """
        served = self.record()
        if served is None or (device != "cpu" and served.scheme != "half"):
            return self.original(), "none"
        if served.source_sha256 != self.card.artefact.sha256:
            raise InvalidArtefact(
                f"{self.path / SERVED} belongs to another original: run `quantize` again, or delete"
                " it."
            )
        return self._verified(served.file, served.sha256), served.scheme

    def record(self) -> ServedArtefact | None:
        """Return what `quantize` recorded, None if it did not; raises InvalidArtefact."""
        record = self.path / SERVED
        if not record.exists():
            return None
        try:
            return msgspec.json.decode(record.read_bytes(), type=ServedArtefact)
        except (OSError, msgspec.DecodeError) as error:
            raise InvalidArtefact(f"{record} cannot be read ({error}): delete it.") from None

    def labels(self) -> tuple[str, ...]:
        """Return the labels, a line each; empty if the card names no file of labels."""
        if not self.card.postprocessing.labels:
            return ()
        return tuple(self._text(self.card.postprocessing.labels).splitlines())

    def golden(self) -> GoldenExamples:
        """Return the golden examples; none if the card names no file, else at least one."""
        name = self.card.golden.file
        if not name:
            return GoldenExamples([], {})
        try:
            examples = msgspec.json.decode(self._text(name), type=GoldenExamples)
        except msgspec.DecodeError as error:
            raise InvalidModelCard(f"{name} does not hold golden examples: {error}.") from None
        if examples.arrays:
            examples = msgspec.structs.replace(examples, outputs=self._arrays(examples.arrays))
        if not examples.instances or not examples.outputs:
            raise InvalidModelCard(f"{name} holds no golden example: the model cannot be checked.")
        if any(len(rows) != len(examples.instances) for rows in examples.outputs.values()):
            raise InvalidModelCard(f"{name} needs one output row for each of its instances.")
        return examples

    def _text(self, name: str) -> str:
        try:
            return self.file(name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise InvalidModelCard(f"{name} is not text in UTF-8.") from None

    def _arrays(self, name: str) -> dict[str, Any]:
        try:
            with self.file(name).open("rb") as file:
                return dict(np.load(file, allow_pickle=False))
        except (OSError, ValueError, EOFError, TypeError, zipfile.BadZipFile) as error:
            raise InvalidModelCard(f"{name} does not hold arrays: {error}.") from None

    def _inside(self, name: str) -> Path:
        folder = self.path.resolve()
        path = (folder / name).resolve()
        if not path.exists() or folder not in path.parents:
            raise InvalidModelCard(f"The model card names {name!r}, which is not in {self.path}.")
        return path

    def _verified(self, name: str, sha256: str) -> Path:
        path = self._inside(name)
        found = sha256_of(path)
        if found != sha256:
            raise InvalidArtefact(
                f"{name} is not the model that the model card was written for (sha256 differs): put"
                f" the right one there, or set `sha256` to {found} if you replaced it on purpose."
            )
        return path


def sha256_of(artefact: Path) -> str:
    """Return the SHA-256 of a file or of a folder, as 64 hexadecimal digits.

    That of a folder is the SHA-256 of what `sha256sum` prints for its files, in the order of their
    paths. Raises InvalidArtefact if it holds a link.
    """
    if artefact.is_file():
        with artefact.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    names = sorted(path.relative_to(artefact).as_posix() for path in files_of(artefact))
    lines = [f"{sha256_of(artefact / name)}  {name}\n" for name in names]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def size_of(artefact: Path) -> int:
    """Return the bytes of a file, or of all files of a folder."""
    return sum(path.stat().st_size for path in files_of(artefact))


def files_of(artefact: Path) -> Iterator[Path]:
    """Yield an artefact that is a file, or each file of a folder; raises InvalidArtefact."""
    for path in artefact.rglob("*") if artefact.is_dir() else [artefact]:
        if path.is_symlink():
            raise InvalidArtefact(
                f"{artefact.name} holds a link, {path.relative_to(artefact)}: put the file itself"
                " there, so that its hash can tell what is served."
            )
        if path.is_file():
            yield path
