"""An LMS registers itself by an invitation: once, consistently, and waiting for an operator's yes."""

import html
import json
import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.platforms.care import Standing, deactivate_registration, standing_of
from lti_tool.platforms.errors import (
    InvitationBusy,
    InvitationExpired,
    InvitationFieldRefused,
    InvitationUnknown,
    InvitationUsed,
)
from lti_tool.platforms.invitations import (
    CLAIM_LIFE,
    InvitationTerms,
    claim_invitation,
    find_open_invitation,
    hosts_from_text,
    invite,
    list_invitations,
    revoke_invitation,
    use_up_invitation,
)
from lti_tool.platforms.models import PlatformRegistration, RegistrationInvitation
from lti_tool.platforms.register import list_deployments
from tests.factories.lti import AGS_SCOPE, TOOL, create_platform, json_answer, open_tool
from tests.factories.registering import (
    ALL_SCOPES,
    TOOL_CONFIGURATION,
    RegisteringLms,
    ask_registration,
    confirm,
    look,
    make_configuration,
    make_invitation,
)


@pytest.fixture
def lms():
    return RegisteringLms(client_id="given-by-the-lms", deployment_id="10")


@pytest.fixture
def app(database_url, engine, clock, lms):
    with open_tool(database_url, lms, clock=clock) as opened:
        yield opened


def registrations(engine):
    with Session(engine) as session:
        return list(session.scalars(select(PlatformRegistration).order_by(PlatformRegistration.id)))


def invitation_row(engine):
    with Session(engine) as session:
        return session.scalars(select(RegistrationInvitation)).one()


# --- the ordinary way ---


def test_looking_at_the_link_shows_what_will_be_asked_and_changes_nothing(app, engine, clock, lms):
    token = make_invitation(app, clock)

    first, second = look(app, token, lms), look(app, token, lms)

    assert (first.status_code, second.status_code) == (200, 200)
    for words in ("Bộ Nội vụ", "https://lms.example.test", "Điểm: gửi", "Danh sách lớp: xem", "Mã cán bộ"):
        assert words in first.text
    assert "email" not in first.text
    assert lms.registered == []
    assert registrations(engine) == []


def test_an_administrator_may_read_it_all_in_english(app, clock, lms):
    token = make_invitation(app, clock)
    page = look(app, token, lms)
    english = html.unescape(re.search(r'<a href="([^"]+)" lang="en"', page.text)[1])

    translated = app.test_client().get(english, base_url=TOOL)
    action = html.unescape(re.search(r'<form method="post" action="([^"]+)"', translated.text)[1])
    done = app.test_client().post(action, data=ask_registration(lms), base_url=TOOL)

    assert "Nothing is registered yet" in translated.text
    assert "The LMS accepted the registration" in done.text


def test_confirming_registers_us_and_waits_for_an_operator(app, engine, clock, lms):
    token = make_invitation(app, clock)

    page = confirm(app, token, lms)

    assert page.status_code == 200, page.text
    assert "còn phải duyệt" in page.text
    assert "Activate" in page.text
    (row,) = registrations(engine)
    assert (row.issuer, row.client_id, row.entered_by) == (lms.issuer, "given-by-the-lms", "dynamic")
    assert standing_of(row) is Standing.PENDING
    assert (row.product_family, row.product_version) == ("moodle", "4.4dev (Build: 20231124)")
    with Session(engine) as session:
        assert list_deployments(session, row.id) == ["10"]


def test_what_is_sent_is_what_an_lms_requires(app, clock, lms):
    confirm(app, make_invitation(app, clock, unit_variable="$Person.address.locality"), lms)

    (body,) = lms.registered
    request = next(each for each in lms.asked if each.url.endswith("/register"))
    assert request.headers["Authorization"] == "Bearer reg-token"
    assert request.headers["Content-Type"] == "application/json"
    assert body["response_types"] == ["id_token"]
    assert body["token_endpoint_auth_method"] == "private_key_jwt"
    assert body["redirect_uris"] == [f"{TOOL}/lti/launch"]
    assert body["initiate_login_uri"] == f"{TOOL}/lti/login"
    assert body["jwks_uri"] == f"{TOOL}/lti/jwks.json"
    assert set(body["scope"].split()) == set(ALL_SCOPES)
    about = body[TOOL_CONFIGURATION]
    assert about["domain"] == "tool.example.test"
    assert about["target_link_uri"] == f"{TOOL}/lti/launch"
    assert about["claims"] == ["iss", "sub", "name", "given_name", "family_name"]
    assert about["custom_parameters"] == {
        "staff_code": "$Person.sourcedId",
        "username": "$User.username",
        "context_history": "$Context.id.history",
        "unit_code": "$Person.address.locality",
    }
    assert [message["type"] for message in about["messages"]] == [
        "LtiDeepLinkingRequest",
        "LtiResourceLinkRequest",
    ]
    assert about["messages"][0]["placements"]


