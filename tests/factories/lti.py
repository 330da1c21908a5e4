"""An LMS for tests: it signs messages with its own key and answers the tool's requests within the process.

`FakePlatform` is handed to the tool as a transport of its HTTP session, so nothing is patched and no network
is touched. The names of its people and courses are made up.
"""

import functools
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from flask.testing import FlaskClient
from jwt.algorithms import RSAAlgorithm
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from urllib3 import HTTPResponse
from werkzeug.test import TestResponse

from content_packages.library.models import ContentChannel, ContentVersion
from lti_tool.app import create_app, introduce_platforms
from lti_tool.identity.rule_versions import rules_in_force, save_rules
from lti_tool.identity.rules import STAFF_CODE_RULES, Rule
from lti_tool.platforms.lms_http import LmsHttp
from lti_tool.platforms.models import PlatformRegistration
from lti_tool.platforms.register import register_platform
from lti_tool.settings import Settings
from xapi_bridge.running_app import lend, running_app

TOOL = "https://tool.example.test"
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
AGS_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
LEARNER, INSTRUCTOR = f"{MEMBERSHIP}#Learner", f"{MEMBERSHIP}#Instructor"
SECRET = "a-secret-of-the-tests-that-is-long-enough"

Answer = tuple[int, dict[str, str], bytes]


