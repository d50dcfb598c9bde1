"""Instances become arrays on the threads of their requests, and while the model runs for others."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from model_service.arrays import Array, Arrays
from model_service.batching.dynamic import Batcher
from model_service.model_run import ModelRuns
from model_service.pipeline import Pipeline
from model_service.settings import Settings

from ..engines import LIMIT_S, GatedEngine, soon


class TracedEngine(GatedEngine):
    """As above; it remembers the threads that it ran on."""

    def __init__(self) -> None:
        super().__init__()
        self.threads_of_runs: set[int] = set()

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Return y = 2x once the gate is open."""
        self.threads_of_runs.add(threading.get_ident())
        return super().run(inputs)


def test_the_next_instance_is_preprocessed_while_the_model_runs() -> None:
    engine, second_is_ready = TracedEngine(), threading.Event()
    threads: set[int] = set()

    def preprocess(instance: object) -> dict[str, Array]:
        threads.add(threading.get_ident())
        if instance == "second":
            second_is_ready.set()
        return {"x": np.ones(1, np.float32)}

    batcher = Batcher(ModelRuns(engine), Settings())
    pipeline = Pipeline(preprocess, batcher, lambda rows: [])
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(pipeline.outputs, ["first"], soon())
        assert engine.entered.wait(LIMIT_S)
        second = pool.submit(pipeline.outputs, ["second"], soon())
        try:
            assert second_is_ready.wait(LIMIT_S)
            assert not first.done()
        finally:
            engine.gate.set()
        assert [len(one.result(LIMIT_S)) for one in (first, second)] == [1, 1]
    batcher.close()
    assert engine.threads_of_runs.isdisjoint(threads)
