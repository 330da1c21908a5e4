"""Bearer tokens of an OpenID Connect issuer at the xAPI door, with a real issuer on the loopback."""

import pytest

from lti_tool.settings import SettingsRefused, load_settings
from tests.factories.lti import make_rsa_key
from tests.factories.statements import make_properties
from tests.factories.token_issuer import AUDIENCE, running_issuer
from tests.factories.xapi_door import open_door

PERSON = "nguyen.van.a@bonoivu.example"


@pytest.fixture
def issuer():
    with running_issuer() as running:
        yield running


def environment(issuer, **changes):
    return {
        "CCHC_OIDC_ISSUER": issuer.address,
        "CCHC_OIDC_AUDIENCE": AUDIENCE,
        "CCHC_OIDC_KEY_SET_URL": f"{issuer.address}/keys",
        "CCHC_PRIVATE_NETWORKS_ALLOWED": "true",
        **changes,
    }


@pytest.fixture
def door(database_url, clock, issuer):
    with open_door(database_url, clock=clock, **environment(issuer)) as opened:
        yield opened


def make_claims(issuer, clock, **changes):
    present = int(clock.instant.timestamp())
    return {
        "iss": issuer.address,
        "aud": AUDIENCE,
        "sub": PERSON,
        "azp": "portal",
        "iat": present,
        "exp": present + 300,
        "scope": "openid all",
    } | changes


def ask(door, token, method="GET", body=None):
    return door.client.open(
        "/xapi/statements",
        method=method,
        json=body,
        headers={**door.headers, "Authorization": f"Bearer {token}"},
    )


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256"])
def test_a_good_token_opens_the_door(door, issuer, clock, algorithm):
    token = issuer.sign(make_claims(issuer, clock), algorithm=algorithm)

    assert ask(door, token).status_code == 200


def test_what_a_client_records_its_account_vouches_for(door, issuer, clock):
    (recorded,) = ask(door, issuer.sign(make_claims(issuer, clock)), "POST", make_properties()).get_json()

    authority = door.get(statementId=recorded).get_json()["authority"]

    assert authority["account"] == {"homePage": issuer.address, "name": "client-portal"}


def test_a_person_without_a_client_vouches_under_a_digest(door, issuer, clock):
    token = issuer.sign(make_claims(issuer, clock, azp=None))
    (recorded,) = ask(door, token, "POST", make_properties()).get_json()

    name = door.get(statementId=recorded).get_json()["authority"]["account"]["name"]

    assert name.startswith("subject-")
    assert "nguyen" not in name


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": float("nan")},
        {"nbf": 2**33},
        {"iat": 2**33},
        {"iss": "https://other.example"},
        {"iss": None},
        {"aud": "https://other.example"},
        {"aud": None},
        {"sub": None, "azp": None},
        {"sub": 5},
    ],
)
def test_a_token_that_is_not_for_us_or_not_now_is_refused(door, issuer, clock, changes):
    answer = ask(door, issuer.sign(make_claims(issuer, clock, **changes)))

    assert (answer.status_code, answer.get_json()["code"]) == (401, "token_refused")
    assert "nguyen" not in answer.text


def test_a_token_signed_by_another_key_is_refused(door, issuer, clock):
    token = issuer.sign(make_claims(issuer, clock), key=make_rsa_key("thief"))

    assert ask(door, token).get_json()["code"] == "token_refused"


def test_the_public_key_is_no_secret(door, issuer, clock):
    """RFC 8725, 2.1: HS256 with the published key as its secret."""
    modulus = issuer.keys[0]["n"]
    token = issuer.sign(make_claims(issuer, clock), algorithm="HS256", key=modulus * 2)

    assert ask(door, token).get_json()["code"] == "token_refused"


@pytest.mark.parametrize("header", [{"kid": None}, {"kid": "nobody"}, {"kid": "ec-1"}, {"typ": "logout+jwt"}])
def test_a_token_with_a_wrong_head_is_refused(door, issuer, clock, header):
    assert ask(door, issuer.sign(make_claims(issuer, clock), **header)).get_json()["code"] == "token_refused"


