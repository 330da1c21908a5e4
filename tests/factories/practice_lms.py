"""A practice LMS with one course, and a tool that plays its part by hand."""

import html
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from flask.testing import FlaskClient

from lti_tool.practice_lms import (
    GENERIC,
    ActivityPlan,
    CoursePlan,
    PersonPlan,
    Profile,
    Tool,
    add_administrator,
    create_practice_lms,
    open_course,
    register_tool,
)
from lti_tool.practice_lms.database_file import work
from lti_tool.practice_lms.running import RunningLms
from lti_tool.practice_lms.vocabulary import CLAIM, DEEP_LINKING
from tests.factories.lti import make_jwk, make_rsa_key

#: The ids that the people of the plan get, in its order.
TEACHER, HOA, BINH, ASSISTANT, ADMINISTRATOR = 1, 2, 3, 4, 5
ISSUER = "http://localhost:8200"
TOKEN_URL = f"{ISSUER}/lti/token"
REDIRECT_URI = "http://127.0.0.1:8100/lti/launch"
PICKER_URL = "http://127.0.0.1:8100/lti/picker"
SCORE = "application/vnd.ims.lis.v1.score+json"
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
RESULT_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"


def make_person_plan(username: str, *, family_name: str = "Trần Thị", given_name: str = "Hoa") -> PersonPlan:
    return PersonPlan(username, f"CB-{username}", family_name, given_name, "Sở Nội vụ tỉnh Tuyên Quang")


def make_course_plan() -> CoursePlan:
    return CoursePlan(
        label="CCHC-2026",
        title="Bồi dưỡng CCHC 2026",
        teachers=(make_person_plan("teacher", family_name="Lê Văn", given_name="Nam"),),
        learners=(make_person_plan("hoa"), make_person_plan("binh", given_name="Bình")),
        activities=(
            ActivityPlan("Bài 1", "Tổng quan", "cchc/m/tong-quan"),
            ActivityPlan("Bài 2", "Một cửa", "cchc/m/mot-cua", score_maximum=10.0),
        ),
        assistants=(make_person_plan("tro-giang", family_name="Phạm", given_name="Tú"),),
    )


