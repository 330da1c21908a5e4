"""Bodies in multipart/mixed: the statements, then the bytes of their attachments (xAPI Communication 1.5.2).

The form of RFC 2046 is read by python-multipart (docs/decisions/0010-multipart-and-blobs.md). Here stands
what xAPI asks of the parts; nothing but the statements is ever in memory as a whole.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from xapi_bridge.errors import (
    AttachmentHashDiffers,
    BoundaryMissing,
    ContentTypeRefused,
    MultipartMalformed,
    MultipartTruncated,
    PartHeaderRefused,
    RequestTooLarge,
)
from xapi_bridge.store.blobs import CHUNK_BYTES, hash_named_by, is_sha2, storage_written

HASH_HEADER = "X-Experience-API-Hash"

#: RFC 2046 5.1.1: 1 to 70 of these characters, the last one no blank.
_BOUNDARY = re.compile(rb"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
#: Text before the first boundary means nothing, and nobody needs much of it.
_MAX_PREAMBLE_BYTES = 16 * 1024
_MAX_HEADER_BYTES = 8 * 1024
_MAX_HEADERS = 32


@dataclass(frozen=True)
class MultipartLimits:
    """What the installation takes.

    Attributes:
        request_bytes: whole body.
        statements_bytes: first part.
        attachment_bytes: each further part.
        attachments: how many further parts.
    """

    request_bytes: int
    statements_bytes: int
    attachment_bytes: int
    attachments: int


@dataclass(frozen=True)
class ReceivedBody:
    """The bytes of an attachment, in a file of their own; they have this hash."""

    sha2: str
    length: int
    file: Path


@dataclass(frozen=True)
class ReceivedStatements:
    """A request to record: the JSON, and by their hash the bytes that came with it."""

    json: bytes
    bodies: Mapping[str, ReceivedBody] = field(default_factory=dict)


def boundary_from_content_type(content_type: str) -> bytes:
    """The boundary that a Content-Type names.

    Raises:
        BoundaryMissing: none, or one that RFC 2046 does not allow.
    """
    boundary = parse_options_header(content_type.encode())[1].get(b"boundary", b"")
    if not _BOUNDARY.fullmatch(boundary):
        raise BoundaryMissing("Send Content-Type: multipart/mixed; boundary=… with 1 to 70 characters.")
    return boundary


def receive_multipart(
    stream: IO[bytes], *, boundary: bytes, spool: Path, limits: MultipartLimits
) -> ReceivedStatements:
    """Reads the whole body; attachments go to files in `spool` while their hashes are computed.

    The same bytes twice are taken once: xAPI asks for one copy, and does not forbid two.

    Raises:
        MultipartMalformed, AttachmentHashDiffers, RequestTooLarge, ContentTypeRefused: see their docstrings.
        AttachmentStorageUnavailable: the spool cannot be written.
    """
    with closing(_Parts(spool, limits)) as parts:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": parts.begin,
                "on_header_field": parts.name_header,
                "on_header_value": parts.value_header,
                "on_header_end": parts.note_header,
                "on_headers_finished": parts.open,
                "on_part_data": parts.write,
                "on_part_end": parts.finish,
                "on_end": parts.end,
            },
            max_header_count=_MAX_HEADERS,
            max_header_size=_MAX_HEADER_BYTES,
        )
        for chunk in _without_preamble(_chunks(stream, limits.request_bytes), boundary):
            _feed(parser, chunk)
        return parts.received()


def _feed(parser: MultipartParser, chunk: bytes) -> None:
    try:
        parser.write(chunk)
    except FormParserError as malformed:
        raise MultipartMalformed(
            f"The body is not multipart/mixed of RFC 2046, with CR LF at each line's end: {malformed}."
        ) from malformed


def _chunks(stream: IO[bytes], most: int) -> Iterator[bytes]:
    received = 0
    while chunk := stream.read(CHUNK_BYTES):
        received += len(chunk)
        refuse_large_request(received, most)
        yield chunk


def refuse_large_request(length: int, most: int) -> None:
    """Refuses a body of more than `most` bytes, announced or received.

    Raises:
        RequestTooLarge.
    """
    if length > most:
        raise RequestTooLarge(f"The request has more than {most} bytes. Send fewer attachments at once.")


def _without_preamble(chunks: Iterator[bytes], boundary: bytes) -> Iterator[bytes]:
    """The body from its first boundary on; what stands before is to be ignored (RFC 2046 5.1.1).

    So are blanks after that boundary, which the parser takes after later ones only.
    """
    opening = re.compile(rb"\r\n--" + re.escape(boundary) + rb"[ \t]*\r\n")
    held = b"\r\n"
    for chunk in chunks:
        held += chunk
        if found := opening.search(held):
            yield b"--" + boundary + b"\r\n" + held[found.end() :]
            yield from chunks
            return
        if len(held) > _MAX_PREAMBLE_BYTES + CHUNK_BYTES:
            break
    raise MultipartMalformed(
        "The body does not begin with the boundary that Content-Type names: two hyphens, the boundary, CR LF."
    )


class _Sink(Protocol):
    """Where the bytes of one part go."""

    def write(self, chunk: bytes) -> None: ...

    def close(self) -> None: ...


class _StatementsSink:
    """The first part: JSON, kept in memory."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.json = bytearray()

    def write(self, chunk: bytes) -> None:
        self.json += chunk
        if len(self.json) > self._most:
            raise RequestTooLarge(f"The statements have more than {self._most} bytes. Send fewer at once.")

    def close(self) -> None:
        """Nothing to let go of."""


