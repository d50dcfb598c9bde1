"""The service where a platform starts it: port and paths come in variables of the platform."""

import msgspec
import pytest

from model_service.model_folder import GoldenExamples, ModelFolder
from model_service.npy import MEDIA_TYPE

from ..processes import LIMIT_S, SERVICE, Server, free_port, wait_until
from .conftest import Check, Serve
from .test_failures import critical

AS_STARTED_THERE = ("env", "-u", "SERVICE_PORT", *SERVICE, "serve")  # ours would win


@pytest.mark.parametrize("variable", ["AIP_HTTP_PORT", "SAGEMAKER_BIND_TO_PORT", "PORT"])
def test_it_listens_where_the_platform_says(
    variable: str, serve: Serve, golden: GoldenExamples, assert_right: Check
) -> None:
    port = str(free_port())
    routes = {"AIP_HEALTH_ROUTE": "/v1/endpoints/1", "AIP_PREDICT_ROUTE": "/v1/endpoints/1:predict"}
    environ = {variable: port, "SERVICE_PORT": port, "SERVICE_HOST": "127.0.0.1", **routes}
    with serve("--workers", "1", command=AS_STARTED_THERE, **environ) as server:
        wait_until(lambda: server.answers(routes["AIP_HEALTH_ROUTE"]))
        assert server.answers("/ping")
        body = msgspec.json.encode({"instances": golden.instances[:1]})
        for path in ("/invocations", routes["AIP_PREDICT_ROUTE"]):
            assert_right(server.ask("POST", path, body), 0)


def test_a_path_that_is_taken_ends_it_with_one_sentence(serve: Serve) -> None:
    with serve("--workers", "1", AIP_HEALTH_ROUTE="/metrics") as server:
        assert server.process.wait(LIMIT_S) != 0
        (sentence,) = critical(server)
        assert "AIP_HEALTH_ROUTE" in sentence
        assert "Traceback" not in server.stderr


def test_v1_answers_as_the_native_route(
    server: Server, golden: GoldenExamples, model: ModelFolder, assert_right: Check
) -> None:
    url = f"/v1/models/{model.card.name}"
    assert server.ask("GET", url).json["ready"] is True
    for index, instance in enumerate(golden.instances):
        reply = server.ask("POST", f"{url}:predict", msgspec.json.encode({"instances": [instance]}))
        assert_right(reply, index)


def test_what_cannot_be_an_array_is_told(server: Server, golden: GoldenExamples) -> None:
    body = msgspec.json.encode({"instances": golden.instances[:1]})
    reply = server.ask("POST", "/predict", body, {"Accept": MEDIA_TYPE})
    assert (reply.status, reply.json["code"]) == (406, "not_acceptable")
