"""The self-test of a registration: each step passes, warns or fails, with its cause and the next step."""

import json
from datetime import datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sqlalchemy.orm import Session

from lti_tool.launch.models import LaunchAttempt
from lti_tool.platforms.care import note_launch, read_product
from lti_tool.platforms.errors import LmsUnreachable, PlatformUnknown
from lti_tool.platforms.models import Deployment, PlatformRegistration, SelfTest
from lti_tool.platforms.outside_view import OutsideView, prove_instance
from lti_tool.platforms.register import list_deployments
from lti_tool.platforms.self_test import (
    TAKEN_OVER_AFTER,
    SelfTests,
    ask_self_test,
    find_self_test,
    find_waiting_test,
)
from lti_tool.platforms.self_test_steps import Outcome
from lti_tool.platforms.self_test_words import _FOUND, tell
from lti_tool.platforms.token_requests import TOOL_SCOPES
from tests.factories.lti import (
    SECRET,
    TOOL,
    FakePlatform,
    create_platform,
    json_answer,
    make_http,
    make_jwk,
    make_rsa_key,
)
from tests.factories.registering import RegisteringLms


class CertificateUntil(OutsideView):
    """The outside view whose TLS look tells what a test says."""

    end: datetime | LmsUnreachable | None = None

    def certificate_end(self):
        return self.end


class Ourselves(FakePlatform):
    """Our own public address, answered by a test."""

    def __init__(self, *, origin=TOOL, secret=SECRET):
        super().__init__(issuer=TOOL)

        def prove(request):
            challenge = parse_qs(urlsplit(request.url).query)["challenge"][0]
            return json_answer({"proof": prove_instance(challenge, secret=secret), "origin": origin})

        self.answers["/lti/instance"] = prove
        self.answers["/lti/jwks.json"] = lambda _request: json_answer(
            {"keys": [make_jwk(make_rsa_key("ours"), "k1")]}
        )


@pytest.fixture
def lms(clock):
    made = RegisteringLms()
    grant = made.answers["/token"]

    def dated(request):
        status, headers, body = grant(request)
        return status, headers | {"Date": format_datetime(clock(), usegmt=True)}, body

    made.answers["/token"] = dated
    return made


@pytest.fixture
def us():
    return Ourselves()


@pytest.fixture
def registration(engine, clock, lms):
    with Session(engine, expire_on_commit=False) as session, session.begin():
        return create_platform(session, lms, now=clock())


@pytest.fixture
def outside(lms, us, clock):
    made = CertificateUntil(make_http(lms, us), origin=TOOL, secret=SECRET, timeout_seconds=2)
    made.end = clock() + timedelta(days=200)
    return made


@pytest.fixture
def tests_of(engine, clock, lms, us, outside):
    return SelfTests(
        engine, make_http(lms, us), outside, secret=SECRET, leeway=timedelta(seconds=10), clock=clock
    )


def found(steps):
    return {step.name.split("/")[-1]: (str(step.outcome), step.reason) for step in steps}


def keep_launch(engine, clock, registration, **changes):
    row = {
        "code": "ABCDEFGH", "step": "launch", "outcome": "opened", "error_code": "", "started_at": clock(),
        "duration_ms": 5, "registration_id": registration.id, "login_digest": "x", "product_family": "moodle",
        "message_type": "LtiResourceLinkRequest", "role": "learner", "rung": "cookie", "browser": "chrome",
        "placed": "frame", "checks": [], "claims": {},
    } | changes  # fmt: skip
    with Session(engine) as session, session.begin():
        note_launch(session, registration.id, deployment_id="2", product=read_product({}), now=clock())
        session.add(LaunchAttempt(**row))


def test_a_registration_in_order_passes_every_step(tests_of, engine, clock, registration):
    keep_launch(engine, clock, registration)

    steps = tests_of.test(registration.id)

    assert {step.outcome for step in steps} == {Outcome.PASS}, found(steps)
    assert [step.name.split(":")[0] for step in steps] == [
        "key_set", *["token"] * 5, "clock", "our_address", "our_key_set", "certificate",
        "deployments", "last_launch", "cookies",
    ]  # fmt: skip


def test_what_was_found_is_kept(tests_of, engine, clock, registration):
    tests_of.test(registration.id)

    with Session(engine) as session:
        row = session.get(PlatformRegistration, registration.id)
        result = find_self_test(session, registration.id)
    assert set(row.granted_scopes.split()) == set(TOOL_SCOPES)
    assert row.trusted_kid != ""
    assert result.finished_at == clock()
    assert result.outcome is Outcome.WARN
    assert len(result.steps) == 13


