"""The batches of a job on a Ray cluster, by Ray Data: one warm engine an actor, results in order.

The files are read on the machine of the command; the other nodes need this package, and the model
folder at the same place. What a lost node had taken is done again on the others.
"""

import gc
import logging
import os
import pickle
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ..device import choose
from ..errors import JobRefused, ServiceError
from ..settings import Settings
from ..startup import start
from .batches import Position
from .job import COLLECT_AFTER, Job
from .predictor import Predictor, Result

try:
    import pyarrow as pa
    import ray
    from ray.data import ActorPoolStrategy, DataContext, Dataset, Datasource, ReadTask
    from ray.data.block import BlockMetadata
    from ray.exceptions import RayError
except ImportError:
    raise JobRefused("A cluster needs Ray: install this project with [ray].") from None

CONNECT_S = 10
BLOCK_BYTES = 4 * 2**20  # of batches that go to a worker at once: fewer cost more than they bring


class Share(NamedTuple):
    """What each worker has of the cluster, and how many of them there are."""

    cpus: int
    gpus: int
    workers: int


class Worker:
    """An engine in an actor, which predicts the batches that come to it."""

    def __init__(self, settings: Settings) -> None:
        gc.set_threshold(COLLECT_AFTER)
        self._predict = Predictor(start(settings), settings)

    def __call__(self, rows: dict[str, Any]) -> dict[str, Any]:
        """Return the results of pickled batches, pickled."""
        results = [self._predict(pickle.loads(row)) for row in rows["batch"]]
        return {"result": [pickle.dumps(result) for result in results]}


class Batches(Datasource):  # type: ignore[misc]
    """The batches of a job, read in one task on the machine that asks for them."""

    def __init__(self, job: Job, first: Position) -> None:
        super().__init__()
        self._job, self._first, self._folder = job, first, Path.cwd()

    @property
    def supports_distributed_reads(self) -> bool:
        """Whether other nodes may read; they may not have the files."""
        return False

    def estimate_inmemory_data_size(self) -> int:
        """Return the size of the inputs in bytes."""
        return self._job.inputs.bytes

    def get_read_tasks(self, *_: Any, **__: Any) -> list[Any]:
        """Return the one task."""
        return [ReadTask(self._read, BlockMetadata(None, None, None, None))]

    def _read(self) -> Iterator[Any]:
        os.chdir(self._folder)  # names of files are relative to it
        for batch in self._job.batches(self._first):
            yield pa.table({"batch": pa.array([pickle.dumps(batch)], pa.large_binary())})


def results(job: Job, first: Position) -> Iterator[Result]:
    """Yield what becomes of each batch, in order; raises JobRefused or what a worker raises."""
    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.execution_options.preserve_order = True
    context.target_max_block_size = BLOCK_BYTES
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # its errors come as exceptions, too
    host, _, port = job.ray.removeprefix("ray://").rpartition(":")
    try:
        if host:  # Ray ends the whole process if nothing listens there
            socket.create_connection((host, int(port)), CONNECT_S).close()
        ray.init(job.ray, log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, RuntimeError, ValueError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise JobRefused(f"There is no Ray cluster at {job.ray!r}: {reason}.") from None
    try:
        for row in _dataset(job, first).iter_rows():
            yield pickle.loads(row["result"])
    except RayError as error:
        raise _cause(error) from None
    finally:
        ray.shutdown()


def share(settings: Settings, resources: dict[str, float], workers: int) -> Share:
    """Return what each worker gets of a cluster, by the policy of this service for GPUs.

    A GPU each if there are some and the policy takes them, else the CPUs of one run. Raises
    DeviceUnavailable, or JobRefused if there is no room for one worker.
    """
    gpus = int(resources.get("GPU", 0))
    choice = choose(settings.device, ("cpu", "cuda") if gpus else ("cpu",), {})
    cpus = settings.intra_op_threads or 1
    room = int(resources.get("CPU", 0)) // cpus
    if choice.device != "cpu":
        return Share(cpus, 1, workers or min(gpus, room) or 1)
    if not room:
        raise JobRefused(f"No worker of {cpus} CPUs fits the cluster.")
    return Share(cpus, 0, workers or room)


def _dataset(job: Job, first: Position) -> Dataset:
    had = share(job.settings, ray.cluster_resources(), job.workers)
    settings = msgspec.structs.replace(
        job.settings,
        device="cuda" if had.gpus else "cpu",  # Ray shows a worker its own GPU alone
        intra_op_threads=had.cpus,
        model_dir=str(Path(job.settings.model_dir).resolve()),
    )
    # The task that reads waits for the workers most of the time, and takes no CPU from them.
    batches = ray.data.read_datasource(Batches(job, first), num_cpus=0, override_num_blocks=1)
    predicted: Dataset = batches.map_batches(
        Worker,
        fn_constructor_args=(settings,),
        batch_size=None,
        batch_format="numpy",
        num_cpus=had.cpus,
        num_gpus=had.gpus,
        compute=ActorPoolStrategy(min_size=1, max_size=had.workers, initial_size=had.workers),
    )
    return predicted


def _cause(error: BaseException) -> Exception:
    """Return the error of ours that a worker has raised, or Ray's own in one sentence."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, ServiceError):
            return found
        found = getattr(found, "cause", None) or found.__cause__
    return JobRefused(f"The Ray cluster failed: {str(error).strip().splitlines()[-1]}")
