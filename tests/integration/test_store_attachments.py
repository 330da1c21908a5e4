"""Which bytes belong to which statements, and that no bytes are removed that a statement names."""

from datetime import UTC, datetime, timedelta
from threading import Thread
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.factories.attachments import ESSAY, sha2_of
from xapi_bridge.store.attachments import (
    AttachmentLink,
    AttachmentState,
    KeptAttachment,
    claim_attachments,
    examine_attachment,
    find_attachments,
    find_named,
    find_unknown,
    is_sweep_due,
    link_attachments,
    release_attachments,
    sweep_attachments,
)
from xapi_bridge.store.blobs import FolderBlobs, spooled

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1, seconds=1)
A, B = sha2_of(b"a"), sha2_of(b"bb")


@pytest.fixture
def blobs(tmp_path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "attachments")


def keep(session: Session, blobs: FolderBlobs, body: bytes, *statements: UUID, now: datetime = NOW) -> str:
    """Bytes that came with these statements."""
    sha2 = sha2_of(body)
    claim_attachments(session, [(sha2, len(body))], now=now)
    with spooled(blobs) as folder:
        (folder / "1").write_bytes(body)
        blobs.keep(sha2, folder / "1")
    link_attachments(session, [AttachmentLink(one, sha2, "text/plain") for one in statements])
    return sha2


def test_bytes_are_found_once_in_the_order_of_the_statements(session, blobs):
    first, second, third = uuid4(), uuid4(), uuid4()
    keep(session, blobs, b"a", second, third)
    keep(session, blobs, b"bb", first, second)

    found = find_attachments(session, [third, second, first])

    assert found == [KeptAttachment(A, "text/plain", 1), KeptAttachment(B, "text/plain", 2)]
    assert find_attachments(session, [uuid4()]) == []
    assert find_attachments(session, []) == []


def test_more_statements_are_asked_for_than_fit_into_one_command(session, blobs):
    statements = [uuid4() for _ in range(1200)]
    keep(session, blobs, b"a", statements[-1])

    assert [one.sha2 for one in find_attachments(session, statements)] == [A]


def test_linking_again_changes_nothing(session, blobs):
    statement = uuid4()

    for _ in range(2):
        keep(session, blobs, b"a", statement)

    assert len(find_attachments(session, [statement])) == 1


def test_a_statement_cannot_name_bytes_that_nobody_claimed(session):
    with pytest.raises(IntegrityError):
        link_attachments(session, [AttachmentLink(uuid4(), A, "text/plain")])


def test_bytes_that_no_statement_names_are_swept_after_a_day(session, blobs):
    keep(session, blobs, b"a")
    keep(session, blobs, b"bb", uuid4())

    early = sweep_attachments(session, blobs, before=NOW - timedelta(days=1))
    due = is_sweep_due(session, before=TOMORROW)
    late = sweep_attachments(session, blobs, before=TOMORROW)

    assert (early, due, late) == (0, True, 1)
    assert list(blobs.list_kept()) == [B]
    assert not is_sweep_due(session, before=TOMORROW)


def test_bytes_that_came_in_again_begin_their_day_anew(session, blobs):
    keep(session, blobs, b"a")
    keep(session, blobs, b"a", now=TOMORROW)

    assert sweep_attachments(session, blobs, before=NOW + timedelta(hours=1)) == 0
    assert blobs.size_of(A) == 1


def test_a_sweep_takes_no_more_than_it_is_told(session, blobs):
    for number in range(5):
        keep(session, blobs, str(number).encode())

    assert [sweep_attachments(session, blobs, before=TOMORROW, limit=3) for _ in range(3)] == [3, 2, 0]


def test_a_claimed_hash_without_bytes_is_swept_like_any_other(session, blobs):
    claim_attachments(session, [(A, 1)], now=NOW)

    assert sweep_attachments(session, blobs, before=TOMORROW) == 1


def test_the_bytes_go_with_the_last_statement_that_names_them(session, blobs):
    first, second = uuid4(), uuid4()
    keep(session, blobs, b"a", first, second)

    assert release_attachments(session, [first]) == 1
    assert sweep_attachments(session, blobs, before=TOMORROW) == 0
    assert release_attachments(session, [second, uuid4()]) == 1
    assert sweep_attachments(session, blobs, before=TOMORROW) == 1
    assert list(blobs.list_kept()) == []


def test_a_request_that_claims_while_a_sweep_runs_has_its_bytes_in_the_end(engine, blobs):
    statement = uuid4()
    with Session(engine) as session, session.begin():
        keep(session, blobs, b"a")

    def receive() -> None:
        with Session(engine) as session, session.begin():
            claim_attachments(session, [(A, 1)], now=TOMORROW)
        with spooled(blobs) as folder:
            (folder / "1").write_bytes(b"a")
            blobs.keep(A, folder / "1")
        with Session(engine) as session, session.begin():
            link_attachments(session, [AttachmentLink(statement, A, "text/plain")])

    receiving = Thread(target=receive)
    with Session(engine) as sweeping, sweeping.begin():
        swept = sweep_attachments(sweeping, blobs, before=TOMORROW)
        receiving.start()
        receiving.join(0.5)
        waited = receiving.is_alive()
    receiving.join(20)

    assert (swept, waited, receiving.is_alive()) == (1, True, False)
    assert blobs.size_of(A) == 1
    with Session(engine) as session:
        assert [one.sha2 for one in find_attachments(session, [statement])] == [A]
        assert sweep_attachments(session, blobs, before=TOMORROW + timedelta(days=9)) == 0


def test_an_examination_tells_what_is_good_missing_and_changed(session, blobs):
    good, gone, changed = (keep(session, blobs, body, uuid4()) for body in (ESSAY, b"gone", b"right"))
    unnamed, unknown = keep(session, blobs, b"unnamed"), sha2_of(b"unknown")
    blobs.discard(gone)
    with spooled(blobs) as folder:
        for sha2, body in ((changed, b"wrong"), (unknown, b"unknown")):
            (folder / "1").write_bytes(body)
            blobs.keep(sha2, folder / "1")

    assert find_named(session) == sorted([good, gone, changed])
    assert find_unknown(session, blobs) == [unknown]
    assert [examine_attachment(blobs, one) for one in (good, gone, changed, unnamed)] == [
        AttachmentState.GOOD,
        AttachmentState.MISSING,
        AttachmentState.CHANGED,
        AttachmentState.GOOD,
    ]


def test_unknown_bytes_that_are_claimed_are_swept_a_day_later(session, blobs):
    with spooled(blobs) as folder:
        (folder / "1").write_bytes(b"a")
        blobs.keep(A, folder / "1")

    claim_attachments(session, [(sha2, 1) for sha2 in find_unknown(session, blobs)], now=NOW)

    assert find_unknown(session, blobs) == []
    assert sweep_attachments(session, blobs, before=NOW - timedelta(days=1)) == 0
    assert sweep_attachments(session, blobs, before=TOMORROW) == 1
    assert list(blobs.list_kept()) == []
