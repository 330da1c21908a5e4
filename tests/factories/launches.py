"""Messages of every type, and a platform's own ways to break them: for the cases of the certification."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.launch.models import LaunchAttempt, LaunchSession
from tests.factories.lti import INSTRUCTOR, TOOL, Browser, FakePlatform, make_ags, make_claims

DEEP_LINKING_SETTINGS = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"


def make_deep_linking_claims(
    platform: FakePlatform, *, nonce: str, now: datetime, settings: Any = None, **changes: Any
) -> dict[str, Any]:
    """A teacher's LtiDeepLinkingRequest, as Moodle sends it; a setting changed to None is left out."""
    given = {
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["frame", "iframe", "window"],
        "accept_multiple": True,
        "auto_create": False,
        "deep_link_return_url": f"{platform.issuer}/contentitem_return?course=2",
        "title": "Công cụ thử",
        "text": "",
    } | (settings or {})
    kept = {name: value for name, value in given.items() if value is not None}
    common = {"message_type": "LtiDeepLinkingRequest", "roles": [INSTRUCTOR], "resource_link": None}
    claims = make_claims(platform, nonce=nonce, now=now, **common | changes)
    return claims | {DEEP_LINKING_SETTINGS: kept}


def make_review_claims(
    platform: FakePlatform, *, nonce: str, now: datetime, for_user: Any = None, **changes: Any
) -> dict[str, Any]:
    """A teacher's LtiSubmissionReviewRequest about the learner `5`, as Moodle sends it."""
    common = {
        "message_type": "LtiSubmissionReviewRequest",
        "roles": [INSTRUCTOR],
        "sub": "3",
        "for_user": {"user_id": "5"} if for_user is None else for_user,
        "ags": make_ags(),
    }
    return make_claims(platform, nonce=nonce, now=now, **common | changes)


Forge = Callable[[FakePlatform, dict[str, Any]], str]


def send_message(
    browser: Browser,
    *,
    make: Callable[..., dict[str, Any]] = make_claims,
    claims: dict[str, Any] | None = None,
    without: tuple[str, ...] = (),
    sign: Forge | None = None,
    target: str = f"{TOOL}/lti/launch",
    **changes: Any,
) -> TestResponse:
    """A login, and its message with changed claims (full names), fewer claims, or signed in another way."""
    asked = browser.begin(target_link_uri=target)
    made = make(
        browser.platform, nonce=asked["nonce"], now=browser.clock(), target_link_uri=target, **changes
    )
    body = {name: value for name, value in (made | (claims or {})).items() if name not in without}
    id_token = sign(browser.platform, body) if sign else browser.platform.sign(body)
    return browser.post(asked["state"], id_token)


def token_part(content: Any) -> str:
    """One part of a token, unsigned."""
    return urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def count_opened(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(LaunchSession)) or 0


def read_attempts(engine: Engine) -> list[LaunchAttempt]:
    """All attempts that were kept, oldest first."""
    with Session(engine, expire_on_commit=False) as session:
        return list(session.scalars(select(LaunchAttempt).order_by(LaunchAttempt.id)))
