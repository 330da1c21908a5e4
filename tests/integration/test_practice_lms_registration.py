"""Dynamic and manual registration with the practice LMS, and activation."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from lti_tool.practice_lms import GENERIC, MOODLE
from lti_tool.practice_lms.vocabulary import MEMBERS_SCOPE, SCOPES, SCORE_SCOPE
from tests.factories.practice_lms import (
    ADMINISTRATOR,
    ISSUER,
    TEACHER,
    HandPlayedTool,
    make_practice_lms,
)

CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
OFFERED_AT = "http://tool.example:8100/register?invitation=x"


@pytest.fixture
def generic(tmp_path: Path, clock) -> HandPlayedTool:
    return make_practice_lms(tmp_path / "lms.sqlite", clock=clock, profile=GENERIC)


@pytest.fixture
def moodle(tmp_path: Path, clock) -> HandPlayedTool:
    return make_practice_lms(tmp_path / "lms.sqlite", clock=clock, profile=MOODLE)


def make_tool_description(**changed):
    """What a tool posts; a change to None leaves a member out, `configuration` is merged into its own."""
    configuration = {
        "domain": "tool.example:8100",
        "target_link_uri": "http://tool.example:8100/launch",
        "claims": ["iss", "sub", "name", "email"],
        "custom_parameters": {"unit": "a=b"},
        "messages": [{"type": "LtiDeepLinkingRequest", "target_link_uri": "http://tool.example:8100/pick"}],
    } | changed.pop("configuration", {})
    description = {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": "http://tool.example:8100/login",
        "redirect_uris": ["http://tool.example:8100/launch", "http://tool.example:8100/pick"],
        "client_name": "Công cụ thử",
        "jwks_uri": "http://tool.example:8100/jwks.json",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": SCORE_SCOPE,
        CONFIGURATION: configuration,
    } | changed
    return {name: value for name, value in description.items() if value is not None}


def paste_address(tool: HandPlayedTool, address: str = OFFERED_AT, **more: str) -> dict[str, str]:
    """The administrator pastes the address; returns what the frame hands to the tool."""
    client = tool.sign_in(ADMINISTRATOR)
    begun = client.post("/administration/registrations", data={"registration_url": address} | more)
    assert begun.status_code == 303, begun.text
    page = client.get(begun.location).text
    source = re.search(r'<iframe[^>]* src="([^"]*)"', page)
    assert source, page
    query = parse_qs(urlsplit(source[1].replace("&amp;", "&")).query)
    return {name: values[0] for name, values in query.items()}


def register(tool: HandPlayedTool, token: str, **changed):
    return tool.lms.test_client().post(
        "/lti/register",
        data=json.dumps(make_tool_description(**changed)),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )


def test_the_frame_leads_to_the_pasted_address_with_configuration_and_token(generic):
    handed = paste_address(generic)

    assert handed["invitation"] == "x"
    assert handed["openid_configuration"] == f"{ISSUER}/lti/openid-configuration"
    assert handed["registration_token"].count(".") == 2


def test_the_page_may_frame_the_pasted_address_and_no_other(generic):
    paste_address(generic)

    policy = generic.sign_in(ADMINISTRATOR).get("/administration/tools").headers["Content-Security-Policy"]

    assert "http://tool.example:8100" in policy
    assert "elsewhere.example" not in policy


def test_the_configuration_names_every_address_that_a_tool_needs(generic):
    configuration = generic.lms.test_client().get("/lti/openid-configuration").json

    assert configuration["issuer"] == ISSUER
    for name in ("authorization", "token", "registration"):
        assert configuration[f"{name}_endpoint"].startswith(f"{ISSUER}/lti/")
    assert set(SCOPES) < set(configuration["scopes_supported"])


def test_a_registered_tool_gets_client_id_and_deployment_and_only_the_scopes_it_asked_for(generic):
    answer = register(generic, paste_address(generic)["registration_token"])

    assert answer.status_code == 201
    assert answer.json["scope"] == SCORE_SCOPE
    assert answer.json[CONFIGURATION]["deployment_id"] == "2"
    assert answer.json[CONFIGURATION]["custom_parameters"] == {"unit": "a=b"}
    assert len(answer.json["client_id"]) == 15


def test_a_tool_that_asks_for_no_service_gets_no_token(generic):
    client_id = register(generic, paste_address(generic)["registration_token"], scope="openid").json[
        "client_id"
    ]

    answer = generic.ask_token(generic.assertion(iss=client_id, sub=client_id))

    assert (answer.status_code, answer.json["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"redirect_uris": None}, "missing_required_attribute"),
        ({"redirect_uris": "http://tool.example:8100/launch"}, "invalid_redirect_uris"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uris"),
        ({"client_name": ""}, "missing_required_attribute"),
        ({"response_types": ["code"]}, "invalid_response_types"),
        ({"token_endpoint_auth_method": "client_secret_post"}, "invalid_auth_method"),
        ({"application_type": "native"}, "invalid_application_type"),
        ({CONFIGURATION: None}, "missing_tool_configuration"),
    ],
)
def test_a_description_that_breaks_a_rule_is_refused_and_the_token_stays_good(generic, changed, error):
    token = paste_address(generic)["registration_token"]

    refused = register(generic, token, **changed)

    assert (refused.status_code, refused.json["error"]) == (400, error)
    assert register(generic, token).status_code == 201


def test_a_registration_token_works_once(generic):
    token = paste_address(generic)["registration_token"]
    register(generic, token)

    again = register(generic, token)

    assert (again.status_code, again.json["error"]) == (401, "token_already_used")


def test_a_registration_token_dies_after_an_hour(generic, clock):
    token = paste_address(generic)["registration_token"]
    clock.forward(hours=1)

    assert register(generic, token).json["error"] == "invalid_token"


@pytest.mark.parametrize("authorization", ["", "bearer x", "Bearer", "Bearer made.up.token", "Basic x"])
def test_a_registration_without_a_good_token_is_401(generic, authorization):
    answer = generic.lms.test_client().post(
        "/lti/register", json=make_tool_description(), headers={"Authorization": authorization}
    )

    assert answer.status_code == 401


def test_a_login_of_a_pending_tool_is_not_answered(moodle):
    registered = register(moodle, paste_address(moodle)["registration_token"]).json
    client = moodle.sign_in(TEACHER)
    request = moodle.authentication_request(
        moodle.begin_login(client),
        client_id=registered["client_id"],
        redirect_uri="http://tool.example:8100/launch",
    )

    answer = client.get("/lti/authorize", query_string=request)

    assert answer.status_code == 404
    assert "kích hoạt" in answer.text


def test_a_tool_registered_again_keeps_client_id_and_deployment(generic):
    first = register(generic, paste_address(generic)["registration_token"]).json
    token = paste_address(generic, tool_id="2")["registration_token"]

    again = register(generic, token, redirect_uris=["http://tool.example:8100/launch"]).json

    assert again["client_id"] == first["client_id"]
    assert again[CONFIGURATION]["deployment_id"] == first[CONFIGURATION]["deployment_id"]
    assert again["redirect_uris"] == ["http://tool.example:8100/launch"]


def test_two_tools_of_one_name_are_told_apart(generic):
    register(generic, paste_address(generic)["registration_token"])
    register(generic, paste_address(generic)["registration_token"])

    page = generic.sign_in(ADMINISTRATOR).get("/administration/tools").text

    assert "Công cụ thử (2)" in page


@pytest.mark.parametrize("address", ["", "ftp://tool.example/x", "javascript:alert(1)", "tool.example"])
def test_an_address_that_is_none_is_refused(generic, address):
    begun = generic.sign_in(ADMINISTRATOR).post(
        "/administration/registrations", data={"registration_url": address}
    )

    assert begun.status_code == 400
    assert "http://" in begun.text


def test_only_the_administrator_sees_the_tools(generic):
    assert generic.sign_in(TEACHER).get("/administration/tools").status_code == 404
    assert generic.lms.test_client().get("/administration/tools").location == "/sign-in"


# As Moodle does it


def test_moodle_answers_200_with_every_scope_and_cut_custom_values(moodle):
    answer = register(moodle, paste_address(moodle)["registration_token"])

    assert answer.status_code == 200
    assert answer.json["scope"].split() == list(SCOPES)
    assert answer.json[CONFIGURATION]["custom_parameters"] == {"unit": "a"}


def test_moodle_keeps_a_tool_pending_until_it_is_activated(moodle):
    client_id = register(moodle, paste_address(moodle)["registration_token"]).json["client_id"]
    before = moodle.sign_in(TEACHER).get("/courses/1").text
    granted = moodle.ask_token(moodle.assertion(iss=client_id, sub=client_id))

    moodle.sign_in(ADMINISTRATOR).post("/administration/tools/2/activate")

    assert "Công cụ thử" not in before
    assert granted.status_code == 200
    assert "Công cụ thử" in moodle.sign_in(TEACHER).get("/courses/1").text


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"configuration": {"domain": ""}}, b"missing_domain"),
        ({"configuration": {"domain": "tool.example"}}, b"domain_targetlinkuri_mismatch"),
        ({"jwks_uri": None}, b"missing_required_attribute"),
    ],
)
def test_moodle_names_faults_by_a_bare_word_called_html(moodle, changed, word):
    answer = register(moodle, paste_address(moodle)["registration_token"], **changed)

    assert answer.status_code == 400
    assert answer.data == word
    assert answer.mimetype == "text/html"


def test_moodle_grants_only_what_was_asked_for_whatever_its_reply_says(moodle):
    client_id = register(moodle, paste_address(moodle)["registration_token"]).json["client_id"]
    moodle.sign_in(ADMINISTRATOR).post("/administration/tools/2/activate")

    asked = moodle.assertion(iss=client_id, sub=client_id)
    answer = moodle.ask_token(asked, scope=f"{SCORE_SCOPE} {MEMBERS_SCOPE}")

    assert json.loads(answer.data)["scope"] == SCORE_SCOPE


# By hand


def enter(tool: HandPlayedTool, **changed: str):
    entered = {
        "name": "Công cụ nhập tay",
        "login_url": "http://tool.example:8100/login",
        "redirect_uris": "http://tool.example:8100/launch\nhttp://tool.example:8100/pick",
        "key_set_url": "http://tool.example:8100/jwks.json",
        "custom": "unit=$Person.sourcedId",
        "container": "window",
    } | changed
    return tool.sign_in(ADMINISTRATOR).post("/administration/tools/new", data=entered)


def test_a_tool_entered_by_hand_shows_what_its_side_must_know(generic):
    entered = enter(generic)

    page = generic.sign_in(ADMINISTRATOR).get(entered.location).text

    for ours in (ISSUER, f"{ISSUER}/lti/authorize", f"{ISSUER}/lti/token", f"{ISSUER}/lti/jwks.json"):
        assert f"<code>{ours}</code>" in page
    assert "cửa sổ mới" in page


def test_a_form_with_gaps_comes_back_with_what_was_entered(generic):
    answer = enter(generic, key_set_url="")

    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.text
    assert "http://tool.example:8100/login" in answer.text


def test_an_address_that_runs_scripts_is_refused(generic):
    assert enter(generic, login_url="javascript:alert(1)").status_code == 400
