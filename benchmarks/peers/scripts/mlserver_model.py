"""The model behind MLServer: its codec for arrays, rows of one or many requests in a run."""

from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse
from runtime import Model


class Served(MLModel):
    """Runs the one input of a request, which may be of many that were put together."""

    async def load(self) -> bool:
        """Load the model."""
        self.served = Model()
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        """Return the outputs of all rows."""
        rows = NumpyCodec.decode_input(payload.inputs[0])
        outputs = NumpyCodec.encode_output("y", self.served.run(rows))
        return InferenceResponse(model_name=self.name, outputs=[outputs])
