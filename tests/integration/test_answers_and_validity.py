"""On any day, with any records: no answer hides how its basis stands, and each is a piece of its source."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content_packages.errors import KnowledgeItemNotFound
from content_packages.knowledge import (
    Basis,
    DocumentPassage,
    answer,
    find_document,
    publish_document,
    publish_entry,
    search,
)
from content_packages.knowledge.passages import plain_text
from content_packages.knowledge.searching import record_sentence
from tests.factories.emptied_knowledge import REFS, WORDS, emptied_knowledge
from tests.factories.knowledge import NOON, make_document, make_entry

QUESTIONS = [
    "thủ tục một cửa ở xã",
    "hồ sơ trễ hạn",
    "luong cong chuc",
    "theo nghị định 2/2020/NĐ-CP thì hồ sơ",
]
DAYS = [date(2020, 1, 1), date(2022, 1, 1), date(2024, 1, 1), date(2026, 1, 1), date(2030, 1, 1)]
CAUTIONS = {"expired": "basis_expired", "not_yet": "basis_not_yet", "unknown": "basis_unknown"}

texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=60).map(" ".join)
days = st.sampled_from([None, *DAYS])


@st.composite
def documents(draw):
    """Records as they may come: with both days, one or none, and replacing each other in any way."""
    ref, effective, expires = draw(st.sampled_from(REFS)), draw(days), draw(days)
    if effective and expires and expires <= effective:
        expires = None
    replaces = draw(st.lists(st.sampled_from(REFS), max_size=2, unique=True))
    return make_document(
        ref,
        title=draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)),
        signed=None,
        effective=effective,
        expires=expires,
        passages=(DocumentPassage(draw(texts), article="Điều 1"),),
        replaces=tuple(other for other in replaces if other != ref),
    )


entries = st.builds(
    lambda number, question, answer, refs: make_entry(
        f"cau-{number}", question=question, answer=answer, also=(), sources=tuple(map(Basis, refs))
    ),
    st.integers(1, 5),
    texts,
    texts,
    st.lists(st.sampled_from(REFS), min_size=1, max_size=2, unique=True),
)


@pytest.fixture(scope="module")
def open_emptied():
    with emptied_knowledge() as opening:
        yield opening


def fill(session, records, questions):
    for record in records:
        publish_document(session, record, by="an", now=NOON)
    for question in questions:
        publish_entry(session, question, by="an", now=NOON)
    session.commit()


def standing_of(session, ref, day):
    try:
        return find_document(session, ref).standing_on(day)
    except KnowledgeItemNotFound:
        return "unknown"


def sources_of(given):
    """The texts that an answer may be made of; a hit without a place is the record in one sentence."""
    hit = given.hit
    if hit.entry is not None:
        return [plain_text(hit.entry.answer)]
    texts = [one.text for one in hit.document.passages]
    return texts if hit.place else [record_sentence(hit.document)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(documents(), min_size=1, max_size=5, unique_by=lambda one: one.ref),
    st.lists(entries, max_size=5, unique_by=lambda one: one.id),
    st.sampled_from(DAYS),
)
def test_an_answer_says_how_its_basis_stands_and_adds_no_word(open_emptied, records, questions, day):
    with open_emptied() as session:
        fill(session, records, questions)
        for question in QUESTIONS:
            found = search(session, question, on=day)
            given = answer(session, question, on=day)

            standings = {one.standing for hit in found.documents for one in hit.citations}
            assert standings <= {"in_force", "unknown"}
            for citation in given.citations:
                assert citation.standing == standing_of(session, citation.ref, day)
            said = {caution for caution in given.cautions if caution in CAUTIONS.values()}
            assert said == {CAUTIONS[one.standing] for one in given.citations if one.standing in CAUTIONS}
            if given.kind == "unknown":
                assert given.extract.text == ""
                continue
            shown = unicodedata.normalize("NFC", given.extract.text).removesuffix(" …")
            assert any(shown in unicodedata.normalize("NFC", source) for source in sources_of(given))
