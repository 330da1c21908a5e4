"""The special data types: IRI, UUID, timestamp, duration, language tag, extensions (xAPI Data 4)."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from xapi_bridge.statement.errors import (
    DurationMalformed,
    IriMalformed,
    LanguageTagMalformed,
    TimestampMalformed,
    UuidMalformed,
)

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f<>\"{}|\\^`]+")
#: Longer texts are not remembered, so that nobody can fill our memory with them.
_REMEMBERED_LENGTH = 256
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_TIMESTAMP = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[Tt ](?P<minute>\d\d:\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?"
    r"(?P<offset>[Zz]|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)
#: The form that nearly every sender writes: Python reads it ten times as fast as its parts. Hour 24 is left
#: to the parts, because newer Pythons take it for the next day.
_PLAIN_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d{3}|\.\d{6})?Z", re.ASCII)
_DURATION = re.compile(
    r"P(?=.)(?:\d+(?:[.,]\d+)?W|"
    r"(?:\d+(?:[.,]\d+)?Y)?(?:\d+(?:[.,]\d+)?M)?(?:\d+(?:[.,]\d+)?D)?"
    r"(?:T(?=\d)(?:\d+(?:[.,]\d+)?H)?(?:\d+(?:[.,]\d+)?M)?(?:\d+(?:[.,]\d+)?S)?)?)",
    re.ASCII,
)
#: In ISO 8601 only the smallest unit may have a fraction.
_FRACTION_BEFORE_END = re.compile(r"[.,]\d+[A-Z]T?\d")
_LANGUAGE_TAG = re.compile(
    r"(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})"  # language, extended language
    r"(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?"  # script, region
    r"(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*"  # variants
    r"(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*"  # extensions
    r"(?:-x(?:-[a-z0-9]{1,8})+)?"  # private use
    r"|x(?:-[a-z0-9]{1,8})+"
    r"|i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)"
    r"|en-gb-oed|sgn-(?:be-fr|be-nl|ch-de)|art-lojban|cel-gaulish|no-(?:bok|nyn)"
    r"|zh-(?:guoyu|hakka|min|min-nan|xiang))",
    re.IGNORECASE | re.ASCII,
)


@lru_cache(maxsize=4096)
def _is_iri(text: str) -> bool:
    """Remembered, because a statement has ten IRIs and nine of them came a moment ago."""
    return _IRI.fullmatch(text) is not None


def check_iri(text: str, *, at: str) -> None:
    """Refuses a text that is no absolute IRI. Best effort, as xAPI Data 2.2.s4.b6 allows."""
    if not (_is_iri(text) if len(text) <= _REMEMBERED_LENGTH else _IRI.fullmatch(text)):
        raise IriMalformed(at, "is not an IRI with a scheme, such as https://example.vn/x")


def check_uuid(text: str, *, at: str) -> None:
    """Refuses a text that is no UUID in its canonical form; upper case is allowed."""
    if not _UUID.fullmatch(text):
        raise UuidMalformed(at, "is not a UUID such as 6690e6c9-3ef0-4ed3-8b37-7f3964730bee")


def instant_from_timestamp(text: str, *, at: str) -> datetime:
    """The instant of an ISO 8601 or RFC 3339 timestamp, aware, in UTC, to the microsecond.

    A time without an offset counts as UTC; digits beyond the microsecond are cut off; the leap second 60 is
    the first instant of the next minute.

    Raises:
        TimestampMalformed: another form, a date that does not exist, or an offset of minus zero.
    """
    if _PLAIN_TIMESTAMP.fullmatch(text):
        with suppress(ValueError):  # a leap second, or a day that does not exist: the parts tell
            return datetime.fromisoformat(text)
    return _instant_from_parts(text, at=at)


def _instant_from_parts(text: str, *, at: str) -> datetime:
    found = _TIMESTAMP.fullmatch(text)
    if found is None:
        raise TimestampMalformed(at, "is not date and time such as 2026-11-24T02:00:00.000Z")
    offset = (found["offset"] or "Z").upper()
    if offset in {"-00", "-0000", "-00:00"}:
        raise TimestampMalformed(at, "has an offset of minus zero; write Z")
    second = found["second"] or "00"
    micros = (found["fraction"] or "")[:6].ljust(6, "0")
    leap = second == "60"
    text_of_python = f"{found['date']}T{found['minute']}:{'59' if leap else second}.{micros}{offset}"
    try:
        return datetime.fromisoformat(text_of_python).astimezone(UTC) + timedelta(seconds=leap)
    except (ValueError, OverflowError) as impossible:
        raise TimestampMalformed(at, "names a date or time that does not exist") from impossible


def check_duration(text: str, *, at: str) -> None:
    """Refuses a text that is no ISO 8601 duration."""
    if not _DURATION.fullmatch(text) or _FRACTION_BEFORE_END.search(text):
        raise DurationMalformed(at, "is not a duration such as PT4M30S")


@lru_cache(maxsize=1024)
def _is_language_tag(text: str) -> bool:
    """Remembered, because the expression is long and the tags in use are few."""
    return _LANGUAGE_TAG.fullmatch(text) is not None


def check_language_tag(text: str, *, at: str) -> None:
    """Refuses a text that is no well-formed RFC 5646 language tag."""
    if not (_is_language_tag(text) if len(text) <= _REMEMBERED_LENGTH else _LANGUAGE_TAG.fullmatch(text)):
        raise LanguageTagMalformed(at, "is not a language tag such as vi or en-US")


def check_language_map(texts: Mapping[str, str] | None, *, at: str) -> None:
    """Refuses a language map with a key that is no language tag."""
    for tag in texts or ():
        check_language_tag(tag, at=at)


def check_extensions(extensions: Mapping[str, Any] | None, *, at: str) -> None:
    """Refuses extensions with a key that is no IRI; their values are free (xAPI Data 4.1)."""
    for key in extensions or ():
        check_iri(key, at=f"{at} key")
