"""The model behind FastAPI: a typed request, no batching.

The function is a coroutine: handing a run to a thread takes longer than a small model.
"""

from fastapi import FastAPI
from pydantic import BaseModel
from runtime import Instance, Model, to_rows

app = FastAPI()
model = Model()


class PredictRequest(BaseModel):
    """The body of a request."""

    instances: list[Instance]


class PredictResponse(BaseModel):
    """The body of an answer."""

    predictions: list[list[float]]


@app.post("/predict")
async def predict(request: PredictRequest) -> PredictResponse:
    """Return the output of each row."""
    return PredictResponse(predictions=model.run(to_rows(request.instances)).tolist())