@pytest.mark.parametrize("token", ["abc", "a.b.c", "e30.e30.", "eyJhbGciOiJub25lIn0.e30.", "x" * 9000, "é"])
def test_what_is_no_token_is_refused(door, token):
    assert ask(door, token).status_code == 401


@pytest.mark.parametrize(
    ("claim", "value", "status"),
    [
        ("scope", "openid statements/read", 200),
        ("scope", ["all/read"], 200),
        ("scope", "openid profile-x", 403),
        ("scope", "statements/write", 403),
        ("scope", 5, 403),
        ("scope", [{"a": 1}], 403),
        ("scope", None, 403),
    ],
)
def test_the_scopes_of_the_token_decide(door, issuer, clock, claim, value, status):
    assert ask(door, issuer.sign(make_claims(issuer, clock, **{claim: value}))).status_code == status


def test_roles_of_the_issuer_can_be_translated(database_url, clock, issuer):
    translated = environment(
        issuer,
        CCHC_OIDC_SCOPE_CLAIM="realm_access.roles",
        CCHC_OIDC_SCOPES="analyst=statements/read/pseudonyms; lms=statements/write",
    )
    with open_door(database_url, clock=clock, **translated) as door:
        door.post(make_properties())

        def roles(*names):
            return issuer.sign(make_claims(issuer, clock, realm_access={"roles": list(names)}, scope="all"))

        analyst, both = (
            ask(door, roles("analyst")),
            ask(door, roles("analyst", "lms"), "POST", make_properties()),
        )
        nobody = ask(door, roles("all"))

    assert analyst.status_code == 200
    assert "hoc-vien-1" not in analyst.text
    assert (both.status_code, nobody.status_code) == (403, 403)


def test_a_new_key_of_the_issuer_is_found(door, issuer, clock):
    token = issuer.sign(make_claims(issuer, clock))
    assert ask(door, token).status_code == 200

    issuer.rsa = make_rsa_key("issuer-2")
    issuer.publish("rsa-2")
    clock.forward(seconds=11)
    renewed = issuer.sign(make_claims(issuer, clock), kid="rsa-2")

    assert ask(door, renewed).status_code == 200


def test_unknown_key_ids_do_not_make_us_ask_each_time(door, issuer, clock):
    for number in range(20):
        ask(door, issuer.sign(make_claims(issuer, clock), kid=f"unknown-{number}"))

    assert issuer.asked == 1


def test_an_issuer_that_is_down_does_not_lock_out_who_it_signed_for(door, issuer, clock):
    assert ask(door, issuer.sign(make_claims(issuer, clock))).status_code == 200

    issuer.status = 503
    clock.forward(hours=2)
    still = ask(door, issuer.sign(make_claims(issuer, clock)))
    clock.forward(hours=30)
    no_more = ask(door, issuer.sign(make_claims(issuer, clock)))

    assert still.status_code == 200
    assert (no_more.status_code, no_more.get_json()["code"]) == (503, "token_keys_unavailable")


def test_without_an_issuer_no_token_opens(database_url, clock, issuer):
    with open_door(database_url, clock=clock) as door:
        answer = ask(door, issuer.sign(make_claims(issuer, clock)))

    assert answer.get_json()["code"] == "token_refused"
    assert issuer.asked == 0


@pytest.mark.parametrize(
    "given",
    [
        {"CCHC_OIDC_ISSUER": "https://id.example"},
        {"CCHC_OIDC_ISSUER": "https://id.example", "CCHC_OIDC_AUDIENCE": "x"},
        {"CCHC_OIDC_SCOPES": "analyst=everything"},
    ],
)
def test_half_an_issuer_is_refused_at_the_start(given):
    with pytest.raises(SettingsRefused, match="CCHC_OIDC"):
        load_settings(given)
