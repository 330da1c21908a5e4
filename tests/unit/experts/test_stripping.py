"""What names people is taken out of texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_packages.experts.stripping import PLACES, strip_personal


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("gọi tôi 0912345678 nhé", "phone"),
        ("số 0912.345.678", "phone"),
        ("số +84 912 345 678", "phone"),
        ("máy bàn 024 3825 1234", "phone"),
        ("CCCD 001099012345 của tôi", "number"),
        ("CMND: 123456789", "number"),
        ("CCCD 231099012345", "number"),
        ("hộ chiếu C1234567", "number"),
        ("thư nguyen.van.a@bonoivu.gov.vn ạ", "email"),
    ],
)
def test_personal_numbers_and_addresses_are_replaced(text, kind):
    stripped = strip_personal(text)

    assert stripped.removed == (kind,)
    assert PLACES[kind] in stripped.text
    assert not any(sign.isdigit() for sign in stripped.text)


@pytest.mark.parametrize(
    "text",
    [
        "Nghị định 118/2025/NĐ-CP và 61/2018/NĐ-CP khác nhau ở đâu?",
        "Quyết định 905/QĐ-BNV ngày 17/11/2022, mục I.2",
        "Mức thu 500.000.000 đồng hay 1.000.000.000 đồng?",
        "Chi 250000000 đồng cho đề tài",
        "Hồ sơ H12.34.56-250101-0001 quá hạn từ 2024-2025",
        "Thủ tục 1.004227 trên Cổng dịch vụ công",
    ],
)
def test_law_numbers_amounts_and_codes_stay(text):
    assert strip_personal(text).text == text


@given(st.text(max_size=200))
def test_stripping_twice_changes_nothing(text):
    once = strip_personal(text).text

    assert strip_personal(once).text == once


@given(st.from_regex(r"[a-z]{1,9}@[a-z]{1,9}\.vn", fullmatch=True), st.text(max_size=30))
def test_no_address_survives(address, around):
    assert address not in strip_personal(f"{around} {address} {around}").text
