"""Attachments at the xAPI door: sent with their statements, kept before the answer, served with them."""

import json
from collections.abc import Iterator
from uuid import uuid4

import pytest

from sync.timetable import sweep_unnamed_attachments
from tests.conftest import OBJECT_STORAGE_KEY_ID, OBJECT_STORAGE_SECRET
from tests.factories.attachments import (
    ESSAY,
    count_rows,
    fetch,
    make_attached,
    make_attachment,
    make_multipart,
    send,
    sha2_of,
    stored_files,
)
from tests.factories.statements import make_agent, make_properties
from tests.factories.xapi_door import Door, open_door
from xapi_bridge.errors import AttachmentLost
from xapi_bridge.running_app import borrow
from xapi_bridge.store.blobs import Blobs
from xapi_bridge.store.models import AttachmentRow, StatementAttachment, StatementRow

ID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
PICTURE = bytes(range(256)) * 4


@pytest.fixture
def door(database_url, clock) -> Iterator[Door]:
    with open_door(database_url, clock=clock) as opened:
        yield opened


def test_what_is_posted_with_its_bytes_comes_back_with_them(door):
    statements = [make_attached(ESSAY, id=ID), make_attached(PICTURE, ESSAY), make_properties()]

    answer = send(door, make_multipart(statements, ESSAY, PICTURE))
    first, *bodies = fetch(door)

    assert answer.status_code == 200
    assert [one["id"] for one in json.loads(first.body)["statements"]] == answer.get_json()[::-1]
    assert first.headers == {"content-type": "application/json"}
    assert {one.headers["x-experience-api-hash"]: one.body for one in bodies} == {
        sha2_of(ESSAY): ESSAY,
        sha2_of(PICTURE): PICTURE,
    }
    assert len(bodies) == 2
    assert {one.headers["content-transfer-encoding"] for one in bodies} == {"binary"}


def test_one_statement_comes_with_its_own_bytes_only(door):
    send(door, make_multipart([make_attached(ESSAY, id=ID), make_attached(PICTURE)], ESSAY, PICTURE))

    first, body = fetch(door, statementId=ID)

    assert json.loads(first.body)["id"] == ID
    assert body.body == ESSAY
    assert body.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_put_statement_keeps_its_bytes(door):
    answer = send(door, make_multipart(make_attached(ESSAY), ESSAY), statement_id=ID)

    assert (answer.status_code, answer.data) == (204, b"")
    assert fetch(door, statementId=ID)[1].body == ESSAY


def test_a_voided_statement_comes_with_its_bytes(door):
    send(door, make_multipart(make_attached(ESSAY), ESSAY), statement_id=ID)
    voiding = {"id": "http://adlnet.gov/expapi/verbs/voided"}
    door.post(make_properties(verb=voiding, object={"objectType": "StatementRef", "id": ID}))

    assert fetch(door, voidedStatementId=ID)[1].body == ESSAY


def test_without_attachments_true_the_answer_is_plain_json(door):
    send(door, make_multipart(make_attached(ESSAY), ESSAY), statement_id=ID)

    answers = [door.get(statementId=ID), door.get(attachments="false"), door.get()]

    assert {one.content_type for one in answers} == {"application/json"}


def test_asking_for_attachments_of_none_is_answered_in_the_same_form(door):
    (first,) = fetch(door)

    assert json.loads(first.body)["statements"] == []


def test_a_head_request_tells_the_length_and_sends_nothing(door):
    send(door, make_multipart(make_attached(ESSAY), ESSAY), statement_id=ID)
    asked = {"statementId": ID, "attachments": "true"}

    head = door.client.head("/xapi/statements", query_string=asked, auth=door.auth, headers=door.headers)

    assert (head.status_code, head.data) == (200, b"")
    assert head.mimetype == "multipart/mixed"
    assert head.content_length == door.get(**asked).content_length


def test_pages_lead_on_with_their_attachments(door):
    send(door, make_multipart([make_attached(ESSAY), make_attached(PICTURE)], ESSAY, PICTURE))

    first, body = fetch(door, limit=1, ascending="true")
    more = door.client.get(json.loads(first.body)["more"], auth=door.auth, headers=door.headers)

    assert body.body == ESSAY
    assert more.mimetype == "multipart/mixed"
    assert PICTURE in more.data


def test_an_attachment_of_a_substatement_is_kept_as_well(door):
    planned = {"objectType": "SubStatement", **make_attached(ESSAY)}

    answer = send(door, make_multipart(make_properties(object=planned), ESSAY))

    assert answer.status_code == 200
    assert fetch(door)[1].body == ESSAY


def test_bytes_that_have_a_file_url_too_are_kept(door):
    linked = make_properties(attachments=[make_attachment(fileUrl="https://cchc.example/bai.txt")])

    assert send(door, make_multipart(linked, ESSAY)).status_code == 200
    assert fetch(door)[1].body == ESSAY


def test_a_file_url_alone_needs_no_bytes_in_either_form(door):
    linked = make_properties(attachments=[make_attachment(fileUrl="https://cchc.example/bai.txt")])

    assert door.post(linked).status_code == 200
    assert send(door, make_multipart(linked)).status_code == 200
    assert len(fetch(door)) == 1


