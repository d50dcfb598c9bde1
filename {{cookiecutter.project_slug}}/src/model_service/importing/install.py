"""Puts a model in the place of another in one step: until then nothing of the former is touched."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ..errors import ImportRefused, StartupError
from ..model_card import CARD
from ..model_folder import SERVED, ModelFolder, files_of, sha256_of

EXAMPLES = "examples"
LABELS = "labels.txt"
USUAL_MODE = 0o755


@contextmanager
def new_folder(model_dir: Path) -> Iterator[Path]:
    """Give an empty folder beside that of the model, and remove what then is left of it.

    Raises ImportRefused.
    """
    model_dir = model_dir.resolve()
    try:
        folder = Path(tempfile.mkdtemp(prefix=f".{model_dir.name}-", dir=model_dir.parent))
        folder.chmod(model_dir.stat().st_mode if model_dir.is_dir() else USUAL_MODE)
    except OSError as error:
        raise ImportRefused(
            f"No folder can be made beside {model_dir}: {error.strerror}."
        ) from None
    try:
        yield folder
    except OSError as error:
        raise ImportRefused(f"The model cannot be put into {model_dir}: {error}.") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put(source: Path, files: tuple[Path, ...], folder: Path, file: str, link: bool) -> None:
    """Put an artefact under its new name into a folder, with the other files that it reads.

    Raises ImportRefused, or OSError.
    """
    taken = {file, CARD, SERVED, LABELS}
    place = os.link if link else shutil.copyfile
    for other in files:
        if other.parts[0] in taken:
            raise ImportRefused(f"{source} keeps data in {str(other)!r}: give it another name.")
    if source.is_dir():
        list(files_of(source))  # raises InvalidArtefact for links
        shutil.copytree(source, folder / file, copy_function=place)
    else:
        place(source.resolve(), folder / file)
    for other in files:
        (folder / other).parent.mkdir(parents=True, exist_ok=True)
        place(source.parent / other, folder / other)


def hashes(folder: Path, file: str, files: tuple[Path, ...]) -> Mapping[str, str]:
    """Return the SHA-256 of the artefact, then of the other files, by their names."""
    return {name: sha256_of(folder / name) for name in (file, *(f.as_posix() for f in files))}


def replace(model_dir: Path, folder: Path) -> None:
    """Let a whole folder take the place of the model's.

    What belongs to the former model goes with it: its card, artefacts, labels, samples, golden
    and other examples. Files that its card does not know are the owner's, and stay. Raises
    ImportRefused, or OSError.
    """
    model_dir = model_dir.resolve()
    for path in _of_the_owner(model_dir):
        target = folder / path.relative_to(model_dir)
        if target.exists():
            raise ImportRefused(f"{path} is in the way of the new model: move it elsewhere.")
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, target, follow_symlinks=False)
    former = folder.with_name(f"{folder.name}-former")
    if model_dir.exists():
        model_dir.rename(former)
    try:
        folder.rename(model_dir)
    except OSError:
        former.rename(model_dir)
        raise
    shutil.rmtree(former, ignore_errors=True)


def _of_the_owner(model_dir: Path) -> list[Path]:
    """Return the files of a model folder that are not of its model."""
    known = {CARD, SERVED, EXAMPLES, *_named(model_dir)}
    return [
        path
        for path in model_dir.rglob("*")
        if (path.is_symlink() or path.is_file())
        and not known.intersection(_and_parents(path.relative_to(model_dir)))
    ]


def _named(model_dir: Path) -> set[str]:
    """Return the files that the card of a folder names; none if it cannot be read."""
    try:
        model = ModelFolder.open(model_dir)
        card, quantized = model.card, model.record()
    except StartupError:
        return set()
    return {
        *(card.artefact.file, *card.artefact.files, card.postprocessing.labels),
        *(card.golden.file, card.golden.arrays),
        *(card.quantization.calibration, card.quantization.evaluation),
        *(value for value in card.preprocessing.values() if isinstance(value, str)),
        *([quantized.file] if quantized else []),
    }


def _and_parents(path: Path) -> set[str]:
    return {path.as_posix(), *(parent.as_posix() for parent in path.parents)}
