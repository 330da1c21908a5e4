"""A platform that we did not write opens the tool: login, message, token (lti1p3platform from PyPI)."""

import importlib.util
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from sqlalchemy.orm import Session

from content_packages.player.ticket import open_ticket
from lti_tool.advantage.access_tokens import AccessTokens
from lti_tool.platforms.register import find_platform
from lti_tool.platforms.tool_keys import find_or_create_signing_key
from tests.factories.independent_platform import LAUNCH_URL, IndependentPlatform
from tests.factories.lti import (
    AGS_SCOPE,
    INSTRUCTOR,
    LEARNER,
    SECRET,
    Browser,
    create_package,
    create_platform,
    make_http,
    open_tool,
)
from xapi_bridge.running_app import utc_now


@pytest.fixture
def platform() -> IndependentPlatform:
    return IndependentPlatform(issuer="https://independent.example.test", client_id="khach-doc-lap")


@pytest.fixture
def browser(database_url, engine, platform):
    with Session(engine) as session, session.begin():
        create_platform(session, platform, now=utc_now())
        create_package(session, now=utc_now())
    with open_tool(database_url, platform, clock=utc_now) as app:
        yield Browser(app, platform, utc_now)


def begin(browser: Browser, platform: IndependentPlatform) -> dict[str, str]:
    """The platform's login at the tool, and what the tool asks the platform."""
    answer = browser.login(**platform.login_fields("5"))
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def test_its_launch_opens_the_content_that_it_names(browser, platform):
    message = platform.message_for(begin(browser, platform), role=LEARNER)

    answer = browser.post(message["state"], message["id_token"])

    assert message["launch_url"] == LAUNCH_URL
    assert answer.status_code == 303, answer.text
    ticket = open_ticket(answer.headers["Location"].split("/")[2], secret=SECRET, now=utc_now())
    assert (ticket.package_id, ticket.item, ticket.role) == ("goi-thu", "m/mot-cua", "learner")


def test_its_message_cannot_be_posted_twice(browser, platform):
    message = platform.message_for(begin(browser, platform), role=LEARNER)
    browser.post(message["state"], message["id_token"])

    again = browser.post(message["state"], message["id_token"])

    assert again.status_code == 403


def test_a_message_of_its_that_was_changed_on_the_way_is_refused(browser, platform):
    message = platform.message_for(begin(browser, platform), role=LEARNER)
    head, _, signature = message["id_token"].split(".")
    claims = jwt.decode(message["id_token"], options={"verify_signature": False}) | {"sub": "6"}
    changed = jwt.encode(claims, "x" * 32, algorithm="HS256").split(".")[1]

    answer = browser.post(message["state"], f"{head}.{changed}.{signature}")

    assert answer.status_code == 401
    assert "signature_invalid" in answer.text


def test_it_grants_a_token_to_the_tool_s_assertion(browser, platform, engine):
    tool_keys = browser.client.get("/lti/jwks.json", base_url="https://tool.example.test").json
    platform.registration.set_tool_key_set(tool_keys)
    with Session(engine) as session, session.begin():
        key = find_or_create_signing_key(session, secret=SECRET, now=utc_now())
        known = find_platform(session, issuer=platform.issuer, client_id=platform.client_id)

    token = AccessTokens(make_http(platform), clock=utc_now).find_token(known, key, [f"{AGS_SCOPE}score"])

    assert platform.takes_token(token)


def test_it_grants_nothing_to_another_key(browser, platform, engine):
    tool_keys = browser.client.get("/lti/jwks.json", base_url="https://tool.example.test").json
    strange = IndependentPlatform().lti_platform.get_jwks()["keys"][0] | {"kid": tool_keys["keys"][0]["kid"]}
    platform.registration.set_tool_key_set({"keys": [strange]})
    with Session(engine) as session, session.begin():
        key = find_or_create_signing_key(session, secret=SECRET, now=utc_now())
        known = find_platform(session, issuer=platform.issuer, client_id=platform.client_id)

    with pytest.raises(jwt.InvalidSignatureError):
        AccessTokens(make_http(platform), clock=utc_now).find_token(known, key, [f"{AGS_SCOPE}score"])


@pytest.mark.skipif(
    importlib.util.find_spec("lti_tool.deep_linking") is None, reason="deep linking is not built yet"
)
def test_its_deep_linking_request_leads_a_teacher_to_the_choice_of_content(browser, platform):
    message = platform.message_for(begin(browser, platform), role=INSTRUCTOR, deep_linking=True)

    answer = browser.post(message["state"], message["id_token"])

    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].startswith("/chon/")
