"""Publishing, changing and taking back: records and their index change together.

An entry keeps every wording. A document's record is replaced; what others say of it stays theirs. When a
record says "replaces", the older document's end follows from it, and so do the days on which its text holds.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from content_packages.contents import Package
from content_packages.errors import KnowledgeItemNotFound
from content_packages.knowledge.indexing import next_version, put_passages
from content_packages.knowledge.models import (
    KnowledgeDocument,
    KnowledgeEdge,
    KnowledgeEdition,
    KnowledgeEntry,
)
from content_packages.knowledge.passages import (
    owner_of_document,
    owner_of_entry,
    owner_of_package,
    passages_of_document,
    passages_of_entry,
    passages_of_package,
)
from content_packages.knowledge.records import Document, Entry, KnowledgeSource, Vocabulary
from content_packages.knowledge.stored import (
    digest_of_record,
    document_details,
    entry_details,
    find_documents,
    written_end,
)
from content_packages.knowledge.vocabulary import publish_vocabulary
from xapi_bridge.database import insert_or_update


@dataclass(frozen=True)
class Publication:
    """What a publication changed.

    Attributes:
        passages: rows of the index that were written.
    """

    documents: int
    entries: int
    words: bool
    passages: int


def publish_knowledge(session: Session, source: KnowledgeSource, *, by: str, now: datetime) -> Publication:
    """Takes in everything that differs; what the source does not name stays as it is."""
    words = source.vocabulary != Vocabulary() and publish_vocabulary(session, source.vocabulary)
    documents, passages = publish_documents(session, source.documents, by=by, now=now)
    entries = [
        entry for entry in source.entries if _publish_edition(session, entry, by=by, now=now, reason="")
    ]
    passages += _index_entries(session, entries)
    return Publication(len(documents), len(entries), words, passages)


def publish_document(session: Session, document: Document, *, by: str, now: datetime) -> bool:
    """Puts the record in place of the one with its number; False when it says nothing new."""
    return bool(publish_documents(session, [document], by=by, now=now)[0])


def publish_documents(
    session: Session, documents: Sequence[Document], *, by: str, now: datetime
) -> tuple[list[str], int]:
    """Numbers of the records that changed, and how many rows of the index were written."""
    known = dict(session.execute(select(KnowledgeDocument.ref, KnowledgeDocument.digest)).all())
    changed = [one for one in documents if known.get(one.ref) != digest_of_record(one)]
    if not changed:
        return [], 0
    next_version(session)
    refs = [document.ref for document in changed]
    touched = {*refs, *_replaced_by_these(session, refs)}
    insert_or_update(session, KnowledgeDocument.__table__, [_row(one, by=by, now=now) for one in changed])
    session.execute(delete(KnowledgeEdge).where(KnowledgeEdge.told_by.in_(refs)))
    session.add_all(edge for document in changed for edge in _edges(document))
    session.flush()
    touched |= set(_replaced_by_these(session, refs))
    _settle_ends(session, touched)
    return refs, _index_documents(session, touched)


def withdraw_document(session: Session, ref: str) -> None:
    """Takes the record out; what it said of others goes with it.

    Raises:
        KnowledgeItemNotFound: it is not held.
    """
    next_version(session)
    touched = _replaced_by_these(session, [ref])
    session.execute(delete(KnowledgeEdge).where(KnowledgeEdge.told_by == ref))
    if not session.execute(delete(KnowledgeDocument).where(KnowledgeDocument.ref == ref)).rowcount:  # type: ignore[attr-defined]
        raise KnowledgeItemNotFound(f"The knowledge base holds no document {ref[:80]!r}.")
    session.expire_all()
    put_passages(session, {owner_of_document(ref): []})
    _settle_ends(session, touched)
    _index_documents(session, touched)


def _row(document: Document, *, by: str, now: datetime) -> dict[str, Any]:
    return {
        "ref": document.ref,
        "kind": document.kind,
        "title": document.title,
        "issuer": document.issuer,
        "signed": document.signed,
        "effective": document.effective,
        "expires": document.expires,
        "superseded_known": document.superseded_known,
        "area": document.area,
        "level": document.level,
        "grade": document.grade,
        "checked_on": document.checked_on,
        "details": document_details(document),
        "digest": digest_of_record(document),
        "changed_at": now,
        "changed_by": by,
    }


def _edges(document: Document) -> Iterable[KnowledgeEdge]:
    told = {
        *((document.ref, ref, "replaces", "") for ref in document.replaces),
        *((ref, document.ref, "replaces", "") for ref in document.replaced_by),
        *((document.ref, ref, "amends", "") for ref in document.amends),
        *((ref, document.ref, "amends", "") for ref in document.amended_by),
        *((document.ref, part.ref, "in_part", part.scope) for part in document.replaces_in_part),
        *((part.ref, document.ref, "in_part", part.scope) for part in document.replaced_in_part_by),
    }
    for newer, older, relation, scope in sorted(told):
        yield KnowledgeEdge(
            newer_ref=newer, older_ref=older, relation=relation, scope=scope, told_by=document.ref
        )


def _replaced_by_these(session: Session, refs: Collection[str]) -> set[str]:
    replaced = select(KnowledgeEdge.older_ref).where(
        KnowledgeEdge.newer_ref.in_(refs), KnowledgeEdge.relation == "replaces"
    )
    return set(session.scalars(replaced))


def _settle_ends(session: Session, refs: Collection[str]) -> None:
    """A document without a written end ends when the first recorded one that replaces it begins."""
    session.expire_all()
    for row in session.scalars(select(KnowledgeDocument).where(KnowledgeDocument.ref.in_(refs))):
        row.expires, row.superseded_known = _end(session, row)
    session.flush()


def _end(session: Session, row: KnowledgeDocument) -> tuple[date | None, bool]:
    written, superseded = written_end(row)
    if written is not None:
        return written, False
    newer = session.execute(
        select(KnowledgeEdge.newer_ref, KnowledgeDocument.effective, KnowledgeDocument.signed)
        .outerjoin(KnowledgeDocument, KnowledgeDocument.ref == KnowledgeEdge.newer_ref)
        .where(KnowledgeEdge.older_ref == row.ref, KnowledgeEdge.relation == "replaces")
    ).all()
    days = [day for _, effective, signed in newer if (day := effective or signed) is not None]
    if days:
        return min(days), False
    return None, superseded or bool(newer)


def _index_documents(session: Session, refs: Collection[str]) -> int:
    documents = find_documents(session, sorted(refs))
    return put_passages(
        session, {owner_of_document(ref): passages_of_document(one) for ref, one in documents.items()}
    )


def publish_entry(session: Session, entry: Entry, *, by: str, now: datetime, reason: str = "") -> int:
    """Shows this wording, found at once; returns its version. The same wording again makes no new one."""
    if _publish_edition(session, entry, by=by, now=now, reason=reason):
        _index_entries(session, [entry])
    return session.get_one(KnowledgeEntry, entry.id).version


def withdraw_entry(session: Session, entry_id: str, *, by: str, now: datetime, reason: str) -> None:
    """Takes an entry back: no longer found; its wordings stay, with who took it back and why.

    Raises:
        KnowledgeItemNotFound: there is none, or it was taken back before.
    """
    next_version(session)
    entry = session.get(KnowledgeEntry, entry_id)
    if entry is None or entry.withdrawn_at is not None:
        raise KnowledgeItemNotFound(f"The knowledge base shows no entry {entry_id[:96]!r}.")
    entry.withdrawn_at, entry.withdrawn_by, entry.withdrawn_why = now, by, reason
    session.flush()
    put_passages(session, {owner_of_entry(entry_id): []})


def _publish_edition(session: Session, entry: Entry, *, by: str, now: datetime, reason: str) -> bool:
    next_version(session)
    head, digest = session.get(KnowledgeEntry, entry.id), digest_of_record(entry)
    if head is not None and head.withdrawn_at is None:
        shown = session.get_one(KnowledgeEdition, (entry.id, head.version))
        if shown.digest == digest:
            return False
    version = head.version + 1 if head is not None else 1
    session.merge(
        KnowledgeEntry(
            entry_id=entry.id, version=version, withdrawn_at=None, withdrawn_by="", withdrawn_why=""
        )
    )
    session.flush()
    session.add(
        KnowledgeEdition(
            entry_id=entry.id,
            version=version,
            question=entry.question,
            answer=entry.answer,
            area=entry.area,
            level=entry.level,
            as_of=entry.as_of,
            details=entry_details(entry),
            digest=digest,
            made_at=now,
            made_by=by,
            reason=reason,
        )
    )
    session.flush()
    return True


def _index_entries(session: Session, entries: Sequence[Entry]) -> int:
    if not entries:
        return 0
    return put_passages(session, {owner_of_entry(entry.id): passages_of_entry(entry) for entry in entries})


def index_package(session: Session, package: Package) -> int:
    """Makes the lessons' sections findable, in place of those of the version before; rows written."""
    return put_passages(session, {owner_of_package(package.id): passages_of_package(package)})
