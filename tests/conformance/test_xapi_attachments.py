"""xAPI 1.0.3 and 2.0.0: attachments and signed statements, by the numbers of the requirements."""

import json
from collections.abc import Iterator

import pytest

from tests.factories.attachments import (
    BOUNDARY,
    ESSAY,
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
from tests.factories.signing import make_signature, make_signed
from tests.factories.statements import make_properties
from tests.factories.xapi_door import Door, open_door

ID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
FILE_URL = "https://cchc.example/bai.txt"
OTHER = b"another file"


@pytest.fixture(params=["1.0.3", "2.0.0"])
def door(database_url, clock, request) -> Iterator[Door]:
    with open_door(database_url, clock=clock) as opened:
        yield opened.speaking(request.param)


@pytest.mark.spec("XAPI-00127, Communication 1.5.1, 1.5.2")
def test_statements_with_attachments_come_as_json_or_multipart_mixed_only(door):
    linked = make_properties(attachments=[make_attachment(fileUrl=FILE_URL)])
    body = make_multipart(make_attached(ESSAY), ESSAY)

    assert door.post(linked).status_code == 200
    assert send(door, body).status_code == 200
    assert send(door, make_multipart(make_properties())).status_code == 200
    for media_type in ("multipart/form-data", "multipart/alternative", "text/plain"):
        assert send(door, body, content_type=f'{media_type}; boundary="{BOUNDARY}"').status_code == 400


@pytest.mark.spec("XAPI-00128, Communication 1.5.1.s1.b2")
def test_a_part_that_is_no_attachment_of_the_statements_is_refused(door):
    assert send(door, make_multipart(make_attached(ESSAY), ESSAY, OTHER)).status_code == 400


@pytest.mark.spec("XAPI-00129, Communication 1.5.1.s1.b2")
def test_an_attachment_without_bytes_and_without_file_url_is_refused(door):
    assert send(door, make_multipart(make_attached(ESSAY, OTHER), ESSAY)).status_code == 400
    assert door.post(make_attached(ESSAY)).status_code == 400


@pytest.mark.spec("XAPI-00130, XAPI-00131, Communication 1.5.2.s2.b2")
def test_the_boundary_stands_in_the_header_and_before_each_part(door):
    body = make_multipart(make_attached(ESSAY), ESSAY)
    opening = f"--{BOUNDARY}\r\n".encode()

    assert send(door, body, content_type="multipart/mixed").status_code == 400
    assert send(door, body.removeprefix(opening)).status_code == 400
    assert send(door, opening + body.removeprefix(opening).replace(opening, b"")).status_code == 400


@pytest.mark.spec("XAPI-00132, Communication 1.5.2.s2.b2.b3")
@pytest.mark.parametrize("sha2", [None, "", sha2_of(OTHER)], ids=["absent", "empty", "other"])
def test_each_further_part_names_the_hash_of_an_attachment(door, sha2):
    body = join_parts(make_first_part(make_attached(ESSAY)), make_part(ESSAY, X_Experience_API_Hash=sha2))

    assert send(door, body).status_code == 400


@pytest.mark.spec("XAPI-00133, XAPI-00134, Communication 1.5.2.s2.b2.b1")
def test_all_statements_stand_in_the_first_part_which_is_json(door):
    statement = make_attached(ESSAY)
    in_text = join_parts(make_first_part(statement, "text/plain"), make_part(ESSAY))
    in_two = join_parts(make_first_part(statement), make_first_part(statement), make_part(ESSAY))

    assert send(door, in_text).status_code == 400
    assert send(door, in_two).status_code == 400


@pytest.mark.spec("XAPI-00135, Communication 1.5.2.s2.b2.b2")
@pytest.mark.parametrize("encoding", [None, "base64", "8bit"])
def test_each_further_part_is_binary(door, encoding):
    part = make_part(ESSAY, Content_Transfer_Encoding=encoding)

    assert send(door, join_parts(make_first_part(make_attached(ESSAY)), part)).status_code == 400


@pytest.mark.spec("XAPI-00167, Communication 2.1.3.s1.table1.row13")
def test_attachments_true_brings_each_body_once_and_false_brings_json(door):
    send(door, make_multipart([make_attached(ESSAY, id=ID), make_attached(ESSAY, OTHER)], ESSAY, OTHER))

    first, *bodies = fetch(door)

    assert len(json.loads(first.body)["statements"]) == 2
    assert sorted(one.body for one in bodies) == sorted([ESSAY, OTHER])
    assert [one.body for one in fetch(door, statementId=ID)[1:]] == [ESSAY]
    assert door.get(attachments="false").is_json
    assert door.get().is_json


@pytest.mark.spec("Communication 1.5.2.s2.b2")
def test_an_answer_has_the_form_that_a_request_has(door):
    send(door, make_multipart(make_attached(ESSAY, id=ID), ESSAY))

    served = door.get(attachments="true")
    again = send(door, served.data, content_type=served.content_type)
    single = door.get(statementId=ID, attachments="true")
    once_more = send(door, single.data, content_type=single.content_type)

    # A page of an answer is no batch, but it is read as multipart and refused for its JSON only.
    assert (again.status_code, again.get_json()["code"]) == (400, "property_missing")
    assert (once_more.status_code, once_more.get_json()) == (200, [ID])


@pytest.mark.spec("XAPI-00115, Data 2.6.s4.b1")
def test_a_signature_is_a_jws_that_is_declared_as_octet_stream_and_attached(door):
    plain = make_properties(id=ID)
    signature = make_signature(plain)
    as_text = make_signed(plain, signature, contentType="text/plain")
    no_jws = b"signed, I swear"

    assert send(door, make_multipart(as_text, signature)).status_code == 400
    assert send(door, make_multipart(make_signed(plain, no_jws), no_jws)).status_code == 400
    assert door.post(make_signed(plain, signature)).status_code == 400
    assert send(door, make_multipart(make_signed(plain, signature), signature)).status_code == 200


@pytest.mark.spec("XAPI-00116, Data 2.6.s4.b3")
@pytest.mark.parametrize("payload", [b"{'id'", b"", make_properties(object={"id": FILE_URL})])
def test_the_payload_of_a_signature_is_the_statement(door, payload):
    signature = make_signature(payload)

    answer = send(door, make_multipart(make_signed(make_properties(), signature), signature))

    assert answer.status_code == 400


@pytest.mark.spec("XAPI-00117, Data 2.6.s4.b4")
@pytest.mark.parametrize(
    ("algorithm", "key", "status"),
    [
        ("RS256", None, 200),
        ("RS384", None, 200),
        ("RS512", None, 200),
        ("PS256", None, 400),
        ("HS256", "k" * 64, 400),
    ],
)
def test_a_signature_uses_rs256_rs384_or_rs512(door, algorithm, key, status):
    plain = make_properties()
    signature = make_signature(plain, key=key, algorithm=algorithm)

    assert send(door, make_multipart(make_signed(plain, signature), signature)).status_code == status