def test_each_scope_is_asked_for_alone_and_told_alone(tests_of, lms, registration):
    lms.granted = [scope for scope in TOOL_SCOPES if "membership" not in scope]

    told = found(tests_of.test(registration.id))

    assert told["score"] == ("pass", "granted")
    assert told["contextmembership.readonly"] == ("fail", "denied")
    assert [len(form["scope"][0].split()) for form in lms.sent_forms("/token")] == [1] * 5


def test_an_lms_that_cannot_read_our_keys_is_told_apart_from_one_that_refuses(
    tests_of, engine, lms, registration
):
    lms.answers["/token"] = lambda _request: (404, {"Content-Type": "text/html"}, b"<h1>TypeError</h1>")
    assert found(tests_of.test(registration.id))["lineitem"] == ("fail", "refused")
    with Session(engine) as session, session.begin():
        session.get(PlatformRegistration, registration.id).product_family = "moodle"

    steps = tests_of.test(registration.id)

    assert found(steps)["lineitem"] == ("fail", "key_set_unread")
    # The other scopes would only wait for the same.
    assert len([step for step in steps if step.name.startswith("token:")]) == 1
    assert "cURL blocked hosts" in str(tell(steps[1]).next_step)
    assert steps[1].lms_words == "TypeError"


def test_scopes_that_were_known_stay_known_when_no_token_came(tests_of, engine, lms, registration):
    tests_of.test(registration.id)
    lms.answers["/token"] = lambda _request: json_answer({}, status=503)

    tests_of.test(registration.id)

    with Session(engine) as session:
        assert session.get(PlatformRegistration, registration.id).granted_scopes != ""


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, ("pass", "right")), (-4, ("pass", "right")), (8, ("warn", "off")), (-60, ("fail", "too_far"))],
)
def test_the_clock_of_the_lms_is_compared_with_ours(tests_of, lms, registration, clock, seconds, expected):
    date = format_datetime(clock() + timedelta(seconds=seconds), usegmt=True)
    lms.answers["/token"] = lambda request: (200, {"Date": date}, lms._grant(request)[2])

    assert found(tests_of.test(registration.id))["clock"] == expected


def test_without_any_date_the_clock_is_unknown(tests_of, lms, registration):
    lms.answers["/token"] = lambda request: (200, {"Date": "gestern"}, lms._grant(request)[2])

    assert found(tests_of.test(registration.id))["clock"] == ("warn", "unknown")


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([make_jwk(make_rsa_key("lms"), "k1", alg=None)], ("warn", "some_keys_odd")),
        (
            [make_jwk(make_rsa_key("lms"), "k1"), make_jwk(make_rsa_key("x"), "k2", use="enc")],
            ("warn", "some_keys_odd"),
        ),
        ([make_jwk(make_rsa_key("small", 1024), "k1")], ("fail", "no_usable_key")),
        ([{"kty": "RSA"}], ("fail", "no_usable_key")),
        ([], ("fail", "no_usable_key")),
    ],
)
def test_keys_that_cannot_verify_are_named(tests_of, lms, registration, keys, expected):
    lms.answers["/keys"] = lambda _request: json_answer({"keys": keys})

    assert found(tests_of.test(registration.id))["key_set"] == expected


@pytest.mark.parametrize("answer", [(500, {}, b""), (200, {}, b"<html>"), (302, {"Location": "/x"}, b"")])
def test_a_key_set_that_cannot_be_read_fails(tests_of, lms, registration, answer):
    lms.answers["/keys"] = lambda _request: answer

    assert found(tests_of.test(registration.id))["key_set"] == ("fail", "unreachable")


def test_an_lms_that_is_down_fails_its_steps_and_the_others_are_still_done(tests_of, lms, registration):
    def down(_request):
        raise requests.ConnectionError("down")

    lms.answers["/keys"] = lms.answers["/token"] = down

    told = found(tests_of.test(registration.id))

    assert told["key_set"] == told["lineitem"] == ("fail", "unreachable")
    assert told["our_address"] == ("pass", "ours")


@pytest.mark.parametrize(
    ("us", "expected"),
    [
        (Ourselves(secret="another-secret"), ("fail", "another_installation")),
        (Ourselves(origin="http://127.0.0.1:8100"), ("fail", "proxy_hides")),
        (Ourselves(origin="http://tool.example.test"), ("fail", "proxy_hides")),
    ],
)
def test_our_address_must_lead_to_this_installation_as_browsers_see_it(tests_of, registration, us, expected):
    assert found(tests_of.test(registration.id))["our_address"] == expected


