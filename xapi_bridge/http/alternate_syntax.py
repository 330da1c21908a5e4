"""POST ?method=… with headers, parameters and content in one form (xAPI 1.0.3 Communication 1.3).

Made for browsers that could not send PUT, DELETE or own headers to another site. 2.0.0 has given it up.
"""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl

from werkzeug.datastructures import Headers

from xapi_bridge.errors import AlternateSyntaxRefused
from xapi_bridge.http.versions import HEADER, version_of_answer

_FORM = "application/x-www-form-urlencoded"
_METHODS = frozenset({"GET", "HEAD", "PUT", "POST", "DELETE"})
_WITH_CONTENT = frozenset({"PUT", "POST"})
_CONTENT = "content"
#: Form fields that stand for headers, in small letters.
_HEADERS = frozenset(
    {
        "authorization", HEADER.lower(), "content-type", "content-length", "if-match", "if-none-match",
        "accept", "accept-language", "accept-encoding", "content-encoding",
    }
)  # fmt: skip
_MAX_FIELDS = 100


class Unfolded(NamedTuple):
    """The request inside the form; `content` None means that the body is where it always is."""

    method: str
    parameters: Mapping[str, str]
    headers: Headers
    content: bytes | None


def unfold_form(parameters: Mapping[str, str], headers: Headers, form: bytes) -> Unfolded:
    """The request that the form stands for.

    Raises:
        AlternateSyntaxRefused: with what is wrong about it.
    """
    method = parameters["method"]
    _refuse_envelope(method, parameters, headers)
    fields = _fields(form)
    inner = Headers(
        [(name, value) for name, value in headers if name.lower() not in {"content-type", "content-length"}]
    )
    for name in [name for name in fields if name.lower() in _HEADERS]:
        inner.set(name, _header_value(name, fields.pop(name)))
    _refuse_newer_version(inner)
    content = fields.pop(_CONTENT, None)
    if content is None and method in _WITH_CONTENT:
        raise AlternateSyntaxRefused(f"The form of a {method} needs the field `{_CONTENT}`.")
    if content is not None:
        inner.setdefault("Content-Type", "application/json")
    return Unfolded(method, fields, inner, (content or "").encode())


def _refuse_envelope(method: str, parameters: Mapping[str, str], headers: Headers) -> None:
    _refuse_newer_version(headers)
    if method not in _METHODS:
        raise AlternateSyntaxRefused(f"?method= must be one of {', '.join(sorted(_METHODS))}.")
    others = sorted(set(parameters) - {"method"})
    if others:
        raise AlternateSyntaxRefused(
            f"Only ?method= stands in the address. Put {', '.join(others)} into the form."
        )
    if headers.get("Content-Type", "").partition(";")[0].strip().lower() != _FORM:
        raise AlternateSyntaxRefused(f"The form of the alternate request syntax is {_FORM}.")


def _refuse_newer_version(headers: Headers) -> None:
    if version_of_answer(headers.get(HEADER)) == "2.0.0":
        raise AlternateSyntaxRefused("Version 2.0.0 has no alternate request syntax. Send the method itself.")


def _fields(form: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(form.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except (UnicodeDecodeError, ValueError) as malformed:
        raise AlternateSyntaxRefused(f"The form cannot be read as {_FORM} in UTF-8.") from malformed
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise AlternateSyntaxRefused("The form has a field more than once.")
    return fields


def _header_value(name: str, value: str) -> str:
    if not value.isprintable():
        raise AlternateSyntaxRefused(f"The field {name} stands for a header, and headers are one line.")
    return value.strip()
