"""A bare loop over the runtime, run in a process of its own: no service, no files of predictions.

python bare.py MODEL ROWS BATCH THREADS
"""

import sys

import numpy as np
import onnxruntime as ort


def main(model: str, path: str, batch: str, threads: str) -> None:
    """Run the model on all rows, a batch at a time."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = int(threads)
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # as the engine does
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    rows, size = np.load(path), int(batch)
    for start in range(0, len(rows), size):
        session.run(["y"], {"x": rows[start : start + size]})


if __name__ == "__main__":
    main(*sys.argv[1:])
