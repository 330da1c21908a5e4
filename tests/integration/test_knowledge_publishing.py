"""Publishing, changing and taking back: found at once, in the same transaction, and nothing left behind."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.errors import KnowledgeItemNotFound
from content_packages.knowledge import (
    Basis,
    Filters,
    find_document,
    find_entry,
    list_entry_versions,
    list_related,
    publish_document,
    publish_entry,
    publish_knowledge,
    search,
    suggest,
    withdraw_document,
    withdraw_entry,
)
from content_packages.knowledge.mirror import mirror_of
from content_packages.knowledge.models import KnowledgePassage
from content_packages.knowledge.passages import QUESTIONS
from content_packages.knowledge.rebuilding import check_index, rebuild_index
from tests.factories.content import create_package
from tests.factories.knowledge import (
    NOON,
    TODAY,
    create_knowledge,
    make_document,
    make_entry,
    make_old_document,
    make_source,
)


def keys(session, question, **filters):
    found = search(session, question, on=TODAY, filters=Filters(**filters))
    return [hit.key for hit in found.entries], [hit.citations[0].ref for hit in found.documents]


def test_what_was_published_is_found_in_the_same_transaction_and_by_others_after_it(opened, engine):
    with opened() as writing:
        publish_entry(writing, make_entry(), by="an", now=NOON)
        assert keys(writing, "nộp hồ sơ khác xã")[0] == ["entry:nop-ho-so-khac-xa"]

    with Session(engine) as reading:
        assert keys(reading, "nop ho so khac xa")[0] == ["entry:nop-ho-so-khac-xa"]


def test_what_was_rolled_back_is_found_by_nobody(engine, opened):
    with opened() as writing:
        publish_entry(writing, make_entry("giu-lai"), by="an", now=NOON)
    with Session(engine) as undecided:
        publish_entry(undecided, make_entry("bo-di", question="Câu hỏi khác hẳn?"), by="an", now=NOON)
        assert len(keys(undecided, "câu hỏi khác hẳn")[0]) == 2
        undecided.rollback()
        assert keys(undecided, "câu hỏi khác hẳn")[0] == ["entry:giu-lai"]
    with opened() as writing:
        publish_entry(writing, make_entry("sau-do", question="Câu hỏi về sau?"), by="an", now=NOON)
    with Session(engine) as reading:
        assert set(keys(reading, "câu hỏi về xã khác")[0]) == {"entry:giu-lai", "entry:sau-do"}


def test_publishing_the_same_again_changes_nothing(session):
    first = publish_knowledge(session, make_source(), by="an", now=NOON)
    again = publish_knowledge(session, make_source(), by="an", now=NOON)

    assert (first.documents, first.entries, first.words) == (4, 3, True)
    assert (again.documents, again.entries, again.words, again.passages) == (0, 0, False, 0)


def test_a_new_wording_is_a_new_version_and_the_old_one_is_no_longer_found(session):
    publish_entry(session, make_entry(question="Bao giờ nghỉ hưu?", also=()), by="an", now=NOON)
    version = publish_entry(
        session, make_entry(question="Lương hưu bao nhiêu?", also=()), by="binh", now=NOON, reason="Sửa."
    )

    versions = list_entry_versions(session, "nop-ho-so-khac-xa")
    assert version == 2
    assert [(one.version, one.made_by, one.reason) for one in versions] == [
        (1, "an", ""),
        (2, "binh", "Sửa."),
    ]
    assert find_entry(session, "nop-ho-so-khac-xa").question == "Lương hưu bao nhiêu?"
    assert suggest(session, "bao giờ nghỉ") == ()


def test_an_entry_taken_back_is_not_found_and_its_wordings_stay(session):
    publish_entry(session, make_entry(), by="an", now=NOON)

    withdraw_entry(session, "nop-ho-so-khac-xa", by="binh", now=NOON, reason="Sai.")

    assert keys(session, "nộp hồ sơ khác xã")[0] == []
    assert len(list_entry_versions(session, "nop-ho-so-khac-xa")) == 1
    with pytest.raises(KnowledgeItemNotFound):
        find_entry(session, "nop-ho-so-khac-xa")
    with pytest.raises(KnowledgeItemNotFound):
        withdraw_entry(session, "nop-ho-so-khac-xa", by="binh", now=NOON, reason="Lại.")


def test_an_entry_taken_back_may_be_shown_again(session):
    publish_entry(session, make_entry(), by="an", now=NOON)
    withdraw_entry(session, "nop-ho-so-khac-xa", by="binh", now=NOON, reason="Sai.")

    assert publish_entry(session, make_entry(), by="an", now=NOON) == 2
    assert keys(session, "nộp hồ sơ khác xã")[0] == ["entry:nop-ho-so-khac-xa"]


def test_a_document_ends_when_the_one_that_replaces_it_begins(session):
    publish_document(session, make_old_document(), by="an", now=NOON)
    assert find_document(session, "61/2018/NĐ-CP").standing_on(TODAY) == "in_force"

    publish_document(session, make_document(replaces=("61/2018/NĐ-CP",)), by="an", now=NOON)

    old = find_document(session, "61/2018/NĐ-CP")
    assert old.expires == date(2025, 7, 1)
    assert old.replaced_by == ("118/2025/NĐ-CP",)
    assert (old.standing_on(date(2025, 6, 30)), old.standing_on(date(2025, 7, 1))) == ("in_force", "expired")


def test_a_document_lives_again_when_the_replacing_record_is_taken_out(session):
    create_knowledge(session)

    withdraw_document(session, "118/2025/NĐ-CP")

    assert find_document(session, "61/2018/NĐ-CP").standing_on(TODAY) == "in_force"
    assert keys(session, "cơ chế một cửa")[1][:1] == ["61/2018/NĐ-CP"]
    with pytest.raises(KnowledgeItemNotFound):
        find_document(session, "118/2025/NĐ-CP")


def test_a_replaced_document_without_any_day_is_not_in_force(session):
    publish_document(session, make_old_document(replaced_by=("1/2030/NĐ-CP",)), by="an", now=NOON)

    assert find_document(session, "61/2018/NĐ-CP").standing_on(TODAY) == "expired"
    assert keys(session, "cơ chế một cửa")[1] == []


def test_one_side_s_word_is_enough_for_both(session):
    create_knowledge(session)

    related = [
        (one.newer_ref, one.relation, one.older_ref) for one in list_related(session, "118/2025/NĐ-CP")
    ]

    assert related == [
        ("118/2025/NĐ-CP", "replaces", "61/2018/NĐ-CP"),
        ("367/2025/NĐ-CP", "amends", "118/2025/NĐ-CP"),
    ]


def test_the_sections_of_a_published_package_are_found_and_follow_its_next_version(session, tmp_path):
    create_package(session, tmp_path / "a")
    before = search(session, "cải cách hành chính có sáu nội dung", on=TODAY).sections

    assert before
    assert (before[0].package_id, before[0].section > 0) == ("nhap-mon", True)
    assert check_index(session).problems == ()


def test_the_index_agrees_with_the_records_and_says_where_it_does_not(session, tmp_path):
    create_knowledge(session)
    create_package(session, tmp_path / "a")
    assert check_index(session).problems == ()

    passage = session.scalars(select(KnowledgePassage).where(KnowledgePassage.shelf == QUESTIONS)).first()
    passage.text = "Câu đã bị sửa thẳng trong bảng"
    session.flush()

    assert check_index(session).problems == (f"{passage.key}: differs from its record",)
    rebuild_index(session)
    assert check_index(session).problems == ()


def test_processes_follow_a_rebuilt_index(engine, opened):
    with opened() as writing:
        create_knowledge(writing)
    with Session(engine) as reading:
        before = keys(reading, "một cửa")
        reading.rollback()
        with opened() as writing:
            rebuild_index(writing)
        assert keys(reading, "một cửa") == before


def test_a_process_reads_only_what_changed_since_it_last_looked(engine, opened):
    with opened() as writing:
        create_knowledge(writing)
    with Session(engine) as reading:
        first = mirror_of(reading)
        reading.rollback()
        with opened() as writing:
            publish_entry(writing, make_entry("moi", question="Câu hỏi mới?"), by="an", now=NOON)
        second = mirror_of(reading)

    assert second.shelves[QUESTIONS].segments[0].terms is first.shelves[QUESTIONS].segments[0].terms
    assert [len(part.passages) for part in second.shelves[QUESTIONS].segments[1:]] == [2]


def test_a_long_series_of_publications_is_read_as_one(engine, opened):
    with opened() as writing:
        create_knowledge(writing)
    with Session(engine) as reading:
        for number in range(20):
            with opened() as writing:
                publish_entry(
                    writing, make_entry(f"cau-{number}", question=f"Câu số {number}?"), by="an", now=NOON
                )
            mirror_of(reading)
            reading.rollback()

        assert len(mirror_of(reading).shelves[QUESTIONS].segments) <= 12
        assert keys(reading, "câu số 19")[0][0] == "entry:cau-19"


def test_an_entry_whose_source_ended_is_found_with_its_standing(session):
    create_knowledge(session)
    entry = replace(
        make_entry("cu"), question="Nộp ở bộ phận nào?", also=(), sources=(Basis("61/2018/NĐ-CP"),)
    )
    publish_entry(session, entry, by="an", now=NOON)

    hit = search(session, "nộp ở bộ phận nào", on=TODAY).entries[0]

    assert [(one.ref, one.standing) for one in hit.citations] == [("61/2018/NĐ-CP", "expired")]
