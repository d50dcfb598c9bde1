"""What TensorFlow lets a process set once: its logging, its threads and the memory of its GPUs."""

import os

# Read when TensorFlow is imported. Two lines on oneDNN come before that and cannot be silenced.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")
os.environ["KERAS_BACKEND"] = "tensorflow"  # whatever the user's own configuration says

import tensorflow as tf

__all__ = ["gpus", "set_threads", "tf"]

tf.get_logger().setLevel("ERROR")


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
