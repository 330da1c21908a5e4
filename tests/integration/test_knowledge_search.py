"""Search and answers: tolerant of typing, true to what is in force, honest about what is not known."""

from datetime import date

import pytest

from content_packages.knowledge import (
    Basis,
    Filters,
    answer,
    publish_document,
    publish_documents,
    publish_entry,
    search,
    suggest,
)
from content_packages.knowledge.records import Part
from tests.factories.knowledge import NOON, TODAY, create_knowledge, make_document, make_entry


@pytest.fixture
def asked(session):
    """A session on the small knowledge base."""
    create_knowledge(session)
    session.commit()
    return session


@pytest.mark.parametrize(
    "question",
    [
        "Giải quyết hồ sơ trễ hạn thì phải làm gì?",
        "giai quyet ho so tre han thi phai lam gi",
        "giải quyet hồ so trễ han",
        "hồ sơ quá hạn thì làm gì",
        "giai quyet ho so tre hanj",
        "giải quyết hồ sơ trể hạn",
        "giai quyet ho so tr han",
    ],
)
def test_a_stored_question_is_found_however_it_is_typed(asked, question):
    assert search(asked, question, on=TODAY).entries[0].key == "entry:tre-han-phai-lam-gi"


def test_a_typing_error_is_mended_and_said(asked):
    found = search(asked, "mwcs luwong co so", on=TODAY)

    assert found.entries[0].key == "entry:luong-co-so"
    assert "co so" in found.corrected


@pytest.mark.parametrize("question", ["118/2025/NĐ-CP", "nd 118", "nghị định số 118 năm 2025", "118/2025"])
def test_a_document_is_found_by_its_number_in_any_form(asked, question):
    assert search(asked, question, on=TODAY).documents[0].document.ref == "118/2025/NĐ-CP"


def test_an_abbreviation_finds_what_it_stands_for(asked):
    assert search(asked, "tthc một cửa", on=TODAY).documents[0].document.ref == "118/2025/NĐ-CP"


def test_what_is_not_in_force_is_left_out_and_counted(asked):
    found = search(asked, "cơ chế một cửa trong giải quyết thủ tục hành chính", on=TODAY)

    assert {hit.document.ref for hit in found.documents} >= {"118/2025/NĐ-CP"}
    assert "61/2018/NĐ-CP" not in {hit.document.ref for hit in found.documents}
    assert found.expired_left_out == 1


def test_the_day_asked_about_decides(asked):
    found = search(asked, "cơ chế một cửa", on=date(2020, 1, 1))

    assert [hit.document.ref for hit in found.documents] == ["61/2018/NĐ-CP", "61/2018/NĐ-CP"]


def test_an_expired_document_that_is_asked_for_comes_labelled(asked):
    found = search(asked, "cơ chế một cửa", on=TODAY, filters=Filters(with_expired=True))

    standing = {hit.document.ref: hit.citations[0].standing for hit in found.documents}
    assert standing["61/2018/NĐ-CP"] == "expired"
    assert standing["118/2025/NĐ-CP"] == "in_force"


def test_filters_narrow_and_facets_count(asked):
    everything = search(asked, "mức lương cơ sở theo cơ chế một cửa", on=TODAY)
    salaries = search(asked, "mức lương một cửa", on=TODAY, filters=Filters(area="cai-cach-che-do-cong-vu"))
    provinces = search(asked, "mức lương cơ sở", on=TODAY, filters=Filters(level="cap-tinh"))
    one = search(asked, "hồ sơ", on=TODAY, filters=Filters(document="118/2025/NĐ-CP"))

    assert set(everything.document_facets.areas) >= {"cai-cach-che-do-cong-vu", "cai-cach-thu-tuc-hanh-chinh"}
    assert {hit.area for hit in (*salaries.entries, *salaries.documents)} == {"cai-cach-che-do-cong-vu"}
    assert "entry:luong-co-so" not in {hit.key for hit in provinces.entries}
    assert {hit.document.ref for hit in one.documents} == {"118/2025/NĐ-CP"}
    assert set(one.document_facets.documents) == {"118/2025/NĐ-CP"}


