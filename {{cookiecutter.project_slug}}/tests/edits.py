"""Changes to a copy of the model folder, as its owner makes them."""

import re
import shutil
from pathlib import Path

from model_service.model_card import CARD
from model_service.model_folder import ModelFolder, files_of

EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def edit_card(folder: Path, pattern: str, replacement: str) -> None:
    """Replace what matches in the card, `^` and `$` being those of a line; something must."""
    path = folder / CARD
    text = path.read_text(encoding="utf-8")
    text, count = re.subn(pattern, replacement, text, flags=re.MULTILINE)
    assert count, f"nothing in the card matches {pattern}"
    path.write_text(text, encoding="utf-8")


def replace_artefact(folder: Path, content: bytes | None) -> None:
    """Put a file in the place of the artefact, be that a file or a folder; None for nothing."""
    artefact = folder / ModelFolder.open(folder).card.artefact.file
    if artefact.is_dir():
        shutil.rmtree(artefact)
    else:
        artefact.unlink()
    if content is not None:
        artefact.write_bytes(content)


def spoil(artefact: Path) -> None:
    """Append a byte to a file of an artefact."""
    with next(files_of(artefact)).open("ab") as file:
        file.write(b"\0")


def move_artefact(folder: Path) -> str:
    """Move the model into a folder of its own, and return its new name in the card."""
    file = ModelFolder.open(folder).card.artefact.file
    moved = f"weights/{file}"
    (folder / moved).parent.mkdir(parents=True)
    (folder / file).rename(folder / moved)
    edit_card(folder, f'"{re.escape(file)}"', f'"{moved}"')
    return moved