@functools.cache
def make_rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """One key per name for the whole test run: making them is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def make_jwk(key: rsa.RSAPrivateKey, kid: str, **changes: Any) -> dict[str, Any]:
    """The public half as a JSON Web Key; a change to None leaves a member out."""
    jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": kid, "alg": "RS256", "use": "sig"}
    return {name: value for name, value in (jwk | changes).items() if value is not None and name != "key_ops"}


def json_answer(content: Any, status: int = 200, **headers: str) -> Answer:
    return status, {"Content-Type": "application/json", **headers}, json.dumps(content).encode()


@dataclass
class FakePlatform(HTTPAdapter):
    """An LMS at one address.

    Attributes:
        answers: path -> what answers a request; a test replaces what it needs.
        asked: the requests that came, oldest first.
    """

    issuer: str = "https://lms.example.test"
    client_id: str = "client-of-the-tool"
    deployment_id: str = "2"
    kid: str = "lms-key-1"
    key: rsa.RSAPrivateKey = field(default_factory=lambda: make_rsa_key("lms"))
    answers: dict[str, Callable[[PreparedRequest], Answer]] = field(default_factory=dict)
    asked: list[PreparedRequest] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.answers.setdefault(
            "/keys", lambda _request: json_answer({"keys": [make_jwk(self.key, self.kid)]})
        )
        self.answers.setdefault(
            "/token", lambda _request: json_answer({"access_token": "token-of-the-lms", "expires_in": 3600})
        )

    def send(self, request: PreparedRequest, *_arguments: Any, **_options: Any) -> Response:
        self.asked.append(request)
        status, headers, body = self.answers[urlsplit(str(request.url)).path](request)
        reason = headers.pop("X-Reason-Phrase", None)
        raw = HTTPResponse(BytesIO(body), headers, status, reason=reason, preload_content=False)
        return self.build_response(request, raw)

    def asked_paths(self) -> list[str]:
        return [urlsplit(str(request.url)).path for request in self.asked]

    def sent_forms(self, path: str) -> list[dict[str, list[str]]]:
        return [
            parse_qs(str(request.body)) for request in self.asked if urlsplit(str(request.url)).path == path
        ]

    def sign(self, claims: Any, *, key: Any = None, algorithm: str = "RS256", **header: Any) -> str:
        """An id_token; `kid=None` leaves the key id out."""
        headers = {name: value for name, value in ({"kid": self.kid} | header).items() if value is not None}
        if isinstance(claims, dict):
            return jwt.encode(claims, key or self.key, algorithm=algorithm, headers=headers)
        return jwt.api_jws.encode(
            json.dumps(claims).encode(), key or self.key, algorithm=algorithm, headers=headers
        )


def make_claims(platform: FakePlatform, *, nonce: str, now: datetime, **changes: Any) -> dict[str, Any]:
    """The claims of a learner's launch, as Moodle sends them; a change to None leaves a claim out.

    LTI claims are named without their prefix, for example `roles=[…]`, `custom={…}`, `ags={…}`.
    """
    claims: dict[str, Any] = {
        "iss": platform.issuer,
        "aud": platform.client_id,
        "sub": "5",
        "nonce": nonce,
        "iat": int(now.timestamp()),
        "exp": int(now.timestamp()) + 60,
        "name": "Trần Thị Thử",
        "given_name": "Thử",
        "family_name": "Trần Thị",
        "email": "hoc-vien@example.test",
    } | {
        LTI + name: value
        for name, value in {
            "deployment_id": platform.deployment_id,
            "version": "1.3.0",
            "message_type": "LtiResourceLinkRequest",
            "target_link_uri": f"{TOOL}/lti/launch",
            "roles": [LEARNER],
            "context": {"id": "2", "label": "THU", "title": "Khóa thử", "type": ["CourseSection"]},
            "resource_link": {"id": "7", "title": "Bài thử", "description": "Mô tả\r\nhai dòng"},
            "lis": {"person_sourcedid": "CB-99001", "course_section_sourcedid": "THU"},
            "launch_presentation": {
                "locale": "vi",
                "document_target": "iframe",
                "return_url": f"{platform.issuer}/return?course=2",
            },
            "tool_platform": {"product_family_code": "moodle", "guid": "0", "name": "LMS thử"},
            "custom": {"content": "goi-thu/m/mot-cua", "deadline": "$ResourceLink.submission.endDateTime"},
        }.items()
    }
    named = {_claim_name(name): value for name, value in changes.items()}
    return {name: value for name, value in (claims | named).items() if value is not None}


def _claim_name(name: str) -> str:
    plain = {
        "iss",
        "aud",
        "azp",
        "sub",
        "nonce",
        "iat",
        "exp",
        "nbf",
        "name",
        "given_name",
        "family_name",
        "email",
    }
    if name in plain or name.startswith("https:"):
        return name
    return AGS if name == "ags" else LTI + name


def make_ags(
    *, lineitem: str = "https://lms.example.test/items/3/lineitem?type_id=2", **changes: Any
) -> dict[str, Any]:
    """The claim of the grade services."""
    scopes = [AGS_SCOPE + name for name in ("lineitem", "lineitem.readonly", "result.readonly", "score")]
    return {
        "scope": scopes,
        "lineitems": "https://lms.example.test/items?type_id=2",
        "lineitem": lineitem,
    } | changes


def make_deep_linking_changes(**settings: Any) -> dict[str, Any]:
    """What turns `make_claims` into a teacher's LtiDeepLinkingRequest, as Moodle sends it.

    A setting of None leaves it out of the claim.
    """
    accepted = {
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["frame", "iframe", "window"],
        "accept_copy_advice": False,
        "accept_multiple": True,
        "accept_unsigned": False,
        "auto_create": False,
        "can_confirm": False,
        "deep_link_return_url": "https://lms.example.test/chosen?course=2&sesskey=khoa",
        "title": "Công cụ thử",
        "text": "",
    } | settings
    sent = {name: value for name, value in accepted.items() if value is not None}
    return {
        "message_type": "LtiDeepLinkingRequest",
        "roles": [INSTRUCTOR],
        "resource_link": None,
        "custom": {"rlid": None, "start": "$ResourceLink.available.startDateTime"},
        DL + "deep_linking_settings": sent,
    }


def create_platform(
    session: Session, platform: FakePlatform, *, now: datetime, rules: Sequence[Rule] = STAFF_CODE_RULES
) -> PlatformRegistration:
    """A registration that trusts `lis.person_sourcedid`, unless a test gives other rules."""
    registered = register_platform(
        session,
        issuer=platform.issuer,
        client_id=platform.client_id,
        deployment_id=platform.deployment_id,
        authorization_url=f"{platform.issuer}/auth",
        token_url=f"{platform.issuer}/token",
        key_set_url=f"{platform.issuer}/keys",
        name="LMS thử",
        now=now,
    )
    session.flush()
    if rules and rules_in_force(session, registered.id).version == 0:
        save_rules(session, registered.id, rules, seen_version=0, note="", by="test", now=now)
    return registered


def create_package(
    session: Session,
    *,
    now: datetime,
    package_id: str = "goi-thu",
    version: str = "1.0.0",
    modules: tuple[str, ...] = ("mot-cua",),
    quizzes: tuple[dict[str, Any], ...] = (),
) -> str:
    """A published package with small modules; returns its digest.

    Args:
        quizzes: in canonical form.
    """
    section = {"title": "Mục một", "html": "<p>Nội dung thử.</p>"}
    canonical = {
        "package": {"id": package_id, "version": version, "title": "Gói thử", "lang": "vi"},
        "outline": [{"kind": "module", "id": module} for module in modules],
        "modules": [
            {"id": module, "folder": module, "title": "Chuyên đề thử", "sections": [section]}
            for module in modules
        ],
        "quizzes": list(quizzes),
        "questions": [],
    }
    written = json.dumps(canonical, ensure_ascii=False)
    digest = hashlib.sha256(written.encode()).hexdigest()
    session.add(
        ContentVersion(
            digest=digest,
            package_id=package_id,
            version=version,
            title="Gói thử",
            canonical=written,
            published_at=now,
        )
    )
    session.flush()
    session.merge(ContentChannel(package_id=package_id, digest=digest, changed_at=now))
    session.flush()
    return digest


def make_http(*platforms: FakePlatform) -> LmsHttp:
    """The tool's way out, leading to these platforms only."""
    http = LmsHttp(timeout_seconds=2, private_networks_allowed=False)
    http.adapters.clear()
    for platform in platforms:
        http.mount(platform.issuer, platform)
    return http


