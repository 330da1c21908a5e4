"""Text as it is searched: folded syllables, pairs, numbers of documents, postings, passages."""

import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_packages.knowledge.law_numbers import LawNumber, law_numbers, number_of_document
from content_packages.knowledge.postings import postings_of, term_digest, unpacked
from content_packages.knowledge.splitting import LONGEST, OVERLAP, split_text
from content_packages.knowledge.syllables import fold, pairs, syllables, words

VIETNAMESE = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạấểộửỹ 12/.-\n", max_size=200)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Thủ tục hành chính", "thu tuc hanh chinh"),
        ("Đánh giá định kỳ mức độ", "danh gia dinh ky muc do"),
        ("UỶ BAN", "uy ban"),
        ("Ủy ban", "uy ban"),
    ],
)
def test_text_is_folded_as_someone_types_it_in_a_hurry(text, folded):
    assert fold(text) == folded


@given(VIETNAMESE)
def test_diacritics_case_and_unicode_form_do_not_matter(text):
    expected = syllables(text)

    assert syllables(text.upper()) == expected
    assert syllables(unicodedata.normalize("NFD", text)) == expected
    assert syllables(fold(text)) == expected


@given(VIETNAMESE)
def test_words_stand_where_they_say(text):
    text = unicodedata.normalize("NFC", text)

    assert [word.folded for word in words(text)] == [
        fold(text[word.start : word.end]) for word in words(text)
    ]


def test_a_letter_that_falls_apart_does_not_move_the_words_after_it():
    text = "İstanbul và thủ tục"

    assert [text[word.start : word.end] for word in words(text)] == ["İstanbul", "và", "thủ", "tục"]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("118/2025/NĐ-CP", LawNumber("118", "nd", "2025", "cp")),
        ("118/2025/nd-cp", LawNumber("118", "nd", "2025", "cp")),
        ("NĐ 118", LawNumber("118", "nd")),
        ("nghi dinh so 118 nam 2025", LawNumber("118", "nd", "2025")),
        ("Nghị định 118/2025", LawNumber("118", "nd", "2025")),
        ("76/NQ-CP", LawNumber("76", "nq", "", "cp")),
        ("18-NQ/TW", LawNumber("18", "nq", "", "tw")),
        ("Luật 72/2025/QH15", LawNumber("72", "luat", "2025", "qh15")),
        ("Nghị quyết 202/2025/QH15", LawNumber("202", "nq", "2025", "qh15")),
        ("TT 3/2025/TT-VPCP", LawNumber("3", "tt", "2025", "vpcp")),
        ("Thông tư 03/2025/TT-VPCP", LawNumber("3", "tt", "2025", "vpcp")),
        ("66.7/2025/NQ-CP", LawNumber("66.7", "nq", "2025", "cp")),
        ("30c/NQ-CP", LawNumber("30c", "nq", "", "cp")),
        ("TCVN 14423:2026", LawNumber("14423", "tcvn", "2026")),
        ("văn bản 118/2025", LawNumber("118", "", "2025")),
    ],
)
def test_numbers_are_read_as_people_write_them(written, number):
    assert law_numbers(f"Theo {written} thì sao?") == [number]


@pytest.mark.parametrize(
    "text", ["ngày 01/7/2025", "từ 7/2025", "95% năm 2030", "luật viên chức 2010", "34 tỉnh"]
)
def test_dates_shares_and_years_are_no_numbers_of_documents(text):
    assert law_numbers(text) == []


def test_a_part_of_a_number_names_the_whole_one_and_the_wrong_issuer_does_not():
    full = number_of_document("66/NQ-CP", "Nghị quyết")

    assert full is not None
    assert law_numbers("nq 66")[0].names(full)
    assert not law_numbers("66-NQ/TW")[0].names(full)


@given(VIETNAMESE)
def test_postings_hold_each_syllable_and_pair_with_its_count(text):
    listed = syllables(text)
    counted = Counter(listed) + Counter(pairs(listed))

    terms, counts = unpacked(postings_of(text).packed)

    held = dict(zip(terms.tolist(), counts.tolist(), strict=True))
    assert all(held[term_digest(term)] == min(count, 255) for term, count in counted.items())
    assert terms.tolist() == sorted(held)


@given(
    st.lists(st.sampled_from(["thủ", "tục", "1.", "2)", "\n", "Điều", "hồ sơ."]), max_size=900).map(" ".join)
)
def test_splitting_loses_no_word(text):
    pieces = split_text(text)

    assert set(syllables(" ".join(pieces))) == set(syllables(text))
    assert all(len(piece.split()) <= LONGEST + OVERLAP for piece in pieces) or len(pieces) == 1


def test_clauses_are_passages_of_their_own_when_they_are_long_enough():
    clause = " ".join(["việc"] * 70)

    assert len(split_text(f"1. {clause}\n2. {clause}\n3. {clause}")) == 3
