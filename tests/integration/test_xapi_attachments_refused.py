"""Attachments that the xAPI door does not take: a table, limits, and storage that cannot be written."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories.attachments import (
    BOUNDARY,
    ESSAY,
    count_rows,
    fetch,
    join_parts,
    make_attached,
    make_attachment,
    make_first_part,
    make_multipart,
    make_part,
    send,
    sha2_of,
    stored_files,
)
from tests.factories.statements import make_properties
from tests.factories.xapi_door import Door, open_door
from xapi_bridge.store.models import StatementAttachment, StatementRow

ID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
PICTURE = bytes(range(256)) * 4


@pytest.fixture
def door(database_url, clock) -> Iterator[Door]:
    with open_door(database_url, clock=clock) as opened:
        yield opened


REFUSED = {
    "bytes that no statement names": (
        join_parts(make_first_part(make_attached(ESSAY)), make_part(ESSAY), make_part(PICTURE)),
        "attachment_unnamed",
    ),
    "bytes of a statement without attachments": (
        make_multipart(make_properties(), ESSAY), "attachment_unnamed",
    ),
    "a statement without its bytes": (
        make_multipart(make_attached(ESSAY, PICTURE), ESSAY), "attachment_body_missing",
    ),
    "the second of two without its bytes": (
        make_multipart([make_attached(ESSAY), make_attached(PICTURE)], ESSAY), "attachment_body_missing",
    ),
    "a SubStatement without its bytes": (
        make_multipart(make_properties(object={"objectType": "SubStatement", **make_attached(ESSAY)})),
        "attachment_body_missing",
    ),
    "other bytes": (
        join_parts(
            make_first_part(make_attached(ESSAY)), make_part(PICTURE, X_Experience_API_Hash=sha2_of(ESSAY))
        ),
        "attachment_hash_differs",
    ),
    "no hash": (
        join_parts(make_first_part(make_attached(ESSAY)), make_part(ESSAY, X_Experience_API_Hash=None)),
        "part_header_refused",
    ),
    "statements that are no JSON": (make_multipart(b"{", ESSAY), "json_malformed"),
    "a statement that breaks a rule": (
        make_multipart(make_attached(ESSAY, actor={}), ESSAY), "identifier_count_wrong",
    ),
    "a cut body": (make_multipart(make_attached(ESSAY), ESSAY)[:-10], "multipart_truncated"),
    "another boundary": (
        join_parts(make_first_part(make_attached(ESSAY)), make_part(ESSAY), boundary="x"),
        "multipart_malformed",
    ),
    "nothing": (b"", "multipart_malformed"),
    "a media type that would write headers": (
        make_multipart(
            make_properties(attachments=[make_attachment(contentType="text/plain\r\n\r\n;x: y")]), ESSAY
        ),
        "property_mistyped",
    ),
}  # fmt: skip


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
@pytest.mark.parametrize(("body", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_breaks_a_rule_is_refused_whole(door, body, code, version):
    answer = send(door.speaking(version), body)

    assert (answer.status_code, answer.get_json()["code"]) == (400, code)
    assert count_rows(door, StatementRow, StatementAttachment) == [0, 0]
    assert stored_files(door) == []


@pytest.mark.parametrize(
    ("content_type", "code"),
    [
        ("multipart/mixed", "boundary_missing"),
        ("multipart/mixed; boundary=", "boundary_missing"),
        (f"multipart/form-data; boundary={BOUNDARY}", "content_type_refused"),
        (f"multipart/related; boundary={BOUNDARY}", "content_type_refused"),
    ],
)
def test_another_kind_of_multipart_is_refused(door, content_type, code):
    answer = send(door, make_multipart(make_attached(ESSAY), ESSAY), content_type=content_type)

    assert (answer.status_code, answer.get_json()["code"]) == (400, code)


def test_a_compressed_body_is_refused(door):
    body = make_multipart(make_attached(ESSAY), ESSAY)

    answer = door.client.post(
        "/xapi/statements",
        data=body,
        content_type=f'multipart/mixed; boundary="{BOUNDARY}"',
        auth=door.auth,
        headers={**door.headers, "Content-Encoding": "gzip"},
    )

    assert 400 <= answer.status_code < 500
    assert answer.get_json()["code"] == "content_encoding_refused"


def test_a_key_that_may_only_read_sends_no_bytes(door):
    answer = send(door.with_key("statements/read"), make_multipart(make_attached(ESSAY), ESSAY))

    assert answer.status_code == 403
    assert stored_files(door) == []


def test_a_key_reads_only_the_bytes_of_statements_that_it_may_read(door):
    send(door, make_multipart(make_attached(ESSAY, id=ID), ESSAY))
    own = door.with_key("statements/write", "statements/read/mine")

    assert len(fetch(own)) == 1
    assert own.get(statementId=ID, attachments="true").status_code == 404


@pytest.mark.parametrize(
    ("variables", "bodies"),
    [
        ({"CCHC_ATTACHMENT_MAX_MEGABYTES": "1"}, [b"x" * (1024 * 1024 + 1)]),
        ({"CCHC_ATTACHMENTS_REQUEST_MAX_MEGABYTES": "1"}, [b"x" * 700_000, b"y" * 700_000]),
        ({"CCHC_ATTACHMENTS_PER_REQUEST": "1"}, [b"x", b"y"]),
    ],
    ids=["attachment", "request", "number"],
)
@pytest.mark.parametrize("announced", [True, False], ids=["length announced", "in chunks"])
def test_more_than_the_installation_takes_is_too_large(database_url, clock, variables, bodies, announced):
    body = make_multipart(make_attached(*bodies), *bodies)
    given = {} if announced else {"environ_overrides": {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}}

    with open_door(database_url, clock=clock, **variables) as door:
        answer = send(door, io.BytesIO(body) if not announced else body, **given)
        left = stored_files(door)

    assert (answer.status_code, answer.get_json()["code"]) == (413, "request_too_large")
    assert left == []


def test_more_than_sixteen_megabytes_are_taken_with_attachments_and_not_without(door):
    large = b"x" * (17 * 1024 * 1024)

    assert send(door, make_multipart(make_attached(large, id=ID), large)).status_code == 200
    assert fetch(door, statementId=ID)[1].body == large
    assert door.post(b" " * len(large)).status_code == 413


def test_a_full_disk_is_told_and_nothing_is_stored(door):
    (Path(door.app.config["CCHC_SETTINGS"].data_dir) / "attachments").write_text("in the way")

    answer = send(door, make_multipart(make_attached(ESSAY), ESSAY))

    assert (answer.status_code, answer.get_json()["code"]) == (503, "attachment_storage_unavailable")
    assert count_rows(door, StatementRow, StatementAttachment) == [0, 0]


def test_a_bucket_that_does_not_answer_stores_nothing(database_url, clock):
    variables = {
        "CCHC_ATTACHMENTS_URL": "s3://cchc?endpoint=http://127.0.0.1:9&region=us-east-1",
        "CCHC_ATTACHMENTS_KEY_ID": "khoa",
        "CCHC_ATTACHMENTS_SECRET": "khoa-bi-mat",
        "CCHC_OUTGOING_TIMEOUT_SECONDS": "0.2",
    }

    with open_door(database_url, clock=clock, **variables) as door:
        answer = send(door, make_multipart(make_attached(ESSAY), ESSAY))
        rows = count_rows(door, StatementRow, StatementAttachment)

    assert (answer.status_code, answer.get_json()["code"]) == (503, "attachment_storage_unavailable")
    assert "khoa-bi-mat" not in answer.get_data(as_text=True)
    assert rows == [0, 0]
