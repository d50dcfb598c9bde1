"""The model behind LitServe: a typed request, and a batch of the requests that came together."""

import os

import litserve as ls
import numpy as np
from pydantic import BaseModel
from runtime import Instance, Model, to_rows

BATCH = int(os.environ["MAX_BATCH_SIZE"])


class PredictRequest(BaseModel):
    """The body of a request."""

    instances: list[Instance]


class Predictor(ls.LitAPI):
    """Decodes each request, runs a batch of them as one, encodes each answer."""

    def setup(self, device):
        """Load the model, once a worker."""
        self.model = Model()

    def decode_request(self, request: PredictRequest):
        """Return the rows of a request."""
        return to_rows(request.instances)

    def batch(self, inputs):
        """Keep the requests apart: they may differ in their number of rows."""
        return inputs

    def predict(self, inputs):
        """Run the rows of a request, or of a list of them at once."""
        if BATCH == 1:
            return self.model.run(inputs)
        outputs = self.model.run(np.concatenate(inputs))
        return np.split(outputs, np.cumsum([len(rows) for rows in inputs])[:-1])

    def unbatch(self, output):
        """Return the outputs of each request."""
        return output

    def encode_response(self, output):
        """Return the body of an answer."""
        return {"predictions": output.tolist()}


if __name__ == "__main__":
    api = Predictor(
        max_batch_size=BATCH,
        batch_timeout=int(os.environ["BATCH_WAIT_MS"]) / 1000,
    )
    server = ls.LitServer(api, accelerator="cpu")
    server.run(
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        log_level="warning",
        generate_client_file=False,
    )
