"""What Triton's Python backend runs: each input comes back as an output, in_x as out_x."""

import os
import sys
from typing import Any

# The stub is made for NumPy 1: with a NumPy 2 of this machine it would see nothing but zeros.
sys.path.insert(0, os.environ["TRITON_SITE"])

import triton_python_backend_utils as triton  # noqa: E402


class TritonPythonModel:
    """The class that the backend looks for, by this name."""

    def execute(self, requests: list[Any]) -> list[Any]:
        """Return a response for each request, with the outputs that it asks for."""
        return [self._respond(request) for request in requests]

    def _respond(self, request: Any) -> Any:
        wanted = request.requested_output_names()
        outputs = {tensor.name().replace("in_", "out_", 1): tensor for tensor in request.inputs()}
        return triton.InferenceResponse(
            [triton.Tensor(name, outputs[name].as_numpy()) for name in outputs if name in wanted]
        )
