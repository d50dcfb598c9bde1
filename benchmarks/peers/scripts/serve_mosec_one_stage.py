"""The model behind mosec, set up for speed: one stage, and so no hop between processes.

A fast JSON library stands in its place for one, as its documentation proposes. A bad request fails
those that share its run: `serve_mosec.py` has the stage of its own that prevents some of that.
"""

import os

import msgspec
import numpy as np
from mosec import Server, Worker
from runtime import Instance, Model, to_rows

BATCH = int(os.environ["MAX_BATCH_SIZE"])
decoder = msgspec.json.Decoder(dict[str, list[Instance]])


class Predict(Worker):
    """Reads, runs and writes, many requests at once if there may be many."""

    def __init__(self):
        self.model = Model()

    def deserialize(self, data):
        """Return the rows of a request."""
        return to_rows(decoder.decode(data)["instances"])

    def serialize(self, data):
        """Return the body of an answer."""
        return msgspec.json.encode({"predictions": data.tolist()})

    def forward(self, data):
        """Return the outputs of a request, or of each of a list of them."""
        if BATCH == 1:
            return self.model.run(data)
        outputs = self.model.run(np.concatenate(data))
        return np.split(outputs, np.cumsum([len(rows) for rows in data])[:-1])


if __name__ == "__main__":
    server = Server()
    server.append_worker(
        Predict,
        route="/predict",
        max_batch_size=BATCH,
        max_wait_time=int(os.environ["BATCH_WAIT_MS"]),
    )
    server.run()
