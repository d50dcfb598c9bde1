"""Triton's client asks the model of this service itself, run by its own runtime."""

import numpy as np
import pytest
from tritonclient.http import InferenceServerClient, InferRequestedOutput

from model_service.engine import Engine
from model_service.model_folder import ModelFolder

from ..processes import Server
from .triton import inputs_of
from .v2_hostile import row_of
from .v2_schema import Inference, ModelMetadata, read


@pytest.mark.parametrize("binary", [True, False], ids=["binary", "json"])
def test_a_row_is_answered_as_by_the_engine(
    binary: bool, server: Server, model: ModelFolder, engine: Engine
) -> None:
    card, row = model.card, row_of(model.card)
    asked = [InferRequestedOutput(output.name, binary_data=binary) for output in card.outputs]
    with InferenceServerClient(f"127.0.0.1:{server.port}") as client:
        told = read(client.get_model_metadata(card.name), ModelMetadata)
        result = client.infer(card.name, inputs_of(row, binary), outputs=asked)
    assert [one.name for one in told.inputs] == list(row)
    assert read(result.get_response(), Inference).model_name == card.name
    tolerance = card.golden.tolerance
    for name, expected in engine.run(row).items():
        np.testing.assert_allclose(result.as_numpy(name), expected, tolerance, tolerance)
