"""The smallest model card, for tests that need one of their own."""

from typing import Any

from model_service.model_card import ModelCard, convert

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
