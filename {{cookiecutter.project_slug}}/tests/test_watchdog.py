"""The watchdog ends a process whose model hangs, whoever holds the interpreter's lock."""

from model_service.watchdog import EXIT_HUNG

from .processes import run_python

LIMIT_S = 0.2
SCRIPT = """
import ctypes, logging, threading, time
from model_service.model_run import ModelRuns
from model_service.watchdog import Watchdog
import numpy as np

class Model:
    def run(self, inputs):
        {run}
        return {{"y": inputs["x"]}}

logging.basicConfig(format="%(message)s")
runs = ModelRuns(Model())
Watchdog(runs, {limit}, lambda error: print(error.code, "-", error, flush=True)).start()
for _ in range({runs}):
    runs.run({{"x": np.zeros((1, 1))}})
print("all runs ended")
"""


def script(run: str, runs: int = 1, limit: float = LIMIT_S) -> str:
    """Return a program whose model does this in each of its runs."""
    return SCRIPT.format(run=run, runs=runs, limit=limit)


def test_a_run_that_does_not_end_ends_the_process() -> None:
    ended = run_python("-c", script("time.sleep(3600)"))
    assert ended.returncode == EXIT_HUNG
    assert ended.stdout.startswith("model_hung - A run of the model has not ended in 0.2 s.")
    assert "it is replaced" in ended.stderr


def test_a_run_that_keeps_the_interpreter_to_itself_ends_the_process_too() -> None:
    hold = "ctypes.PyDLL(None).sleep(3600)"  # PyDLL does not release the lock
    ended = run_python("-c", script(hold))
    assert ended.returncode == 1
    assert "Timeout" in ended.stderr
    assert "in run" in ended.stderr


def test_many_runs_that_end_are_none_that_hangs() -> None:
    ended = run_python("-c", script("time.sleep(0.2)", runs=8, limit=1.0))
    assert (ended.returncode, ended.stdout) == (0, "all runs ended\n")