def test_another_server_at_our_address_is_told(tests_of, us, registration):
    us.answers["/lti/instance"] = lambda _request: (404, {}, b"<html>nginx</html>")
    us.answers["/lti/jwks.json"] = lambda _request: json_answer({"keys": [{"kid": "k", "kty": "RSA"}]})

    told = found(tests_of.test(registration.id))

    assert told["our_address"] == ("fail", "another_server")
    assert told["our_key_set"] == ("fail", "unreadable")


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (200, ("pass", "valid")),
        (20, ("warn", "ends_soon")),
        (0, ("fail", "expired")),
        (-9, ("fail", "expired")),
    ],
)
def test_the_days_of_our_certificate_are_counted(tests_of, outside, registration, clock, days, expected):
    outside.end = clock() + timedelta(days=days)

    assert found(tests_of.test(registration.id))["certificate"] == expected


def test_an_invalid_certificate_fails_and_http_has_none(tests_of, outside, registration):
    outside.end = LmsUnreachable("The certificate is not valid: self-signed.")
    assert found(tests_of.test(registration.id))["certificate"] == ("fail", "invalid")

    outside.end = None
    assert "certificate" not in found(tests_of.test(registration.id))


def test_launches_and_cookies_are_told_from_what_was_recorded(tests_of, engine, clock, registration):
    told = found(tests_of.test(registration.id))
    assert (told["deployments"], told["last_launch"], told["cookies"]) == (
        ("warn", "never_launched"), ("warn", "none"), ("warn", "unknown"),
    )  # fmt: skip

    blocked = {"outcome": "refused", "error_code": "cookies_blocked", "rung": ""}
    keep_launch(engine, clock, registration, **blocked)
    told = found(tests_of.test(registration.id))
    assert (told["last_launch"], told["cookies"]) == (("fail", "refused"), ("fail", "blocked"))

    clock.forward(minutes=1)
    keep_launch(engine, clock, registration, rung="window")
    told = found(tests_of.test(registration.id))
    assert (told["last_launch"], told["cookies"]) == (("pass", "opened"), ("warn", "some_blocked"))


def test_the_attempts_of_another_registration_tell_nothing(tests_of, engine, clock, registration):
    keep_launch(engine, clock, registration, registration_id=registration.id + 1)

    assert found(tests_of.test(registration.id))["last_launch"] == ("warn", "none")


def test_a_registration_without_deployment_fails(tests_of, engine, registration):
    with Session(engine) as session, session.begin():
        assert list_deployments(session, registration.id) == ["2"]
        session.delete(session.get(Deployment, (registration.id, "2")))

    assert found(tests_of.test(registration.id))["deployments"] == ("fail", "none")


# --- the queue ---


def test_a_test_that_was_asked_for_is_done_once(tests_of, engine, clock, registration):
    with Session(engine) as session, session.begin():
        ask_self_test(session, registration.id, now=clock())
        ask_self_test(session, registration.id, now=clock())

    assert [tests_of.do_next(), tests_of.do_next()] == [True, False]


def test_a_test_whose_process_died_is_taken_over(engine, clock, registration):
    with Session(engine) as session, session.begin():
        ask_self_test(session, registration.id, now=clock())
        session.get(SelfTest, registration.id).began_at = clock()

    with Session(engine) as session:
        assert find_waiting_test(session, now=clock()) is None
        assert find_waiting_test(session, now=clock() + TAKEN_OVER_AFTER) == registration.id


def test_asking_again_starts_anew_and_forgets_the_old_steps(tests_of, engine, clock, registration):
    tests_of.test(registration.id)

    with Session(engine) as session, session.begin():
        ask_self_test(session, registration.id, now=clock())

    with Session(engine) as session:
        result = find_self_test(session, registration.id)
    assert (result.steps, result.finished_at, result.began_at) == ((), None, None)


def test_an_unknown_registration_has_no_test(tests_of, engine, clock):
    with pytest.raises(PlatformUnknown):
        tests_of.test(99)
    with Session(engine) as session, pytest.raises(PlatformUnknown):
        ask_self_test(session, 99, now=clock())


def test_no_token_and_no_assertion_stands_in_what_is_kept(tests_of, engine, lms, registration):
    tests_of.test(registration.id)

    with Session(engine) as session:
        kept = session.get(SelfTest, registration.id).steps
    assert "eyJ" not in kept
    assert json.loads(kept)


def test_every_reason_has_words(tests_of, registration):
    for step in tests_of.test(registration.id):
        assert str(tell(step).found)
    assert all(str(found) for found, _next in _FOUND.values())
