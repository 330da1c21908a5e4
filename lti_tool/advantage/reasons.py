"""What an LMS says about a refusal, without what it repeats of persons. Pure.

Some LMSs explain themselves in the reason phrase of the status line and repeat the request there.
"""

import re
from typing import Final

LONGEST_REASON: Final = 120

#: Standard phrases say no more than the number.
_USUAL: Final = frozenset(
    {
        "bad request", "unauthorized", "forbidden", "not found", "conflict", "gone", "unprocessable entity",
        "unprocessable content", "internal server error", "bad gateway", "service unavailable",
        "gateway timeout", "gateway time-out", "too many requests", "method not allowed", "not acceptable",
        "unsupported media type", "ok", "created", "no content",
    }
)  # fmt: skip
_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'|“[^”]*”")
_ADDRESS: Final = re.compile(r"\S*(?:@|://)\S*")
_NUMBER: Final = re.compile(r"\S*\d\S*")


def redact_reason(phrase: str | None) -> str:
    """The reason phrase for a message, in parentheses with a blank before; "" when it says nothing.

    Left out: everything from the first bracket on (a repeated request), quotations, addresses, and every word
    with a digit (ids).
    """
    text = re.split(r"[{\[<]", phrase or "", maxsplit=1)[0]
    text = _NUMBER.sub("…", _ADDRESS.sub("…", _QUOTED.sub("…", text)))
    text = "".join(letter for letter in text if letter.isprintable())
    text = " ".join(text.split())[:LONGEST_REASON].strip(" :;,-")
    if not text.strip("… ") or text.lower() in _USUAL:
        return ""
    return f" ({text})"
