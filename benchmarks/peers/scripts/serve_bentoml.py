"""The model behind BentoML: a batchable method, which answers the bare list of predictions."""

import os

import bentoml
from runtime import Model, to_rows


@bentoml.service
class Predictor:
    """Runs the rows that BentoML's dispatcher has put together."""

    def __init__(self) -> None:
        self.model = Model()

    @bentoml.api(batchable=True, max_batch_size=int(os.environ["MAX_BATCH_SIZE"]))
    def predict(self, instances: list[list[float]]) -> list[list[float]]:
        """Return the output of each row."""
        return self.model.run(to_rows(instances)).tolist()
