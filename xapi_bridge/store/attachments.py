"""Which bytes belong to which statements, and what becomes of bytes that belong to none.

The order is what makes it safe: *claim* the hash in a transaction of its own, *keep* the bytes in the
storage, then record the statement and *link* it in one transaction. So whatever lies in the storage has a
row, a statement that was answered has its bytes, and `sweep_attachments` finds what a refused or killed
request left.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from sqlalchemy import Exists, delete, exists, select
from sqlalchemy.orm import Session

from xapi_bridge.database import insert_if_absent, insert_or_update
from xapi_bridge.store.blobs import Blobs, hash_named_by
from xapi_bridge.store.models import AttachmentRow, StatementAttachment
from xapi_bridge.store.terms import in_chunks

#: How long bytes are kept that no statement names: far longer than any request takes.
ORPHANS_KEPT = timedelta(days=1)
#: Bytes removed in one transaction: on SQLite all writers wait while a bucket is asked to remove them.
SWEEP_BATCH = 50


@dataclass(frozen=True)
class AttachmentLink:
    """A statement names bytes. `content_type` is what the statement says of them."""

    statement_id: UUID
    sha2: str
    content_type: str


@dataclass(frozen=True)
class KeptAttachment:
    """Bytes that can be served; `length` is their true number."""

    sha2: str
    content_type: str
    length: int


class AttachmentState(Enum):
    """What `examine_attachment` finds."""

    GOOD = "good"
    MISSING = "missing"
    CHANGED = "changed"


def claim_attachments(session: Session, lengths: Iterable[tuple[str, int]], *, now: datetime) -> None:
    """Notes bytes (hash, length) that are about to be kept, so that no sweep takes them away meanwhile.

    Commit this before `Blobs.keep`: a sweep that holds the row is waited for, and later ones see `now`.
    """
    rows = [
        {"sha2": sha2, "length": length, "kept_at": now} for sha2, length in sorted(dict(lengths).items())
    ]
    insert_or_update(session, AttachmentRow.__table__, rows)


def link_attachments(session: Session, links: Iterable[AttachmentLink]) -> None:
    """Notes which statements came with which bytes; in the transaction that records the statements."""
    rows = {
        (link.statement_id, link.sha2): {
            "statement_id": link.statement_id,
            "sha2": link.sha2,
            "content_type": link.content_type,
        }
        for link in links
    }
    insert_if_absent(session, StatementAttachment.__table__, [rows[key] for key in sorted(rows)])


def find_attachments(session: Session, statement_ids: Sequence[UUID]) -> list[KeptAttachment]:
    """The bytes that came with these statements, each once, in the order of the statements."""
    found: dict[UUID, list[KeptAttachment]] = {}
    for chunk in in_chunks(statement_ids):
        rows = session.execute(
            select(StatementAttachment, AttachmentRow.length)
            .join(AttachmentRow, AttachmentRow.sha2 == StatementAttachment.sha2)
            .where(StatementAttachment.statement_id.in_(chunk))
            .order_by(StatementAttachment.sha2)
        )
        for link, length in rows:
            kept = KeptAttachment(link.sha2, link.content_type, length)
            found.setdefault(link.statement_id, []).append(kept)
    each: dict[str, KeptAttachment] = {}
    for statement_id in statement_ids:
        for kept in found.get(statement_id, ()):
            each.setdefault(kept.sha2, kept)
    return list(each.values())


def release_attachments(session: Session, statement_ids: Sequence[UUID]) -> int:
    """Forgets which bytes these statements came with, for their erasure; returns how many links there were.

    Bytes that no other statement names are removed by the next `sweep_attachments`, at the latest a day after
    they last came in.
    """
    released = 0
    for chunk in in_chunks(sorted(statement_ids)):
        gone = session.execute(
            delete(StatementAttachment)
            .where(StatementAttachment.statement_id.in_(chunk))
            .returning(StatementAttachment.sha2)
        )
        released += len(gone.all())
    return released


def sweep_attachments(session: Session, blobs: Blobs, *, before: datetime, limit: int = SWEEP_BATCH) -> int:
    """Removes bytes that no statement names; returns how many, at most `limit`.

    Args:
        before: only bytes that came in earlier; a request that takes longer than this must not exist.
    """
    orphans = session.scalars(
        select(AttachmentRow.sha2)
        .where(AttachmentRow.kept_at < before, ~_is_named())
        .order_by(AttachmentRow.sha2)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if orphans:
        session.execute(delete(AttachmentRow).where(AttachmentRow.sha2.in_(orphans)))
    # Before the commit: a request that claims one of these waits for our lock and keeps its bytes afterwards.
    for sha2 in orphans:
        blobs.discard(sha2)
    return len(orphans)


def is_sweep_due(session: Session, *, before: datetime) -> bool:
    """Whether there is something for `sweep_attachments`; takes no lock."""
    waiting = select(AttachmentRow.sha2).where(AttachmentRow.kept_at < before, ~_is_named()).limit(1)
    return session.scalar(waiting) is not None


def find_named(session: Session) -> list[str]:
    """The hashes of all bytes that statements name: the storage must have them."""
    named = select(StatementAttachment.sha2).distinct().order_by(StatementAttachment.sha2)
    return list(session.scalars(named))


def find_unknown(session: Session, blobs: Blobs) -> list[str]:
    """The hashes of bytes in the storage that no row knows: of a database that was restored.

    Claim them, and a later sweep can judge them.
    """
    kept = sorted(blobs.list_kept())
    known: set[str] = set()
    for chunk in in_chunks(kept):
        known.update(session.scalars(select(AttachmentRow.sha2).where(AttachmentRow.sha2.in_(chunk))))
    return [sha2 for sha2 in kept if sha2 not in known]


def examine_attachment(blobs: Blobs, sha2: str) -> AttachmentState:
    """Reads the bytes and computes their hash again."""
    if blobs.size_of(sha2) is None:
        return AttachmentState.MISSING
    computed = hash_named_by(sha2)
    for chunk in blobs.read(sha2):
        computed.update(chunk)
    return AttachmentState.GOOD if computed.hexdigest() == sha2 else AttachmentState.CHANGED


def _is_named() -> Exists:
    return exists().where(StatementAttachment.sha2 == AttachmentRow.sha2)
