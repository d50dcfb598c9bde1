"""The model behind LitServe: a typed request, and a batch of the requests that came together."""

import os

import litserve as ls
import numpy as np
import onnxruntime as ort
from pydantic import BaseModel


class PredictRequest(BaseModel):
    """The body of a request."""

    instances: list[list[float]]


class Predictor(ls.LitAPI):
    """Decodes each request, runs a batch of them as one, encodes each answer."""

    def setup(self, device):
        """Load the model, once a worker."""
        self.session = ort.InferenceSession(os.environ["MODEL"])
        self.input = self.session.get_inputs()[0].name

    def decode_request(self, request: PredictRequest):
        """Return the rows of a request."""
        return np.asarray(request.instances, np.float32)

    def batch(self, inputs):
        """Keep the requests apart: they may differ in their number of rows."""
        return inputs

    def predict(self, inputs):
        """Run the rows of all requests at once."""
        (outputs,) = self.session.run(None, {self.input: np.concatenate(inputs)})
        return np.split(outputs, np.cumsum([len(rows) for rows in inputs])[:-1])

    def unbatch(self, output):
        """Return the outputs of each request."""
        return output

    def encode_response(self, output):
        """Return the body of an answer."""
        return {"predictions": output.tolist()}


if __name__ == "__main__":
    api = Predictor(
        max_batch_size=int(os.environ["MAX_BATCH_SIZE"]),
        batch_timeout=int(os.environ["BATCH_WAIT_MS"]) / 1000,
    )
    server = ls.LitServer(api, accelerator="cpu")
    server.run(host="127.0.0.1", port=int(os.environ["PORT"]), generate_client_file=False)
