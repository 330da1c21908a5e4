"""Interoperability: the client library `tincan` saves and finds statements over real HTTP."""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from tincan import (
    Activity,
    ActivityDefinition,
    Agent,
    AgentAccount,
    AgentProfileDocument,
    LanguageMap,
    RemoteLRS,
    Result,
    Score,
    StateDocument,
    Statement,
    StatementRef,
    Verb,
)
from werkzeug.serving import make_server

from tests.factories.xapi_door import Door, create_key, open_door
from xapi_bridge.running_app import now, transaction
from xapi_bridge.statement import canonical_form, parse_statement
from xapi_bridge.store.record import record_statements
from xapi_bridge.translate.examples import example_statements
from xapi_bridge.vocabulary import adl
from xapi_bridge.vocabulary.cchc import tool_authority

BASE = "https://cchc.example/"
EXAMPLES = example_statements(BASE)
QUIZ = "https://cchc.example/p/cchc/z/kiem-tra"


@dataclass(frozen=True)
class Served:
    """The door behind a real server, and a client of it."""

    door: Door
    address: str
    lrs: RemoteLRS


@pytest.fixture
def served(database_url, clock) -> Iterator[Served]:
    with open_door(database_url, clock=clock) as door:
        server = make_server("127.0.0.1", 0, door.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.port}/xapi/"
        yield Served(door, address, make_client(address, *door.auth))
        server.shutdown()
        thread.join()
        server.server_close()


def make_client(address: str, key: str, secret: str) -> RemoteLRS:
    return RemoteLRS(version="1.0.3", endpoint=address, username=key, password=secret)


def make_passed(name: str = "hoc-vien-1") -> Statement:
    return Statement(
        actor=Agent(account=AgentAccount(home_page="https://lms.example", name=name)),
        verb=Verb(id=adl.PASSED, display=LanguageMap({"vi": "đã đạt"})),
        object=Activity(id=QUIZ, definition=ActivityDefinition(name=LanguageMap({"vi": "Kiểm tra"}))),
        result=Result(score=Score(scaled=0.9), success=True, completion=True),
    )


def test_a_saved_statement_comes_back_the_same(served):
    saved = served.lrs.save_statement(make_passed())

    found = served.lrs.retrieve_statement(str(saved.content.id))

    assert saved.success
    assert found.success
    assert found.content.actor.account.name == "hoc-vien-1"
    assert found.content.verb.display["vi"] == "đã đạt"
    assert found.content.result.score.scaled == 0.9
    assert found.content.stored is not None


def test_a_statement_saved_again_under_its_id_is_stored_once(served):
    statement = served.lrs.save_statement(make_passed()).content

    again = served.lrs.save_statement(statement)

    assert again.success
    assert len(served.door.stored_ids()) == 1


def test_a_batch_is_saved_and_read_page_by_page(served):
    served.lrs.save_statements([make_passed(f"hoc-vien-{number}") for number in range(5)])

    page = served.lrs.query_statements({"verb": Verb(id=adl.PASSED), "limit": 2}).content
    names = [one.actor.account.name for one in page.statements]
    while page.more:
        page = served.lrs.more_statements(page).content
        names += [one.actor.account.name for one in page.statements]

    assert names == [f"hoc-vien-{number}" for number in (4, 3, 2, 1, 0)]


def test_filters_work_for_the_client(served):
    served.lrs.save_statements([make_passed("a"), make_passed("b")])
    agent = Agent(account=AgentAccount(home_page="https://lms.example", name="b"))

    answer = served.lrs.query_statements({"agent": agent, "activity": Activity(id=QUIZ)})

    assert [one.actor.account.name for one in answer.content.statements] == ["b"]


def test_a_read_only_key_cannot_save(served):
    analyst = create_key(served.door.app, "statements/read")
    client = make_client(served.address, analyst.key, analyst.secret)

    answer = client.save_statement(make_passed())

    assert not answer.success
    assert answer.response.status == 403
    assert client.query_statements({}).content.statements == []


@pytest.mark.parametrize("code", EXAMPLES)
def test_every_statement_of_ours_survives_the_clients_reading_and_writing(code):
    ours = EXAMPLES[code]

    theirs = Statement.from_json(ours.raw.decode()).to_json()

    again = parse_statement(theirs.encode())
    assert again.id == ours.id
    assert comparable(again) == comparable(ours)


@pytest.mark.parametrize("code", EXAMPLES)
def test_every_statement_of_ours_is_saved_and_found_by_the_client(served, code):
    ours = EXAMPLES[code]

    saved = served.lrs.save_statement(Statement.from_json(ours.raw.decode()))
    found = served.lrs.retrieve_statement(str(ours.id))

    assert (saved.success, found.success) == (True, True)
    assert comparable(parse_statement(found.content.to_json().encode())) == comparable(ours)


