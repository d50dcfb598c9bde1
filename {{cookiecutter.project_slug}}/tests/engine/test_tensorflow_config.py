"""What TensorFlow lets a process set once is set before anything runs, or told as it is."""

import pytest

from model_service.engine import tensorflow_config
from model_service.engine.tensorflow_config import gpus, tf

from ..processes import run_python

LOAD = f"from {tensorflow_config.__name__} import set_threads, tf; "


def printed(code: str, **environ: str) -> list[str]:
    """Return the words that a new process prints."""
    run = run_python("-c", LOAD + code, **environ)
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


def test_the_first_number_of_threads_stays_once_something_has_run() -> None:
    code = (
        "print(set_threads(2), set_threads(1)); tf.zeros(1); print(set_threads(1), set_threads(2))"
    )
    assert printed(code) == ["2", "1", "1", "1"]


def test_without_a_number_a_run_may_have_every_cpu() -> None:
    code = "import os; tf.zeros(1); print(set_threads(1) == os.cpu_count())"
    assert printed(code) == ["True"]


def test_what_the_user_set_for_keras_does_not_matter() -> None:
    assert printed("import keras; print(keras.backend.backend())", KERAS_BACKEND="torch") == [
        "tensorflow"
    ]


def test_an_import_and_a_run_write_nothing_but_what_goes_wrong() -> None:
    run = run_python("-c", LOAD + "tf.matmul(tf.ones((9, 9)), tf.ones((9, 9)))")
    assert (run.returncode, run.stderr) == (0, "")
    run = run_python("-c", LOAD + "raise RuntimeError('wrong')")
    assert run.stderr.endswith("RuntimeError: wrong\n")


@pytest.mark.gpu
def test_a_gpu_gives_its_memory_as_it_is_needed() -> None:
    assert gpus() > 0
    for gpu in tf.config.list_physical_devices("GPU"):
        assert tf.config.experimental.get_memory_growth(gpu)
