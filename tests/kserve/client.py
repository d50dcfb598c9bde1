"""The kserve client's talk with a service, in an environment of its own, case by case.

Takes the port and the name of a model: `echo` gives `in_x` back as `out_x` for each datatype, any
other takes a tensor of floats. Prints an object of JSON: for each case what failed, or null.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import numpy as np
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig
from kserve.protocol.infer_type import InferResponse, RequestedOutput

DATATYPES = {
    "BOOL": np.bool_,
    "INT8": np.int8,
    "INT16": np.int16,
    "INT32": np.int32,
    "INT64": np.int64,
    "UINT8": np.uint8,
    "UINT16": np.uint16,
    "UINT32": np.uint32,
    "UINT64": np.uint64,
    "FP16": np.float16,
    "FP32": np.float32,
    "FP64": np.float64,
    "BYTES": np.object_,
}
Case = Callable[[InferenceRESTClient, str, str], Awaitable[None]]


def request(model: str) -> InferRequest:
    """Return a binary request of all datatypes."""
    inputs, outputs = [], []
    for datatype, dtype in DATATYPES.items():
        name = f"in_{datatype.lower()}"
        inputs.append(InferInput(name, [1, 2], datatype))
        inputs[-1].set_data_from_numpy(array_of(datatype, dtype), binary_data=True)
        outputs.append(RequestedOutput(name.replace("in_", "out_"), {"binary_data": True}))
    return InferRequest(model, inputs, request_id="one", request_outputs=outputs)


def json_request(**other: str) -> dict[str, Any]:
    """Return a JSON request; the client's own classes make none that holds FP16.

    `other` is the datatype that an input is said to have instead of its own.
    """
    inputs = [
        {
            "name": f"in_{datatype.lower()}",
            "shape": [1, 2],
            "datatype": other.get(datatype, datatype),
            "data": array_of(datatype, dtype).ravel().tolist(),
        }
        for datatype, dtype in DATATYPES.items()
    ]
    return {"id": "one", "inputs": inputs}


def array_of(datatype: str, dtype: type) -> np.ndarray:
    """Return one row of two values."""
    values = ["a", "\N{SNOWMAN}"] if datatype == "BYTES" else [0, 1]
    return np.array([values], dtype)


def check(answer: InferResponse, model: str) -> None:
    """Check that all datatypes have come back."""
    assert (answer.id, answer.model_name) == ("one", model)
    for datatype, dtype in DATATYPES.items():
        output = answer.get_output_by_name(f"out_{datatype.lower()}").as_numpy()
        if datatype == "BYTES":
            texts = [one.decode() if isinstance(one, bytes) else one for one in output[0]]
            output = np.array([texts], object)
        np.testing.assert_array_equal(output, array_of(datatype, dtype))


async def infer_json(client: InferenceRESTClient, url: str, model: str) -> None:
    check(await client.infer(url, json_request(), model_name=model), model)


async def infer_binary(client: InferenceRESTClient, url: str, model: str) -> None:
    check(await client.infer(url, request(model), model_name=model), model)


async def infer_floats(client: InferenceRESTClient, url: str, model: str) -> None:
    """Check that the model has the same outputs for zeros as JSON and as bytes."""
    (told,) = httpx.get(f"{url}/v2/models/{model}").json()["inputs"]
    zeros = np.zeros([2, *told["shape"][1:]], np.float32)
    outputs = []
    for binary in (True, False):
        rows = InferInput(told["name"], list(zeros.shape), told["datatype"])
        rows.set_data_from_numpy(zeros, binary_data=binary)
        answer = await client.infer(url, InferRequest(model, [rows]), model_name=model)
        outputs.append(answer.outputs[0].as_numpy())
    assert len(outputs[0]) == 2
    np.testing.assert_allclose(*outputs, rtol=1e-5)


async def live(client: InferenceRESTClient, url: str, model: str) -> None:
    assert await client.is_server_live(url) is True


async def ready(client: InferenceRESTClient, url: str, model: str) -> None:
    assert await client.is_server_ready(url) is True


async def model_ready(client: InferenceRESTClient, url: str, model: str) -> None:
    assert await client.is_model_ready(url, model) is True


async def other_model_not_ready(client: InferenceRESTClient, url: str, model: str) -> None:
    assert await client.is_model_ready(url, "other") is False


async def refusal(client: InferenceRESTClient, url: str, model: str) -> None:
    """Check that what the client makes of a refusal has the reason in it."""
    told = await refused(client, url, model, json_request(FP32="FP64"))
    assert "in_fp32" in str(told), told


async def refusal_of_another_model(client: InferenceRESTClient, url: str, model: str) -> None:
    """Check that a request that names another model in its body is refused."""
    told = await refused(client, url, model, {**json_request(), "model_name": "other"})
    assert "'other'" in str(told), told
    assert told.response.status_code == 400


async def refused(
    client: InferenceRESTClient, url: str, model: str, request: dict[str, Any]
) -> httpx.HTTPStatusError:
    """Return the refusal of a request; raises AssertionError if it is answered."""
    try:
        await client.infer(url, request, model_name=model)
    except httpx.HTTPStatusError as told:
        return told
    raise AssertionError("it was answered")


async def v1_live(client: InferenceRESTClient, url: str, model: str) -> None:
    assert await client.is_server_live(url) is True


async def v1_other_model_unknown(client: InferenceRESTClient, url: str, model: str) -> None:
    try:
        await client.is_model_ready(url, "other")
    except httpx.HTTPStatusError as told:
        assert told.response.status_code == 404
    else:
        raise AssertionError("another model was said to be ready")


CASES: dict[str, dict[str, Case]] = {
    "v2": {
        "live": live,
        "ready": ready,
        "model ready": model_ready,
        "another model is not ready": other_model_not_ready,
        "infer, JSON": infer_json,
        "infer, binary": infer_binary,
        "a refusal is readable": refusal,
        "another model in the body": refusal_of_another_model,
    },
    "v1": {
        "V1, live": v1_live,
        "V1, model ready": model_ready,
        "V1, another model": v1_other_model_unknown,
    },
}


FLOATS: dict[str, dict[str, Case]] = {
    "v2": {"model ready": model_ready, "infer, JSON and binary": infer_floats},
    "v1": CASES["v1"],
}


async def talk(port: str, model: str) -> dict[str, str | None]:
    """Return for each case what failed."""
    told: dict[str, str | None] = {}
    for protocol, cases in (CASES if model == "echo" else FLOATS).items():
        for name, case in cases.items():  # each on connections of its own
            async with InferenceRESTClient(RESTConfig(protocol=protocol, retries=0)) as client:
                try:
                    await case(client, f"http://127.0.0.1:{port}", model)
                    told[name] = None
                except Exception as error:  # whatever the client makes of an answer
                    told[name] = f"{type(error).__name__}: {error}"
    return told


if __name__ == "__main__":
    print(json.dumps(asyncio.run(talk(*sys.argv[1:]))))
