"""What the OpenAPI document promises holds for whatever is sent: no 5xx, and only answers it tells of.

schemathesis makes the requests from the document itself. What the resources of xAPI take is the standard's to
say and not in the document, so their parameters are added here.
"""

import shutil
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from tests.factories.xapi_door import open_door
from xapi_bridge.http.views import RESOURCES
from xapi_bridge.running_app import utc_now

#: The same requests each time: what fails on one machine fails on all.
REPEATED = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
#: Parameters of the resources of xAPI (xAPI Communication 2), each of any text.
XAPI_PARAMETERS = (
    "statementId", "voidedStatementId", "agent", "verb", "activity", "registration", "related_activities",
    "related_agents", "since", "until", "limit", "format", "attachments", "ascending", "cursor",
    "activityId", "stateId", "profileId", "method",
)  # fmt: skip


@pytest.fixture(scope="module")
def door(tmp_path_factory, prepared_sqlite_file):
    # What the document promises does not depend on the database; one file serves all requests.
    copy = tmp_path_factory.mktemp("openapi") / "openapi.sqlite"
    shutil.copy(prepared_sqlite_file, copy)
    with open_door(f"sqlite:///{copy}", clock=utc_now) as opened:
        yield opened


@pytest.fixture(scope="module")
def described(door):
    document = door.client.get("/xapi/extensions/openapi.json").get_json()
    schema = schemathesis.openapi.from_dict(with_xapi_parameters(document))
    schema.app = door.app
    return schema


def with_xapi_parameters(document: dict[str, Any]) -> dict[str, Any]:
    version = {"type": "string", "enum": ["1.0.3", "2.0.0"]}
    given = [
        {"name": "X-Experience-API-Version", "in": "header", "required": True, "schema": version},
        *({"name": name, "in": "query", "schema": {"type": "string"}} for name in XAPI_PARAMETERS),
    ]
    bodies = {"content": {"application/json": {"schema": {}}, "multipart/mixed": {"schema": {}}}}
    for path, operations in document["paths"].items():
        if path.startswith("/xapi/extensions"):
            continue
        for method, operation in operations.items():
            operation["parameters"] = given
            if method in {"put", "post"}:
                operation["requestBody"] = bodies
    return document


def test_every_answer_is_one_that_the_document_tells_of(described, door):
    asked = 0
    for found in described.get_all_operations():
        operation = found.ok()

        @REPEATED
        @given(case=operation.as_strategy())
        def answers_as_described(case):
            case.call_and_validate(auth=door.auth, checks=CHECKS)

        answers_as_described()
        asked += 1

    assert asked >= len(RESOURCES)
