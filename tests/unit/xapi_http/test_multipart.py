"""multipart/mixed as xAPI wants it: what is read, and a table of what is refused."""

import io
import json
import resource
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.attachments import (
    BOUNDARY,
    ESSAY,
    join_parts,
    make_attached,
    make_first_part,
    make_multipart,
    make_part,
    sha2_of,
)
from xapi_bridge.errors import (
    AttachmentHashDiffers,
    AttachmentStorageUnavailable,
    BoundaryMissing,
    ContentTypeRefused,
    MultipartMalformed,
    MultipartTruncated,
    PartHeaderRefused,
    RequestTooLarge,
)
from xapi_bridge.http.multipart import (
    MultipartLimits,
    boundary_from_content_type,
    receive_multipart,
)

LIMITS = MultipartLimits(
    request_bytes=1_000_000, statements_bytes=10_000, attachment_bytes=100_000, attachments=20
)
STATEMENTS = make_first_part(make_attached(ESSAY))


class Trickle(io.RawIOBase):
    """A stream that gives the body in pieces of the given sizes, again and again."""

    def __init__(self, body: bytes, sizes: list[int]) -> None:
        self._body, self._sizes, self._reads, self._place = body, sizes, 0, 0

    def read(self, size: int = -1) -> bytes:
        step = min(self._sizes[self._reads % len(self._sizes)], size)
        self._reads += 1
        start, self._place = self._place, self._place + step
        return self._body[start : self._place]


def receive(body, spool, *, limits=LIMITS, sizes=(65_536,)):
    return receive_multipart(
        Trickle(body, list(sizes)), boundary=BOUNDARY.encode(), spool=spool, limits=limits
    )


def test_statements_stay_in_memory_and_bodies_go_to_files(tmp_path):
    received = receive(make_multipart(make_attached(ESSAY), ESSAY), tmp_path)

    body = received.bodies[sha2_of(ESSAY)]
    assert json.loads(received.json) == make_attached(ESSAY)
    assert (body.length, body.file.read_bytes()) == (len(ESSAY), ESSAY)
    assert body.file.parent == tmp_path


ALGORITHMS = ["sha224", "sha256", "sha384", "sha512"]
# Bytes that look like boundaries, line ends and headers are where parsers go wrong.
PIECES = [
    b"\r\n",
    b"\r",
    b"\n",
    b"--",
    BOUNDARY.encode(),
    b"\r\n--" + BOUNDARY.encode()[:-1],
    b"\r\n\r\n",
    b"-",
]
BODIES = st.lists(
    st.one_of(
        st.binary(max_size=300),
        st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=3)), max_size=20).map(b"".join),
    ).filter(lambda body: b"\r\n--" + BOUNDARY.encode() not in b"\r\n" + body),
    max_size=8,
)


@settings(max_examples=300, deadline=None)
@given(bodies=BODIES, sizes=st.lists(st.integers(1, 400), min_size=1, max_size=6), data=st.data())
def test_any_bodies_arrive_byte_for_byte_however_the_request_is_cut(tmp_path_factory, bodies, sizes, data):
    hashes = [sha2_of(body, algorithm=data.draw(st.sampled_from(ALGORITHMS))) for body in bodies]
    parts = [make_part(body, X_Experience_API_Hash=sha2) for body, sha2 in zip(bodies, hashes, strict=True)]

    received = receive(join_parts(STATEMENTS, *parts), tmp_path_factory.mktemp("spool"), sizes=sizes)

    assert received.json == STATEMENTS.partition(b"\r\n\r\n")[2]
    assert {sha2: one.file.read_bytes() for sha2, one in received.bodies.items()} == dict(
        zip(hashes, bodies, strict=True)
    )