@contextmanager
def open_tool(
    database_url: str, *platforms: FakePlatform, clock: Callable[[], datetime], **settings: Any
) -> Iterator[Flask]:
    """The whole application, talking to these platforms, at `TOOL`."""
    chosen = Settings(database_url=database_url, tool_url=TOOL, secret_key=SECRET, **settings)
    app = create_app(chosen)
    with app.app_context():
        running = running_app()
    fakes = introduce_platforms(running.engine, make_http(*platforms), chosen, clock=clock)
    lend(app, replace(running, clock=clock, ports={**running.ports, **fakes}))
    try:
        yield app
    finally:
        running.engine.dispose()


def engine_of(app: Flask) -> Engine:
    with app.app_context():
        return running_app().engine


class Browser:
    """One browser that walks from the LMS to the tool; its cookies stay its own.

    It was here before, so that the tool knows that it keeps cookies; a `new` one was not.
    """

    def __init__(
        self, app: Flask, platform: FakePlatform, clock: Callable[[], datetime], *, new: bool = False
    ) -> None:
        self.client: FlaskClient = app.test_client()
        if not new:
            self.client.set_cookie(
                "cchc_frame", "1", domain=urlsplit(TOOL).hostname or "", path="/lti", secure=True
            )
        self.platform = platform
        self.clock = clock

    def login(self, **changes: str | None) -> TestResponse:
        """The LMS announces a launch."""
        fields = {
            "iss": self.platform.issuer,
            "target_link_uri": f"{TOOL}/lti/launch",
            "login_hint": "5",
            "lti_message_hint": '{"cmid":2,"launchid":"lan-thu"}',
            "client_id": self.platform.client_id,
            "lti_deployment_id": self.platform.deployment_id,
        } | changes
        sent = {name: value for name, value in fields.items() if value is not None}
        return self.client.post("/lti/login", data=sent, base_url=TOOL)

    def begin(self, **changes: str | None) -> dict[str, str]:
        """A login; returns what it asked the LMS for: state, nonce and the rest."""
        answer = self.login(**changes)
        assert answer.status_code == 302, answer.text
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))

    def post(self, state: str | None, id_token: str | None, **more: str) -> TestResponse:
        """The LMS's message arrives."""
        fields = {"state": state, "id_token": id_token} | more
        sent = {name: value for name, value in fields.items() if value is not None}
        return self.client.post("/lti/launch", data=sent, base_url=TOOL)

    def launch(self, **changes: Any) -> TestResponse:
        """Login and launch, with changed claims."""
        asked = self.begin()
        claims = make_claims(self.platform, nonce=asked["nonce"], now=self.clock(), **changes)
        return self.post(asked["state"], self.platform.sign(claims))
