"""The template's own modules, used in place: what is measured is what a render holds."""

import importlib
import sys
from typing import Any

from tests.answers import TEMPLATE, combinations

from .samples import SHAPES

SOURCE = TEMPLATE / "src"
OF_WEIGHTS_ALONE = ("pytorch",)  # frameworks whose artefact holds no layers


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


def serve_network(framework: str, model: str, width: int) -> None:
    """Put the network of a model where the service has its own, if the framework needs one."""
    if framework not in OF_WEIGHTS_ALONE:
        return
    from .networks import CLASSES, build  # only here: it imports PyTorch

    architecture, spec = module("architecture"), module("model_card").TensorSpec
    architecture.build = lambda: build(model, width)
    architecture.INPUTS = (spec(name="x", dtype="float32", shape=(-1, *SHAPES[model])),)
    architecture.OUTPUTS = (spec(name="logits", dtype="float32", shape=(-1, CLASSES)),)
