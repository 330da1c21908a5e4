"""The certification's cases by their numbers, in our own words: every bad payload and every valid launch.

B1-B12 are sent for a teacher and for a learner, each once forged as the case says and once whole; I1-I9 and
S1-S10 are the valid launches of a teacher and of a learner. D1 is the deep linking request.
"""

import pytest
from sqlalchemy.orm import Session

from content_packages.player.ticket import open_ticket
from tests.factories.launches import (
    count_opened,
    make_deep_linking_claims,
    make_review_claims,
    send_message,
)
from tests.factories.lti import (
    INSTRUCTOR,
    LEARNER,
    LTI,
    SECRET,
    TOOL,
    Browser,
    FakePlatform,
    create_package,
    create_platform,
    open_tool,
)

WHOLE = f"{TOOL}/lti/launch?content=goi-thu"


@pytest.fixture
def browser(database_url, engine, clock):
    platform = FakePlatform()
    with Session(engine) as session, session.begin():
        create_platform(session, platform, now=clock())
        create_package(session, now=clock())
    with open_tool(database_url, platform, clock=clock) as app:
        yield Browser(app, platform, clock)


BAD = {
    "B1 no kid": ("key_id_missing", {"sign": lambda platform, body: platform.sign(body, kid=None)}),
    "B2 wrong kid": ("signing_key_unknown", {"sign": lambda platform, body: platform.sign(body, kid="x")}),
    "B3 wrong version": ("version_unsupported", {"claims": {LTI + "version": "11.3"}}),
    "B4 no version": ("claim_missing", {"without": (LTI + "version",)}),
    "B5 no LTI message": ("nonce_mismatch", {"sign": lambda platform, _body: platform.sign({"name": "x"})}),
    "B6 claims removed": (
        "claim_missing",
        {"without": ("aud", "sub", LTI + "deployment_id", LTI + "roles")},
    ),
    "B7 wrong times": ("id_token_expired", {"claims": {"iat": 11111, "exp": 22222}}),
    "B8 no message type": ("claim_missing", {"without": (LTI + "message_type",)}),
    "B9 no roles": ("claim_missing", {"without": (LTI + "roles",)}),
    "B10 no deployment": ("claim_missing", {"without": (LTI + "deployment_id",)}),
    "B11 no resource link": ("claim_missing", {"without": (LTI + "resource_link",)}),
    "B12 no subject": ("claim_missing", {"without": ("sub",)}),
}


@pytest.mark.parametrize("role", [INSTRUCTOR, LEARNER], ids=["instructor", "learner"])
@pytest.mark.parametrize(("code", "broken"), BAD.values(), ids=BAD.keys())
def test_a_bad_payload_is_refused_and_the_same_payload_unbroken_opens(browser, engine, role, code, broken):
    refused = send_message(browser, roles=[role], **broken)
    opened = send_message(browser, roles=[role])

    assert f"<code>{code}</code>" in refused.text, refused.text
    assert 400 <= refused.status_code < 500
    assert opened.status_code == 303
    with Session(engine) as session:
        assert count_opened(session) == 1


NO_NAMES = {"name": None, "given_name": None, "family_name": None}
BARE = {"context": None, "custom": None, "lis": None, "launch_presentation": None, "tool_platform": None}
OTHER = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Student"

VALID = {
    "I1 S1 plain": ({}, None),
    "I2 S2 several roles": ({"roles": ["{role}", OTHER]}, None),
    "I3 S3 short role": ({"roles": ["{short}"]}, None),
    "I4 S4 unknown role": ({"roles": ["http://example.test/roles#{short}"]}, "learner"),
    "I5 S5 empty role": ({"roles": [""]}, "learner"),
    "I5 S5 no role": ({"roles": []}, "learner"),
    "I6 S6 email only": (NO_NAMES, None),
    "I7 S7 names only": ({"email": None}, None),
    "I8 S8 no personal data": (NO_NAMES | {"email": None, "lis": None}, None),
    "I9 S9 email without course": (NO_NAMES | {"context": None}, None),
    "S10 only the resource link": (NO_NAMES | BARE | {"email": None}, None),
}


@pytest.mark.parametrize(
    ("role", "short", "own"),
    [(INSTRUCTOR, "Instructor", "teacher"), (LEARNER, "Learner", "learner")],
    ids=["instructor", "learner"],
)
@pytest.mark.parametrize(("changes", "privilege"), VALID.values(), ids=VALID.keys())
def test_a_valid_launch_opens_with_the_privilege_of_its_known_roles(
    browser, clock, role, short, own, changes, privilege
):
    roles = [text.format(role=role, short=short) for text in changes.get("roles", ["{role}"])]

    answer = send_message(browser, target=WHOLE, **changes | {"roles": roles})

    assert answer.status_code == 303, answer.text
    ticket = open_ticket(answer.headers["Location"].split("/")[2], secret=SECRET, now=clock())
    assert ticket.role == (privilege or own)


DEEP_LINKING = {
    "no return address": ("claim_missing", {"settings": {"deep_link_return_url": None}}),
    "script as return address": (
        "claim_malformed",
        {"settings": {"deep_link_return_url": "javascript:alert(1)"}},
    ),
    "no accepted types": ("claim_missing", {"settings": {"accept_types": None}}),
    "types no list": ("claim_malformed", {"settings": {"accept_types": {"0": "ltiResourceLink"}}}),
    "data no text": ("claim_malformed", {"settings": {"data": {"a": 1}}}),
    "multiple no boolean": ("claim_malformed", {"settings": {"accept_multiple": "maybe"}}),
    "a learner asks": ("teaching_role_missing", {"roles": [LEARNER]}),
    "an unknown role asks": ("teaching_role_missing", {"roles": ["http://example.test/roles#Instructor"]}),
}


@pytest.mark.parametrize(("code", "broken"), DEEP_LINKING.values(), ids=DEEP_LINKING.keys())
def test_a_bad_deep_linking_request_is_refused(browser, code, broken):
    answer = send_message(browser, make=make_deep_linking_claims, **broken)

    assert f"<code>{code}</code>" in answer.text, answer.text
    assert 400 <= answer.status_code < 500


def test_d1_a_deep_linking_request_leads_a_teacher_to_the_choice_of_content(browser):
    answer = send_message(browser, make=make_deep_linking_claims)

    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].startswith("/chon/")


REVIEWS = {
    "of nobody": ("claim_missing", {"without": (LTI + "for_user",)}),
    "of an empty user": ("claim_missing", {"for_user": {"user_id": ""}}),
    "of a number": ("claim_malformed", {"for_user": {"user_id": 5}}),
    "for_user no object": ("claim_malformed", {"for_user": "5"}),
    "without grade services": ("claim_refused", {"ags": None}),
    "by a learner": ("teaching_role_missing", {"roles": [LEARNER]}),
}


@pytest.mark.parametrize(("code", "broken"), REVIEWS.values(), ids=REVIEWS.keys())
def test_a_bad_submission_review_is_refused(browser, engine, code, broken):
    answer = send_message(browser, make=make_review_claims, **broken)

    assert f"<code>{code}</code>" in answer.text, answer.text
    with Session(engine) as session:
        assert count_opened(session) == 0
