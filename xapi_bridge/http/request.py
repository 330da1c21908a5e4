"""A request as the standard means it, however it was sent (xAPI Communication 1)."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import IO

from flask import Request, g
from werkzeug.datastructures import Headers
from werkzeug.http import parse_options_header

from xapi_bridge.errors import (
    ContentEncodingRefused,
    ContentTypeRefused,
    ParameterMalformed,
    ParameterMissing,
    ParameterUnknown,
)
from xapi_bridge.http.alternate_syntax import Unfolded, unfold_form
from xapi_bridge.http.versions import HEADER, negotiate_version

_UTF8 = frozenset({"utf-8", "utf8", "us-ascii"})


@dataclass(frozen=True)
class XapiRequest:
    """What is asked of the store.

    Attributes:
        method: GET, PUT, POST or DELETE; HEAD asks as GET does.
        resource: the path below the address of the store, for example /statements.
        parameters: each given once.
        headers: names in any case.
        source: the request that brought it; views leave it alone.
        content: the body, when it came inside a form.
    """

    method: str
    resource: str
    parameters: Mapping[str, str]
    headers: Headers
    source: Request
    content: bytes | None = None

    @cached_property
    def version(self) -> str:
        """The version whose rules apply, "1.0.3" or "2.0.0".

        Raises:
            VersionHeaderMissing, VersionHeaderUnsupported.
        """
        return negotiate_version(self.headers.get(HEADER))

    def require_version(self) -> None:
        """Refuses a request in no version or in one that is not spoken (see `version`)."""
        _ = self.version

    @property
    def authorization(self) -> str | None:
        """The Authorization header."""
        return self.headers.get("Authorization")

    @property
    def content_type(self) -> str | None:
        """The Content-Type of the body as it was sent, parameters included."""
        return self.headers.get("Content-Type")

    @property
    def media_type(self) -> str:
        """The media type of the body without parameters, small letters; empty when not told."""
        return (self.content_type or "").partition(";")[0].strip().lower()

    def read_body(self) -> bytes:
        """The whole body.

        Raises:
            ContentEncodingRefused: it is compressed.
        """
        self._refuse_compression()
        return self.source.get_data(cache=False) if self.content is None else self.content

    @property
    def announced_length(self) -> int | None:
        """How many bytes the body has; None when it comes in chunks."""
        return self.source.content_length if self.content is None else len(self.content)

    def open_stream(self) -> IO[bytes]:
        """The body as it comes in; it ends where the body ends, and its reader watches how long it grows.

        Raises:
            ContentEncodingRefused: it is compressed.
        """
        self._refuse_compression()
        if self.content is not None:
            return BytesIO(self.content)
        # None would mean the limit of the whole application.
        self.source.max_content_length = sys.maxsize
        return self.source.stream

    def read_json(self) -> bytes:
        """The body, which must be told to be JSON, in UTF-8.

        Raises:
            ContentTypeRefused: another Content-Type.
            ContentEncodingRefused: compressed, or in another charset.
        """
        if self.media_type != "application/json":
            raise ContentTypeRefused(
                "Send statements as Content-Type: application/json, or as multipart/mixed with the bytes of "
                "their attachments."
            )
        charset = parse_options_header(self.content_type)[1].get("charset", "utf-8")
        if charset.strip().lower() not in _UTF8:
            raise ContentEncodingRefused("JSON comes in UTF-8 (RFC 8259, 8.1). Leave the charset out.")
        return self.read_body()

    def _refuse_compression(self) -> None:
        encoding = self.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in {"", "identity"}:
            raise ContentEncodingRefused("Send the body without Content-Encoding, not compressed.")

    def require_parameter(self, name: str) -> str:
        """The value of a parameter that must be there.

        Raises:
            ParameterMissing: it is not.
        """
        if name not in self.parameters:
            raise ParameterMissing(f"{self.method} {self.resource} needs the parameter {name}.")
        return self.parameters[name]

    def allow_parameters(self, *allowed: str) -> None:
        """Refuses every other parameter.

        Raises:
            ParameterUnknown: one that this resource does not have, or in another case.
        """
        unknown = sorted(set(self.parameters) - set(allowed))
        if unknown:
            raise ParameterUnknown(
                f"{self.method} {self.resource} has no parameter {', '.join(unknown)}. It has: "
                f"{', '.join(allowed) or 'none'}."
            )


def read_request(request: Request, *, resource: str) -> XapiRequest:
    """The request that Flask brought, understood once; a form of the alternate syntax is unfolded.

    Raises:
        ParameterMalformed: a parameter is given more than once.
        AlternateSyntaxRefused: POST ?method=… that cannot be unfolded, or not in this version.
    """
    g.xapi_version_asked = request.headers.get(HEADER)
    parameters = _single_parameters(request)
    sent = Unfolded(request.method, parameters, Headers(request.headers), None)
    if request.method == "POST" and "method" in parameters:
        sent = unfold_form(parameters, sent.headers, request.get_data(cache=False))
        g.xapi_version_asked = sent.headers.get(HEADER)
    method = "GET" if sent.method == "HEAD" else sent.method
    return XapiRequest(method, resource, sent.parameters, sent.headers, request, sent.content)


def _single_parameters(request: Request) -> dict[str, str]:
    repeated = sorted(name for name, values in request.args.lists() if len(values) > 1)
    if repeated:
        raise ParameterMalformed(f"The parameter {', '.join(repeated)} is given more than once.")
    return request.args.to_dict()
