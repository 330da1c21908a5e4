"""Erasing a person from the store: nothing is left of the person, and nothing else is touched."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lti_tool.all_models import metadata
from tests.factories.erasure import PSEUDONYM, erase_from_store, open_session, places_that_hold
from tests.factories.statements import AUTHORITY, make_agent, make_reference, make_statement
from xapi_bridge.errors import ErasureKeyMissing, StatementConflict
from xapi_bridge.statement import Statement, parse_statement
from xapi_bridge.store.follow import find_stored
from xapi_bridge.store.models import Posting, Term
from xapi_bridge.store.query import StatementQuery, query_statements
from xapi_bridge.store.record import record_statements

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
BEFORE = "2026-11-20T01:00:00Z"
LEARNER = "4f1c2d3e4f1c2d3e4f1c2d3e4f1c2d3e"
IDENTIFIER = ("account", "https://lms.example", LEARNER)
AS_PSEUDONYM = PSEUDONYM.identifier


@pytest.fixture
def session(engine):
    with open_session(engine) as opened:
        yield opened


def record(session: Session, *statements: Statement, now: datetime = NOW) -> list[UUID]:
    ids = record_statements(session, statements, authority=AUTHORITY, now=now)
    session.commit()
    return ids


def matching(session: Session, **filters: object) -> set[UUID]:
    page = query_statements(session, StatementQuery(**filters))
    return {statement.statement_id for statement in page.statements}


def content_of(session: Session, statement_id: UUID) -> dict:
    stored = find_stored(session, statement_id)
    assert stored is not None
    return json.loads(stored.payload)


def make_own(**given: object) -> Statement:
    return make_statement(**{"actor": make_agent(LEARNER), "timestamp": BEFORE, **given})


def counted_postings(session: Session) -> tuple[dict[int, int], dict[int, int]]:
    kept = dict(session.execute(select(Posting.term_id, func.count()).group_by(Posting.term_id)).all())
    counters = dict(
        session.execute(select(Term.term_id, Term.posting_count).where(Term.posting_count > 0)).all()
    )
    return kept, counters


def test_queries_by_the_old_agent_find_nothing_and_by_the_pseudonym_everything(session):
    registration = uuid4()
    own, other = record(
        session,
        make_own(context={"registration": str(registration)}),
        make_statement(actor=make_agent("giang-vien"), context={"instructor": make_agent(LEARNER)}),
    )
    (about,) = record(session, make_reference(own, actor=make_agent("giang-vien")))

    erase_from_store(session, IDENTIFIER, reduces=False, now=NOW)

    assert matching(session, agent=IDENTIFIER, related_agents=True) == set()
    assert matching(session, agent=AS_PSEUDONYM) == {own, about}
    assert matching(session, agent=AS_PSEUDONYM, related_agents=True) == {own, other, about}
    assert matching(session, registration=registration) == set()
    kept, counters = counted_postings(session)
    assert kept == counters


def test_a_chain_of_references_follows_its_target_in_whichever_chunk_it_comes(session):
    target = uuid4()
    (first,) = record(session, make_reference(target, actor=make_agent("a")))
    (second,) = record(session, make_reference(first, actor=make_agent("b")))
    record(session, make_own(id=str(target), context={"instructor": make_agent("thay")}))

    erase_from_store(session, IDENTIFIER, reduces=True, now=NOW, limit=1)

    assert matching(session, agent=AS_PSEUDONYM) == {target, first, second}
    assert matching(session, agent=("account", "https://lms.example", "thay"), related_agents=True) == set()
    kept, counters = counted_postings(session)
    assert kept == counters


def test_someone_elses_statement_keeps_every_byte_but_the_agent(session):
    raw = (
        b'{ "id":"%s", "actor" : {"account":{"name":"gv","homePage":"https://lms.example"}},"verb":'
        b'{"id":"x:v"},"object":{"id":"x:o"},\n"context":{"team":{"objectType":"Group","member":[ %s , '
        b'{"mbox":"mailto:b@c.vn"}]},"extensions":{"x:\\u00e9":1.50}},"timestamp":"2026-11-20T01:00:00.10Z"}'
    )
    agent = b'{"name":"Nguy\xe1\xbb\x85n","account": {"homePage":"https://lms.example","name":"%s"} }'
    statement_id = str(uuid4()).encode()
    (known,) = record(session, parse_statement(raw % (statement_id, agent % LEARNER.encode())))
    before = find_stored(session, known).payload

    erase_from_store(session, IDENTIFIER, reduces=True, now=NOW)

    replaced = b'{"account":{"homePage":"https://lms.example","name":"erased-0123456789abcdef"}}'
    assert find_stored(session, known).payload == before.replace(agent % LEARNER.encode(), replaced)


def test_a_reduced_statement_keeps_only_what_counts_need(session):
    sent = make_own(
        verb={"id": "http://adlnet.gov/expapi/verbs/passed", "display": {"vi": "đạt"}},
        object={"id": "x:quiz", "definition": {"name": {"vi": "Bài thi"}, "extensions": {"x:e": 1}}},
        result={"score": {"scaled": 0.5}, "success": True, "response": "bí mật", "duration": "PT1S"},
        context={
            "registration": str(uuid4()),
            "instructor": make_agent("thay"),
            "contextActivities": {"parent": [{"id": "x:module", "definition": {"name": {"vi": "m"}}}]},
            "extensions": {"x:phone": "0900"},
        },
    )
    (known,) = record(session, sent)
    before = content_of(session, known)

    erase_from_store(session, IDENTIFIER, reduces=True, now=NOW)

    after = content_of(session, known)
    registration = after["context"].pop("registration")
    assert registration != before["context"]["registration"]
    assert after == {
        "id": str(known),
        "actor": {"account": {"homePage": "https://lms.example", "name": "erased-0123456789abcdef"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"},
        "object": {"id": "x:quiz", "definition": {"name": {"vi": "Bài thi"}}},
        "result": {"score": {"scaled": 0.5}, "success": True},
        "context": {"contextActivities": {"parent": [{"id": "x:module"}]}},
        "timestamp": BEFORE,
        **{name: before[name] for name in ("stored", "version", "authority")},
    }


def test_a_repeat_of_an_erased_statement_is_known_and_brings_nothing_back(session):
    sent = make_own(result={"response": "bí mật"})
    record(session, sent)
    erase_from_store(session, IDENTIFIER, reduces=True, now=NOW)
    before = content_of(session, sent.id)

    answered = record(session, sent, make_own())

    assert answered[0] == sent.id
    assert content_of(session, sent.id) == before
    assert matching(session, agent=IDENTIFIER, related_agents=True) == set()


def test_other_ids_still_conflict(session):
    (kept,) = record(session, make_statement())
    record(session, make_own())
    erase_from_store(session, IDENTIFIER, reduces=True, now=NOW)

    with pytest.raises(StatementConflict):
        record(session, make_statement(id=str(kept), object={"id": "x:other"}))


def test_a_latecomer_from_before_is_erased_on_arrival_and_new_learning_is_taken(session):
    record(session, make_own())
    erase_from_store(session, IDENTIFIER, reduces=True, now=NOW)
    late = make_own(result={"response": "bí mật"}, context={"registration": str(uuid4())})
    new = make_own(timestamp="2026-11-25T01:00:00Z")

    record(session, late, new, now=NOW + timedelta(days=2))

    assert late.id in matching(session, agent=AS_PSEUDONYM)
    assert "result" not in content_of(session, late.id)
    assert matching(session, agent=IDENTIFIER) == {new.id}
    assert record(session, late) == [late.id]


def test_without_the_key_nothing_is_recorded_once_someone_was_erased(session, engine):
    record(session, make_own())
    erase_from_store(session, IDENTIFIER, reduces=False, now=NOW)

    with Session(engine) as without_key, pytest.raises(ErasureKeyMissing):
        record(without_key, make_statement())


def test_an_mbox_takes_its_hash_along(session):
    digest = hashlib.sha1(b"mailto:an.nguyen@moha.gov.vn", usedforsecurity=False).hexdigest()
    by_hash, by_mail = record(
        session,
        make_own(actor={"mbox_sha1sum": digest}),
        make_own(actor={"mbox": "mailto:an.nguyen@MOHA.gov.vn", "name": "Nguyễn Văn An"}),
    )

    erase_from_store(session, ("mbox", "mailto:an.nguyen@moha.gov.vn"), reduces=False, now=NOW)

    assert matching(session, agent=AS_PSEUDONYM) == {by_hash, by_mail}


AGENTS = [
    make_agent(LEARNER),
    {"mbox": "mailto:an.nguyen@moha.gov.vn", "name": "Nguyễn Văn An"},
    {"openid": "https://id.gov.vn/an-nguyen-1985"},
]
IDENTIFIERS = [
    IDENTIFIER,
    ("mbox", "mailto:an.nguyen@moha.gov.vn"),
    ("openid", "https://id.gov.vn/an-nguyen-1985"),
]
TRACES = [LEARNER, "an.nguyen@moha.gov.vn", "an-nguyen-1985", "Nguyễn Văn An"]
person = st.sampled_from(AGENTS)
other = st.sampled_from([make_agent("gv-1"), {"mbox": "mailto:b@c.vn"}, make_agent(LEARNER + "2")])
anyone = st.one_of(person, other)
group = st.builds(
    lambda members, named: {
        "objectType": "Group",
        "member": members,
        **(make_agent("nhom") if named else {}),
    },
    st.lists(anyone, min_size=1, max_size=3),
    st.booleans(),
)
texts = st.sampled_from(
    ["không", f"xem {LEARNER}.", "gửi an.nguyen@moha.gov.vn nhé", "https://id.gov.vn/an-nguyen-1985"]
)
contexts = st.fixed_dictionaries(
    {},
    optional={
        "registration": st.sampled_from(["8f4c2a1e-0000-4000-8000-00000000000" + str(n) for n in range(3)]),
        "instructor": st.one_of(anyone, group),
        "team": group,
        "contextAgents": st.lists(
            st.builds(lambda who: {"objectType": "contextAgent", "agent": who}, anyone), max_size=2
        ),
        "contextGroups": st.lists(
            st.builds(lambda who: {"objectType": "contextGroup", "group": who}, group), max_size=2
        ),
        "extensions": st.fixed_dictionaries({"https://e.vn/note": texts}),
    },
)
simple = st.one_of(
    st.builds(lambda text: {"id": f"https://e.vn/{text.encode().hex()}"}, texts),
    st.builds(lambda who: {"objectType": "Agent", **who}, anyone),
    group,
)


def statement_with(thing):
    return st.fixed_dictionaries(
        {"actor": st.one_of(anyone, group), "verb": st.just({"id": "x:v"}), "object": thing},
        optional={"context": contexts, "result": st.fixed_dictionaries({"response": texts})},
    )


planned = statement_with(simple).map(lambda inner: {"objectType": "SubStatement", **inner})
batches = st.lists(statement_with(st.one_of(simple, planned)), min_size=1, max_size=6)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(batch=batches, reduces=st.booleans(), limit=st.integers(1, 4))
def test_after_an_erasure_nothing_in_the_database_names_the_person(engine, batch, reduces, limit):
    with open_session(engine) as session:
        for table in reversed(metadata.sorted_tables):
            session.execute(delete(table))
        session.commit()
        parsed = [
            parse_statement(
                json.dumps({"id": str(uuid4()), "timestamp": BEFORE, **one}).encode(), version="2.0.0"
            )
            for one in batch
        ]
        record(session, *parsed)
        before = {one.id: find_stored(session, one.id).payload for one in parsed}

        erase_from_store(session, *IDENTIFIERS, reduces=reduces, now=NOW, limit=limit)

        after = {one.id: find_stored(session, one.id).payload for one in parsed}
        kept, counters = counted_postings(session)
        session.rollback()
    for one in parsed:
        assert parse_statement(after[one.id], version="2.0.0")
        if not any(trace.encode() in before[one.id] for trace in [LEARNER, *TRACES[1:3]]):
            assert after[one.id] == before[one.id]
    assert kept == counters
    bounded = [trace for trace in TRACES if trace != LEARNER] + [f'"{LEARNER}"', f"{LEARNER}."]
    assert places_that_hold(engine, bounded) == []
