"""The template's own modules, used in place: what is measured is what a render holds."""

import importlib
import sys
from typing import Any

from tests.answers import TEMPLATE, combinations

SOURCE = TEMPLATE / "src"


def schemes() -> dict[str, list[str]]:
    """Return the schemes of quantization that each framework offers, in the order of the labels."""
    offered: dict[str, list[str]] = {}
    for answers in combinations():
        known = offered.setdefault(answers["framework"], [])
        if answers["quantization"] not in ("none", *known):
            known.append(answers["quantization"])
    return offered


def module(name: str) -> Any:
    """Import a module of the service; leaves no caches in the template, they would be rendered."""
    sys.dont_write_bytecode = True
    if str(SOURCE) not in sys.path:
        sys.path.insert(0, str(SOURCE))
    return importlib.import_module(f"model_service.{name}")
