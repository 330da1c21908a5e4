"""Interoperability: the client library `tincan` saves and finds statements over real HTTP."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from tincan import (
    Activity,
    ActivityDefinition,
    Agent,
    AgentAccount,
    LanguageMap,
    RemoteLRS,
    Result,
    Score,
    Statement,
    Verb,
)
from werkzeug.serving import make_server

from tests.factories.xapi_door import Door, create_key, open_door
from xapi_bridge.vocabulary import adl

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
