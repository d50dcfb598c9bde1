"""MLServer in the place of a render's echo server, whose program `tests/e2e/echo.py` this becomes.

`MLSERVER` is its executable, `MLSERVER_FOLDER` a folder with the model's code. The model has the
inputs and outputs of the card that the echo server has.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..openinference.bodies import DATATYPES
from ..openinference.echo import ALL, echo_card
from ..processes import free_port


def settings() -> dict[str, object]:
    """Return what MLServer is told of the model."""
    card = echo_card(ALL, [-1, -1])

    def described(specs: Sequence[Any]) -> list[dict[str, object]]:
        return [
            {"name": spec.name, "datatype": DATATYPES[spec.dtype], "shape": list(spec.shape)}
            for spec in specs
        ]

    return {
        "name": card.name,
        "versions": [card.version],
        "platform": "echo",
        "implementation": "echo_model.Echo",
        "inputs": described(card.inputs),
        "outputs": described(card.outputs),
        "parameters": {"version": card.version},
    }


if __name__ == "__main__":
    folder = Path(os.environ["MLSERVER_FOLDER"])
    (folder / "model-settings.json").write_text(json.dumps(settings()), encoding="utf-8")
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ports = {
        "MLSERVER_HTTP_PORT": os.environ["SERVICE_PORT"],
        "MLSERVER_GRPC_PORT": str(free_port()),
        "MLSERVER_METRICS_PORT": str(free_port()),
    }
    os.chdir(folder)  # it writes there
    os.dup2(2, 1)  # what it prints is log
    program = os.environ["MLSERVER"]
    os.execve(program, [program, "start", "."], {**environ, "MLSERVER_HOST": "127.0.0.1", **ports})
