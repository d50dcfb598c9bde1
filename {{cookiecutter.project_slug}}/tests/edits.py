"""Changes to a copy of the model folder, as its owner makes them."""

import re
from pathlib import Path

from model_service.model_card import CARD
from model_service.model_folder import ModelFolder

EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def edit_card(folder: Path, pattern: str, replacement: str) -> None:
    """Replace what matches in the card, `^` and `$` being those of a line; something must."""
    path = folder / CARD
    text = path.read_text(encoding="utf-8")
    text, count = re.subn(pattern, replacement, text, flags=re.MULTILINE)
    assert count, f"nothing in the card matches {pattern}"
    path.write_text(text, encoding="utf-8")


def move_artefact(folder: Path) -> str:
    """Move the model into a folder of its own, and return its new name in the card."""
    file = ModelFolder.open(folder).card.artefact.file
    moved = f"weights/{file}"
    (folder / moved).parent.mkdir(parents=True)
    (folder / file).rename(folder / moved)
    edit_card(folder, f'"{re.escape(file)}"', f'"{moved}"')
    return moved
