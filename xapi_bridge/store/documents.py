"""Documents of programs: activity states, profiles of activities and of agents (xAPI Communication 2.2).

Whoever changes a document holds its lock from the first look to the commit, so that no change is lost and of
two who create it at once exactly one does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b, sha1
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from xapi_bridge.errors import (
    DocumentConflict,
    DocumentNotFound,
    DocumentNotMergeable,
    DocumentTooLarge,
    PreconditionMissing,
)
from xapi_bridge.store.models import DocumentKind, DocumentRow, TermKind
from xapi_bridge.store.postings import TermKey, agent_term
from xapi_bridge.store.preconditions import Preconditions

#: Names our locks among the advisory locks of a PostgreSQL database; any fixed number would do.
_LOCK_NAMESPACE = 7_905

_PROPERTIES = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True)
class DocumentShelf:
    """Whose documents: those of one resource about the same activity, agent and registration.

    Attributes:
        agent: as `Actor.identifier` gives it, so that the same identifier means the same documents.
        registration: of states only. Where many documents are meant, None means those of any registration.
    """

    kind: DocumentKind
    activity: str | None = None
    agent: tuple[str, ...] | None = None
    registration: UUID | None = None


@dataclass(frozen=True)
class NewDocument:
    """A body to keep; `content_type` as received, with its parameters."""

    body: bytes
    content_type: str

    @property
    def is_json(self) -> bool:
        """Whether the sender calls it JSON."""
        return self.content_type.partition(";")[0].strip().lower() == "application/json"


@dataclass(frozen=True)
class Document(NewDocument):
    """A document as it is kept; `etag` is the SHA-1 of its body in 40 hexadecimal digits."""

    etag: str
    updated_at: datetime


def find_document(session: Session, shelf: DocumentShelf, name: str) -> Document:
    """One document by its stateId or profileId.

    Raises:
        DocumentNotFound: there is none.
    """
    row = _find_row(session, _key_digest(shelf, name))
    if row is None:
        raise DocumentNotFound("There is no such document. Ids differ in upper and lower case.")
    return Document(row.body, row.content_type, row.etag, row.updated_at)


def list_documents(session: Session, shelf: DocumentShelf, *, since: datetime | None = None) -> list[str]:
    """The names of the documents on the shelf, sorted, each once; with `since` those changed after it."""
    wanted = select(DocumentRow.name).where(*_on_shelf(shelf))
    if since is not None:
        wanted = wanted.where(DocumentRow.updated_at > since)
    return sorted(set(session.scalars(wanted)))


def put_document(
    session: Session,
    shelf: DocumentShelf,
    name: str,
    given: NewDocument,
    *,
    preconditions: Preconditions,
    version: str,
    now: datetime,
) -> None:
    """Keeps the document in place of the one that had its name.

    Args:
        version: of the request; 1.0.3 and 2.0.0 guard documents against a blind PUT differently.

    Raises:
        PreconditionFailed: the document is not what the sender believes.
        DocumentConflict, PreconditionMissing: the sender does not say what it believes, and has to.
    """
    row = _find_row_to_change(session, _key_digest(shelf, name))
    preconditions.check(None if row is None else row.etag)
    if preconditions.are_absent:
        _refuse_blind_put(shelf.kind, exists=row is not None, version=version)
    _keep(session, row, shelf, name, given, now=now)


def merge_document(
    session: Session,
    shelf: DocumentShelf,
    name: str,
    given: NewDocument,
    *,
    preconditions: Preconditions,
    max_bytes: int,
    now: datetime,
) -> None:
    """Lays the properties of a JSON object over those of the kept one; keeps it as it is when there is none.

    Raises:
        PreconditionFailed: the document is not what the sender believes.
        DocumentNotMergeable: one of the two is not a JSON object.
        DocumentTooLarge: together they have more than `max_bytes`.

    Spec: xAPI 1.0.3 Communication 2.2.s7, s8.
    """
    row = _find_row_to_change(session, _key_digest(shelf, name))
    preconditions.check(None if row is None else row.etag)
    if given.is_json:
        _properties(given, whose="received")
    if row is not None:
        given = _merged(NewDocument(row.body, row.content_type), given)
        refuse_large_body(given.body, max_bytes=max_bytes)
    _keep(session, row, shelf, name, given, now=now)


def delete_document(
    session: Session, shelf: DocumentShelf, name: str, *, preconditions: Preconditions
) -> None:
    """Removes one document; there is nothing to do when it is gone already.

    Raises:
        PreconditionFailed: the document is not what the sender believes.
    """
    row = _find_row_to_change(session, _key_digest(shelf, name))
    preconditions.check(None if row is None else row.etag)
    if row is not None:
        session.delete(row)
        session.flush()


def delete_documents(session: Session, shelf: DocumentShelf) -> int:
    """Removes every document on the shelf, and returns how many."""
    # Locked in the order of their numbers, so that two who do this cannot wait for each other.
    doomed = session.scalars(
        select(DocumentRow.document_id)
        .where(*_on_shelf(shelf))
        .order_by(DocumentRow.document_id)
        .with_for_update()
    ).all()
    session.execute(delete(DocumentRow).where(*_on_shelf(shelf), DocumentRow.document_id.in_(doomed)))
    return len(doomed)


def refuse_large_body(body: bytes, *, max_bytes: int) -> None:
    """Refuses a body that is larger than documents may be.

    Raises:
        DocumentTooLarge: it is.
    """
    if len(body) > max_bytes:
        raise DocumentTooLarge(f"The document has {len(body)} bytes; at most {max_bytes} are kept.")


def _refuse_blind_put(kind: DocumentKind, *, exists: bool, version: str) -> None:
    """Spec: xAPI 1.0.3 Communication 3.1 for profiles; IEEE 9274.1.1 (2.0.0) 4.1.4 for all three."""
    is_guarded = version == "2.0.0" or kind is not DocumentKind.STATE
    if exists and is_guarded:
        raise DocumentConflict(
            "The document exists. GET it, then send PUT with If-Match and its ETag; or with If-None-Match: * "
            "if it must not exist."
        )
    if not exists and is_guarded and version == "1.0.3":
        raise PreconditionMissing(
            "PUT of a profile needs If-Match with the ETag of what it replaces; for a new one, "
            "If-None-Match: *."
        )


def _merged(kept: NewDocument, given: NewDocument) -> NewDocument:
    # Each property keeps its bytes: reading and writing numbers again could change them.
    properties = {**_properties(kept, whose="kept"), **_properties(given, whose="received")}
    return NewDocument(msgspec.json.encode(properties), given.content_type)


def _properties(document: NewDocument, *, whose: str) -> dict[str, msgspec.Raw]:
    if not document.is_json:
        raise DocumentNotMergeable(f"The {whose} document is not application/json. Replace it with PUT.")
    try:
        # Raw values are passed over unread, so the whole is read once to be sure of it.
        msgspec.json.decode(document.body)
        return _PROPERTIES.decode(document.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as malformed:
        raise DocumentNotMergeable(f"The {whose} document is not a JSON object: {malformed}.") from malformed


def _keep(
    session: Session,
    row: DocumentRow | None,
    shelf: DocumentShelf,
    name: str,
    given: NewDocument,
    *,
    now: datetime,
) -> None:
    if row is None:
        row = DocumentRow(kind=shelf.kind, key_digest=_key_digest(shelf, name), name=name, **_owners(shelf))
        session.add(row)
    row.body = given.body
    row.content_type = given.content_type
    row.etag = sha1(given.body, usedforsecurity=False).hexdigest()
    row.updated_at = now
    session.flush()


def _owners(shelf: DocumentShelf) -> dict[str, Any]:
    agent = None if shelf.agent is None else agent_term(shelf.agent)
    activity = None if shelf.activity is None else TermKey(TermKind.ACTIVITY, shelf.activity)
    return {
        "agent_digest": None if agent is None else agent.digest,
        "agent": None if agent is None else agent.value,
        "activity_digest": None if activity is None else activity.digest,
        "activity": None if activity is None else activity.value,
        "registration": shelf.registration,
    }


def _on_shelf(shelf: DocumentShelf) -> Sequence[Any]:
    owners = _owners(shelf)
    conditions = [DocumentRow.kind == shelf.kind]
    given = [name for name in ("agent_digest", "activity_digest", "registration") if owners[name] is not None]
    return [*conditions, *(getattr(DocumentRow, name) == owners[name] for name in given)]


def _key_digest(shelf: DocumentShelf, name: str) -> bytes:
    owners = _owners(shelf)
    registration = None if shelf.registration is None else shelf.registration.hex
    # JSON keeps the parts apart, whatever they hold.
    key = msgspec.json.encode([shelf.kind, owners["agent"], owners["activity"], registration, name])
    return blake2b(key, digest_size=16).digest()


def _find_row(session: Session, key_digest: bytes) -> DocumentRow | None:
    return session.scalars(select(DocumentRow).where(DocumentRow.key_digest == key_digest)).one_or_none()


def _find_row_to_change(session: Session, key_digest: bytes) -> DocumentRow | None:
    """The row under a lock that also keeps others from creating it; on SQLite the transaction is the lock."""
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(key_digest[:4], "big", signed=True)
        session.execute(
            text("SELECT pg_advisory_xact_lock(CAST(:namespace AS integer), CAST(:number AS integer))"),
            {"namespace": _LOCK_NAMESPACE, "number": number},
        )
    return session.scalars(
        select(DocumentRow).where(DocumentRow.key_digest == key_digest).with_for_update()
    ).one_or_none()
