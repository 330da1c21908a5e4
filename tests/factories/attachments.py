"""Statements with attachments as clients send them, and answers with attachments as clients read them."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories.statements import make_properties
from tests.factories.xapi_door import Door
from xapi_bridge.running_app import running_app

BOUNDARY = "----=_ranh-gioi 1"
USAGE = "https://cchc.example/attachments/bai-viet"
ESSAY = "Một bài viết\r\nvề cải cách hành chính".encode()


def sha2_of(body: bytes, *, algorithm: str = "sha256") -> str:
    """The hash as xAPI writes it."""
    return hashlib.new(algorithm, body).hexdigest()


def make_attachment(body: bytes = ESSAY, **given: Any) -> dict[str, Any]:
    """The declaration of these bytes; what is given replaces or joins its properties."""
    return {
        "usageType": USAGE,
        "display": {"vi": "Bài viết"},
        "contentType": "text/plain; charset=utf-8",
        "length": len(body),
        "sha2": sha2_of(body),
        **given,
    }


def make_attached(*bodies: bytes, **given: Any) -> dict[str, Any]:
    """The properties of a statement with these attachments."""
    return make_properties(attachments=[make_attachment(body) for body in bodies], **given)


def make_part(body: bytes, **headers: str | None) -> bytes:
    """A part as it stands between two boundaries; a header that is given as None is left out.

    Args:
        headers: names with _ instead of -.
    """
    ordinary = {
        "Content_Type": "text/plain",
        "Content_Transfer_Encoding": "binary",
        "X_Experience_API_Hash": sha2_of(body),
    }
    lines = [
        f"{name.replace('_', '-')}: {value}\r\n"
        for name, value in {**ordinary, **headers}.items()
        if value is not None
    ]
    return "".join(lines).encode() + b"\r\n" + body


def make_first_part(statements: Any, content_type: str = "application/json") -> bytes:
    """The part with the statements."""
    raw = statements if isinstance(statements, bytes) else json.dumps(statements).encode()
    return f"Content-Type: {content_type}\r\n\r\n".encode() + raw


def join_parts(*parts: bytes, boundary: str = BOUNDARY) -> bytes:
    """A whole body in multipart/mixed."""
    opening = f"--{boundary}\r\n".encode()
    return b"".join(opening + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()


def make_multipart(statements: Any, *bodies: bytes) -> bytes:
    """A request with statements and the bytes of their attachments."""
    return join_parts(make_first_part(statements), *(make_part(body) for body in bodies))


def send(
    door: Door,
    body: Any,
    *,
    statement_id: UUID | str | None = None,
    content_type: str = f'multipart/mixed; boundary="{BOUNDARY}"',
    **given: Any,
) -> TestResponse:
    """POST /xapi/statements, or PUT under an id; `given` goes to the client."""
    return door.client.open(
        "/xapi/statements",
        method="POST" if statement_id is None else "PUT",
        query_string={} if statement_id is None else {"statementId": str(statement_id)},
        data=body,
        content_type=content_type,
        auth=door.auth,
        headers=door.headers,
        **given,
    )


def fetch(door: Door, **parameters: Any) -> "list[ServedPart]":
    """The parts of GET /xapi/statements?attachments=true."""
    answer = door.get(attachments="true", **parameters)
    assert answer.status_code == 200, answer.data
    assert answer.content_length == len(answer.data)
    return split_answer(answer.content_type, answer.data)


def count_rows(door: Door, *tables: type) -> list[int]:
    """How many rows each table has."""
    with door.app.app_context(), Session(running_app().engine) as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def stored_files(door: Door) -> list[Path]:
    """Every file in the door's storage, those of running requests included."""
    folder = Path(door.app.config["CCHC_SETTINGS"].data_dir) / "attachments"
    return sorted(one for one in folder.rglob("*") if one.is_file())


@dataclass(frozen=True)
class ServedPart:
    """A part of an answer; header names in small letters."""

    headers: dict[str, str]
    body: bytes


def split_answer(content_type: str, raw: bytes) -> list[ServedPart]:
    """The parts of an answer, read by the letter of RFC 2046."""
    media_type, _, boundary = content_type.partition("; boundary=")
    assert media_type == "multipart/mixed"
    pieces = (b"\r\n" + raw).split(f"\r\n--{boundary}".encode())
    assert pieces[0] == b""
    assert pieces[-1] == b"--\r\n"
    return [_served_part(piece) for piece in pieces[1:-1]]


def _served_part(piece: bytes) -> ServedPart:
    assert piece.startswith(b"\r\n")
    heading, _, body = piece[2:].partition(b"\r\n\r\n")
    pairs = (line.split(": ", 1) for line in heading.decode().split("\r\n"))
    return ServedPart({name.lower(): value for name, value in pairs}, body)
