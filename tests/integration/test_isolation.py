"""Registrations are strictly apart: no token, key set, nonce, score or roster of one is ever used for
another.

Two LMSs and two clients at each; both LMSs give their clients the same names and their keys the same id, so
that whatever is kept by half of what tells registrations apart would be mixed up.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

import jwt
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.advantage.access_tokens import AccessTokens
from lti_tool.advantage.gradebook import AgsGradebook
from lti_tool.advantage.roster import NrpsRoster
from lti_tool.identity.rule_versions import rules_in_force, save_rules
from lti_tool.identity.rules import Rule, Step
from lti_tool.launch.identity import account_from_subject
from lti_tool.launch.models import LaunchSession
from lti_tool.platforms.key_sets import KeySets
from lti_tool.platforms.register import find_platform_by_id, register_platform
from lti_tool.platforms.token_requests import ROSTER_SCOPE, SCORE_SCOPE
from lti_tool.platforms.tool_keys import create_tool_key
from sync.ports import LineItemScore
from tests.factories.lti import (
    SECRET,
    Browser,
    FakePlatform,
    create_package,
    json_answer,
    make_claims,
    make_http,
    make_rsa_key,
    open_tool,
)

ISSUERS = ("https://one.example.test", "https://two.example.test")
CLIENTS = ("client-a", "client-b")
PLACES = [(issuer, client) for issuer in ISSUERS for client in CLIENTS]
place = st.sampled_from(range(len(PLACES)))
scope_of_a_service = st.sampled_from([SCORE_SCOPE, ROSTER_SCOPE])
sharing = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def name_of(issuer, client):
    return f"{urlsplit(issuer).hostname.split('.')[0]}-{client}"


@dataclass
class CountingLms(FakePlatform):
    """An LMS that knows which client each request came from, and keeps what was asked.

    Attributes:
        handed_out: token -> the client that it was given to.
        wrong: requests that carried a token of somebody else.
        scores: client -> users whose scores came.
    """

    kid: str = "the-same-kid"
    handed_out: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    scores: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self):
        super().__post_init__()
        self.answers["/token"] = self._grant
        for client in CLIENTS:
            self.answers[f"/{client}/item/scores"] = self._take_score
            self.answers[f"/{client}/members"] = self._show_members

    def _grant(self, request):
        form = self.sent_forms("/token")[-1]
        claims = jwt.decode(form["client_assertion"][0], options={"verify_signature": False})
        if claims["aud"] != f"{self.issuer}/token":
            self.wrong.append(f"assertion for {claims['aud']}")
        # The same token text at both LMSs: only who asked for it tells them apart.
        token = f"token-{claims['sub']}-{len(self.handed_out)}"
        self.handed_out[token] = claims["sub"]
        return json_answer({"access_token": token, "expires_in": 3600, "scope": form["scope"][0]})

    def _take_score(self, request):
        client = self._client_of(request)
        self.scores.setdefault(client, []).append(json.loads(request.body)["userId"])
        return json_answer({})

    def _show_members(self, request):
        client = self._client_of(request)
        email = f"{name_of(self.issuer, client)}-5@example.test"
        member = {"user_id": "5", "roles": ["Learner"], "status": "Active", "email": email}
        return json_answer({"members": [member]})

    def _client_of(self, request):
        client = urlsplit(request.url).path.split("/")[1]
        token = request.headers["Authorization"].removeprefix("Bearer ")
        if self.handed_out.get(token) != client:
            self.wrong.append(f"{token} at {client}")
        return client


@pytest.fixture
def lmss():
    return {issuer: CountingLms(issuer=issuer, key=make_rsa_key(issuer)) for issuer in ISSUERS}


@pytest.fixture
def registered(engine, clock):
    """The ids of the registrations, in the order of PLACES."""
    with Session(engine) as session, session.begin():
        create_tool_key(session, secret=SECRET, now=clock())
        create_package(session, now=clock())
        return [
            register_platform(
                session,
                issuer=issuer,
                client_id=client,
                deployment_id=f"deployment-of-{client}",
                authorization_url=f"{issuer}/auth",
                token_url=f"{issuer}/token",
                key_set_url=f"{issuer}/keys",
                name=f"{issuer} {client}",
                now=clock(),
            ).id
            for issuer, client in PLACES
        ]


@given(
    data=st.lists(st.tuples(place, st.sampled_from([SCORE_SCOPE, ROSTER_SCOPE]), st.booleans()), max_size=12)
)
@sharing
def test_no_token_is_ever_given_to_another_registration(engine, clock, lmss, registered, data):
    tokens = AccessTokens(make_http(*lmss.values()), clock=clock)
    with Session(engine) as session:
        platforms = [find_platform_by_id(session, each) for each in registered]
        from_database = create_tool_key(session, secret=SECRET, now=clock())
    for at, scope, forget in data:
        issuer, client = PLACES[at]
        token = tokens.find_token(platforms[at], from_database, [scope])
        assert lmss[issuer].handed_out[token] == client
        if forget:
            tokens.forget_token(platforms[at], [scope], token=token)
    assert [lms.wrong for lms in lmss.values()] == [[], []]


@given(data=st.lists(st.tuples(place, st.integers(0, 3), st.integers(0, 4000)), min_size=1, max_size=10))
@sharing
def test_every_score_reaches_its_own_lms_with_its_own_token(engine, clock, lmss, registered, data):
    gradebook = AgsGradebook(engine, make_http(*lmss.values()), secret=SECRET, clock=clock)
    before = {place_: list(lmss[place_[0]].scores.get(place_[1], [])) for place_ in PLACES}
    for at, user, seconds in data:
        issuer, client = PLACES[at]
        clock.instant += timedelta(seconds=seconds)
        gradebook.post_score(
            LineItemScore(registered[at], f"{issuer}/{client}/item", f"user-{user}", 8.0, 10.0, clock())
        )

    for at, (issuer, client) in enumerate(PLACES):
        sent = [f"user-{user}" for place_, user, _ in data if place_ == at]
        assert lmss[issuer].scores.get(client, []) == before[issuer, client] + sent
    assert [lms.wrong for lms in lmss.values()] == [[], []]


@given(asked=st.lists(place, min_size=1, max_size=8))
@sharing
def test_every_roster_is_read_from_its_own_lms_with_its_own_token(engine, clock, lmss, registered, asked):
    roster = NrpsRoster(engine, make_http(*lmss.values()), secret=SECRET, clock=clock)
    with Session(engine) as session, session.begin():
        for at, (issuer, client) in zip(registered, PLACES, strict=True):
            own = Step("strip_prefix", f"{name_of(issuer, client)}-")
            seen = rules_in_force(session, at).version
            rule = Rule("email.local_part", "staff_code", (own,))
            save_rules(session, at, [rule], seen_version=seen, note="", by="test", now=clock())

    for at in asked:
        issuer, client = PLACES[at]
        (member,) = roster.read_learners(registered[at], f"{issuer}/{client}/members").members
        account = account_from_subject(issuer, "5", secret=SECRET)
        assert (member.account_home_page, member.account_name) == (account.home_page, account.name)
        assert member.staff_code == "5"

    assert [lms.wrong for lms in lmss.values()] == [[], []]


@given(asked=st.lists(st.sampled_from(ISSUERS), min_size=1, max_size=8))
@sharing
def test_a_key_of_one_lms_never_verifies_for_another(clock, lmss, asked):
    key_sets = KeySets(make_http(*lmss.values()))
    found = {
        issuer: key_sets.find_public_key(f"{issuer}/keys", "the-same-kid", now=clock()) for issuer in asked
    }

    for issuer, pem in found.items():
        signed = lmss[issuer].sign({"iss": issuer})
        assert jwt.decode(signed, pem, algorithms=["RS256"])["iss"] == issuer
    assert len(set(found.values())) == len(found)


@example(begun=1, signer=1, spoken=1, aud=1, deployment=1, borrow_nonce=False)
@example(begun=1, signer=0, spoken=0, aud=1, deployment=1, borrow_nonce=True)
@given(begun=place, signer=place, spoken=place, aud=place, deployment=place, borrow_nonce=st.booleans())
@sharing
def test_a_launch_opens_only_when_every_part_is_of_one_registration(
    database_url, engine, clock, lmss, registered, begun, signer, spoken, aud, deployment, borrow_nonce
):
    with open_tool(database_url, *lmss.values(), clock=clock) as app:
        browsers = []
        for issuer, client in (PLACES[begun], PLACES[signer]):
            lms = lmss[issuer]
            lms.client_id, lms.deployment_id = client, f"deployment-of-{client}"
            browsers.append((Browser(app, lms, clock), Browser(app, lms, clock).begin()))
        browser = Browser(app, lmss[PLACES[begun][0]], clock)
        lmss[PLACES[begun][0]].client_id = PLACES[begun][1]
        asked = browser.begin()
        other = browsers[1][1]
        claims = make_claims(
            lmss[PLACES[spoken][0]],
            nonce=other["nonce"] if borrow_nonce else asked["nonce"],
            now=clock(),
            iss=PLACES[spoken][0],
            aud=PLACES[aud][1],
            deployment_id=f"deployment-of-{PLACES[deployment][1]}",
        )
        before = count_launches(engine)
        answer = browser.post(asked["state"], lmss[PLACES[signer][0]].sign(claims))

    issuer, client = PLACES[begun]
    consistent = (
        PLACES[signer][0] == PLACES[spoken][0] == issuer
        and PLACES[aud][1] == PLACES[deployment][1] == client
        and not borrow_nonce
    )
    assert (answer.status_code == 303) is consistent, answer.text
    opened = count_launches(engine) - before
    assert opened == (Counter([registered[begun]]) if consistent else Counter())


def count_launches(engine) -> Counter[int]:
    """Registration -> launches that opened for it."""
    with Session(engine) as session:
        return Counter(session.scalars(select(LaunchSession.registration_id)))
