"""Attachments of any bytes and of many: the round trip is exact, and memory stays small."""

import hashlib
import io
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.attachments import (
    BOUNDARY,
    USAGE,
    fetch,
    join_parts,
    make_attached,
    make_attachment,
    make_first_part,
    make_multipart,
    make_part,
    send,
    sha2_of,
)
from tests.factories.signing import certificate_of, make_key, make_signature, make_signed
from tests.factories.statements import make_properties
from tests.factories.xapi_door import Door, open_door
from xapi_bridge.running_app import utc_now

ID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
PICTURE = bytes(range(256)) * 4


@pytest.fixture(scope="module")
def open_sqlite_door(tmp_path_factory, prepared_sqlite_file) -> Iterator[Door]:
    """One door for many examples."""
    copy = tmp_path_factory.mktemp("door") / "test.sqlite"
    copy.write_bytes(prepared_sqlite_file.read_bytes())
    with open_door(f"sqlite:///{copy}", clock=utc_now) as opened:
        yield opened


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(st.lists(st.binary(max_size=2000), max_size=4), min_size=1, max_size=4),
    algorithm=st.sampled_from(["sha224", "sha256", "sha384", "sha512"]),
)
def test_any_list_of_bodies_survives_the_round_trip(open_sqlite_door, batches, algorithm):
    def declare(body: bytes):
        return make_attachment(body, sha2=sha2_of(body, algorithm=algorithm), usageType=USAGE)

    statements = [make_properties(attachments=[declare(body) for body in bodies]) for bodies in batches]
    wanted = {body for bodies in batches for body in bodies}
    parts = [
        make_part(body, X_Experience_API_Hash=sha2_of(body, algorithm=algorithm)) for body in sorted(wanted)
    ]

    ids = send(open_sqlite_door, join_parts(make_first_part(statements), *parts)).get_json()

    for statement_id, bodies in zip(ids, batches, strict=True):
        _, *served = fetch(open_sqlite_door, statementId=statement_id)
        assert {one.headers["x-experience-api-hash"]: one.body for one in served} == {
            sha2_of(body, algorithm=algorithm): body for body in bodies
        }


SIGNATURE = make_signature(make_properties(), x5c=[certificate_of(make_key())])
WHOLE = make_multipart(
    [make_signed(make_properties(), SIGNATURE), make_attached(b"hello")], SIGNATURE, b"hello"
)
TOKENS = [b"", b"\r\n", b"\n", b"--", b"\x00", b"\xff", b'"', b"{", b"9" * 40, f"--{BOUNDARY}\r\n".encode()]


@st.composite
def damaged(draw) -> bytes:
    """A good request in which some places were overwritten."""
    body = WHOLE
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(body)))
        end = draw(st.integers(start, min(start + 40, len(body))))
        body = body[:start] + draw(st.one_of(st.sampled_from(TOKENS), st.binary(max_size=8))) + body[end:]
    return body


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=damaged())
def test_a_damaged_request_is_taken_whole_or_refused_by_a_rule(open_sqlite_door, body):
    answer = send(open_sqlite_door, body)

    assert answer.status_code == 200 or 400 <= answer.status_code < 500, answer.data
    if answer.status_code != 200:
        assert answer.get_json()["code"] not in {"internal_error", "xapi_refused"}


_CHUNK, _CHUNKS = bytes(range(256)) * 256, 1024


class LargeBody(io.RawIOBase):
    """A request with one attachment of 64 MB, made while it is read."""

    def __init__(self) -> None:
        sha2 = make_large_hash()
        declared = {"length": len(_CHUNK) * _CHUNKS, "sha2": sha2}
        statement = make_properties(id=ID, attachments=[make_attachment(b"", **declared)])
        head = join_parts(make_first_part(statement), make_part(b"", X_Experience_API_Hash=sha2))
        closing = f"\r\n--{BOUNDARY}--\r\n".encode()
        self._pieces = iter([head.removesuffix(closing), *[_CHUNK] * _CHUNKS, closing])
        self.length = len(head) + len(_CHUNK) * _CHUNKS
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        self._held = self._held or next(self._pieces, b"")
        taken = self._held[: len(buffer)]
        self._held = self._held[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)


def make_large_hash() -> str:
    computed = hashlib.sha256()
    for _ in range(_CHUNKS):
        computed.update(_CHUNK)
    return computed.hexdigest()


def test_memory_stays_small_while_64_megabytes_come_and_go(open_sqlite_door):
    body = LargeBody()
    environ = {"wsgi.input": body, "CONTENT_LENGTH": str(body.length)}
    tracemalloc.start()
    try:
        answer = send(open_sqlite_door, None, environ_overrides=environ)
        received_peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        served = open_sqlite_door.get(statementId=ID, attachments="true")
        length = sum(map(len, served.iter_encoded()))
        served_peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert (answer.status_code, answer.get_json()) == (200, [ID])
    assert length > len(_CHUNK) * _CHUNKS
    assert length == served.content_length
    assert max(received_peak, served_peak) < 16 * 1024 * 1024
