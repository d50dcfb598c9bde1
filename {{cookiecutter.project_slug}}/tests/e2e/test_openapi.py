"""Requests made of the OpenAPI document, sound and broken, get no answer that it does not tell."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, checks
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks as openapi_checks

from model_service.routes.timeout import HEADER

from ..processes import LIMIT_S, Server

CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
]
REQUESTS = 25  # for each route


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_a_documented_one(mode: GenerationMode, server: Server) -> None:
    api = schemathesis.openapi.from_url(f"http://127.0.0.1:{server.port}/openapi.json")
    operations = [found.ok() for found in api.get_all_operations() if isinstance(found, Ok)]
    if mode is GenerationMode.NEGATIVE:  # what takes no body cannot be asked wrongly
        operations = [operation for operation in operations if operation.body]
    assert "/predict" in {operation.path for operation in operations}
    for operation in operations:

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=REQUESTS,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],  # what fails is short as it is
            suppress_health_check=list(HealthCheck),
        )
        def answers_as_documented(case: schemathesis.Case[Any]) -> None:
            case.headers.pop(HEADER, None)  # how long is long enough depends on the machine
            case.call_and_validate(checks=CHECKS, timeout=LIMIT_S)

        answers_as_documented()