GOOD = make_multipart(make_attached(ESSAY), ESSAY)
ACCEPTED = {
    "text before the first boundary": b"This is a message in several parts.\r\n\r\n" + GOOD,
    "an empty line before the first boundary": b"\r\n" + GOOD,
    "text after the last boundary": GOOD + b"Goodbye --" + BOUNDARY.encode() + b"\r\n",
    "no line end at the end": GOOD.removesuffix(b"\r\n"),
    "blanks after a boundary": GOOD.replace(BOUNDARY.encode() + b"\r\n", BOUNDARY.encode() + b" \t\r\n"),
    "header names in any case, without blanks": GOOD.replace(b"Content-Type: ", b"CONTENT-type:"),
    "the hash in capitals": join_parts(
        STATEMENTS, make_part(ESSAY, X_Experience_API_Hash=sha2_of(ESSAY).upper())
    ),
    "headers that mean nothing here": join_parts(
        STATEMENTS, make_part(ESSAY, Content_Disposition="attachment; filename=x")
    ),
    "an attachment that is multipart itself": join_parts(
        STATEMENTS, make_part(ESSAY, Content_Type="multipart/mixed; boundary=inner")
    ),
    "an attachment without a Content-Type": join_parts(STATEMENTS, make_part(ESSAY, Content_Type=None)),
    "the same bytes twice": join_parts(STATEMENTS, make_part(ESSAY), make_part(ESSAY)),
    "JSON with a charset": join_parts(
        make_first_part(make_attached(ESSAY), "application/json; charset=UTF-8"), make_part(ESSAY)
    ),
}


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_what_the_standards_allow_is_taken(tmp_path, body):
    received = receive(body, tmp_path)

    assert json.loads(received.json) == make_attached(ESSAY)
    assert [one.file.read_bytes() for one in received.bodies.values()] == [ESSAY]


REFUSED = {
    "nothing": (b"", MultipartMalformed),
    "another boundary": (GOOD.replace(b"ranh", b"bien"), MultipartMalformed),
    "no boundary before the statements": (GOOD.split(b"\r\n", 1)[1].split(b"--", 1)[0], MultipartMalformed),
    "no part": (f"--{BOUNDARY}--\r\n".encode(), MultipartMalformed),
    "line feeds alone": (GOOD.replace(b"\r\n", b"\n"), MultipartMalformed),
    "a header without a colon": (
        GOOD.replace(b"Content-Transfer-Encoding: binary", b"Content Transfer"), MultipartMalformed,
    ),
    "no closing boundary": (GOOD.removesuffix(f"--{BOUNDARY}--\r\n".encode()), MultipartTruncated),
    "cut in the closing boundary": (GOOD[:-4], MultipartTruncated),
    "cut in the bytes": (GOOD[: GOOD.index(ESSAY) + 5], MultipartTruncated),
    "cut in a header": (GOOD[: GOOD.index(b"Transfer")], MultipartTruncated),
    "cut after a boundary": (GOOD[: GOOD.index(b"Content-Type: text")], MultipartTruncated),
    "a first part that is not JSON": (
        join_parts(make_first_part(make_attached(), "text/plain")), ContentTypeRefused,
    ),
    "a first part that is multipart itself": (
        join_parts(make_first_part(b"", "multipart/mixed; boundary=x")), ContentTypeRefused,
    ),
    "a first part without a Content-Type": (join_parts(b"\r\n{}"), ContentTypeRefused),
    "a part without a hash": (
        join_parts(STATEMENTS, make_part(ESSAY, X_Experience_API_Hash=None)), PartHeaderRefused,
    ),
    "a hash of another length": (
        join_parts(STATEMENTS, make_part(ESSAY, X_Experience_API_Hash="ab" * 20)), PartHeaderRefused,
    ),
    "a hash that climbs out of the folder": (
        join_parts(STATEMENTS, make_part(ESSAY, X_Experience_API_Hash="../" * 21 + "a")), PartHeaderRefused,
    ),
    "a hash twice": (
        join_parts(STATEMENTS, b"X-Experience-API-Hash: x\r\n" + make_part(ESSAY)), PartHeaderRefused,
    ),
    "no transfer encoding": (
        join_parts(STATEMENTS, make_part(ESSAY, Content_Transfer_Encoding=None)), PartHeaderRefused,
    ),
    "base64": (
        join_parts(STATEMENTS, make_part(ESSAY, Content_Transfer_Encoding="base64")), PartHeaderRefused,
    ),
    "a second part with statements": (join_parts(STATEMENTS, STATEMENTS), PartHeaderRefused),
    "the hash of other bytes": (
        join_parts(STATEMENTS, make_part(ESSAY, X_Experience_API_Hash=sha2_of(b"x"))), AttachmentHashDiffers,
    ),
    "bytes with other line ends": (
        GOOD.replace("viết\r\n".encode(), "viết\n".encode()), AttachmentHashDiffers,
    ),
    "a huge header": (join_parts(STATEMENTS, make_part(ESSAY, X_Long="x" * 20_000)), MultipartMalformed),
    "many headers": (
        join_parts(STATEMENTS, make_part(ESSAY, **{f"X_{n}": "x" for n in range(50)})), MultipartMalformed,
    ),
    "a huge preamble": (b"x" * 200_000 + b"\r\n" + GOOD, MultipartMalformed),
    "a huge attachment": (
        join_parts(STATEMENTS, make_part(b"x" * (LIMITS.attachment_bytes + 1))), RequestTooLarge,
    ),
    "huge statements": (join_parts(make_first_part(b" " * 10_001)), RequestTooLarge),
    "many attachments": (join_parts(STATEMENTS, *[make_part(ESSAY)] * 21), RequestTooLarge),
    "a huge request": (GOOD + b"x" * 1_000_000, RequestTooLarge),
}  # fmt: skip


