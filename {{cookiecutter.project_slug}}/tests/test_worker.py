"""A worker process: every thread of it leaves the signals that end it to the one that waits."""

import os
import shutil
from pathlib import Path

import pytest

from model_service.model_card import CARD

from .processes import run_python

TASKS = Path("/proc/self/task")
SCRIPT = """
import multiprocessing
import threading
from pathlib import Path
from model_service import worker

worker._end_with_parent = lambda: None  # this process is nobody's child
app = worker.load_app(worker.Generation(multiprocessing.get_context("spawn"), 1))
ending = sum(1 << number - 1 for number in worker.SIGNALS)
(waiting,) = (thread.native_id for thread in threading.enumerate() if thread.name == "signals")
for task in set(Path("/proc/self/task").iterdir()) - {Path(f"/proc/self/task/{waiting}")}:
    try:
        status = dict(line.split(":", 1) for line in (task / "status").read_text().splitlines())
    except OSError:  # the thread has ended meanwhile
        continue
    assert int(status["SigBlk"], 16) & ending == ending, status["Name"]
print("routes:", len(list(app.url_map.iter_rules())))
"""


@pytest.mark.skipif(not TASKS.is_dir(), reason="This system does not tell the masks of threads.")
def test_no_thread_is_interrupted_by_the_signals_that_end_it(
    model_dir: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(model_dir, tmp_path / "model"))
    (folder / CARD).unlink()
    os.mkfifo(folder / CARD)  # nobody writes it: the model loads as long as the script runs
    ended = run_python("-c", SCRIPT, SERVICE_MODEL_DIR=str(folder))
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("routes: ")
