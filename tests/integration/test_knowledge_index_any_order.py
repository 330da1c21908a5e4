"""However the knowledge base came to be, its index ranks like one that was made anew: rank by rank."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from content_packages.errors import KnowledgeItemNotFound
from content_packages.knowledge import (
    Basis,
    DocumentPassage,
    Filters,
    publish_document,
    publish_entry,
    search,
    withdraw_document,
    withdraw_entry,
)
from content_packages.knowledge.mirror import mirror_of
from content_packages.knowledge.models import KnowledgeIndex, KnowledgePassage
from content_packages.knowledge.rebuilding import check_index, rebuild_index
from lti_tool.all_models import metadata
from tests.factories.emptied_knowledge import REFS, WORDS, emptied_knowledge
from tests.factories.knowledge import NOON, TODAY, create_knowledge, make_document, make_entry

QUESTIONS = [
    "thủ tục một cửa ở xã",
    "hồ sơ trễ hạn",
    "luong cong chuc",
    "nghị định 2/2020",
    "truc tuyen con dau",
]

texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
documents = st.builds(
    lambda ref, title, text, replaces, effective: make_document(
        ref,
        title=title,
        signed=None,
        effective=effective,
        passages=(DocumentPassage(text, article="Điều 1"),),
        replaces=tuple(other for other in replaces if other != ref),
    ),
    st.sampled_from(REFS),
    texts,
    texts,
    st.lists(st.sampled_from(REFS), max_size=2, unique=True),
    st.sampled_from([date(2020, 1, 1), date(2024, 1, 1), date(2030, 1, 1)]),
)
entries = st.builds(
    lambda number, question, answer, ref: make_entry(
        f"cau-{number}", question=question, answer=answer, also=(), sources=(Basis(ref),)
    ),
    st.integers(1, 5),
    texts,
    texts,
    st.sampled_from(REFS),
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("document"), documents),
        st.tuples(st.just("entry"), entries),
        st.tuples(st.just("no document"), st.sampled_from(REFS)),
        st.tuples(st.just("no entry"), st.integers(1, 5)),
        st.tuples(st.just("look"), st.none()),
    ),
    min_size=1,
    max_size=14,
)


def take(session, step, thing):
    try:
        if step == "document":
            publish_document(session, thing, by="an", now=NOON)
        elif step == "entry":
            publish_entry(session, thing, by="an", now=NOON)
        elif step == "no document":
            withdraw_document(session, thing)
        elif step == "no entry":
            withdraw_entry(session, f"cau-{thing}", by="an", now=NOON, reason="Thử.")
        else:
            mirror_of(session)
    except KnowledgeItemNotFound:
        session.rollback()
    else:
        session.commit()


def ranking(session):
    """Keys and scores of everything found, expired documents too."""
    return [
        [
            (hit.key, hit.score, [one.standing for one in hit.citations])
            for hit in (*found.entries, *found.documents)
        ]
        for question in QUESTIONS
        for found in [search(session, question, on=TODAY, filters=Filters(with_expired=True), limit=50)]
    ]


@pytest.fixture(scope="module")
def open_emptied():
    with emptied_knowledge() as opening:
        yield opening


@settings(max_examples=40)
@given(steps)
def test_an_index_that_grew_ranks_like_one_that_was_made_anew(open_emptied, taken):
    with open_emptied() as session:
        for step, thing in taken:
            take(session, step, thing)
        grown = ranking(session)
        assert check_index(session).problems == ()

        rebuild_index(session)
        session.commit()

        assert ranking(session) == grown


def test_both_engines_rank_alike(session):
    create_knowledge(session)
    session.commit()
    apart = create_engine("sqlite://", poolclass=StaticPool)
    metadata.create_all(apart)
    with Session(apart) as other:
        create_knowledge(other)
        other.commit()
        expected = ranking(other)
        same_bytes = other.execute(select(KnowledgePassage.key, KnowledgePassage.postings)).all()
    apart.dispose()

    assert ranking(session) == expected
    stored = session.execute(select(KnowledgePassage.key, KnowledgePassage.postings)).all()
    assert sorted(stored) == sorted(same_bytes)


def test_each_publication_has_a_version_of_its_own(session):
    create_knowledge(session)
    before = session.scalar(select(KnowledgeIndex.version))

    publish_entry(session, make_entry("them"), by="an", now=NOON)

    assert session.scalar(select(KnowledgeIndex.version)) > before