def test_variables_and_scopes_that_the_lms_does_not_know_are_not_asked_for(app, clock, lms):
    lms.configuration["scopes_supported"] = ["openid", f"{AGS_SCOPE}score"]
    lms.configuration["https://purl.imsglobal.org/spec/lti-platform-configuration"]["variables"] = ["User.id"]

    confirm(app, make_invitation(app, clock), lms)

    assert lms.registered[0]["scope"] == f"{AGS_SCOPE}score"
    assert lms.registered[0][TOOL_CONFIGURATION]["custom_parameters"] == {}


def test_the_scopes_that_are_kept_are_those_of_a_token_and_not_of_the_reply(app, engine, clock, lms):
    lms.granted = [f"{AGS_SCOPE}score"]

    page = confirm(app, make_invitation(app, clock), lms)

    (row,) = registrations(engine)
    assert row.granted_scopes == f"{AGS_SCOPE}score"
    assert row.scopes_checked_at == clock()
    assert row.trusted_kid != ""
    assert "Danh sách lớp: xem" in page.text


def test_an_lms_that_refuses_all_scopes_because_of_one_is_asked_for_each(app, engine, clock, lms):
    def strict(request):
        asked = lms.sent_forms("/token")[-1]["scope"][0].split()
        if set(asked) <= {f"{AGS_SCOPE}score"}:
            return json_answer({"access_token": "t", "scope": " ".join(asked)})
        return json_answer({"error": "invalid_scope"}, status=400)

    lms.answers["/token"] = strict

    confirm(app, make_invitation(app, clock), lms)

    assert registrations(engine)[0].granted_scopes == f"{AGS_SCOPE}score"


def test_an_lms_that_grants_no_token_yet_is_registered_all_the_same(app, engine, clock, lms):
    lms.answers["/token"] = lambda _request: (404, {"Content-Type": "text/html"}, b"<html>Exception</html>")

    page = confirm(app, make_invitation(app, clock), lms)

    assert page.status_code == 200
    assert "Chưa xin được quyền gửi điểm" in page.text
    assert registrations(engine)[0].granted_scopes == ""


def test_a_registration_that_waits_opens_nothing(app, clock, lms):
    confirm(app, make_invitation(app, clock), lms)

    login = {
        "iss": lms.issuer,
        "client_id": lms.client_id,
        "login_hint": "5",
        "target_link_uri": f"{TOOL}/lti/launch",
    }
    answer = app.test_client().post("/lti/login", data=login, base_url=TOOL)

    assert answer.status_code == 403
    assert "platform_unknown" in answer.text


def test_an_invitation_that_approves_makes_it_usable_at_once(app, engine, clock, lms):
    page = confirm(app, make_invitation(app, clock, auto_approve=True), lms)

    assert "dùng được ngay" in page.text
    assert standing_of(registrations(engine)[0]) is Standing.ACTIVE


def test_the_page_may_be_framed_by_the_lms_only_and_closes_without_inline_script(app, clock, lms):
    page = confirm(app, make_invitation(app, clock), lms)

    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors https://lms.example.test" in policy
    assert "script-src 'self'" in policy
    assert "close-registration.js" in page.text
    assert "<script>" not in page.text
    script = Path(app.static_folder, "close-registration.js").read_text(encoding="utf-8")
    assert 'subject: "org.imsglobal.lti.close"' in script


def test_an_lms_without_a_registration_token_is_asked_without_one(app, clock, lms):
    page = confirm(app, make_invitation(app, clock), lms, registration_token=None)

    assert page.status_code == 200
    assert "Authorization" not in lms.asked[1].headers


@pytest.mark.parametrize("deployment", [None, "", 7, {"id": 1}])
def test_a_deployment_is_kept_when_it_is_given(app, engine, clock, lms, deployment):
    reply = {"client_id": "c", TOOL_CONFIGURATION: {"deployment_id": deployment}}
    lms.answers["/register"] = lambda _request: json_answer(reply, status=201)

    confirm(app, make_invitation(app, clock), lms)

    with Session(engine) as session:
        kept = list_deployments(session, registrations(engine)[0].id)
    assert kept == (["7"] if deployment == 7 else [])


