"""Link headers as LMSs write them, and reason phrases without persons."""

import pytest

from lti_tool.advantage.link_headers import find_link, is_same_server
from lti_tool.advantage.reasons import LONGEST_REASON, redact_reason

BASE = "https://lms.example/a/b?x=1"


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ('<https://lms.example/p?c=AbC>; rel="next"', "https://lms.example/p?c=AbC"),
        ("<https://lms.example/p>; rel=next", "https://lms.example/p"),
        ("<https://lms.example/p>; REL='Next'", "https://lms.example/p"),
        ("<https://lms.example/p?a=1&amp;b=2>; rel=“next”", "https://lms.example/p?a=1&b=2"),
        ('<https://lms.example/p?a=1,2;3>; title="x, y"; rel="last next"', "https://lms.example/p?a=1,2;3"),
        (
            '<https://lms.example/d>; rel="differences", </p?from=2>; rel="next"',
            "https://lms.example/p?from=2",
        ),
        ('<?from=2>; rel="next"', "https://lms.example/a/b?from=2"),
        ('<https://lms.example/p>; rel="prev"', ""),
        ("<>; rel=next", ""),
        ("", ""),
        ("https://lms.example/p; rel=next", ""),
    ],
)
def test_the_next_page_is_found(header, address):
    as_received = header.encode().decode("latin-1")

    assert find_link(as_received, "next", base=BASE) == address
    assert find_link(header, "next", base=BASE) == address


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://lms.example/a", "https://lms.example:443/b", True),
        ("https://lms.example/a", "https://LMS.example/b", True),
        ("https://lms.example/a", "http://lms.example/a", False),
        ("https://lms.example/a", "https://lms.example:8443/a", False),
        ("https://lms.example/a", "https://lms.example.evil.test/a", False),
        ("https://lms.example/a", "https://lms.example@evil.test/a", False),
        ("https://lms.example/a", "https://lms.example:x/a", False),
        ("", "", False),
    ],
)
def test_a_token_goes_to_the_same_server_only(one, other, same):
    assert is_same_server(one, other) is same


@pytest.mark.parametrize(
    ("phrase", "told"),
    [
        (None, ""),
        ("", ""),
        ("Not Found", ""),
        ("Incorrect score received", " (Incorrect score received)"),
        ('Incorrect score received{"userId":"5"}', " (Incorrect score received)"),
        ("user 17 not in course CB-00002", " (user … not in course …)"),
        ("mail an@example.test see https://lms.example/u/5", " (mail … see …)"),
        ('name "Nguyễn Văn An" unknown', " (name … unknown)"),
        ("12345", ""),
        ("bad\r\nInjected: x", " (badInjected: x)"),
    ],
)
def test_a_reason_names_nobody(phrase, told):
    assert redact_reason(phrase) == told


def test_a_reason_is_short():
    assert len(redact_reason("word " * 100)) <= LONGEST_REASON + 3
