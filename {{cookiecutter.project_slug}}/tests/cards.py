"""The smallest model card, for tests that need one of their own."""

import json
from pathlib import Path
from typing import Any

from model_service.model_card import CARD, ModelCard, convert

SMALLEST: dict[str, Any] = {
    "name": "smallest",
    "version": "1",
    "task": "raw",
    "artefact": {"file": "model.bin", "sha256": 64 * "0"},
    "inputs": [{"name": "x", "dtype": "float32", "shape": [-1, 3]}],
    "outputs": [{"name": "y", "dtype": "float32", "shape": [-1, 2]}],
}


def card(**changes: object) -> ModelCard:
    """Return the smallest card with some of its keys given."""
    return convert(SMALLEST | changes, ModelCard)


def write_card(folder: Path, raw: dict[str, Any]) -> None:
    """Write a raw card as TOML."""
    tables = [(f"[{key}]", value) for key, value in raw.items() if isinstance(value, dict)]
    tables += [(f"[[{key}]]", one) for key in ("inputs", "outputs") for one in raw[key]]
    plain = {k: v for k, v in raw.items() if isinstance(v, str)}
    lines = [
        line
        for header, table in [("", plain), *tables]
        for line in (header, *(f"{key} = {json.dumps(value)}" for key, value in table.items()))
    ]
    (folder / CARD).write_text("\n".join(lines), encoding="utf-8")
