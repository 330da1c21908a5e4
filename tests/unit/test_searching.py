"""Search in lessons: as people type, with or without accents."""

import pytest

from content_packages.contents import Module, Section
from content_packages.player.recommending import wilson_upper
from content_packages.player.searching import level, search_modules

HTML = "<p>Đánh giá <strong>mức độ</strong> định kỳ &amp; cải cách hành chính.</p>"


@pytest.fixture
def module() -> Module:
    sections = (Section(1, "Mở đầu", "<p>Không có gì.</p>"), Section(2, "Theo dõi", HTML))
    return Module("m", "m", "Chuyên đề", None, (), sections, True, True, None)


@pytest.mark.parametrize(
    "asked", ["danh gia", "đánh giá", "DINH KY", "muc do", "cai cach", "hành chính mức", "theo doi", "&"]
)
def test_words_are_found_with_and_without_accents(module, asked):
    assert [one.section.number for one in search_modules([module], asked)] == [2]


@pytest.mark.parametrize("asked", ["khong-co", "danh giac", "  "])
def test_other_words_are_not(module, asked):
    assert search_modules([module], asked) == ()


def test_the_found_words_are_marked_as_they_are_written(module):
    (found,) = search_modules([module], "danh gia")

    assert [text for text, is_word in found.pieces if is_word] == ["Đánh", "giá"]
    assert (
        "".join(text for text, _ in found.pieces).strip("…")
        in "Theo dõi. Đánh giá mức độ định kỳ & cải cách hành chính."
    )


@pytest.mark.parametrize("text", ["Đường", "ỷ", "ABC", "ß", "İstanbul", "1.234"])
def test_levelling_keeps_every_letter_in_its_place(text):
    assert len(level(text)) == len(text)


def test_the_upper_bound_narrows_with_more_answers():
    assert wilson_upper(1, 2) > wilson_upper(10, 20) > wilson_upper(100, 200) > 0.5
    assert wilson_upper(2, 2) == 1.0
