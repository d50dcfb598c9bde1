"""Write what MLServer is told of the model, and become MLServer; `mlserver_model.py` is the model.

Its own example of settings: adaptive batching, and no processes beside the one that serves.
"""

import json
import os
import socket
import sys
import tempfile
from pathlib import Path


def free_port():
    """Return a port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    folder = Path(tempfile.mkdtemp())
    settings = {
        "host": "127.0.0.1",
        "http_port": int(os.environ["PORT"]),
        "grpc_port": free_port(),
        "metrics_port": free_port(),
        "parallel_workers": 0,
        "debug": False,
    }
    model = {"name": "model", "implementation": "mlserver_model.Served"}
    if (size := int(os.environ["MAX_BATCH_SIZE"])) > 1:
        model |= {"max_batch_size": size, "max_batch_time": int(os.environ["BATCH_WAIT_MS"]) / 1000}
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    (folder / "model-settings.json").write_text(json.dumps(model), encoding="utf-8")
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    program = Path(sys.executable).with_name("mlserver")
    os.execve(program, [program, "start", str(folder)], environ)