@pytest.mark.parametrize("sizes", [(65_536,), (1,), (7, 3)], ids=["whole", "bytewise", "uneven"])
@pytest.mark.parametrize(("body", "refusal"), REFUSED.values(), ids=REFUSED.keys())
def test_every_malformed_body_is_refused_by_its_own_rule(tmp_path, body, refusal, sizes):
    if len(body) > 300_000 and sizes != (65_536,):
        sizes = (4096,)

    with pytest.raises(refusal) as refused:
        receive(body, tmp_path, sizes=sizes)

    assert type(refused.value) is refusal


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/mixed",
        "multipart/mixed;",
        "multipart/mixed; boundary=",
        'multipart/mixed; boundary=""',
        'multipart/mixed; boundary="ends in blank "',
        f"multipart/mixed; boundary={'x' * 71}",
        "multipart/mixed; boundary=ranh-giới",
        'multipart/mixed; boundary="a\x00b"',
    ],
)
def test_a_boundary_that_the_rfc_does_not_allow_is_missing(content_type):
    with pytest.raises(BoundaryMissing):
        boundary_from_content_type(content_type)


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/mixed; boundary=abc", b"abc"),
        ('Multipart/Mixed;charset=utf-8;BOUNDARY="a b:c"', b"a b:c"),
        ("multipart/mixed; boundary=----=_Part_1.2/3?4", b"----=_Part_1.2/3?4"),
    ],
)
def test_a_boundary_is_read_as_clients_write_it(content_type, boundary):
    assert boundary_from_content_type(content_type) == boundary


def test_a_spool_that_cannot_be_written_says_so(tmp_path):
    with pytest.raises(AttachmentStorageUnavailable, match="ENOENT"):
        receive(GOOD, tmp_path / "gone")


_LARGE = """
import hashlib, resource, sys, tempfile
from pathlib import Path
from xapi_bridge.http.multipart import MultipartLimits, receive_multipart

CHUNK, CHUNKS = b"0123456789abcdef" * 4096, 1024
sha2 = hashlib.sha256()
for _ in range(CHUNKS):
    sha2.update(CHUNK)

def pieces():
    yield b"--x\\r\\nContent-Type: application/json\\r\\n\\r\\n{}"
    yield b"\\r\\n--x\\r\\nContent-Transfer-Encoding: binary\\r\\n"
    yield f"X-Experience-API-Hash: {sha2.hexdigest()}\\r\\n\\r\\n".encode()
    for _ in range(CHUNKS):
        yield CHUNK
    yield b"\\r\\n--x--\\r\\n"

class Stream:
    left = pieces()
    def read(self, size): return next(self.left, b"")

limits = MultipartLimits(10**9, 10**6, 10**9, 5)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with tempfile.TemporaryDirectory() as spool:
    received = receive_multipart(Stream(), boundary=b"x", spool=Path(spool), limits=limits)
    assert received.bodies[sha2.hexdigest()].length == len(CHUNK) * CHUNKS
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(
    resource.getrusage(resource.RUSAGE_SELF).ru_maxrss == 0, reason="no memory accounting here"
)
def test_memory_stays_small_while_64_megabytes_come_in():
    grown = subprocess.run([sys.executable, "-c", _LARGE], check=True, capture_output=True, text=True)

    assert int(grown.stdout) < 8 * 1024, "kilobytes more than before"