def test_a_filter_by_document_keeps_what_rests_on_it_and_sections_that_name_it(asked):
    one = search(asked, "hồ sơ, mức lương cơ sở", on=TODAY, filters=Filters(document="118/2025/NĐ-CP"))

    assert {hit.key for hit in one.entries} == {"entry:nop-ho-so-khac-xa", "entry:tre-han-phai-lam-gi"}


@pytest.mark.parametrize("question", ["CCHC có mấy nội dung?", "cai cach hanh chinh co may noi dung"])
def test_a_stored_question_asked_word_for_word_comes_first(asked, question):
    for entry_id, wording in (
        ("dung", "Cải cách hành chính có mấy nội dung?"),
        ("dai", "Cải cách hành chính ở xã có mấy nội dung và mấy nội dung cải cách hành chính phải báo cáo?"),
    ):
        entry = make_entry(entry_id, question=wording, answer="CCHC có nội dung, có mấy nội dung.", also=())
        publish_entry(asked, entry, by="an", now=NOON)

    assert search(asked, question, on=TODAY).entries[0].key == "entry:dung"


def test_a_document_replaced_for_some_still_holds_and_says_for_whom_it_ended(asked):
    old = make_document("90/2020/NĐ-CP", title="Đánh giá cán bộ, công chức", effective=date(2020, 8, 20))
    newer = make_document(
        "335/2025/NĐ-CP",
        title="Đánh giá công chức",
        effective=date(2026, 1, 1),
        replaces_in_part=(Part("90/2020/NĐ-CP", "công chức"),),
    )
    publish_documents(asked, [old, newer], by="an", now=NOON)

    force = answer(asked, "Nghị định 90/2020 còn hiệu lực không?", on=TODAY)
    replaced = answer(asked, "Văn bản nào thay thế Nghị định 90/2020?", on=TODAY)
    between = answer(asked, "NĐ 335/2025 có thay NĐ 90/2020 không?", on=TODAY)

    said = "Phần về công chức được thay thế bởi Nghị định 335/2025/NĐ-CP"
    assert "còn hiệu lực" in force.extract.text
    assert all(said in given.extract.text for given in (force, replaced, between))
    assert between.extract.text.startswith("Chỉ một phần.")
    assert "01/01/2026" in force.extract.text


@pytest.mark.parametrize(
    "question", ["", "   ", "?!…", "'; DROP TABLE", "a" * 5000, "\x00", "😀 thủ tục", "𝕳ồ sơ"]
)
def test_any_text_may_be_asked(asked, question):
    answer(asked, question, on=TODAY)
    suggest(asked, question)


def test_an_empty_knowledge_base_does_not_know(session):
    given = answer(session, "CCHC là gì?", on=TODAY)

    assert (given.kind, given.band, given.citations, given.alternatives) == ("unknown", "low", (), ())


def test_an_answer_comes_with_what_it_rests_on(asked):
    given = answer(asked, "muc luong co so hien nay", on=TODAY)

    (citation,) = given.citations
    assert (given.kind, given.hit.key) == ("entry", "entry:luong-co-so")
    assert given.extract.text == "2.530.000 đồng một tháng, từ ngày 01/7/2026."
    assert (citation.ref, citation.standing, citation.checked_on) == (
        "161/2026/NĐ-CP",
        "in_force",
        date(2026, 11, 22),
    )
    assert 0 < len(given.alternatives) <= 5


@pytest.mark.parametrize(
    "question", ["cách nấu phở bò", "ai vô địch bóng đá", "giá vàng hôm nay", "xyz qwerty"]
)
def test_what_the_knowledge_base_does_not_hold_it_does_not_know(asked, question):
    assert answer(asked, question, on=TODAY).kind == "unknown"


def test_a_number_that_nobody_knows_is_not_answered_from_another_document(asked):
    given = answer(asked, "Nghị định 999/2031/NĐ-CP quy định gì về cơ chế một cửa?", on=TODAY)

    assert given.kind == "unknown"


