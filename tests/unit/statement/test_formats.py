"""The special data types of xAPI Data 4."""

from datetime import UTC, datetime

import pytest

from xapi_bridge.statement import errors, formats


@pytest.mark.parametrize(
    "text",
    ["https://cchc.example/p/a", "mailto:a@b.vn", "urn:uuid:6690e6c9", "http://ví.dụ/bài", "tag:a.vn,2026:x"],
)
def test_an_absolute_iri_is_accepted(text):
    formats.check_iri(text, at="verb.id")


@pytest.mark.parametrize(
    "text", ["", "a", "/p/a", "//host/a", "1http://x", "http:", "http://a b", "http://a\n", "x:<y>"]
)
def test_a_text_without_scheme_or_with_blanks_is_no_iri(text):
    with pytest.raises(errors.IriMalformed):
        formats.check_iri(text, at="verb.id")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-24T02:00:00Z", datetime(2026, 11, 24, 2, tzinfo=UTC)),
        ("2026-11-24t09:00:00.123456789+07:00", datetime(2026, 11, 24, 2, 0, 0, 123456, tzinfo=UTC)),
        ("2026-11-24T09:00+0700", datetime(2026, 11, 24, 2, tzinfo=UTC)),
        ("2026-11-24T09:00:00,5+07", datetime(2026, 11, 24, 2, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-11-24T02:00:00", datetime(2026, 11, 24, 2, tzinfo=UTC)),
        ("2026-11-24 02:00:00Z", datetime(2026, 11, 24, 2, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_timestamp_becomes_its_instant(text, instant):
    assert formats.instant_from_timestamp(text, at="timestamp") == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-24",
        "2026-11-24T25:00:00Z",
        "2026-13-01T00:00:00Z",
        "24/11/2026",
        "2026-11-24T02:00:00-00",
        "2026-11-24T02:00:00-0000",
        "2026-11-24T02:00:00 +07:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:60Z",
        "２０２６-11-24T02:00:00Z",
    ],
)
def test_a_timestamp_in_another_form_or_out_of_the_calendar_is_refused(text):
    with pytest.raises(errors.TimestampMalformed):
        formats.instant_from_timestamp(text, at="timestamp")


@pytest.mark.parametrize("text", ["PT4M30S", "P1Y2M3DT4H5M6.78S", "P3W", "PT0S", "P0.5D", "PT36H", "P1DT12H"])
def test_a_duration_is_accepted(text):
    formats.check_duration(text, at="result.duration")


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1DT", "4M", "PT4", "PT1S2M", "PT1.5M2S", "P1W2D", "-PT1S", "pt1s", "PT４S"]
)
def test_another_text_is_no_duration(text):
    with pytest.raises(errors.DurationMalformed):
        formats.check_duration(text, at="result.duration")


@pytest.mark.parametrize(
    "tag", ["vi", "vi-VN", "zh-Hant-TW", "sl-rozaj-biske", "de-CH-1996", "x-nguoi-dung", "i-klingon"]
)
def test_a_language_tag_is_accepted(tag):
    formats.check_language_tag(tag, at="verb.display")


@pytest.mark.parametrize(
    "tag", ["", "v", "vi_VN", "vietnamese-", "a1", "vi-", "en-a", "tiếng-việt", "ſl-rozaj"]
)
def test_another_text_is_no_language_tag(tag):
    with pytest.raises(errors.LanguageTagMalformed):
        formats.check_language_tag(tag, at="verb.display")
