"""The vocabulary: people's changes count, stay when sources are published again, and are never lost."""

import pytest

from content_packages.errors import KnowledgeItemNotFound, WordRefused
from content_packages.knowledge import (
    Vocabulary,
    Word,
    list_word_changes,
    list_words,
    publish_vocabulary,
    put_word,
    remove_word,
    search,
    try_word,
)
from tests.factories.knowledge import NOON, TODAY, create_knowledge, make_vocabulary

WAGE = Word("synonym", "tiền công", ("lương cơ sở",))


def test_a_synonym_finds_what_its_group_means_in_the_same_transaction(session):
    create_knowledge(session)
    assert search(session, "tiền công", on=TODAY).entries == ()

    put_word(session, WAGE, by="an", now=NOON)

    assert search(session, "tiền công", on=TODAY).entries[0].key == "entry:luong-co-so"


def test_trying_a_word_shows_both_and_changes_nothing(session):
    create_knowledge(session)

    before, after = try_word(session, "tiền công", WAGE, on=TODAY)

    assert before.entries == ()
    assert after.entries[0].key == "entry:luong-co-so"
    assert WAGE not in list_words(session)


def test_sources_published_again_leave_alone_what_a_person_changed(session):
    create_knowledge(session)
    put_word(session, Word("abbreviation", "TTHC", ("thông tin hành chính",)), by="an", now=NOON)
    remove_word(session, "abbreviation", "CCHC", by="an", now=NOON)

    publish_vocabulary(session, make_vocabulary())

    kept = {word.phrase: word.meanings for word in list_words(session) if word.kind == "abbreviation"}
    assert kept == {"TTHC": ("thông tin hành chính",)}


def test_sources_without_a_word_take_it_out_unless_a_person_put_it(session):
    create_knowledge(session)
    put_word(session, WAGE, by="an", now=NOON)

    publish_vocabulary(session, Vocabulary(abbreviations={"UBND": ("ủy ban nhân dân",)}))

    assert {word.phrase for word in list_words(session)} == {"UBND", "tiền công"}


def test_every_change_is_kept_with_who_and_why(session):
    create_knowledge(session)
    put_word(session, WAGE, by="an", now=NOON, reason="Hay gặp")
    assert not put_word(session, WAGE, by="an", now=NOON)
    remove_word(session, "synonym", "tiền công", by="binh", now=NOON, reason="Sai nghĩa")

    changes = list_word_changes(session, phrase="tiền công")

    assert [(one.made_by, one.word.meanings, one.reason) for one in changes] == [
        ("binh", (), "Sai nghĩa"),
        ("an", ("lương cơ sở",), "Hay gặp"),
    ]


@pytest.mark.parametrize(
    "word",
    [
        Word("abbreviation", "X", ()),
        Word("abbreviation", "…", ("nghĩa",)),
        Word("abbreviation", "X", ("x",)),
        Word("synonym", "x" * 121, ("nghĩa",)),
        Word("synonym", "x", ("nghĩa", "Nghia")),
    ],
)
def test_a_word_that_says_nothing_is_refused(session, word):
    with pytest.raises(WordRefused):
        put_word(session, word, by="an", now=NOON)


def test_a_word_that_is_not_there_cannot_be_removed(session):
    with pytest.raises(KnowledgeItemNotFound):
        remove_word(session, "abbreviation", "KHÔNG", by="an", now=NOON)
