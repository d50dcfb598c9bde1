"""The kserve client's talk with a service, in an environment of its own: says what failed, if so.

Takes the port and the name of a model: `echo` gives `in_x` back as `out_x` for each datatype, and
another one takes a tensor of floats.
"""

import asyncio
import sys

import httpx
import numpy as np
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig
from kserve.protocol.infer_type import RequestedOutput

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


def request(model: str, binary: bool) -> InferRequest:
    """Return a request of all datatypes; the client itself refuses FP16 as JSON."""
    inputs, outputs = [], []
    for datatype, dtype in DATATYPES.items():
        name, as_bytes = f"in_{datatype.lower()}", binary or datatype == "FP16"
        inputs.append(InferInput(name, [1, 2], datatype))
        inputs[-1].set_data_from_numpy(array_of(datatype, dtype), binary_data=as_bytes)
        outputs.append(RequestedOutput(name.replace("in_", "out_"), {"binary_data": as_bytes}))
    return InferRequest(model, inputs, request_id="one", request_outputs=outputs)


def array_of(datatype: str, dtype: type) -> np.ndarray:
    """Return one row of two values."""
    values = ["a", "\N{SNOWMAN}"] if datatype == "BYTES" else [0, 1]
    return np.array([values], dtype)


async def talk(port: str, model: str) -> None:
    """Ask for everything that the client can; raises AssertionError for what is not right."""
    url = f"http://127.0.0.1:{port}"
    async with InferenceRESTClient(RESTConfig(protocol="v2", retries=0)) as client:
        assert await client.is_server_live(url) is True
        assert await client.is_server_ready(url) is True
        assert await client.is_model_ready(url, model) is True
        assert await client.is_model_ready(url, "other") is False
        for binary in (True, False):
            answer = await client.infer(url, request(model, binary), model_name=model)
            assert (answer.id, answer.model_name) == ("one", model)
            for datatype, dtype in DATATYPES.items():
                output = answer.get_output_by_name(f"out_{datatype.lower()}").as_numpy()
                if datatype == "BYTES":
                    texts = [one.decode() if isinstance(one, bytes) else one for one in output[0]]
                    output = np.array([texts], object)
                np.testing.assert_array_equal(output, array_of(datatype, dtype))
        try:
            await client.infer(url, request("other", True), model_name=model)
        except httpx.HTTPStatusError as refusal:
            assert "'other'" in str(refusal), refusal
            assert refusal.response.status_code == 400
        else:
            raise AssertionError("a request for another model was answered")


async def talk_floats(port: str, model: str) -> None:
    """Ask the model for its outputs for zeros, as JSON and as bytes; they must be alike."""
    url = f"http://127.0.0.1:{port}"
    (told,) = httpx.get(f"{url}/v2/models/{model}").json()["inputs"]
    zeros = np.zeros([2, *told["shape"][1:]], np.float32)
    answers = []
    async with InferenceRESTClient(RESTConfig(protocol="v2", retries=0)) as client:
        assert await client.is_model_ready(url, model) is True
        for binary in (True, False):
            rows = InferInput(told["name"], list(zeros.shape), told["datatype"])
            rows.set_data_from_numpy(zeros, binary_data=binary)
            answer = await client.infer(url, InferRequest(model, [rows]), model_name=model)
            answers.append(answer.outputs[0].as_numpy())
    assert answers[0].shape[0] == 2
    np.testing.assert_allclose(*answers, rtol=1e-5)


async def talk_v1(port: str, model: str) -> None:
    """Ask in the client's V1 mode whether the service is there."""
    url = f"http://127.0.0.1:{port}"
    async with InferenceRESTClient(RESTConfig(protocol="v1", retries=0)) as client:
        assert await client.is_server_live(url) is True
        assert await client.is_model_ready(url, model) is True
        try:
            await client.is_model_ready(url, "other")
        except httpx.HTTPStatusError as refusal:
            assert refusal.response.status_code == 404
        else:
            raise AssertionError("another model was said to be ready")


if __name__ == "__main__":
    port, model = sys.argv[1:]
    for conversation in (talk if model == "echo" else talk_floats, talk_v1):
        asyncio.run(conversation(port, model))
    print("all right")