def comparable(statement) -> dict:
    """What a statement says, with its duration in seconds: the client writes PT90S as PT01M30S."""
    whole = json.loads(canonical_form(statement.raw))
    result = whole.get("result", {})
    if "duration" in result:
        result["duration"] = seconds_of(result["duration"])
    return whole


def seconds_of(duration: str) -> float:
    hours, minutes, seconds = re.fullmatch(
        r"P(?:0+[YD])*T(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?", duration
    ).groups(default="0")
    return float(hours) * 3600 + float(minutes) * 60 + float(seconds)


def test_a_statement_of_ours_may_be_sent_again_after_the_client_has_rewritten_it(served):
    with served.door.app.app_context(), transaction() as session:
        record_statements(session, [EXAMPLES["content-launched"]], authority=tool_authority(BASE), now=now())

    again = served.lrs.save_statement(Statement.from_json(EXAMPLES["content-launched"].raw.decode()))

    assert again.success
    assert len(served.door.stored_ids()) == 1


def test_the_client_cannot_read_what_a_store_says_that_also_speaks_2_0_0(served):
    # tincan 1.0.0 knows versions up to 1.0.3 and refuses the whole answer; our answer itself names both.
    with pytest.raises(ValueError, match=r"2\.0\.0"):
        served.lrs.about()

    assert served.door.client.get("/xapi/about").get_json()["version"] == ["1.0.3", "2.0.0"]


def test_a_statement_that_was_voided_is_found_as_voided_only(served):
    saved = served.lrs.save_statement(make_passed()).content
    served.lrs.save_statement(
        Statement(actor=saved.actor, verb=Verb(id=adl.VOIDED), object=StatementRef(id=str(saved.id)))
    )

    assert not served.lrs.retrieve_statement(str(saved.id)).success
    assert served.lrs.retrieve_voided_statement(str(saved.id)).content.actor.account.name == "hoc-vien-1"


LEARNER = Agent(account=AgentAccount(home_page="https://lms.example", name="hoc-vien-1"))


def test_a_state_document_is_saved_found_listed_and_deleted(served):
    state = StateDocument(
        id="bookmark",
        activity=Activity(id=QUIZ),
        agent=LEARNER,
        content=bytearray(b"trang 3"),
        content_type="text/plain",
    )

    saved = served.lrs.save_state(state)
    found = served.lrs.retrieve_state(Activity(id=QUIZ), LEARNER, "bookmark")
    listed = served.lrs.retrieve_state_ids(Activity(id=QUIZ), LEARNER)
    deleted = served.lrs.delete_state(state)

    assert saved.success
    assert bytes(found.content.content) == b"trang 3"
    assert listed.content == ["bookmark"]
    assert deleted.success
    assert served.lrs.retrieve_state_ids(Activity(id=QUIZ), LEARNER).content == []


def test_a_new_profile_needs_a_condition_that_the_client_cannot_send(served):
    # xAPI 1.0.3 Communication 3.1 wants If-None-Match for a new profile; tincan 1.0.0 knows only If-Match.
    answer = served.lrs.save_agent_profile(make_profile(b"vi"))

    assert not answer.success
    assert answer.response.status == 400
    assert "If-None-Match" in answer.data


def test_a_profile_that_is_there_is_found_changed_and_deleted_by_the_client(served):
    where = {"profileId": "ngon-ngu", "agent": LEARNER.to_json()}
    created = served.door.client.put(
        "/xapi/agents/profile",
        query_string=where,
        data=b"vi",
        content_type="text/plain",
        auth=served.door.auth,
        headers={**served.door.headers, "If-None-Match": "*"},
    )
    assert created.status_code == 204

    found = retrieve_with_etag(served.lrs)
    found.content = bytearray(b"en")
    changed = served.lrs.save_agent_profile(found)
    again = retrieve_with_etag(served.lrs)
    deleted = served.lrs.delete_agent_profile(again)

    assert changed.success
    assert bytes(again.content) == b"en"
    assert deleted.success


def make_profile(content: bytes) -> AgentProfileDocument:
    return AgentProfileDocument(
        id="ngon-ngu", agent=LEARNER, content=bytearray(content), content_type="text/plain"
    )


def retrieve_with_etag(lrs: RemoteLRS) -> AgentProfileDocument:
    """tincan 1.0.0 looks for the etag in a list of pairs and never finds it."""
    answer = lrs.retrieve_agent_profile(LEARNER, "ngon-ngu")
    answer.content.etag = answer.response.getheader("ETag")
    return answer.content
