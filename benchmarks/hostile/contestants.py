"""The servers that are compared: the rendered service, and three others."""

from pathlib import Path

from .. import rendered

PEERS = ("litserve", "mosec", "bentoml")
ANSWERS = {"input_kind": "tensor", "batching": "dynamic", "quantization": "none"}
OURS = "rendered service"


def render(folder: Path) -> Path:
    """Render the service that is compared: dynamic batching, ONNX Runtime, the CPU."""
    return rendered.render(folder, **ANSWERS)
