"""The model behind mosec: one stage decodes a request at a time, the next runs a batch of them."""

import os

import numpy as np
from mosec import Server, ValidationError, Worker
from runtime import Model, to_rows


class Decode(Worker):
    """The rows of a request; mosec has parsed its JSON."""

    def forward(self, data):
        """Return the rows, or refuse what has none."""
        try:
            rows = to_rows(data["instances"])
        except Exception as error:
            raise ValidationError(f"instances must be lists of numbers: {error}") from error
        if rows.ndim != 2:
            raise ValidationError("instances must be a list of lists of numbers")
        return rows


class Predict(Worker):
    """Runs the rows of many requests at once."""

    def __init__(self):
        self.model = Model()

    def forward(self, data):
        """Return the body of each answer."""
        outputs = self.model.run(np.concatenate(data))
        parts = np.split(outputs, np.cumsum([len(rows) for rows in data])[:-1])
        return [{"predictions": part.tolist()} for part in parts]


if __name__ == "__main__":
    server = Server()
    server.append_worker(Decode, route="/predict")
    server.append_worker(
        Predict,
        route="/predict",
        max_batch_size=int(os.environ["MAX_BATCH_SIZE"]),
        max_wait_time=int(os.environ["BATCH_WAIT_MS"]),
    )
    server.run()
