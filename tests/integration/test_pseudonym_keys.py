"""A key for analysts at the door: pseudonyms in every format and page, filters by pseudonym, nothing else."""

import json

import pytest
from sqlalchemy.orm import Session

from tests.factories.statements import LESSON, make_agent, make_properties
from tests.factories.xapi_door import open_door
from xapi_bridge.http.settings import LrsSettings
from xapi_bridge.running_app import now, section, transaction
from xapi_bridge.store.credentials import Terms, issue_credential
from xapi_bridge.store.pseudonyms import Pseudonyms, identifier_from_term, reveal_agent
from xapi_bridge.store.scopes import PSEUDONYMS

ID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
PERSON = {"mbox": "mailto:nguyen.van.a@bonoivu.example", "name": "Nguyễn Văn Ánh"}


@pytest.fixture
def door(database_url, clock):
    with open_door(database_url, clock=clock) as opened:
        yield opened


@pytest.fixture
def analyst(door):
    return door.with_key(PSEUDONYMS)


def analyst_of(door, group):
    with door.app.app_context(), transaction() as session:
        terms = Terms(label="x", scopes=frozenset({PSEUDONYMS}), pseudonym_group=group)
        key = issue_credential(session, terms, now=now(), pepper=section(LrsSettings).secret)
    return type(door)(door.app, door.client, key)


def actor_of(answer):
    return answer.get_json()["statements"][0]["actor"]


@pytest.mark.parametrize("form", ["exact", "ids", "canonical"])
def test_no_format_shows_who_it_was(door, analyst, form):
    door.post(make_properties(id=ID, actor=PERSON, context={"instructor": PERSON}))

    for answer in (analyst.get(format=form), analyst.get(statementId=ID, format=form)):
        assert answer.status_code == 200
        assert ID in answer.text
        for trace in ("nguyen.van.a", "bonoivu.example", "Nguyễn", "Nguy\\u1ec5n"):
            assert trace not in answer.text


def test_an_analyst_filters_by_the_pseudonym_that_the_answer_shows(door, analyst):
    ids = door.post([make_properties(actor=PERSON), make_properties(actor=make_agent("b"))]).get_json()
    pseudonym = actor_of(analyst.get(ascending="true"))

    assert analyst.stored_ids(agent=json.dumps(pseudonym)) == [ids[0]]
    assert analyst.stored_ids(agent=json.dumps(pseudonym), related_agents="true", verb="https://x.y/z") == []


def test_a_pseudonym_of_nobody_matches_nothing(door, analyst):
    door.post(make_properties(actor=PERSON))
    home_page = actor_of(analyst.get())["account"]["homePage"]

    unknown = {"account": {"homePage": home_page, "name": "0" * 32}}

    assert analyst.stored_ids(agent=json.dumps(unknown)) == []


@pytest.mark.parametrize(
    "agent",
    [
        PERSON,
        make_agent("hoc-vien-1"),
        {"account": {"homePage": "https://cchc.example/pseudonyms/others", "name": "0" * 32}},
        {"account": {"homePage": "https://cchc.example/pseudonyms/analysts", "name": "hoc-vien-1"}},
    ],
)
def test_an_analyst_cannot_ask_by_a_name(door, analyst, agent):
    door.post([make_properties(actor=PERSON), make_properties()])

    answer = analyst.get(agent=json.dumps(agent))

    assert (answer.status_code, answer.get_json()["code"]) == (403, "pseudonym_only")
    assert "nguyen" not in answer.text


def test_more_leads_an_analyst_through_all_pages(door, analyst):
    ids = door.post([make_properties() for _ in range(5)]).get_json()
    pseudonym = json.dumps(actor_of(analyst.get()))

    page = analyst.get(agent=pseudonym, limit="2", ascending="true").get_json()
    collected = page["statements"]
    while page["more"]:
        page = analyst.client.get(page["more"], auth=analyst.auth, headers=analyst.headers).get_json()
        collected += page["statements"]

    assert [one["id"] for one in collected] == ids
    assert "hoc-vien-1" not in json.dumps(collected)


def test_pseudonyms_stay_the_same_and_differ_between_groups(door, analyst):
    door.post(make_properties(actor=PERSON))

    mine, again, other = (
        actor_of(one.get())["account"]
        for one in (analyst, door.with_key(PSEUDONYMS), analyst_of(door, "ministry-of-finance"))
    )

    assert mine == again
    assert mine["name"] != other["name"]
    assert mine["homePage"] != other["homePage"]


def test_an_analyst_gets_no_attachments_no_documents_and_records_nothing(door, analyst):
    person = json.dumps(PERSON)
    asked = [
        analyst.get(attachments="true"),
        analyst.client.get(
            "/xapi/activities/state",
            query_string={"activityId": LESSON, "agent": person},
            auth=analyst.auth,
            headers=analyst.headers,
        ),
        analyst.client.get(
            "/xapi/agents", query_string={"agent": person}, auth=analyst.auth, headers=analyst.headers
        ),
    ]

    assert [(one.status_code, one.get_json()["code"]) for one in asked] == [(403, "pseudonym_only")] * 3
    assert analyst.put(ID, make_properties()).get_json()["code"] == "scope_missing"


# ---- there and back ----


def make_pseudonyms(**changes):
    return Pseudonyms(**{"secret": b"s", "group": "g", "iri_base": "https://cchc.example/", **changes})


def test_a_pseudonym_depends_on_agent_installation_and_group():
    agents = [
        ("account", "https://lms.example", "a b"),
        ("mbox", "mailto:a@b.example"),
        ("openid", "https://a"),
    ]
    houses = [make_pseudonyms(), make_pseudonyms(secret=b"t"), make_pseudonyms(group="h")]

    names = [house.name_of(agent) for house in houses for agent in agents]

    assert len(set(names)) == 9
    assert names[:3] == [make_pseudonyms().name_of(agent) for agent in agents]


@pytest.mark.parametrize(
    "identifier",
    [
        ("account", "https://lms.example", "Nguyễn Văn A  2"),
        ("mbox", "mailto:a@b.example"),
        ("openid", "https://id.example/a"),
        ("mbox_sha1sum", "0" * 40),
    ],
)
def test_the_house_finds_the_agent_behind_a_pseudonym(door, engine, identifier):
    kind, *parts = identifier
    agent = {"account": {"homePage": parts[0], "name": parts[-1]}} if kind == "account" else {kind: parts[0]}
    door.post(make_properties(actor=agent))
    pseudonyms = make_pseudonyms()

    asked = ("account", pseudonyms.home_page, pseudonyms.name_of(identifier))
    with Session(engine) as session:
        found = reveal_agent(session, asked, pseudonyms=pseudonyms)

    assert found == identifier
    assert identifier_from_term(" ".join(identifier)) == identifier
