"""Client of another record store over HTTP: send statements, read them page by page, ask who it is.

One object serves every account and thread. It keeps connections alive, verifies TLS, follows no redirect, and
says by the class of its refusal what can be done next (`xapi_bridge.errors.RemoteLrsRefused`).
"""

import base64
import email.utils
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NoReturn, TypeVar
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import msgspec
import requests

from xapi_bridge.lrs_account import AttachmentBody, LrsAccount, LrsCheck, RemotePage
from xapi_bridge.outgoing_http import OutgoingHttp, host_of
from xapi_bridge.remote_errors import (
    RemoteAccessRefused,
    RemoteAnswerMalformed,
    RemoteBatchTooLarge,
    RemoteConflict,
    RemoteLrsRefused,
    RemoteStatementsRefused,
    RemoteUnavailable,
)
from xapi_bridge.statement.errors import TimestampMalformed
from xapi_bridge.statement.formats import instant_from_timestamp

#: A page of 500 statements has one or two megabytes.
LARGEST_ANSWER_BYTES: Final = 64 * 1024 * 1024
#: How much of a refusal is kept for the operator.
ANSWER_KEPT: Final = 500
LONGEST_RETRY_AFTER_SECONDS: Final = 24 * 3600.0
CONNECT_TIMEOUT_SECONDS: Final = 5.0

Shape = TypeVar("Shape")

_LATER = frozenset({408, 425, 429})
#: 422 is how some stores say 400.
_NOT_VALID = frozenset({400, 422})


class _Page(msgspec.Struct):
    statements: list[msgspec.Raw]
    more: str = ""


class _About(msgspec.Struct):
    version: list[str] = msgspec.field(default_factory=list)


class HttpRemoteLrs:
    """Other record stores, asked over HTTP. Fills `sync.ports.RemoteLrs`."""

    def __init__(
        self, *, timeout_seconds: float, private_networks_allowed: bool, authorities_file: str = ""
    ) -> None:
        self._http = OutgoingHttp(
            timeout_seconds=timeout_seconds,
            connect_timeout_seconds=CONNECT_TIMEOUT_SECONDS,
            private_networks_allowed=private_networks_allowed,
            largest_answer_bytes=LARGEST_ANSWER_BYTES,
            authorities_file=authorities_file,
        )

    def close(self) -> None:
        """Closes the kept connections."""
        self._http.close()

    def post_statements(
        self, account: LrsAccount, statements: Sequence[bytes], *, bodies: Sequence[AttachmentBody] = ()
    ) -> None:
        """Returns when the other store holds every statement.

        Args:
            statements: JSON objects, each with its id.
            bodies: of attachments that have no fileUrl; with any, the request is multipart/mixed.

        Raises:
            RemoteLrsRefused: its subclass says whether to wait, to split the batch, or to ask an operator.

        Spec: xAPI 1.0.3 Communication 2.1.2, 1.5.2.
        """
        body, content_type = b"[" + b",".join(statements) + b"]", "application/json"
        if bodies:
            body, content_type = _multipart(body, bodies)
        answer = self._ask(account, "POST", "statements", content=body, content_type=content_type)
        if answer.status_code == 204:
            return
        if answer.status_code != 200:
            _refuse(answer)
        sent = {_id_of(one) for one in statements}
        taken = _decoded(answer, list[str])
        # Some stores name only those that were new to them; none names others.
        if not {one.lower() for one in taken} <= sent:
            raise RemoteAnswerMalformed(
                f"{host_of(answer.url)} answered with ids that were not sent.", status=answer.status_code
            )

    def find_statement(self, account: LrsAccount, statement_id: UUID) -> bytes | None:
        """The JSON of a statement that the other store holds, valid or voided; None when it has none.

        Raises:
            RemoteLrsRefused: it did not answer, or our key may not read.
        """
        for parameter in ("statementId", "voidedStatementId"):
            answer = self._ask(account, "GET", "statements", parameters={parameter: str(statement_id)})
            if answer.status_code == 200:
                return answer.content
            if answer.status_code != 404:
                _refuse(answer)
        return None

    def read_page(
        self,
        account: LrsAccount,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 0,
        ascending: bool = True,
        filters: Mapping[str, str] | None = None,
    ) -> RemotePage:
        """The first page of the statements stored after `since` and not after `until`.

        Args:
            filters: further parameters of GET /statements, for example `verb` and `activity`.
            limit: most statements in one page; 0 leaves it to the other store.

        Raises:
            RemoteLrsRefused: it did not answer, or not as a record store does.

        Spec: xAPI 1.0.3 Communication 2.1.3.
        """
        parameters = {**(filters or {}), "limit": str(limit), "ascending": "true" if ascending else "false"}
        for name, instant in (("since", since), ("until", until)):
            if instant is not None:
                parameters[name] = _timestamp(instant)
        return _page(self._ask(account, "GET", "statements", parameters=parameters))

    def read_more(self, account: LrsAccount, more: str) -> RemotePage:
        """The page that `more` of another page leads to.

        Raises:
            RemoteAccessRefused: it leads to another server, which must not learn our key.
            RemoteLrsRefused: as `read_page`.
        """
        address = urljoin(account.endpoint + "/", more)
        if host_of(address) != host_of(account.endpoint):
            raise RemoteAccessRefused(
                f"{host_of(account.endpoint)} leads on to {host_of(address)}. Name that server as endpoint."
            )
        return _page(self._ask(account, "GET", address))

    def check(self, account: LrsAccount) -> LrsCheck:
        """What the other store says about itself, and whether our key is good.

        Raises:
            RemoteLrsRefused: it is no record store, does not know the key, or does not speak our version.
        """
        about = self._ask(account, "GET", "about")
        versions: tuple[str, ...] = ()
        if about.status_code == 200:
            versions = tuple(_decoded(about, _About).version)
        answer = self._ask(account, "GET", "statements", parameters={"limit": "1"})
        if answer.status_code == 403:
            # A key that only writes is a good key.
            return LrsCheck(versions=versions, may_read=False)
        _page(answer)
        return LrsCheck(versions=versions, may_read=True)

    def _ask(
        self,
        account: LrsAccount,
        method: str,
        resource: str,
        *,
        parameters: Mapping[str, str] | None = None,
        content: bytes | None = None,
        content_type: str = "",
    ) -> requests.Response:
        """The answer, unless the server has moved: a redirect could lead around the rule about addresses."""
        address = resource if urlsplit(resource).scheme else f"{account.endpoint}/{resource}"
        pair = f"{account.key}:{account.secret}".encode()
        headers = {
            "Authorization": "Basic " + base64.b64encode(pair).decode(),
            "X-Experience-API-Version": account.version,
        }
        if content_type:
            headers["Content-Type"] = content_type
        answer = self._http.request(method, address, params=parameters, data=content, headers=headers)
        if answer.is_redirect:
            raise RemoteAccessRefused(
                f"{host_of(address)} answered with a redirect. Name its final address as endpoint.",
                status=answer.status_code,
            )
        return answer


