"""The golden set against the shipped knowledge base: a drop below a bar fails, and the table says which."""

import re

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from bench.knowledge_quality import (
    BARS,
    ON,
    golden_questions,
    judged_questions,
    listing,
    meets,
    quality_table,
    shipped_world,
)
from content_packages import SHIPPED_CURRICULUM
from content_packages.knowledge.quality import REFUSED, measure_quality
from content_packages.knowledge.rebuilding import check_index
from content_packages.knowledge.source import read_folder
from content_packages.knowledge.stored import find_documents, find_entries
from content_packages.knowledge.syllables import fold


@pytest.fixture(scope="module")
def shipped():
    """The shipped knowledge base and lessons; both engines rank alike, so one is enough."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with Session(shipped_world(engine)) as session:
        yield session
    engine.dispose()


@pytest.fixture(scope="module")
def measured(shipped):
    found = measure_quality(shipped, judged_questions(), on=ON)
    print(f"\n{quality_table(found)}\n{listing(found)}")
    return found


@pytest.mark.parametrize(("name", "read", "more", "bar"), BARS, ids=[bar[0] for bar in BARS])
def test_quality_stays_above_its_bar(measured, name, read, more, bar):
    assert meets(read(measured), bar, more), quality_table(measured)


def every_golden_question():
    return [*golden_questions("fit"), *golden_questions("held_out")]


def test_nothing_that_is_judged_by_was_learnt_from():
    learnt = {one.question for one in golden_questions("fit")}

    assert learnt & {one.question for one in golden_questions("held_out")} == set()


def test_nothing_that_is_judged_by_stands_in_the_knowledge_base():
    shipped = read_folder(SHIPPED_CURRICULUM / "knowledge").source
    held = {_bare(words) for entry in shipped.entries for words in (entry.question, *entry.also)}

    assert len(held) > 600
    assert [one.question for one in golden_questions("held_out") if _bare(one.question) in held] == []


def _bare(question):
    """Its words without tone marks, case and punctuation."""
    return " ".join(re.findall(r"\w+", fold(question)))


def test_the_golden_set_is_large_and_asks_what_must_not_be_answered():
    questions = every_golden_question()
    kinds = {one.kind for one in questions}

    assert len({one.question for one in questions}) >= 300
    assert kinds >= {
        "paraphrase",
        "lay",
        "abbreviation",
        "no_diacritics",
        "half",
        "typo",
        "validity",
        "replaced",
    }
    assert all(sum(one.kind == kind for one in questions) >= 25 for kind in REFUSED)


def test_golden_questions_name_what_exists(shipped):
    keys = {key for one in every_golden_question() for key in one.expects}
    entries = {key.removeprefix("entry:") for key in keys if key.startswith("entry:")}
    documents = {key.removeprefix("document:") for key in keys if key.startswith("document:")}

    assert entries - find_entries(shipped, entries).keys() == set()
    assert documents - find_documents(shipped, documents).keys() == set()


def test_the_shipped_index_agrees_with_its_records(shipped):
    assert check_index(shipped).problems == ()