def test_an_answer_that_rests_on_an_ended_document_says_so(asked):
    cited = make_entry("cu", question="Nộp ở bộ phận nào?", also=(), sources=(Basis("61/2018/NĐ-CP"),))
    publish_entry(asked, cited, by="an", now=NOON)

    given = answer(asked, "nộp ở bộ phận nào", on=TODAY)

    assert given.hit.key == "entry:cu"
    assert "basis_expired" in given.cautions


def test_a_question_that_names_an_ended_document_hears_that_it_ended(asked):
    given = answer(asked, "Theo Nghị định 61/2018 giải quyết hồ sơ trễ hạn phải làm gì?", on=TODAY)

    assert "named_expired" in given.cautions
    assert [(one.ref, one.standing) for one in given.named] == [("61/2018/NĐ-CP", "expired")]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Văn bản nào thay thế Nghị định 61/2018/NĐ-CP?", ["118/2025/NĐ-CP", "01/07/2025"]),
        ("nd 61 con hieu luc khong", ["đã hết hiệu lực từ ngày 01/07/2025", "118/2025/NĐ-CP"]),
        ("Nghị định 118 thay thế văn bản nào?", ["61/2018/NĐ-CP"]),
        ("Nghị định 118/2025 còn hiệu lực không?", ["còn hiệu lực", "367/2025/NĐ-CP"]),
        ("Nghị định 118 được sửa đổi bởi nghị định nào", ["367/2025/NĐ-CP"]),
        ("Nghị định 118 có hiệu lực từ khi nào?", ["01/07/2025"]),
        ("Nghị định 118 có thay Nghị định 61 không?", ["Có."]),
        ("luật tổ chức chính quyền địa phương còn hiệu lực không", ["72/2025/QH15", "còn hiệu lực"]),
        ("Nghị định 367/2025 sửa đổi văn bản nào?", ["118/2025/NĐ-CP"]),
    ],
)
def test_validity_is_answered_from_the_records(asked, question, says):
    given = answer(asked, question, on=TODAY)

    assert given.kind == "validity"
    assert [said for said in says if said not in given.extract.text] == []
    assert given.citations


def test_validity_is_answered_as_of_the_day(asked):
    before = answer(asked, "Nghị định 61/2018 còn hiệu lực không?", on=date(2020, 1, 1))
    too_early = answer(asked, "Nghị định 118/2025 còn hiệu lực không?", on=date(2025, 6, 20))

    assert "còn hiệu lực vào ngày 01/01/2020" in before.extract.text
    assert "chưa có hiệu lực" in too_early.extract.text


def test_two_documents_of_one_number_are_both_named(asked):
    for ref in ("66/NQ-CP", "66-NQ/TW"):
        publish_document(asked, make_document(ref, kind="Nghị quyết", title=f"Về {ref}"), by="an", now=NOON)

    both = answer(asked, "nghị quyết 66 còn hiệu lực không", on=TODAY)
    one = answer(asked, "66-NQ/TW còn hiệu lực không", on=TODAY)

    assert {citation.ref for citation in both.citations} == {"66/NQ-CP", "66-NQ/TW"}
    assert {citation.ref for citation in one.citations} == {"66-NQ/TW"}


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("giải quyết hồ sơ tr", "entry:tre-han-phai-lam-gi"),
        ("muc luong c", "entry:luong-co-so"),
        ("nghi dinh 118", "document:118/2025/NĐ-CP"),
        ("ho so khac", "entry:nop-ho-so-khac-xa"),
        ("phi dia gioi", "entry:nop-ho-so-khac-xa"),
        ("tthc", "document:118/2025/NĐ-CP"),
    ],
)
def test_suggestions_follow_what_is_being_typed(asked, typed, key):
    assert key in [one.key for one in suggest(asked, typed)]


def test_a_suggestion_shows_the_question_whichever_wording_matched(asked):
    assert [one.text for one in suggest(asked, "nop ho so phi")] == [
        "Người ở xã khác có nộp hồ sơ tại xã tôi được không?"
    ]
