"""Attachments at the xAPI door: received with their statements, served with them (xAPI Data 2.4.11)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import UUID, uuid4

import structlog
from flask import Response, current_app

from xapi_bridge.errors import AttachmentUnnamed
from xapi_bridge.http.multipart import (
    HASH_HEADER,
    MultipartLimits,
    ReceivedBody,
    ReceivedStatements,
    boundary_from_content_type,
    receive_multipart,
    refuse_large_request,
)
from xapi_bridge.http.request import XapiRequest
from xapi_bridge.http.settings import AttachmentLimits
from xapi_bridge.running_app import borrow, now, section, transaction
from xapi_bridge.statement import Statement, SubStatement
from xapi_bridge.statement.attachments import Attachment
from xapi_bridge.statement.errors import AttachmentBodyMissing, SignatureMalformed
from xapi_bridge.statement.signature import MAX_SIGNATURE_BYTES, check_signature
from xapi_bridge.store.attachments import AttachmentLink, KeptAttachment, claim_attachments
from xapi_bridge.store.blobs import Blobs, lost, spooled

log = structlog.get_logger(__name__)


@contextmanager
def received_statements(asked: XapiRequest) -> Iterator[ReceivedStatements]:
    """The statements of a request, and the bytes that came with them; their files are gone after the block.

    Raises:
        ContentTypeRefused: neither application/json nor multipart/mixed.
        RequestRefused, StoreRefused: see `receive_multipart`.
    """
    if asked.media_type != "multipart/mixed":
        yield ReceivedStatements(asked.read_json())
        return
    boundary = boundary_from_content_type(asked.headers.get("Content-Type", ""))
    limits = _limits()
    refuse_large_request(asked.announced_length or 0, limits.request_bytes)
    with spooled(_blobs()) as folder:
        yield receive_multipart(asked.open_stream(), boundary=boundary, spool=folder, limits=limits)


def check_attachments_came(statements: Sequence[Statement], bodies: Mapping[str, ReceivedBody]) -> None:
    """Refuses bytes without a statement, statements without their bytes, and signatures that are none.

    Bytes that the store has from an earlier request do not count: who knows a hash need not know the bytes.

    Raises:
        AttachmentBodyMissing, AttachmentUnnamed, SignatureRefused.

    Spec: xAPI 1.0.3 Communication 1.5.1 and 1.5.2, Data 2.6.
    """
    named: set[str] = set()
    for position, statement in enumerate(statements):
        for path, attachment in _attachments_of(statement):
            _refuse_missing(attachment, bodies, at=f"[{position}].{path}")
            named.add(attachment.content_address)
        for place, attachment in enumerate(statement.attachments):
            if attachment.is_signature:
                _check_signature(statement, attachment, bodies, at=f"[{position}].attachments[{place}]")
    if unnamed := sorted(bodies.keys() - named):
        raise AttachmentUnnamed(
            f"No statement of the request names the attachment {', '.join(unnamed[:10])}."
        )


def keep_bodies(bodies: Mapping[str, ReceivedBody]) -> None:
    """Puts the bytes into the storage, for good; call it before the statements are recorded.

    Raises:
        AttachmentStorageUnavailable.
    """
    if not bodies:
        return
    with transaction() as session:
        claim_attachments(session, [(one.sha2, one.length) for one in bodies.values()], now=now())
    for body in bodies.values():
        _blobs().keep(body.sha2, body.file)


def links_between(
    ids: Sequence[UUID], statements: Sequence[Statement], bodies: Mapping[str, ReceivedBody]
) -> list[AttachmentLink]:
    """Which of the bytes belong to which of the statements, as `link_attachments` takes it."""
    if not bodies:
        return []
    return [
        AttachmentLink(statement_id, attachment.content_address, attachment.content_type)
        for statement_id, statement in zip(ids, statements, strict=True)
        for _, attachment in _attachments_of(statement)
        if attachment.content_address in bodies
    ]


def multipart_answer(first: bytes, kept: Sequence[KeptAttachment]) -> Response:
    """The JSON and the bytes that belong to it, in multipart/mixed; the bytes are read while they are sent.

    Raises:
        AttachmentLost: before anything is sent. If bytes vanish later, the connection ends before the
            announced length, so that no client takes the rest for the whole.
    """
    blobs = _blobs()
    for one in kept:
        if blobs.size_of(one.sha2) != one.length:
            log.error("attachment_lost", sha2=one.sha2)
            raise lost(one.sha2)
    boundary = uuid4().hex
    opening = _part_opening(boundary, [("Content-Type", "application/json")])
    openings = [_part_opening(boundary, _headers_of(one)) for one in kept]
    closing = f"\r\n--{boundary}--\r\n".encode()

    def pieces() -> Iterator[bytes]:
        yield opening.removeprefix(b"\r\n") + first
        for heading, one in zip(openings, kept, strict=True):
            yield heading
            yield from _exactly(blobs, one)
        yield closing

    response = Response(pieces(), content_type=f"multipart/mixed; boundary={boundary}")
    heads = len(opening) - 2 + sum(map(len, openings)) + len(closing)
    response.content_length = heads + len(first) + sum(one.length for one in kept)
    return response


def _exactly(blobs: Blobs, kept: KeptAttachment) -> Iterator[bytes]:
    """The bytes, as many as were announced; anything else ends the answer by an error, and its connection."""
    left = kept.length
    for chunk in blobs.read(kept.sha2):
        left -= len(chunk)
        if left < 0:
            break
        yield chunk
    if left:
        log.error("attachment_lost", sha2=kept.sha2)
        raise lost(kept.sha2)


def _blobs() -> Blobs:
    # A port is asked for by its Protocol, which mypy allows for concrete classes only.
    return borrow(Blobs)  # type: ignore[type-abstract]


def _limits() -> MultipartLimits:
    limits = section(AttachmentLimits)
    return MultipartLimits(
        request_bytes=limits.request_bytes,
        statements_bytes=current_app.config["MAX_CONTENT_LENGTH"],
        attachment_bytes=limits.attachment_bytes,
        attachments=limits.attachments,
    )


def _attachments_of(statement: Statement) -> Iterator[tuple[str, Attachment]]:
    """Path and declaration of every attachment, those of a SubStatement included."""
    for place, attachment in enumerate(statement.attachments):
        yield f"attachments[{place}]", attachment
    if isinstance(statement.object, SubStatement):
        for place, attachment in enumerate(statement.object.attachments or ()):
            yield f"object.attachments[{place}]", attachment


def _refuse_missing(attachment: Attachment, bodies: Mapping[str, ReceivedBody], *, at: str) -> None:
    if attachment.file_url is None and attachment.content_address not in bodies:
        raise AttachmentBodyMissing(
            at, f"has no fileUrl, and no part with its {HASH_HEADER} came in a multipart/mixed request"
        )


def _check_signature(
    statement: Statement, attachment: Attachment, bodies: Mapping[str, ReceivedBody], *, at: str
) -> None:
    body = bodies.get(attachment.content_address)
    if body is None:
        raise SignatureMalformed(at, "is a signature, whose bytes come in the same request, not by fileUrl")
    if body.length > MAX_SIGNATURE_BYTES:
        raise SignatureMalformed(at, f"is a signature of more than {MAX_SIGNATURE_BYTES} bytes")
    check_signature(statement, attachment, body.file.read_bytes(), at=at)


def _headers_of(kept: KeptAttachment) -> list[tuple[str, str]]:
    return [
        ("Content-Type", kept.content_type),
        ("Content-Transfer-Encoding", "binary"),
        (HASH_HEADER, kept.sha2),
    ]


def _part_opening(boundary: str, headers: Sequence[tuple[str, str]]) -> bytes:
    lines = [f"--{boundary}", *(f"{name}: {value}" for name, value in headers), "", ""]
    return ("\r\n" + "\r\n".join(lines)).encode()