def _refuse(answer: requests.Response) -> NoReturn:
    """Raises what an answer other than success means."""
    status, host = answer.status_code, host_of(answer.url)
    text = answer.content[: ANSWER_KEPT * 4].decode(errors="replace")[:ANSWER_KEPT]
    if status in _LATER or status >= 500:
        raise RemoteUnavailable(
            f"{host} answered {status}.",
            status=status,
            answer=text,
            retry_after_seconds=_retry_after(answer.headers),
        )
    kinds: dict[int, type[RemoteLrsRefused]] = {409: RemoteConflict, 413: RemoteBatchTooLarge}
    kind = RemoteStatementsRefused if status in _NOT_VALID else kinds.get(status, RemoteAccessRefused)
    if 200 <= status < 300:
        kind = RemoteAnswerMalformed
    raise kind(f"{host} answered {status}.", status=status, answer=text)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait, from a number or a date (RFC 9110, 10.2.3)."""
    sent = headers.get("Retry-After", "").strip()
    if sent.isascii() and sent.isdigit():
        return min(float(sent[:9]), LONGEST_RETRY_AFTER_SECONDS)
    try:
        until = email.utils.parsedate_to_datetime(sent)
        own = email.utils.parsedate_to_datetime(headers.get("Date", ""))
    except (TypeError, ValueError):
        return None
    if until.tzinfo is None or own.tzinfo is None:
        return None
    # Both instants are by the server's clock, so that ours need not agree with it.
    return min(max((until - own).total_seconds(), 0.0), LONGEST_RETRY_AFTER_SECONDS)


def _page(answer: requests.Response) -> RemotePage:
    if answer.status_code != 200:
        _refuse(answer)
    page = _decoded(answer, _Page)
    return RemotePage(
        statements=tuple(bytes(one) for one in page.statements),
        more=page.more,
        consistent_through=_instant(answer.headers.get("X-Experience-API-Consistent-Through", "")),
    )


def _decoded(answer: requests.Response, shape: type[Shape]) -> Shape:
    try:
        return msgspec.json.decode(answer.content, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as other:
        raise RemoteAnswerMalformed(
            f"{host_of(answer.url)} answered {answer.status_code}, but not as a record store does: "
            f"{answer.headers.get('Content-Type', 'no type')[:80]}.",
            status=answer.status_code,
        ) from other


def _instant(text: str) -> datetime | None:
    try:
        return instant_from_timestamp(text, at="X-Experience-API-Consistent-Through")
    except TimestampMalformed:
        return None


def _timestamp(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class _Identified(msgspec.Struct):
    id: str


def _id_of(statement: bytes) -> str:
    return msgspec.json.decode(statement, type=_Identified).id.lower()


def _multipart(statements: bytes, bodies: Sequence[AttachmentBody]) -> tuple[bytes, str]:
    """Statements and the bytes of their attachments in one body, and its content type."""
    boundary = secrets.token_hex(24)
    parts = [(b"Content-Type: application/json", statements)]
    parts += [
        (
            f"Content-Type: {one.content_type}\r\nContent-Transfer-Encoding: binary\r\n"
            f"X-Experience-API-Hash: {one.sha2}".encode(),
            one.content,
        )
        for one in bodies
    ]
    edge = f"--{boundary}".encode()
    joined = b"".join(edge + b"\r\n" + head + b"\r\n\r\n" + content + b"\r\n" for head, content in parts)
    return joined + edge + b"--\r\n", f'multipart/mixed; boundary="{boundary}"'
