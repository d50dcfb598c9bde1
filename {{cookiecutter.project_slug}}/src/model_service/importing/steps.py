"""The steps from a model file to a model folder that has passed the checks of a start."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from ..engine import load
from ..errors import ImportRefused, StartupError
from ..formats import Signature, read
from ..guessing import Guess, guess
from ..model_card import CARD
from ..settings import Settings
from ..startup import start
from . import card, install
from .meaning import Meaning, meaning, scored
from .recognise import FORMATS, recognise


@dataclass(frozen=True)
class Import:
    """A model file, what it says of itself, and what was given and guessed beside.

    `given` are the options of `import-model` by name, None where there was none.
    """

    path: Path
    kind: str
    signature: Signature
    guess: Guess
    meaning: Meaning
    given: Mapping[str, Any]

    @classmethod
    def of(cls, path: Path, given: Mapping[str, Any]) -> "Import":
        """Read a file; raises ImportRefused."""
        kind = recognise(path)
        signature = _row_by_row(read(path, kind))
        outputs = meaning(signature, given["labels"], given["task"], given["activation"])
        return cls(path, kind, signature, guess(signature, given), outputs, given)

    @property
    def unknown(self) -> Mapping[str, str]:
        """A sentence for each option that would tell what no file does."""
        return {**self.meaning.unknown, **self.guess.unknown}

    def told(self) -> Mapping[str, list[str]]:
        """Return what is worth saying, by title."""
        signature = self.signature
        head = f"{self.path} is {FORMATS[self.kind].article_name}"
        told = {
            head: list(signature.notes),
            "Inputs": [str(spec) for spec in signature.inputs],
            "Outputs": [str(spec) for spec in signature.outputs],
            "Guessed": [*self.guess.guessed, *self.meaning.said],
            "Not known": [f"{said} (--{option})" for option, said in self.unknown.items()],
        }
        return {title: lines for title, lines in told.items() if lines or title == head}

    def install(self, settings: Settings, link: bool) -> "Import":
        """Put the model in the place of the present one, and return it with all that was guessed.

        Before anything is changed it is loaded and run on the CPU as at a start. Raises
        ImportRefused.
        """
        model_dir, file = Path(settings.model_dir), FORMATS[self.kind].file
        with install.new_folder(model_dir) as folder:
            try:
                install.put(self.path, self.signature.files, folder, file, link)
                for name, source in self.guess.files.items():
                    shutil.copyfile(source, folder / name)
                engine = load(folder / file, "cpu", 1)
                whole = replace(self, meaning=scored(self.meaning, engine))
                whole._describe(folder, model_dir)
                settings = msgspec.structs.replace(settings, model_dir=str(folder))
                start(settings, engine).batcher.close()
            except ImportRefused:
                raise
            except StartupError as error:
                raise ImportRefused(f"{self.path} cannot be served: {error}") from error
            install.replace(model_dir, folder)
        return whole

    def _describe(self, folder: Path, former: Path) -> None:
        """Write the card and the labels into a folder that has the artefact."""
        hashes = install.hashes(folder, FORMATS[self.kind].file, self.signature.files)
        if self.meaning.labels:
            labels = "".join(f"{label}\n" for label in self.meaning.labels)
            (folder / install.LABELS).write_text(labels, encoding="utf-8")
        name = card.checked_name(self.given["name"] or card.name_of(self.path))
        version = self.given["version"] or card.next_version(former, name)
        text = card.written(
            *(self.path.name, (name, version), hashes, self.signature, self.guess, self.meaning)
        )
        (folder / CARD).write_text(text, encoding="utf-8")


def _row_by_row(signature: Signature) -> Signature:
    """Let inputs take one row if an output gives but one, as of a model that joins its rows."""
    if all(spec.shape[:1] != (1,) for spec in signature.outputs):
        return signature
    inputs = tuple(
        msgspec.structs.replace(spec, shape=(1, *spec.shape[1:])) if spec.shape[0] == -1 else spec
        for spec in signature.inputs
    )
    return replace(signature, inputs=inputs)
