"""What an LMS answered becomes a few plain words for people."""

from dataclasses import dataclass

import pytest

from lti_tool.platforms.lms_words import LONGEST, words_of


@dataclass
class Answer:
    content: bytes
    reason: str = "Bad Request"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"missing required attribute client_name", "missing required attribute client_name"),
        (b'{"error":"invalid_scope"}', "invalid_scope"),
        (b'{"error":"e","error_description":"d"}', "d: e"),
        (b'{"errors":[{"type":"x"}]}', '[{"type": "x"}]'),
        (b'"a text"', "a text"),
        (b'{"client_id":"c"}', '{"client_id":"c"}'),
        (b"<title>Error</title><p>No &amp; nothing</p>", "Error: Error No & nothing"),
        (b"<html><head><title>Error</title></head><body><script>alert(1)</script>Gone</body>", "Error: Gone"),
        (b"a\r\n\r\n  b\x07", "a b"),
        (b"\xff\xfe", "��"),
        (b"", ""),
    ],
)
def test_json_a_line_and_a_page_become_words(content, words):
    assert words_of(Answer(content)) == words


def test_a_reason_phrase_that_explains_is_told():
    assert words_of(Answer(b"", reason="Incorrect score received {...}")) == "Incorrect score received {...}"
    assert words_of(Answer(b"x", reason="Not Found")) == "x"


def test_tokens_are_left_out():
    token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"

    assert words_of(Answer(f"bad {token}!".encode())) == "bad […]!"


@pytest.mark.parametrize("content", [b"x" * 10_000, b"<" * 100_000, b"<a " * 30_000, b"<!--" * 20_000])
def test_long_and_hostile_answers_become_short_ones(content):
    assert len(words_of(Answer(content))) <= LONGEST
