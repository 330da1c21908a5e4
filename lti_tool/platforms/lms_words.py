"""What an LMS answered, as a few plain words: it may be JSON, a line of text or a page of HTML. Pure.

The words come from outside. They are shortened here and escaped where they are shown.
"""

import html
import json
import re
from typing import Any, Final, Protocol

LONGEST: Final = 500

#: Letter by letter, so that places in the text stay the same.
_ASCII_LOWER: Final = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}
_UNSEEN = re.compile(r"<(script|style|head)\b")
_JWT = re.compile(r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]*")
#: Members of error answers that hold words, the most telling first (RFC 6749, 5.2; RFC 7591, 3.2.2; RFC
#: 9457).
_MEMBERS: Final = ("error_description", "message", "detail", "error", "title", "errors")


class Answered(Protocol):
    """The parts of an HTTP answer that are looked at."""

    @property
    def content(self) -> bytes: ...

    @property
    def reason(self) -> str: ...


def words_of(answer: Answered) -> str:
    """At most 500 characters; empty when nothing can be read. Tokens are left out.

    Moodle explains a refused score in the reason phrase alone, so that is added when it says more than usual.
    """
    text = bytes(answer.content[:64_000]).decode("utf-8", "replace")
    said = _from_json(text) or _from_html(text)
    reason = str(answer.reason or "")
    if len(reason) > len("Internal Server Error") and reason not in said:
        said = f"{reason}. {said}" if said else reason
    return _tidy(said)


def _from_json(text: str) -> str:
    try:
        told: Any = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    if isinstance(told, str):
        return told
    if not isinstance(told, dict):
        return ""
    found = [told[name] for name in _MEMBERS if told.get(name)]
    return ": ".join(dict.fromkeys(each if isinstance(each, str) else json.dumps(each) for each in found))


def _from_html(text: str) -> str:
    title, body = _title_of(text), _visible_text(text)
    return html.unescape(f"{title}: {body}" if title else body)


def _title_of(text: str) -> str:
    lowered = text.translate(_ASCII_LOWER)
    start = lowered.find("<title")
    opened = lowered.find(">", start) if start >= 0 else -1
    end = lowered.find("</title", opened) if opened >= 0 else -1
    return text[opened + 1 : end] if end >= 0 else ""


def _visible_text(text: str) -> str:
    """What stands between tags, without scripts, styles, head and comments.

    Every search either moves on or is the last one, so that a hostile page costs no more than its length.
    """
    lowered, seen, at = text.translate(_ASCII_LOWER), [], 0
    while at >= 0:
        start = text.find("<", at)
        seen.append(text[at : start if start >= 0 else len(text)])
        at = _end_of_tag(lowered, start) if start >= 0 else -1
    return " ".join(seen)


def _end_of_tag(lowered: str, start: int) -> int:
    """Where the text goes on after the tag at `start`; -1 when nothing follows."""
    if lowered.startswith("<!--", start):
        found = lowered.find("-->", start)
        return found + 3 if found >= 0 else -1
    unseen = _UNSEEN.match(lowered, start)
    if unseen is not None:
        return lowered.find(f"</{unseen[1]}", start)
    found = lowered.find(">", start)
    return found + 1 if found >= 0 else -1


def _tidy(said: str) -> str:
    plain = " ".join(_JWT.sub("[…]", said).split())
    shown = "".join(character for character in plain if character.isprintable())
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
