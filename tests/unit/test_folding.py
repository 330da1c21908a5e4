"""Vietnamese names are compared and searched by what they say, not by how they are typed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.organization.folding import comparison_key, fold_name, is_same_name

_TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
_SYLLABLES = st.tuples(
    st.sampled_from(["", "b", "đ", "th", "ngh"]), st.sampled_from(["oa", "oe", "uy"]), st.sampled_from(_TONES)
)
_NAMES = st.lists(
    st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạấểộửỹ'", min_size=1, max_size=8), min_size=1, max_size=5
).map(" ".join)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Xã Tân Trào", "xa tan trao"),
        ("Đắk N'Drung", "dak ndrung"),
        ("Bà Rịa - Vũng Tàu", "ba ria vung tau"),
        ("  PHƯỜNG   12 ", "phuong 12"),
        ("Cư M’gar", "cu mgar"),
        ("", ""),
    ],
)
def test_a_name_is_folded_as_someone_types_it_in_a_hurry(name, folded):
    assert fold_name(name) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hòa Bình", "Hoà Bình"),
        ("Thủy Nguyên", "Thuỷ Nguyên"),
        ("M'Drắk", "M’Drắk"),
        ("Bà Rịa - Vũng Tàu", "Bà Rịa – Vũng Tàu"),
        ("Ea M' Doal", "Ea M'Doal"),
        ("XÃ ĐỊNH HÓA", "Xã Định Hoá"),
    ],
)
def test_two_spellings_of_one_name_are_the_same(one, other):
    assert is_same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("Cẩm Giang", "Cẩm Giàng"), ("Văn Lang", "Văn Lăng"), ("Phường 1", "Phường 11")]
)
def test_different_names_stay_different(one, other):
    assert not is_same_name(one, other)


@given(_NAMES)
def test_folding_twice_changes_nothing(name):
    assert fold_name(fold_name(name)) == fold_name(name)


@given(_NAMES)
def test_the_unicode_form_does_not_matter(name):
    composed, decomposed = unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)

    assert fold_name(composed) == fold_name(decomposed)
    assert comparison_key(composed) == comparison_key(decomposed)


@given(st.lists(_SYLLABLES, min_size=1, max_size=4))
def test_it_does_not_matter_which_vowel_carries_the_tone(syllables):
    on_first = " ".join(start + vowels[0] + tone + vowels[1] for start, vowels, tone in syllables)
    on_second = " ".join(start + vowels + tone for start, vowels, tone in syllables)

    assert is_same_name(on_first, on_second)


@given(_NAMES)
def test_the_same_name_folds_alike(name):
    spelled_otherwise = unicodedata.normalize("NFD", name.upper())

    assert is_same_name(name, spelled_otherwise)
    assert fold_name(name) == fold_name(spelled_otherwise)