@dataclass
class HandPlayedTool:
    """A registered tool whose every step a test takes by hand."""

    lms: Flask
    registration: Tool
    key: rsa.RSAPrivateKey
    now: datetime
    #: Addresses of new activities that the LMS's server looked at.
    visited: list[str]

    def sign_in(self, person_id: int) -> FlaskClient:
        client = self.lms.test_client()
        client.post("/sign-in", data={"person_id": person_id})
        return client

    def begin_login(self, client: FlaskClient, activity_id: int = 1) -> dict[str, str]:
        return read_form(client.get(f"/activities/{activity_id}/launch").text)[1]

    def authentication_request(self, login: dict[str, str], **changed: str) -> dict[str, str]:
        asked = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": self.registration.client_id,
            "redirect_uri": REDIRECT_URI,
            "login_hint": login["login_hint"],
            "lti_message_hint": login["lti_message_hint"],
            "nonce": "n-1",
            "state": "s-1",
        }
        return {name: value for name, value in (asked | changed).items() if value}

    def assertion(
        self, *, key: rsa.RSAPrivateKey | None = None, kid: str | None = "k1", **changed: Any
    ) -> str:
        issued_at = int(self.now.timestamp()) - 5
        claims = {
            "iss": self.registration.client_id,
            "sub": self.registration.client_id,
            "aud": TOKEN_URL,
            "iat": issued_at,
            "exp": issued_at + 60,
            "jti": "j-1",
        } | changed
        headers = {"kid": kid} if kid else {}
        return jwt.encode(
            {name: value for name, value in claims.items() if value is not None},
            key or self.key,
            algorithm="RS256",
            headers=headers,
        )

    def ask_token(self, assertion: str, *, scope: str = SCORE_SCOPE, **changed: str) -> Any:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion,
            "scope": scope,
        } | changed
        return self.lms.test_client().post("/lti/token", data=form)

    def bearer(self, scope: str = SCORE_SCOPE) -> dict[str, str]:
        answer = self.ask_token(self.assertion(jti=uuid.uuid4().hex), scope=scope)
        return {"Authorization": f"Bearer {json.loads(answer.data)['access_token']}"}

    def post_score(
        self, *, line_item: int = 1, media_type: str = SCORE, headers: Any = None, **changed: Any
    ) -> Any:
        score = {
            "userId": "2",
            "timestamp": self.now.isoformat(),
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "scoreGiven": 8,
            "scoreMaximum": 10,
        } | changed
        return self.lms.test_client().post(
            f"/lti/courses/1/lineitems/{line_item}/lineitem/scores?type_id=1",
            data=json.dumps({name: value for name, value in score.items() if value is not None}),
            content_type=media_type,
            headers=headers or self.bearer(),
        )

    def call(
        self,
        method: str,
        path: str,
        *,
        scope: str,
        accept: str = "",
        sent: Any = None,
        content_type: str = "",
    ) -> Any:
        """One call to a service, with a token for that scope."""
        headers = self.bearer(scope) | ({"Accept": accept} if accept else {})
        written = {"data": json.dumps(sent), "content_type": content_type} if sent is not None else {}
        return self.lms.test_client().open(path, method=method, headers=headers, **written)

    def claims_of_launch(self, person_id: int = HOA, *, path: str = "/activities/1/launch") -> dict[str, Any]:
        """Login begun at that page, answered as a tool does, and what the message says."""
        client = self.sign_in(person_id)
        login = read_form(client.get(path).text)[1]
        page = client.post("/lti/authorize", data=self.authentication_request(login)).text
        return jwt.decode(read_form(page)[1]["id_token"], options={"verify_signature": False})

    def begin_picking(self) -> str:
        """A teacher opens the tool's picker; returns the visit's page."""
        begun = self.sign_in(TEACHER).post("/courses/1/deep-linking", data={"tool_id": 1})
        return str(begun.location)

    def answer_picking(
        self, page: str, items: Any, *, key: rsa.RSAPrivateKey | None = None, **changed: Any
    ) -> Any:
        """The tool answers with items; a change to None leaves a claim out.

        LTI claims are named without their prefix, for example `deployment_id`, `data`.
        """
        settings = self.claims_of_launch(TEACHER, path=f"{page}/launch")[
            DEEP_LINKING + "deep_linking_settings"
        ]
        issued_at = int(self.now.timestamp()) - 5
        lti = {
            CLAIM + "message_type": "LtiDeepLinkingResponse",
            CLAIM + "version": "1.3.0",
            CLAIM + "deployment_id": str(self.registration.tool_id),
            DEEP_LINKING + "content_items": items,
            DEEP_LINKING + "data": settings.get("data"),
        }
        plain = {
            "iss": self.registration.client_id,
            "aud": ISSUER,
            "iat": issued_at,
            "exp": issued_at + 300,
            "nonce": uuid.uuid4().hex,
        }
        places = {name: CLAIM + name if CLAIM + name in lti else DEEP_LINKING + name for name in changed} | {
            name: name for name in plain
        }
        claims = lti | plain | {places[name]: value for name, value in changed.items()}
        token = jwt.encode(
            {name: value for name, value in claims.items() if value is not None},
            key or self.key,
            algorithm="RS256",
            headers={"kid": "k1"},
        )
        return self.lms.test_client().post(f"{page}/return", data={"JWT": token})

    def results(self, *, line_item: int = 1) -> Any:
        return (
            self.lms.test_client()
            .get(
                f"/lti/courses/1/lineitems/{line_item}/lineitem/results?type_id=1",
                headers={
                    **self.bearer(RESULT_SCOPE),
                    "Accept": "application/vnd.ims.lis.v2.resultcontainer+json",
                },
            )
            .json
        )


def make_practice_lms(
    path: Path,
    *,
    clock: Any,
    profile: Profile = GENERIC,
    key_set: Callable[[], Any] | None = None,
    **more: Any,
) -> HandPlayedTool:
    """A practice LMS whose clock is the test's, and a tool whose keys it fetches without a network.

    Args:
        key_set: what fetching the tool's keys gives instead of its key.
        more: further arguments of `create_practice_lms`.
    """
    key = make_rsa_key("hand-played-tool")
    public = make_jwk(key, "k1")
    visited: list[str] = []
    lms = create_practice_lms(
        path,
        public_url=ISSUER,
        clock=clock,
        fetch_key_set=lambda _url: key_set() if key_set else {"keys": [public]},
        profile=profile,
        visit=visited.append,
        **more,
    )
    running: RunningLms = lms.extensions["practice_lms"]
    with work(running.engine) as connection:
        tool = register_tool(
            connection,
            name="Bồi dưỡng CCHC",
            login_url="http://127.0.0.1:8100/lti/login",
            redirect_uri=REDIRECT_URI,
            key_set_url="http://127.0.0.1:8100/lti/jwks.json",
            deep_linking_url=PICKER_URL,
        )
        open_course(connection, make_course_plan(), tool_id=tool.tool_id)
        add_administrator(connection, make_person_plan("quan-tri", family_name="Đỗ", given_name="An"))
    return HandPlayedTool(lms, tool, key, clock(), visited)


def read_form(page: str) -> tuple[str, dict[str, str]]:
    """Address and hidden fields of the form that posts itself."""
    form = re.search(r'<form id="post-on".*?</form>', page, re.DOTALL)
    assert form is not None, page
    action = re.search(r'action="([^"]*)"', form[0])
    assert action is not None
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form[0])
    return html.unescape(action[1]), {html.unescape(name): html.unescape(value) for name, value in fields}