class _BodySink:
    """A further part: a file that is hashed while it is written."""

    def __init__(self, sha2: str, file: Path, most: int) -> None:
        self._sha2, self._path, self._most = sha2, file, most
        self._length = 0
        self._hash = hash_named_by(sha2)
        with storage_written():
            self._file = file.open("xb")

    def write(self, chunk: bytes) -> None:
        self._length += len(chunk)
        if self._length > self._most:
            raise RequestTooLarge(f"The attachment {self._sha2} has more than {self._most} bytes.")
        self._hash.update(chunk)
        with storage_written():
            self._file.write(chunk)

    def close(self) -> None:
        with storage_written():
            self._file.close()

    def received(self) -> ReceivedBody:
        """The finished file.

        Raises:
            AttachmentHashDiffers: its bytes are other ones than announced.
        """
        if self._hash.hexdigest() != self._sha2:
            raise AttachmentHashDiffers(
                f"{HASH_HEADER} names {self._sha2}, but the {self._length} bytes of its part have another "
                "SHA-2. Was the file changed on its way, or its line ends?"
            )
        return ReceivedBody(self._sha2, self._length, self._path)


class _Parts:
    """The parts as they come by: python-multipart calls these methods in the order of the body."""

    def __init__(self, spool: Path, limits: MultipartLimits) -> None:
        self._spool, self._limits = spool, limits
        self._statements = _StatementsSink(limits.statements_bytes)
        self._bodies: dict[str, ReceivedBody] = {}
        self._count = 0
        self._sink: _Sink | None = None
        self._ended = False
        self._headers: dict[str, str] = {}
        self._name = self._value = b""

    def begin(self) -> None:
        """A boundary: another part follows."""
        self._count += 1
        self._headers = {}
        if self._count - 1 > self._limits.attachments:
            raise RequestTooLarge(f"The request has more than {self._limits.attachments} attachments.")

    def name_header(self, chunk: bytes, start: int, end: int) -> None:
        """A piece of a header's name."""
        self._name += chunk[start:end]

    def value_header(self, chunk: bytes, start: int, end: int) -> None:
        """A piece of a header's value."""
        self._value += chunk[start:end]

    def note_header(self) -> None:
        """A whole header."""
        name = self._name.decode("latin-1").lower()
        if name in self._headers:
            raise PartHeaderRefused(f"Part {self._count} has the header {name} twice.")
        self._headers[name] = self._value.decode("latin-1").strip()
        self._name = self._value = b""

    def open(self) -> None:
        """The headers are complete: the bytes of the part follow."""
        self._sink = self._open_statements() if self._count == 1 else self._open_body()

    def write(self, chunk: bytes, start: int, end: int) -> None:
        """Some bytes of the part."""
        if self._sink is not None:
            self._sink.write(chunk[start:end])

    def finish(self) -> None:
        """The part is complete."""
        sink, self._sink = self._sink, None
        if sink is not None:
            sink.close()
        if isinstance(sink, _BodySink):
            body = sink.received()
            self._bodies[body.sha2] = body

    def end(self) -> None:
        """The closing boundary; what follows it is to be ignored (RFC 2046 5.1.1)."""
        self._ended = True

    def close(self) -> None:
        """Lets go of a part that was interrupted."""
        if self._sink is not None:
            self._sink.close()

    def received(self) -> ReceivedStatements:
        """All of it.

        Raises:
            MultipartTruncated: the closing boundary is missing.
            MultipartMalformed: no part at all.
        """
        if not self._ended:
            raise MultipartTruncated(
                "The body ends before its closing boundary (--boundary--). Send it again."
            )
        if not self._count:
            raise MultipartMalformed("The body has no part; the first one holds the statements.")
        return ReceivedStatements(bytes(self._statements.json), self._bodies)

    def _open_statements(self) -> _Sink:
        media_type = parse_options_header(self._headers.get("content-type"))[0]
        if media_type.lower() != b"application/json":
            raise ContentTypeRefused(
                "The first part holds the statements, as Content-Type: application/json."
            )
        return self._statements

    def _open_body(self) -> _Sink:
        if self._headers.get("content-transfer-encoding", "").lower() != "binary":
            raise PartHeaderRefused(f"Part {self._count} needs the header Content-Transfer-Encoding: binary.")
        sha2 = self._headers.get(HASH_HEADER.lower(), "").lower()
        if not is_sha2(sha2):
            raise PartHeaderRefused(
                f"Part {self._count} needs the header {HASH_HEADER}: 56, 64, 96 or 128 hexadecimal digits."
            )
        return _BodySink(sha2, self._spool / str(self._count), self._limits.attachment_bytes)
