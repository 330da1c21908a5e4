"""On whose word people are completed: ours and trusted sources', never any key's."""

import pytest
from sqlalchemy import select

from sync.followers import follow_once
from sync.grades import grades_follower
from sync.intake.sources import NewSource, add_source, sources_of, trust_source
from sync.models import FinalResult
from sync.rollups.follower import rollups_follower
from sync.rollups.models import LearningFact
from sync.rollups.verify import verify_rollups
from tests.factories.learning import IRI_BASE, NOON, make_completed, make_result
from xapi_bridge.statement import Account
from xapi_bridge.store.record import record_statements
from xapi_bridge.vocabulary.cchc import source_authority, tool_authority

SOURCE = source_authority(IRI_BASE, "kho")
KEY = Account(IRI_BASE, "key-0123456789abcdef01234567")
#: Looks like our tool at another home page.
PRETENDER = Account("https://cchc.example", "cchc-tool")


@pytest.fixture
def kho(session):
    return add_source(session, NewSource("kho", "Kho"), secret="insecure-s", now=NOON)


def count(session):
    for follower in (rollups_follower(iri_base=IRI_BASE), grades_follower(iri_base=IRI_BASE)):
        while follow_once(session, follower, limit=100, now=NOON):
            pass
    return session.scalars(select(LearningFact.kind)).all(), session.scalars(select(FinalResult)).all()


@pytest.mark.parametrize("authority", [SOURCE, KEY, PRETENDER])
def test_a_foreign_authority_completes_nobody_and_gives_no_grade(session, kho, authority):
    record_statements(session, [make_completed(), make_result()], authority=authority, now=NOON)

    assert count(session) == ([], [])


def test_our_own_word_counts(session, kho):
    record_statements(session, [make_completed()], authority=tool_authority(IRI_BASE), now=NOON)

    assert count(session)[0] == ["completed"]


def test_a_trusted_source_counts_also_what_it_said_before(session, kho):
    record_statements(session, [make_completed()], authority=SOURCE, now=NOON)
    assert count(session)[0] == []

    trust_source(session, "kho", trusted=True)

    assert count(session)[0] == ["completed"]
    assert verify_rollups(session, iri_base=IRI_BASE).agree


def test_trust_that_is_withdrawn_takes_the_counts_back(session, kho):
    trust_source(session, "kho", trusted=True)
    record_statements(session, [make_completed()], authority=SOURCE, now=NOON)
    assert count(session)[0] == ["completed"]

    trust_source(session, "kho", trusted=False)

    assert count(session)[0] == []
    assert verify_rollups(session, iri_base=IRI_BASE).agree


def test_the_source_of_a_statement_is_known_by_who_vouches_for_it(session, kho):
    (theirs,) = record_statements(session, [make_completed(event="1")], authority=SOURCE, now=NOON)
    (ours,) = record_statements(
        session, [make_completed(event="2")], authority=tool_authority(IRI_BASE), now=NOON
    )

    assert sources_of(session, [theirs, ours], iri_base=IRI_BASE) == {theirs: "kho"}
