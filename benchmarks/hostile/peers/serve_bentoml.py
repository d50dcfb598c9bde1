"""The model behind BentoML: a batchable method, which answers the bare list of predictions."""

import os

import bentoml
import numpy as np
import onnxruntime as ort


@bentoml.service
class Predictor:
    """Runs the rows that BentoML's dispatcher has put together."""

    def __init__(self) -> None:
        self.session = ort.InferenceSession(os.environ["MODEL"])
        self.input = self.session.get_inputs()[0].name

    @bentoml.api(batchable=True, max_batch_size=int(os.environ["MAX_BATCH_SIZE"]))
    def predict(self, instances: list[list[float]]) -> list[list[float]]:
        """Return the output of each row."""
        (outputs,) = self.session.run(None, {self.input: np.asarray(instances, np.float32)})
        return outputs.tolist()
