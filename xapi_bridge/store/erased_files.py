"""What a person leaves in the store beside statements: documents, attachments, signatures."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, delete, func, select, tuple_
from sqlalchemy.orm import Session

from xapi_bridge.statement.rewriting import Identifier
from xapi_bridge.store.models import (
    ActivityRow,
    ArchiveRow,
    DocumentKind,
    DocumentRow,
    StatementAttachment,
    StatementKey,
    StatementRow,
    Term,
)
from xapi_bridge.store.postings import agent_term
from xapi_bridge.store.terms import in_chunks


def count_documents(session: Session, identifiers: Iterable[Identifier]) -> int:
    """How many states and profiles belong to the person."""
    return session.scalar(select(func.count()).where(_belongs_to(identifiers))) or 0


def delete_documents_of(session: Session, identifiers: Iterable[Identifier]) -> int:
    """Deletes the person's states and profiles; returns how many.

    What programs keep in them is free-form and helps only the one learner to go on, so nothing of it is kept
    under a pseudonym.
    """
    gone = session.execute(
        delete(DocumentRow).where(_belongs_to(identifiers)).returning(DocumentRow.document_id)
    )
    return len(gone.all())


def count_attachments(session: Session, seqs: Sequence[int]) -> int:
    """How many attachments came with these statements."""
    found = 0
    for chunk in in_chunks(sorted(seqs)):
        ids = select(StatementRow.statement_id).where(StatementRow.seq.in_(chunk))
        counted = select(func.count()).where(StatementAttachment.statement_id.in_(ids))
        found += session.scalar(counted) or 0
    return found


def release_unnamed_attachments(session: Session, payloads: Mapping[UUID, bytes]) -> int:
    """Lets go of the bytes that rewritten statements do not name any more; returns how many links there were.

    Bytes that no other statement names are deleted from the storage by the next sweep.

    Args:
        payloads: of the rewritten statements, as they are now.
    """
    links: list[tuple[UUID, str]] = []
    for chunk in in_chunks(sorted(payloads)):
        rows = session.execute(
            select(StatementAttachment.statement_id, StatementAttachment.sha2).where(
                StatementAttachment.statement_id.in_(chunk)
            )
        )
        links += [(one, sha2) for one, sha2 in rows if sha2 not in _named_in(payloads[one])]
    for gone in in_chunks(sorted(links)):
        session.execute(
            delete(StatementAttachment).where(
                tuple_(StatementAttachment.statement_id, StatementAttachment.sha2).in_(gone)
            )
        )
    return len(links)


def payloads_of(session: Session, statement_ids: Sequence[UUID]) -> dict[UUID, bytes]:
    """The statements as they are kept."""
    found: dict[UUID, bytes] = {}
    for chunk in in_chunks(sorted(statement_ids)):
        rows = session.execute(
            select(StatementRow.statement_id, StatementRow.payload)
            .join(StatementKey, StatementKey.seq == StatementRow.seq)
            .where(StatementKey.statement_id.in_(chunk))
        )
        found |= {row.statement_id: row.payload for row in rows}
    return found


def drop_definitions(session: Session) -> int:
    """Removes what is kept about activities whose IRI named a person."""
    blank = select(Term.term_id).where(Term.value == "")
    gone = session.execute(
        delete(ActivityRow).where(ActivityRow.term_id.in_(blank)).returning(ActivityRow.term_id)
    )
    return len(gone.all())


def _named_in(payload: bytes) -> set[str]:
    whole = msgspec.json.decode(payload)
    parts = [whole, whole["object"]]
    return {str(one["sha2"]).lower() for part in parts for one in part.get("attachments", [])}


def _belongs_to(identifiers: Iterable[Identifier]) -> ColumnElement[bool]:
    return DocumentRow.agent_digest.in_([agent_term(one).digest for one in identifiers])


def count_old_documents(session: Session, *, resource: str, before: datetime) -> int:
    """How many documents of a resource (empty: of all) were last changed before."""
    return session.scalar(select(func.count()).where(*_old_documents(resource, before))) or 0


def delete_old_documents(session: Session, *, resource: str, before: datetime, limit: int) -> int:
    """Deletes at most `limit` of them; returns how many."""
    old = session.scalars(
        select(DocumentRow.document_id)
        .where(*_old_documents(resource, before))
        .order_by(DocumentRow.document_id)
        .limit(limit)
    ).all()
    for chunk in in_chunks(old):
        session.execute(delete(DocumentRow).where(DocumentRow.document_id.in_(chunk)))
    return len(old)


def _old_documents(resource: str, before: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [DocumentRow.updated_at < before]
    if resource:
        conditions.append(DocumentRow.kind == int(DocumentKind[resource.upper()]))
    return conditions


def last_archived(session: Session) -> int:
    """The highest sequence number that ever left the store with its month; 0 if none did."""
    return session.scalar(select(func.max(ArchiveRow.last_seq))) or 0