def test_a_length_that_is_stated_wrongly_does_not_matter(door):
    """The standard forbids it to clients and does not let a store refuse it; the bytes decide."""
    wrong = make_properties(attachments=[make_attachment(length=5)])

    assert send(door, make_multipart(wrong, ESSAY)).status_code == 200
    assert fetch(door)[1].body == ESSAY


def test_a_hash_in_capitals_names_the_same_bytes(door):
    capital = make_properties(attachments=[make_attachment(sha2=sha2_of(ESSAY).upper())])

    assert send(door, make_multipart(capital, ESSAY)).status_code == 200
    assert fetch(door)[1].body == ESSAY


def test_bytes_that_the_store_has_do_not_serve_one_who_only_knows_their_hash(door):
    send(door, make_multipart(make_attached(ESSAY), ESSAY))
    curious = door.with_key("statements/write", "statements/read/mine")

    refused = curious.post(make_attached(ESSAY))
    linked = curious.post(
        make_properties(id=ID, attachments=[make_attachment(fileUrl="https://x.example/y")])
    )

    assert (refused.status_code, refused.get_json()["code"]) == (400, "attachment_body_missing")
    assert linked.status_code == 200
    assert len(fetch(curious, statementId=ID)) == 1


def test_the_same_request_again_is_answered_the_same_and_stored_once(door):
    request = make_multipart(make_attached(ESSAY, id=ID), ESSAY)

    answers = [send(door, request) for _ in range(2)]

    assert [one.get_json() for one in answers] == [[ID], [ID]]
    assert count_rows(door, StatementRow, AttachmentRow, StatementAttachment) == [1, 1, 1]
    assert len(stored_files(door)) == 1


def test_sending_again_brings_back_bytes_that_were_lost(door):
    request = make_multipart(make_attached(ESSAY, id=ID), ESSAY)
    send(door, request)
    stored_files(door)[0].unlink()

    send(door, request)

    assert fetch(door, statementId=ID)[1].body == ESSAY


def test_bytes_that_are_lost_are_an_error_and_no_short_answer(door):
    send(door, make_multipart([make_attached(ESSAY, id=ID), make_attached(PICTURE)], ESSAY, PICTURE))
    stored_files(door)[0].unlink()

    answer = door.get(attachments="true")

    assert (answer.status_code, answer.get_json()["code"]) == (500, "attachment_lost")
    assert door.get().status_code == 200


def test_bytes_that_are_too_few_are_lost(door):
    send(door, make_multipart(make_attached(ESSAY), ESSAY))
    stored_files(door)[0].write_bytes(ESSAY[:-1])

    assert door.get(attachments="true").get_json()["code"] == "attachment_lost"


@pytest.mark.parametrize(
    "changed", [b"", b"x" * 500_000, b"x" * 2_000_000], ids=["gone", "shorter", "longer"]
)
def test_bytes_that_change_while_they_are_served_end_the_answer_in_an_error(door, changed):
    large = bytes(1_000_000)
    send(door, make_multipart(make_attached(large), large))
    served = door.get(attachments="true").iter_encoded()
    next(served)
    stored_files(door)[0].write_bytes(changed)

    with pytest.raises(AttachmentLost):
        list(served)


def test_bytes_of_a_conflicting_statement_are_swept_a_day_later(door, clock):
    door.put(ID, make_properties())
    refused = send(door, make_multipart(make_attached(ESSAY, actor=make_agent("b"), id=ID), ESSAY))
    send(door, make_multipart(make_attached(PICTURE), PICTURE))

    with door.app.app_context():
        early = sweep_unnamed_attachments()
        clock.forward(days=1, seconds=1)
        late = sweep_unnamed_attachments()
        again = sweep_unnamed_attachments()

    assert refused.status_code == 409
    assert (early, late, again) == (0, 1, 0)
    assert [one.name for one in stored_files(door)] == [sha2_of(PICTURE)]
    assert fetch(door)[1].body == PICTURE


def test_attachments_in_a_bucket_are_received_and_served_alike(database_url, clock, object_storage):
    prefix = uuid4().hex
    variables = {
        "CCHC_ATTACHMENTS_URL": f"s3://cchc/{prefix}?endpoint={object_storage}&region=us-east-1",
        "CCHC_ATTACHMENTS_KEY_ID": OBJECT_STORAGE_KEY_ID,
        "CCHC_ATTACHMENTS_SECRET": OBJECT_STORAGE_SECRET,
    }

    with open_door(database_url, clock=clock, **variables) as door:
        answer = send(door, make_multipart(make_attached(ESSAY, PICTURE), ESSAY, PICTURE))
        served = fetch(door)
        with door.app.app_context():
            kept = sorted(borrow(Blobs).list_kept())

    assert answer.status_code == 200
    assert sorted(one.body for one in served[1:]) == sorted([ESSAY, PICTURE])
    assert kept == sorted([sha2_of(ESSAY), sha2_of(PICTURE)])
