"""What TensorFlow lets a process set once: its logging, its threads and the memory of its GPUs."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STDERR = 2  # its file descriptor, which C++ writes to

# Read when TensorFlow is imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")
os.environ["KERAS_BACKEND"] = "tensorflow"  # whatever the user's own configuration says


@contextmanager
def _no_stderr() -> Iterator[None]:
    """Let nothing through: TensorFlow tells of oneDNN before it reads how much to tell."""
    stderr = os.dup(STDERR)
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), STDERR)
        yield
    finally:
        os.dup2(stderr, STDERR)
        os.close(stderr)


with _no_stderr():
    import tensorflow as tf

__all__ = ["gpus", "set_threads", "tf"]

tf.get_logger().setLevel("ERROR")
logging.getLogger("absl").setLevel("ERROR")  # of fingerprints that older versions did not write


def set_threads(threads: int) -> int:
    """Let a run have that many threads, and return how many it has.

    The first run of a process starts its threads, and TensorFlow cannot change them afterwards.
    """
    settings = tf.config.threading
    try:
        settings.set_intra_op_parallelism_threads(threads)
        settings.set_inter_op_parallelism_threads(threads)
    except RuntimeError:  # too late
        pass
    return settings.get_intra_op_parallelism_threads() or os.cpu_count() or 1


def gpus() -> int:
    """Return how many GPUs TensorFlow can use; each gives it memory as it is needed, not all."""
    found = tf.config.list_physical_devices("GPU")
    for gpu in found:
        tf.config.experimental.set_memory_growth(gpu, True)
    return len(found)
