"""The requests that `info` prints are sent as they are printed, to the real server."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from model_service.model_folder import ModelFolder
from model_service.sample_requests import Sampler, SampleRequest
from model_service.settings import Settings

from ..openinference.echo import ALL, echoing
from ..processes import LIMIT_S, Server, environment, run_service, wait_until
from ..processes import run_python as run
from .conftest import Serve

KEY = "a-key-of-more-than-16-characters"

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")


def sent(request: SampleRequest) -> Any:
    """Send a request in both languages and return the answer, which is the same."""
    bash = ["bash", "-euo", "pipefail", "-c", request["curl"]]
    curl = subprocess.run(
        bash, env=environment(API_KEY=KEY), capture_output=True, text=True, timeout=LIMIT_S
    )
    assert curl.returncode == 0, curl.stderr
    answer = msgspec.json.decode(curl.stdout)
    python = run("-c", request["python"], API_KEY=KEY)
    assert python.returncode == 0, python.stderr
    assert python.stdout.startswith(f"{{'{next(iter(answer))}'"), python.stdout
    return answer


def requests_for(port: int, model_dir: Path, **settings: str) -> dict[str, SampleRequest]:
    """Return what `info` prints for a server on this port."""
    environ = {"SERVICE_PORT": str(port), "SERVICE_MODEL_DIR": str(model_dir), **settings}
    printed = run_service("info", "--json", **environ)
    assert printed.returncode == 0, printed.stderr
    found: dict[str, SampleRequest] = msgspec.json.decode(printed.stdout)["requests"]
    return found


def assert_answered(requests: dict[str, SampleRequest], model: ModelFolder) -> None:
    """Check that both routes answer."""
    assert len(sent(requests["predict"])["predictions"]) == 1
    outputs = sent(requests["v2"])["outputs"]
    assert {output["name"] for output in outputs} == {spec.name for spec in model.card.outputs}


def test_they_work(server: Server, served_model: Path, model: ModelFolder) -> None:
    assert_answered(requests_for(server.port, served_model), model)


def test_they_work_with_a_key(serve: Serve, served_model: Path, model: ModelFolder) -> None:
    with serve(SERVICE_API_KEYS=KEY, SERVICE_WORKERS="1") as asking:
        wait_until(lambda: asking.answers("/readyz"))
        requests = requests_for(asking.port, served_model, SERVICE_API_KEYS=KEY)
        assert_answered(requests, model)


def test_they_work_for_several_inputs(echo_server: Server) -> None:
    settings = Settings(port=echo_server.port)
    request = Sampler(echoing(settings), settings).v2()
    assert request is not None
    assert len(sent(request)["outputs"]) == len(ALL)