# --- registering again ---


def test_registering_again_updates_the_same_registration(app, engine, clock, lms):
    confirm(app, make_invitation(app, clock, auto_approve=True), lms)
    confirm(app, make_invitation(app, clock, name="Tên mới"), lms)

    (row,) = registrations(engine)
    assert row.name == "Tên mới"
    assert standing_of(row) is Standing.ACTIVE


def test_an_update_that_moves_an_address_waits_for_an_operator_again(app, engine, clock, lms):
    confirm(app, make_invitation(app, clock, auto_approve=True), lms)
    lms.configuration["jwks_uri"] = f"{lms.issuer}/other-keys"

    confirm(app, make_invitation(app, clock), lms)

    (row,) = registrations(engine)
    assert row.key_set_url == f"{lms.issuer}/other-keys"
    assert standing_of(row) is Standing.PENDING


def test_a_registration_that_an_operator_switched_off_is_not_switched_on_by_the_lms(app, engine, clock, lms):
    with Session(engine) as session, session.begin():
        known = create_platform(session, lms, now=clock())
        deactivate_registration(session, known.id, operator="an.nguyen", now=clock())

    confirm(app, make_invitation(app, clock), lms)

    assert standing_of(registrations(engine)[0]) is Standing.PENDING


def test_the_same_lms_may_register_a_second_client(app, engine, clock, lms):
    confirm(app, make_invitation(app, clock), lms)
    lms.client_id = "another-client"

    confirm(app, make_invitation(app, clock), lms)

    assert [row.client_id for row in registrations(engine)] == ["given-by-the-lms", "another-client"]


# --- the invitation ---


def test_an_invitation_works_once(app, engine, clock, lms):
    token = make_invitation(app, clock)
    confirm(app, token, lms)

    looked, again = look(app, token, lms), confirm(app, token, lms)

    assert (looked.status_code, again.status_code) == (409, 409)
    assert "invitation_used" in again.text
    assert len(lms.registered) == 1


