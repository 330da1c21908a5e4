"""Vietnamese names come in the order of a Vietnamese dictionary."""

import unicodedata
from random import Random

import pytest

from sync.reports.vietnamese_order import vietnamese_key


@pytest.mark.parametrize(
    "names",
    [
        ["Dân Chủ", "Duy Tân", "Đà Nẵng", "Điện Biên", "Gia Lai"],
        ["An Giang", "Ăn Chay", "Âu Lâu", "Ba Đình"],
        ["Ca", "Cà", "Cả", "Cã", "Cá", "Cạ"],
        ["Tan", "Tán Thành", "Tăng", "Tân", "Tần"],
        ["Phường 2", "Phường 10", "Phường An Lạc"],
        ["Hà Nam", "Hà Nội", "Hải Phòng", "Hưng Yên"],
        ["Oanh", "Ô Môn", "Ơn", "Phúc"],
        ["Uyên", "Ưng Hòa", "Vũ"],
    ],
)
def test_names_are_sorted_as_a_dictionary_sorts_them(names):
    shuffled = Random(905).sample(names, len(names))

    assert sorted(shuffled, key=vietnamese_key) == names


def test_capital_letters_and_unicode_form_do_not_matter():
    assert vietnamese_key("ĐỒNG VĂN") == vietnamese_key(unicodedata.normalize("NFD", "Đồng Văn"))
