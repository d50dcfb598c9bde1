"""Write a repository for Triton and run it: its Python backend has the model on ONNX Runtime.

The environment has the command, in which REPOSITORY stands for the folder, and the name that
Triton's shared memory begins with, some of which it leaves behind.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import onnxruntime as ort

CONFIG = """\
backend: "python"
max_batch_size: {rows}
dynamic_batching {{}}
instance_group [{{ kind: KIND_CPU, count: 1 }}]
input [{{ name: "x", data_type: TYPE_FP32, dims: {taken} }}]
output [{{ name: "{name}", data_type: TYPE_FP32, dims: {given} }}]
"""


def write_repository(folder):
    """Write the one model of a repository."""
    session = ort.InferenceSession(os.environ["MODEL"], providers=["CPUExecutionProvider"])
    (input_,), (output,) = session.get_inputs(), session.get_outputs()
    model = folder / "model"
    (model / "1").mkdir(parents=True)
    here = Path(__file__).parent
    shutil.copy(here / "triton_model.py", model / "1" / "model.py")
    shutil.copy(here / "runtime.py", model / "1" / "runtime.py")
    config = CONFIG.format(
        rows=os.environ["MAX_BATCH_SIZE"],
        taken=input_.shape[1:],
        name=output.name,
        given=output.shape[1:],
    )
    (model / "config.pbtxt").write_text(config, encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        write_repository(Path(name))
        program = os.environ["COMMAND"].replace("REPOSITORY", name).split("\n")
        server = subprocess.Popen(program)
        signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        server.wait()
    for memory in Path("/dev/shm").glob(os.environ["SHARED_MEMORY"] + "*"):
        memory.unlink(missing_ok=True)