def test_two_confirmations_at_the_same_moment_register_once(app, engine, clock, lms):
    token, answers = make_invitation(app, clock), []
    both = threading.Barrier(2)

    def confirm_at_once():
        both.wait()
        answers.append(confirm(app, token, lms).status_code)

    threads = [threading.Thread(target=confirm_at_once) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [200, 409]
    assert len(lms.registered) == 1
    assert len(registrations(engine)) == 1


def test_a_second_attempt_while_the_first_talks_to_the_lms_is_told_to_wait(session, clock):
    token = invite(session, InvitationTerms("Bộ", timedelta(days=1)), operator="an", now=clock())
    claim_invitation(session, token, now=clock())

    with pytest.raises(InvitationBusy):
        claim_invitation(session, token, now=clock())


def test_the_claim_of_a_process_that_died_runs_out(session, clock):
    token = invite(session, InvitationTerms("Bộ", timedelta(days=1)), operator="an", now=clock())
    invitation, dead = claim_invitation(session, token, now=clock())
    clock.instant += CLAIM_LIFE

    _, living = claim_invitation(session, token, now=clock())

    assert living != dead
    row = session.get(RegistrationInvitation, invitation.id)
    with pytest.raises(InvitationUsed):
        use_up_invitation(session, row.id, dead, registration_id=1, now=clock())


@pytest.mark.parametrize(
    ("status", "headers", "body", "words"),
    [
        (
            400,
            {"Content-Type": "text/html"},
            b"domain_targetlinkuri_mismatch",
            "domain_targetlinkuri_mismatch",
        ),
        (401, {"Content-Type": "text/html"}, b"token_already_used", "token_already_used"),
        (
            404,
            {"Content-Type": "text/html"},
            (
                b"<html><head><title>Error</title></head><body><script>x</script><b>Expired</b> "
                b"token</body></html>"
            ),
            "Error: Expired token",
        ),
        (
            400,
            {},
            b'{"error":"invalid_client_metadata","error_description":"bad <jwks>"}',
            "bad &lt;jwks&gt;",
        ),
        (200, {}, b"<html>Signed in?</html>", "Signed in?"),
        (200, {}, b'{"client_id": ""}', "registration_refused"),
        (200, {}, b'["client_id"]', "lms_refused_registration"),
        (500, {}, b"\xff\xfe\x00", "lms_refused_registration"),
    ],
)
def test_a_refusal_is_told_in_the_lms_own_words_and_does_not_burn_the_invitation(
    app, engine, clock, lms, status, headers, body, words
):
    token, answer = make_invitation(app, clock), lms.answers["/register"]
    lms.answers["/register"] = lambda _request: (status, headers, body)

    refused = confirm(app, token, lms)

    assert refused.status_code == 502
    assert words in refused.text or "lms_refused_registration" in refused.text
    assert (words in refused.text) or words == "registration_refused"
    assert "<script>x" not in refused.text
    assert registrations(engine) == []
    assert "lms_refused_registration" in invitation_row(engine).last_failure
    lms.answers["/register"] = answer
    assert confirm(app, token, lms).status_code == 200
    assert invitation_row(engine).last_failure == ""


def test_an_lms_that_is_down_does_not_burn_the_invitation(app, engine, clock, lms):
    def down(_request):
        raise requests.ConnectionError("down")

    token, answer = make_invitation(app, clock), lms.answers["/register"]
    lms.answers["/register"] = down

    assert confirm(app, token, lms).status_code == 502

    lms.answers["/register"] = answer
    assert confirm(app, token, lms).status_code == 200


def test_a_registration_token_never_stands_on_a_page_of_refusal_or_in_the_log_of_failures(
    app, engine, clock, lms
):
    secret = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJnZWhlaW0ifQ.c2lnbmF0dXJl"
    lms.answers["/register"] = lambda _request: (401, {}, f"bad token {secret}".encode())

    refused = confirm(app, make_invitation(app, clock), lms, registration_token=secret)

    assert secret not in refused.text
    assert secret not in invitation_row(engine).last_failure


@pytest.mark.parametrize("token", ["unknown", "x" * 300, "%00"])
def test_an_unknown_link_opens_nothing(app, lms, token):
    assert look(app, token, lms).status_code == 404
    assert lms.asked == []


def test_an_expired_and_a_revoked_link_open_nothing(app, engine, clock, lms):
    expired, revoked = make_invitation(app, clock), make_invitation(app, clock, life=timedelta(days=9))
    with Session(engine) as session, session.begin():
        revoke_invitation(session, 2, operator="an.nguyen", now=clock())
    clock.forward(days=3)

    assert confirm(app, expired, lms).status_code == 410
    assert confirm(app, revoked, lms).status_code == 404
    assert lms.asked == []


def test_only_the_hash_of_a_token_is_kept(session, clock):
    token = invite(session, InvitationTerms("Bộ", timedelta(days=1)), operator="an", now=clock())

    row = session.scalars(select(RegistrationInvitation)).one()
    assert token not in json.dumps({name: str(value) for name, value in vars(row).items()})
    assert len(token) >= 40


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "},
        {"name": "x" * 161},
        {"life": timedelta()},
        {"life": timedelta(days=31)},
        {"expected_hosts": ("https://lms.test",)},
        {"expected_hosts": ("lms test",)},
        {"expected_hosts": tuple(f"h{n}.test" for n in range(11))},
        {"unit_variable": "Person.address"},
        {"unit_variable": "$x=y"},
        {"note": "x" * 2001},
    ],
)
def test_an_invitation_that_makes_no_sense_is_refused(session, clock, changes):
    terms = InvitationTerms(**{"name": "Bộ", "life": timedelta(days=1)} | changes)

    with pytest.raises(InvitationFieldRefused):
        invite(session, terms, operator="an", now=clock())


def test_hosts_are_taken_as_people_type_them():
    typed = " https://LMS.example.vn/moodle , sso.example.vn:8443\nlms.example.vn "

    assert hosts_from_text(typed) == ("lms.example.vn", "sso.example.vn:8443")


def test_operators_see_where_each_invitation_stands(session, clock):
    for name in ("một", "hai", "ba", "bốn"):
        invite(session, InvitationTerms(name, timedelta(days=1)), operator="an", now=clock())
    revoke_invitation(session, 2, operator="an", now=clock())
    session.get(RegistrationInvitation, 3).used_at = clock()
    session.get(RegistrationInvitation, 4).expires_at = clock()
    session.flush()

    states = [entry.state for entry in list_invitations(session, now=clock())]

    assert states == ["expired", "used", "revoked", "open"]
    for number in (2, 3, 99):
        with pytest.raises(InvitationUnknown):
            revoke_invitation(session, number, operator="an", now=clock())


