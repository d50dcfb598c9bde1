"""What Triton's Python backend runs: the rows of all requests that it hands over, in one run."""

import json
import os
import sys
from pathlib import Path

# The stub is made for NumPy 1, and does not look beside the model.
sys.path[:0] = [os.environ["TRITON_SITE"], str(Path(__file__).parent)]

import numpy as np  # noqa: E402
import triton_python_backend_utils as triton  # noqa: E402
from runtime import Model  # noqa: E402


class TritonPythonModel:
    """The class that the backend looks for, by this name."""

    def initialize(self, args):
        """Load the model."""
        self.model = Model()
        (output,) = json.loads(args["model_config"])["output"]
        self.output = output["name"]

    def execute(self, requests):
        """Return a response for each request."""
        rows = [triton.get_input_tensor_by_name(one, "x").as_numpy() for one in requests]
        outputs = self.model.run(np.concatenate(rows))
        parts = np.split(outputs, np.cumsum([len(part) for part in rows])[:-1])
        return [triton.InferenceResponse([triton.Tensor(self.output, part)]) for part in parts]
