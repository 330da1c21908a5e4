"""Signed statements at the xAPI door."""

from collections.abc import Iterator

import pytest

from tests.factories.attachments import (
    fetch,
    make_multipart,
    send,
    stored_files,
)
from tests.factories.signing import certificate_of, make_key, make_signature, make_signed
from tests.factories.statements import make_agent, make_properties
from tests.factories.xapi_door import Door, open_door

ID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
PICTURE = bytes(range(256)) * 4


@pytest.fixture
def door(database_url, clock) -> Iterator[Door]:
    with open_door(database_url, clock=clock) as opened:
        yield opened


PLAIN = make_properties(id=ID)


def test_a_signed_statement_is_taken_and_its_signature_served(door):
    signature = make_signature(PLAIN, x5c=[certificate_of(make_key())])

    answer = send(door, make_multipart(make_signed(PLAIN, signature), signature))

    assert answer.status_code == 200
    assert fetch(door, statementId=ID)[1].body == signature


def test_a_put_statement_may_be_signed_before_it_has_its_id(door):
    unnamed = make_properties()
    signature = make_signature(unnamed)

    answer = send(door, make_multipart(make_signed(unnamed, signature), signature), statement_id=ID)

    assert answer.status_code == 204


def test_a_signature_of_another_statement_is_refused(door):
    signature = make_signature(make_properties(actor=make_agent("b")))

    answer = send(door, make_multipart(make_signed(PLAIN, signature), signature))

    assert (answer.status_code, answer.get_json()["code"]) == (400, "signed_statement_differs")
    assert "attachments[0]" in answer.get_json()["detail"]
    assert stored_files(door) == []


def test_a_signature_comes_with_its_bytes_and_not_by_file_url(door):
    signature = make_signature(PLAIN)
    by_url = make_signed(PLAIN, signature, fileUrl="https://cchc.example/chu-ky")

    for answer in (door.post(by_url), send(door, make_multipart(by_url))):
        assert (answer.status_code, answer.get_json()["code"]) == (400, "signature_malformed")


def test_a_signature_larger_than_any_statement_is_refused(door):
    large = b"x" * (3 * 1024 * 1024)

    answer = send(door, make_multipart(make_signed(PLAIN, large), large))

    assert (answer.status_code, answer.get_json()["code"]) == (400, "signature_malformed")