def test_a_link_is_dead_from_the_instant_of_its_end(session, clock):
    token = invite(session, InvitationTerms("Bộ", timedelta(days=1)), operator="an", now=clock())

    find_open_invitation(session, token, now=clock() + timedelta(hours=23))
    with pytest.raises(InvitationExpired):
        find_open_invitation(session, token, now=clock() + timedelta(days=1))


# --- issuer and hosts ---


@pytest.mark.parametrize(
    "member", ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint"]
)
def test_every_address_must_lie_where_the_issuer_lies(app, engine, clock, lms, member):
    token = make_invitation(app, clock)
    lms.configuration[member] = "https://evil.example.test/x"

    refused = confirm(app, token, lms)

    assert refused.status_code == 403
    assert "issuer_host_mismatch" in refused.text
    assert lms.registered == []
    assert invitation_row(engine).used_at is None


@pytest.mark.parametrize(
    "host",
    [
        "https://lms.example.test.evil.test",
        "https://evil-lms.example.test",
        "https://sub.lms.example.test",
        "https://lms.example.test:8443",
        "http://lms.example.test",
    ],
)
def test_a_host_that_only_looks_like_the_issuers_is_another_host(app, clock, lms, host):
    lms.configuration["token_endpoint"] = f"{host}/token"

    assert confirm(app, make_invitation(app, clock), lms).status_code == 403


def test_a_second_host_is_allowed_when_the_invitation_names_it(app, engine, clock, lms):
    lms.configuration["authorization_endpoint"] = "https://sso.canvas.example/auth"
    hosts = ("lms.example.test", "canvas.example")

    assert confirm(app, make_invitation(app, clock, expected_hosts=hosts), lms).status_code == 200

    assert registrations(engine)[0].authorization_url == "https://sso.canvas.example/auth"


def test_a_configuration_elsewhere_than_expected_is_not_even_fetched(app, clock, lms):
    token = make_invitation(app, clock, expected_hosts=("lms.bonoivu.example",))

    assert look(app, token, lms).status_code == 403
    assert confirm(app, token, lms).status_code == 403
    assert lms.asked == []


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": None},
        {"token_endpoint": ""},
        {"jwks_uri": 5},
        {"registration_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint_auth_methods_supported": ["client_secret_basic"]},
        {"id_token_signing_alg_values_supported": ["HS256"]},
        {"response_types_supported": ["code"]},
        {"issuer": "https://" + "x" * 300},
    ],
)
def test_a_configuration_that_cannot_work_is_refused(app, clock, lms, changes):
    lms.configuration = make_configuration(lms.issuer, **changes)

    refused = confirm(app, make_invitation(app, clock), lms)

    assert refused.status_code == 400
    assert "openid_configuration_refused" in refused.text


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ((404, {}, b"nothing here"), 400),
        ((200, {}, b"<html>"), 400),
        ((200, {}, b"[]"), 400),
        ((200, {}, b"[" * 100_000), 400),
        ((200, {}, b"{" + b" " * 300_000), 502),
        ((302, {"Location": "https://elsewhere.test"}, b""), 502),
    ],
)
def test_a_configuration_that_cannot_be_read_is_refused(app, clock, lms, answer, status):
    lms.answers["/openid-configuration"] = lambda _request: answer

    assert look(app, make_invitation(app, clock), lms).status_code == status


def test_what_stands_at_a_wrong_address_is_not_shown(app, clock, lms):
    lms.answers["/openid-configuration"] = lambda _request: (500, {}, b"inside the house")

    assert "inside the house" not in look(app, make_invitation(app, clock), lms).text


@pytest.mark.parametrize(
    "sent",
    [
        {"openid_configuration": None},
        {"openid_configuration": "lms.example.test"},
        {"openid_configuration": "file:///etc/passwd"},
        {"openid_configuration": "https://user:pass@lms.example.test/x"},
        {"openid_configuration": "https://lms.example.test:99999/x"},
        {"registration_token": "a\nb"},
        {"registration_token": "x" * 20_000},
    ],
)
def test_a_link_opened_without_what_an_lms_adds_says_how_it_is_opened(app, clock, lms, sent):
    token = make_invitation(app, clock)

    looked, confirmed = look(app, token, lms, **sent), confirm(app, token, lms, **sent)

    assert (looked.status_code, confirmed.status_code) == (400, 400)
    assert "Add LTI Advantage" in looked.text
    assert lms.asked == []


def test_programs_get_the_refusal_as_json(app, clock, lms):
    answer = app.test_client().get(
        "/lti/register/unknown", query_string=ask_registration(lms), headers={"Accept": "application/json"}
    )

    assert answer.json["code"] == "invitation_unknown"
